"""What came of a payment: only what the provider says becomes an event, and each event moves the ledger once."""

from datetime import datetime
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.market import ledger_online
from parvis.market.actions.parts import tell_shops, withdraw_parts
from parvis.market.clients import Seen
from parvis.market.models import Order, Part, Payment, PaymentEvent, ProviderCall
from parvis.market.paying.next_steps import Verb

Kind = PaymentEvent.Kind


def lock_payment(payment_id: UUID) -> Payment:
    """The payment, its row locked, with its story as it stands behind the lock."""
    Payment.objects.select_for_update().get(pk=payment_id)
    return Payment.objects.with_story().select_related("town").get(pk=payment_id)


def order_of(payment: Payment) -> Order:
    """Its order as it stands now, with its story."""
    return Order.objects.with_story().select_related("town").get(pk=payment.order_id)


def look_at(payment: Payment, when: datetime | None) -> None:
    """Say when the payment must be looked at again; None: never. The payment is locked."""
    payment.next_look_at = when
    payment.save(update_fields=["next_look_at"])


def write(payment: Payment, kind: Kind, key: str, cents: int, at: datetime, reason: str = "") -> bool:
    """Add an event unless it is known."""
    _event, new = PaymentEvent.objects.get_or_create(
        payment=payment,
        key=key,
        defaults={
            "town_id": payment.town_id,
            "kind": kind,
            "amount_cents": cents,
            "at": at,
            "reason": reason[:200],
        },
    )
    return new


def absorb(payment: Payment, seen: Seen, at: datetime) -> None:
    """Write the events that are new in what the provider says, and what follows from each. The payment is locked."""
    if seen.reference:
        payment.reference, payment.charge = seen.reference, seen.charge or payment.charge
        payment.capture_before = seen.capture_before or payment.capture_before
        payment.save(update_fields=["reference", "charge", "capture_before"])
    if seen.authorised_cents and write(payment, Kind.AUTHORISED, "authorised", seen.authorised_cents, at):
        tell_shops(Part.objects.filter(order=payment.order_id), at=at)
    if seen.capture_failed:
        _absorb_failed_capture(payment, at)
    turn = _turn(payment)
    if seen.captured_cents and write(payment, Kind.CAPTURED, f"captured{turn}", seen.captured_cents, at):
        ledger_online.post_capture(payment, order_of(payment), seen.captured_cents, at=at, turn=turn)
    if seen.fee_cents:
        ledger_online.post_cost(payment, seen.fee_cents, at=at)
    for refund in seen.refunds:
        if write(payment, Kind.REFUNDED, f"refund:{refund.reference}", refund.cents, at):
            ledger_online.post_refund(order_of(payment), refund.reference, refund.cents, at=at)
    for dispute in seen.disputes:
        _absorb_dispute(payment, dispute.reference, dispute.cents, dispute.won, at)
    ended = seen.cancelled or seen.failed
    if ended and not seen.captured_cents:
        kind = Kind.CANCELLED if seen.cancelled else Kind.FAILED
        again = kind == Kind.FAILED and at < payment.expires_at  # goods are kept: another card, another attempt
        if write(payment, kind, str(kind), 0, at, seen.reason) and not again:
            withdraw(payment, at)


def _turn(payment: Payment) -> str:
    """Which capture it is that may come now, as the end of its key: another one after one that failed late."""
    failed = PaymentEvent.objects.filter(payment=payment, kind=Kind.UNCAPTURED).count()
    return f":{failed}" if failed else ""


def _absorb_failed_capture(payment: Payment, at: datetime) -> None:
    """What was accepted to be taken was not: somebody must look, as if it had been refused at once.

    Where it was said to be taken, the ledger takes that back: the buyer owes it again, and nobody holds it.
    """
    calls = ProviderCall.objects.select_for_update().filter(payment=payment, verb=Verb.CAPTURE)
    for call in calls.exclude(done_at=None):
        call.done_at, call.given_up_at, call.error = None, at, "the capture was accepted and failed later"
        call.save(update_fields=["done_at", "given_up_at", "error"])
        audit.record("provider_refuses", call, at=at, town_id=call.town_id, wanted=call.verb, error=call.error)
    turn, taken = _turn(payment), payment.sums.captured
    if taken and write(payment, Kind.UNCAPTURED, f"uncaptured{turn}", taken, at):
        ledger_online.undo_capture(payment, order_of(payment), at=at, turn=turn)


def _absorb_dispute(payment: Payment, reference: str, cents: int, won: bool, at: datetime) -> None:
    if write(payment, Kind.DISPUTED, f"dispute:{reference}", cents, at):
        ledger_online.post_dispute(payment.order, reference, cents, won=False, at=at)
        audit.record("payment_disputed", payment, at=at, town_id=payment.town_id, cents=cents)
    if won and write(payment, Kind.DISPUTE_WON, f"won:{reference}", cents, at):
        ledger_online.post_dispute(payment.order, reference, cents, won=True, at=at)


def withdraw(payment: Payment, at: datetime) -> None:
    """Nobody pays it any more: goods and places that waited for it go back. The payment is locked."""
    with translation.override(payment.order.language):
        reason = _("not paid in time")
    withdraw_parts(Part.objects.filter(order=payment.order_id), at=at, reason=reason)
