"""The news that travels up: a delivery left the depot, a delivery ended at a door, a bag was lost on the way, a plan
took the second of two windows that suited, a rider comes to a shop or does not come after all, no bike can come to a
door that was given a time, or one can after all.

Sent inside the transaction, with ``delivery``, ``at`` and ``by``; at the end with ``outcome`` ("delivered", "failed" or
"lost"); for a lost bag with ``bag`` instead of the delivery; for a shop with ``fetch_at``, when a rider is at its door,
or None; for a buyer with ``arrive_at``, when the bell rings, or None. The market receives them to tell buyers and shops
and to post the payment; whoever books deliveries tomorrow does the same.
"""

from django.dispatch import Signal

delivery_ended = Signal()
delivery_left = Signal()
bag_lost = Signal()
window_settled = Signal()
fetching_told = Signal()
bike_told = Signal()
