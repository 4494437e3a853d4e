"""Asking for the next step of a payment after the commit: the job exists exactly when what calls for it does."""

from uuid import UUID


def settle_soon(order_id: UUID) -> None:
    """Somebody did something to an online part: look, after the commit, at what that means for the payment.

    No payment is locked here: whoever calls holds a part, and payments are locked before parts.
    """
    from parvis.market.tasks import settle_order

    settle_order.defer(order_id=str(order_id))
