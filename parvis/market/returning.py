"""What a buyer may send back, until when, and why not: the consumer's right of withdrawal. Pure.

Directive 2011/83/EU: fourteen days without a reason (article 9), counted from the day the goods of this contract are
in the buyer's hands (9 (2) (b)); a period that would end on a Saturday, a Sunday or a public holiday ends with the next
working day (regulation 1182/71, article 3 (4)). Exceptions: article 16. Every shop of an order is its own contract.
Switzerland knows no such right for goods bought at a distance (code of obligations, articles 40a to 40f).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import holidays
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.core.time import day_bounds, day_of
from parvis.market.models import Line, Part, Withdrawal
from parvis.market.states import PartState
from parvis.towns.models import Town

DAYS = 14
YES, FRESH, SEALED, MADE, PRESS = "yes", "fresh", "sealed", "made", "press"

# What a merchant may say of a product; by its shelf unless it says otherwise.
CHOICES: dict[str, Promise] = {
    "": gettext_lazy("as its shelf"),
    YES: gettext_lazy("may be sent back"),
    FRESH: gettext_lazy("fresh, or quick to spoil"),
    SEALED: gettext_lazy("sealed for hygiene"),
    MADE: gettext_lazy("made to the buyer's wishes"),
    PRESS: gettext_lazy("newspaper or magazine"),
}

# Why not, as buyers read it; article 16 (c), (d) and (j).
WHY_NOT: dict[str, Promise] = {
    FRESH: gettext_lazy("Fresh or quick to spoil: the law gives no right to send it back."),
    MADE: gettext_lazy("Made to your wishes: the law gives no right to send it back."),
    PRESS: gettext_lazy("A newspaper or magazine: the law gives no right to send it back."),
}
IF_SEALED = gettext_lazy("Only while its seal is unbroken: it is closed for hygiene.")  # article 16 (e)

_BY_SHELF = {
    "bread": FRESH,
    "fruit-vegetables": FRESH,
    "meat-fish": FRESH,
    "dairy": FRESH,
    "prepared": FRESH,
    "flowers": FRESH,
    "grocery": SEALED,
    "drinks": SEALED,
    "sweets": SEALED,
}

TONES = {"asked": "wait", "received": "sun", "refunded": "over", "refused": "warn"}

# The goods exist from here on; before, the buyer cancels or calls the shop.
PREPARED = {
    PartState.READY,
    PartState.AT_HUB,
    PartState.ON_THE_WAY,
    PartState.SENT,
    PartState.DONE,
    PartState.FAILED,
}


def state_words(case: Withdrawal) -> str:
    """Where a case stands, for shop and buyer."""
    return {
        "asked": _("Waiting for the goods"),
        "received": _("Goods back, to be paid back"),
        "refunded": _("Paid back"),
        "refused": _("Refused by the shop"),
    }[case.state]


def returning_of(said: str, category: str) -> str:
    """What holds for a product: what its shop says, else what its shelf means."""
    return said or _BY_SHELF.get(category, YES)


def last_day(received: date, country: str) -> date:
    """The last day on which the buyer may withdraw; 26 November gives 10 December."""
    day = received + timedelta(days=DAYS)
    closed = holidays.country_holidays(country, years=[day.year, day.year + 1])
    while day.weekday() >= 5 or day in closed:
        day += timedelta(days=1)
    return day


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """One line of a part: how many may still be sent back, or why not."""

    line: Line
    left: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Returns:
    """One part: its lines, and the last day (None while the goods are not in the buyer's hands)."""

    lines: tuple[ReturnLine, ...]
    until: date | None
    over: bool

    @property
    def possible(self) -> bool:
        """Something may be sent back now."""
        return any(line.left for line in self.lines)

    def left(self) -> Mapping[UUID, int]:
        """How many of each line."""
        return {row.line.pk: row.left for row in self.lines if row.left}


def received_at(part: Part) -> datetime | None:
    """When the goods were in the buyer's hands; None while they are not, and for parcels of the post."""
    if event := part.last("done"):
        return event.at
    delivery = part.order.delivery
    if part.kind != "bike" or delivery is None or part.state != PartState.DONE:
        return None
    bags = [bag for bag in delivery.bags.all() if bag.sender_ref == str(part.pk)]
    return max((e.at for bag in bags for e in bag.events.all() if e.kind == "delivered"), default=None)


def returns_of(part: Part, asked: Iterable[Withdrawal], *, town: Town, at: datetime) -> Returns | None:
    """What may be sent back of a part loaded ``with_story``; None before its goods exist, or where no law says so."""
    if part.state not in PREPARED or town.country == "CH":
        return None
    received = received_at(part)
    until = last_day(day_of(received, town.zone), town.country) if received else None
    over = until is not None and at >= day_bounds(until, town.zone)[1]
    gone = taken_back(asked)
    return Returns(tuple(_line(line, gone.get(line.pk, 0), over=over) for line in part.lines.all()), until, over)


def taken_back(asked: Iterable[Withdrawal]) -> dict[UUID, int]:
    """How many of each line stand in a case that was not refused."""
    gone: dict[UUID, int] = {}
    for case in asked:
        if case.state != Withdrawal.State.REFUSED:
            for row in case.lines.all():
                gone[row.line_id] = gone.get(row.line_id, 0) + row.quantity
    return gone


def _line(line: Line, gone: int, *, over: bool) -> ReturnLine:
    if line.returning in WHY_NOT:
        return ReturnLine(line, 0, str(WHY_NOT[line.returning]))
    if over:
        return ReturnLine(line, 0)
    note = str(IF_SEALED) if line.returning == SEALED else ""
    return ReturnLine(line, max(0, line.billed_quantity - gone), note)
