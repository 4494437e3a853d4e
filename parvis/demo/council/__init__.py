"""A month of deliveries for a council that has to decide: what is promised and kept, what it costs, from when it pays.

``parvis simulate month`` plays days of demand on the town's own streets, for several fleets and several demands,
once with promises by insertion and once with a fixed number of places a window; ``report`` makes a PDF of it. Unlike
the day of ``simulation``, no order is a row here: a month of that would take hours. The parts that decide are the
real ones (``delivery.planning``: who may be promised what, who rides where), and a test holds both days side by side.

``scene`` doors, ways, hours · ``demand`` who orders what · ``luck`` what goes wrong · ``promising`` two ways to say
yes · ``playing`` one day · ``month`` many days · ``outcomes`` what came of them, as ranges · ``report`` for people.
It keeps no personal data: doors are drawn from the town's addresses and forgotten.
"""
