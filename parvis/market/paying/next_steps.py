"""What is wanted next of the provider for one payment: a pure function of how things stand.

It compares what should be with what is and names one step. Nothing remembers a plan: whoever is stopped anywhere asks
again and gets the step that is missing. The key of a step says where it leads ("given back up to 12.30", "third move
to this shop"), so the same step wanted twice is one step, and two different ones never share a key.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from parvis.market.paying.states import Paid, PaymentState

AUTHORISED_FOR = timedelta(days=6)  # cards hold an authorisation for seven days; the provider may say more exactly
MARGIN = timedelta(hours=12)


class Verb(StrEnum):
    """What the provider can be asked for."""

    OPEN = "open"
    CLOSE = "close"
    CAPTURE = "capture"
    CANCEL = "cancel"
    REFUND = "refund"
    TRANSFER = "transfer"
    REVERSE = "reverse"


@dataclass(frozen=True, slots=True)
class Share:
    """One shop's part: what it gets now that its goods are handed over (0 before, and when nothing came of it)."""

    part: str
    due_cents: int
    sent_cents: int = 0
    moves: int = 0  # transfers and reversals made so far
    account: bool = True


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything that decides. ``owed_cents`` is what the online parts cost as things stand."""

    payment: str
    state: PaymentState
    sums: Paid
    asked_cents: int
    owed_cents: int
    settled: bool  # every online part is prepared, or will never be
    given_up: bool  # no online part is left
    opened: bool
    closed: bool
    expires_at: datetime
    authorised_at: datetime | None = None
    capture_before: datetime | None = None
    shares: tuple[Share, ...] = ()

    @property
    def capture_by(self) -> datetime | None:
        """The last moment at which waiting for the shops is safe."""
        if self.authorised_at is None:
            return None
        return self.capture_before - MARGIN if self.capture_before else self.authorised_at + AUTHORISED_FOR


@dataclass(frozen=True, slots=True)
class Step:
    """One thing wanted of the provider."""

    verb: Verb
    key: str
    cents: int = 0
    part: str = ""


def next_step(now: Standing, at: datetime) -> Step | None:
    """The step that is missing, or None when everything is as it should be."""
    if now.state == PaymentState.AWAITING:
        return _while_awaited(now, at)
    if now.state == PaymentState.AUTHORISED:
        return _once_authorised(now, at)
    if now.state in {PaymentState.CANCELLED, PaymentState.FAILED}:
        return None
    return _give_back(now) or _hand_on(now.shares)


def _while_awaited(now: Standing, at: datetime) -> Step | None:
    over = now.given_up or at >= now.expires_at
    if not now.opened:
        # a page that may have been made without our knowing must be found before it can be closed: made again
        # with its key, it is the same page
        return Step(Verb.OPEN, f"open:{now.payment}", now.asked_cents)
    return Step(Verb.CLOSE, f"close:{now.payment}") if over and not now.closed else None


def _once_authorised(now: Standing, at: datetime) -> Step | None:
    if now.given_up or (now.settled and now.owed_cents == 0):
        return Step(Verb.CANCEL, f"cancel:{now.payment}")
    late = now.capture_by is not None and at >= now.capture_by
    if now.settled or late:
        return Step(Verb.CAPTURE, f"capture:{now.payment}", min(now.owed_cents, now.sums.authorised))
    return None


def _give_back(now: Standing) -> Step | None:
    """What was taken and is not owed any more. While a bank disputes a payment, only the bank moves its money."""
    if now.state == PaymentState.DISPUTED:
        return None
    too_much = now.sums.kept - now.owed_cents
    if too_much <= 0:
        return None
    return Step(Verb.REFUND, f"refund:{now.payment}:{now.sums.refunded + too_much}", too_much)


def _hand_on(shares: Iterable[Share]) -> Step | None:
    for share in shares:
        more = share.due_cents - share.sent_cents
        if more < 0:
            return Step(Verb.REVERSE, f"payout:{share.part}:{share.moves}", -more, share.part)
        if more > 0 and share.account:
            return Step(Verb.TRANSFER, f"payout:{share.part}:{share.moves}", more, share.part)
    return None
