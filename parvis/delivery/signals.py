"""The one piece of news that travels up: a delivery ended at a door.

Sent inside the transaction, with ``delivery``, ``outcome`` ("delivered" or "failed"), ``at`` and ``by``. The market
receives it to post the payment; whoever books deliveries tomorrow does the same.
"""

from django.dispatch import Signal

delivery_ended = Signal()
