"""One shared shop for the town: shops, products, baskets, orders, the money between all of them.

Main verbs: ``actions.place_order``, ``actions.accept_part``, ``actions.refuse_part``, ``actions.prepare_part``,
``actions.cancel_part``, ``ledger.post``. An order has a *part* for each shop, and each part lives its own life.
The market books a ``delivery`` by passing down all it needs; it reads the state of bags from there.
It must not know the portal or how rounds are planned.

Personal data: name, contact and address of an order, ten years for what accounting needs (the amounts), three
years for the rest; the buyer's name on an invoice above 100 € stays ten years with it (the purge table in
``parvis/config/retention.py``); baskets for 30 days; who changed goods in bulk, for a year; the mail
address of a voucher for one person, a year after its last day; the address of a payment page and the way back from it
for 30 days, news of a payment provider for 90 (numbers of payments, no names); how somebody wants to be told
(telephone, browsers) until they change it, a guest's with the order's name.
"""
