"""The state of a payment, computed from its events: pure functions."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Event(Protocol):
    """What is read of an event."""

    @property
    def kind(self) -> str: ...
    @property
    def amount_cents(self) -> int: ...


class PaymentState(StrEnum):
    """Where a payment stands."""

    AWAITING = "awaiting"
    AUTHORISED = "authorised"
    PARTLY_CAPTURED = "partly_captured"
    CAPTURED = "captured"
    CANCELLED = "cancelled"
    FAILED = "failed"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"

    @property
    def holds_money(self) -> bool:
        """Money was taken, and some of it may still be here."""
        return self in {
            PaymentState.PARTLY_CAPTURED,
            PaymentState.CAPTURED,
            PaymentState.PARTLY_REFUNDED,
            PaymentState.DISPUTED,
        }


@dataclass(frozen=True, slots=True)
class Paid:
    """Sums of a payment in cents."""

    authorised: int = 0
    captured: int = 0
    refunded: int = 0
    disputed: int = 0
    won: int = 0

    @property
    def kept(self) -> int:
        """Taken and not given back: what the buyer has paid in the end."""
        return self.captured - self.refunded - self.lost

    @property
    def lost(self) -> int:
        """Taken back by the buyer's bank, and not won back."""
        return self.disputed - self.won


_FIELDS = {
    "authorised": "authorised",
    "captured": "captured",
    "refunded": "refunded",
    "disputed": "disputed",
    "won": "won",
}


def paid(events: Iterable[Event]) -> Paid:
    """Add up the events; in whatever order they come, the sums are the same."""
    sums = dict.fromkeys(_FIELDS.values(), 0)
    for event in events:
        if field := _FIELDS.get(event.kind):
            sums[field] += event.amount_cents
        elif event.kind == "uncaptured":
            sums["captured"] -= event.amount_cents
    return Paid(**sums)


def payment_state(events: Iterable[Event]) -> PaymentState:
    """Where a payment stands; the order of its events does not matter."""
    events = list(events)
    kinds, sums = {event.kind for event in events}, paid(events)
    if sums.lost > 0:
        return PaymentState.DISPUTED
    if sums.captured:
        return _captured(sums)
    if "cancelled" in kinds:
        return PaymentState.CANCELLED
    if "authorised" in kinds:
        return PaymentState.AUTHORISED
    return PaymentState.FAILED if "failed" in kinds else PaymentState.AWAITING


def _captured(sums: Paid) -> PaymentState:
    if sums.refunded >= sums.captured:
        return PaymentState.REFUNDED
    if sums.refunded:
        return PaymentState.PARTLY_REFUNDED
    return PaymentState.PARTLY_CAPTURED if sums.captured < sums.authorised else PaymentState.CAPTURED
