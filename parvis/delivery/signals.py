"""The news that travels up: a delivery left the depot, a delivery ended at a door, a bag was lost on the way.

Sent inside the transaction, with ``delivery``, ``at`` and ``by``; at the end with ``outcome`` ("delivered", "failed" or
"lost"); for a lost bag with ``bag`` instead of the delivery. The market receives them to tell the buyer and to post the
payment; whoever books deliveries tomorrow does the same.
"""

from django.dispatch import Signal

delivery_ended = Signal()
delivery_left = Signal()
bag_lost = Signal()
