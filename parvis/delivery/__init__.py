"""From the shop's counter to the doorstep: hubs, windows, bags, crates, plans, rounds, riders.

Who reads what: the hub ``hubday.py`` ("what is missing?"), ``trips.py`` ("may this bike leave?") and ``chain.py``
("who holds this bag?"), the rider ``riderday.py`` ("where next?"), the dispatcher ``board.py``.

A rider works for hours without a network: ``views/rider.py`` puts the whole shift on one page, and what was tapped is
written at the moment of the tap (``actions/doors.py``).

Main verbs: ``actions.book_delivery``, ``actions.scan_bag_in``, ``actions.pack``, ``actions.make_plan``,
``actions.publish_plan``, ``actions.hand_over``. It must not know what an order, a shop or a price is: whoever
books passes down what is needed (from whom, to where, when, how big, whom to tell, an opaque reference).

A delivery may first only be held (its place in the window is kept for somebody who has still to pay or to say yes):
nothing of it is seen at the hub, in plans or by riders until ``actions.confirm_delivery``.

States are computed from events (``states.py``); nothing stores one.

Two towns may share hubs by an agreement that both have signed (``models/agreements.py``): a buyer of the guest is then
served by hub and riders of the host, who read of them what a rider needs.

Personal data: name, address, telephone and note of a delivery, with whom it may be left, the words of a rating, and the
proof of it (a name or a photo), for 90 days after the day of delivery (the purge table in
``parvis/config/retention.py``); how far the door was from the hub, to 100 m, stays: costs are shared by it. The last
position of a rider who agreed for the day, until the bike is back; the agreement goes with the day. Which taps of a
rider could not be used, and why, for 30 days.
"""
