"""The news that travels up: a delivery left the depot, a delivery ended at a door.

Sent inside the transaction, with ``delivery``, ``at`` and ``by``; at the end with ``outcome`` ("delivered" or
"failed"). The market receives them to tell the buyer and to post the payment; whoever books deliveries tomorrow does
the same.
"""

from django.dispatch import Signal

delivery_ended = Signal()
delivery_left = Signal()
