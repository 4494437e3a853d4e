"""The story of an order as its buyer reads it: where each part stands, what comes next, when the bike comes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from parvis.core.words import say_clock, say_grams
from parvis.delivery.states import DeliveryState
from parvis.market.models import Line, Modality, Order, Part, Product
from parvis.market.phrases import say_asked
from parvis.market.pricing import Total
from parvis.market.states import LOST, PartState
from parvis.market.when import near_moment, near_span

TONES = {
    PartState.RESERVED: "wait",
    PartState.PLACED: "wait",
    PartState.ACCEPTED: "go",
    PartState.READY: "go",
    PartState.AT_HUB: "go",
    PartState.ON_THE_WAY: "sun",
    PartState.SENT: "sun",
    PartState.DONE: "over",
    PartState.FAILED: "warn",
    PartState.LOST: "warn",
    PartState.REFUSED: "warn",
    PartState.CANCELLED: "over",
}

# The events that a part goes through, by its way of serving; the last one is the buyer's hands.
PATHS: dict[str, tuple[PartState, ...]] = {
    Modality.Kind.BIKE: (
        PartState.PLACED,
        PartState.ACCEPTED,
        PartState.READY,
        PartState.AT_HUB,
        PartState.ON_THE_WAY,
        PartState.DONE,
    ),
    Modality.Kind.COLLECT: (PartState.PLACED, PartState.ACCEPTED, PartState.READY, PartState.DONE),
    Modality.Kind.SHOP: (PartState.PLACED, PartState.ACCEPTED, PartState.READY, PartState.SENT, PartState.DONE),
    Modality.Kind.POST: (PartState.PLACED, PartState.ACCEPTED, PartState.READY, PartState.SENT),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One stone of the timeline, as ``timeline.html`` reads it."""

    label: str
    state: str
    when: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class PartStory:
    """A part with its state in words and its timeline."""

    part: Part
    state: PartState
    headline: str
    tone: str
    steps: list[Step] = field(default_factory=list)
    note: str = ""

    @property
    def is_over(self) -> bool:
        """Nothing more is to come; a posted parcel is out of our sight."""
        return self.state.is_over or (self.part.kind == Modality.Kind.POST and self.state == PartState.SENT)

    @property
    def waits_for_its_buyer(self) -> bool:
        """Ready, and to be collected."""
        return self.part.kind == Modality.Kind.COLLECT and self.state == PartState.READY

    @property
    def missing(self) -> int:
        """How many things the shop could not give."""
        return sum(line.missing for line in self.part.lines.all())

    @property
    def notice_tone(self) -> str:
        """The tone of the note."""
        return "warn" if self.tone == "warn" else "info"

    @property
    def lines(self) -> "list[ToldLine]":
        """Its lines in words."""
        return told_lines(self.part)

    @property
    def progress(self) -> int:
        """How far along its path, from 0; a failure is the first thing to look at."""
        path = PATHS[self.part.kind]
        return path.index(self.state) if self.state in path else -1

    @property
    def where(self) -> str:
        """Where it is collected."""
        return self.part.collected_at or self.part.shop.place.address

    @property
    def can_cancel(self) -> bool:
        """The shop has not started."""
        return self.state in {PartState.RESERVED, PartState.PLACED}

    @property
    def total(self) -> Total:
        """What the part costs now."""
        return self.part.total


@dataclass(frozen=True, slots=True)
class ToldLine:
    """A line of a part in words: how many or how heavy, what is missing, what it stands for."""

    label: str
    quantity: int | None
    note: str
    cents: int
    tone: str = ""


def told_lines(part: Part) -> list[ToldLine]:
    """The lines as buyer and shop read them, substitutes after what they stand for; deposits last."""
    lines = list(part.lines.all())
    names = {line.pk: line.full_name for line in lines}
    told = []
    for line in (line for line in lines if line.replaces_id is None):
        told.append(_told(line, ""))
        told += [_told(instead, names[line.pk]) for instead in lines if instead.replaces_id == line.pk]
    if part.deposits:
        told.append(ToldLine(_("Deposits on bottles and jars"), None, "", part.deposits, "quiet"))
    return told


def _told(line: Line, instead_of: str) -> ToldLine:
    notes = []
    if instead_of:
        notes.append(_("instead of %(name)s") % {"name": instead_of})
    if line.by_weight:
        asked = say_asked(line, line.quantity)
        if line.prepared_grams:
            notes.append(_("%(weight)s weighed") % {"weight": say_grams(line.prepared_grams)})
            if line.missing and not instead_of:
                notes.append(_("%(weight)s asked") % {"weight": asked})
        elif line.prepared_grams is None:
            notes.append(_("%(weight)s, paid as weighed") % {"weight": asked})
        else:
            notes.append(_("%(weight)s missing, not charged") % {"weight": asked})
    elif line.missing:
        notes.append(_("%(count)s missing, not charged") % {"count": line.missing})
    gone = not line.billed_quantity
    count = line.quantity if gone else line.billed_quantity
    quantity = None if line.sold_by == Product.Sale.WEIGHT else count
    return ToldLine(line.full_name, quantity, ", ".join(notes), line.cents, "over" if gone else "")


def stories(order: Order, at: datetime) -> list[PartStory]:
    """Every part of an order loaded ``with_story``, told; asks the database nothing."""
    return [_story(part, at) for part in order.parts.all()]


def _story(part: Part, at: datetime) -> PartStory:
    state = part.state
    happened = _moments(part)
    return PartStory(
        part=part,
        state=state,
        headline=_headline(part, state, happened, at),
        tone=TONES[state],
        steps=_steps(part, state, happened, at),
        note=_note(part, state),
    )


def _moments(part: Part) -> dict[PartState, datetime]:
    """When each state was first reached."""
    moments = {PartState(event.kind): event.at for event in part.events.all()}
    if part.kind != Modality.Kind.BIKE or part.order.delivery is None:
        return moments
    bags = [bag for bag in part.order.delivery.bags.all() if bag.sender_ref == str(part.pk)]
    names = {"at_hub": PartState.AT_HUB, "loaded": PartState.ON_THE_WAY, "delivered": PartState.DONE}
    for event in (event for bag in bags for event in bag.events.all()):
        if event.kind in names:
            moments.setdefault(names[event.kind], event.at)
    return moments


def _recipient(part: Part) -> str:
    delivery = part.order.delivery if part.kind == Modality.Kind.BIKE else None
    events = [e for e in delivery.events.all() if e.kind == "delivered"] if delivery else []
    return str(events[-1].detail.get("recipient", "")) if events else ""


def _headline(part: Part, state: PartState, happened: dict[PartState, datetime], at: datetime) -> str:
    sayings: dict[PartState, Callable[[], str]] = {
        PartState.RESERVED: lambda: _("Waiting for your payment"),
        PartState.PLACED: lambda: _("Waiting for the shop"),
        PartState.ACCEPTED: lambda: _("Preparing"),
        PartState.READY: lambda: _ready_words(part),
        PartState.AT_HUB: lambda: _("At the depot"),
        PartState.ON_THE_WAY: lambda: _("On the way"),
        PartState.SENT: lambda: _("Posted") if part.kind == Modality.Kind.POST else _("On the way"),
        PartState.DONE: lambda: _("Collected") if part.kind == Modality.Kind.COLLECT else _("Delivered"),
        PartState.FAILED: lambda: _("Not handed over"),
        PartState.LOST: lambda: _("Lost on the way"),
        PartState.REFUSED: lambda: _("Refused by the shop"),
        PartState.CANCELLED: lambda: _("Cancelled"),
    }
    return sayings[state]()


def _ready_words(part: Part) -> str:
    if part.kind == Modality.Kind.COLLECT:
        return _("Ready to collect")
    return _("Ready")


def _done_words(part: Part, happened: dict[PartState, datetime], at: datetime) -> str:
    """``Delivered at 17:42 to Camille``."""
    moment, name = happened.get(PartState.DONE), _recipient(part)
    if moment is None:
        return _step_label(part, PartState.DONE)
    said = {"time": near_moment(moment, at), "name": name}
    if part.kind == Modality.Kind.COLLECT:
        return _("Collected %(time)s") % said
    return _("Delivered %(time)s to %(name)s") % said if name else _("Delivered %(time)s") % said


def _note(part: Part, state: PartState) -> str:
    """The sentence under the headline: what to know or do."""
    if state == PartState.REFUSED and (event := part.last("refused")):
        return _("%(reason)s — you pay nothing for it.") % {"reason": event.reason}
    if state == PartState.CANCELLED:
        event = part.last("cancelled")
        if event and event.reason == LOST:
            return _("Its bag was lost on the way. You pay nothing for it.")
        if part.online and part.last("placed") is None:
            return _("It was not paid. Nothing was charged, and the goods are free again.")
        if event and event.reason:
            return _("It could not be delivered and is back at the shop. You pay nothing for it.")
        return _("You pay nothing for it.")
    if state == PartState.LOST:
        return _("Its bag cannot be found. You pay nothing for it unless it comes; the shop has been told.")
    if state == PartState.FAILED:
        reason, delivery = _failure(part), part.order.delivery
        ask = _("The goods are back at the depot. Call the shop to agree on what happens next.")
        if delivery is not None and delivery.state == DeliveryState.FAILED:  # a bike may come for it again
            ask = _("The goods go back to the depot. Once they are there, choose another time here, or call the shop.")
        return f"{reason}. {ask}" if reason else ask
    return ""


def _failure(part: Part) -> str:
    delivery = part.order.delivery
    events = [e for e in delivery.events.all() if e.kind == "failed"] if delivery else []
    return events[-1].reason.rstrip(".") if events else ""


def _step_label(part: Part, step: PartState) -> str:
    if step == PartState.READY and part.kind == Modality.Kind.COLLECT:
        return _("Ready to collect")
    if step == PartState.SENT:
        return _("Posted") if part.kind == Modality.Kind.POST else _("On the way")
    if step == PartState.DONE:
        return _("Collected") if part.kind == Modality.Kind.COLLECT else _("Delivered")
    return {
        PartState.RESERVED: _("You pay"),
        PartState.PLACED: _("Ordered"),
        PartState.ACCEPTED: _("Preparing"),
        PartState.READY: _("Ready"),
        PartState.AT_HUB: _("At the depot"),
        PartState.ON_THE_WAY: _("On the way"),
        PartState.REFUSED: _("Refused by the shop"),
        PartState.CANCELLED: _("Cancelled"),
        PartState.FAILED: _("Not handed over"),
        PartState.LOST: _("Lost on the way"),
    }[step]


def _steps(part: Part, state: PartState, happened: dict[PartState, datetime], at: datetime) -> list[Step]:
    """Done, now, and what is still to come in one line. A part that ended otherwise stops where it stopped."""
    path = PATHS[part.kind]
    if part.last("reserved"):
        path = (PartState.RESERVED, *path)
    ended = state in {PartState.REFUSED, PartState.CANCELLED, PartState.FAILED, PartState.LOST}
    reached = path.index(state) if state in path else max((path.index(s) for s in happened if s in path), default=0)
    over = ended or reached == len(path) - 1
    steps = [Step(_step_label(part, step), "done", _when(happened.get(step), at)) for step in path[:reached]]
    here = path[reached]
    if over:
        label = _done_words(part, happened, at) if here == PartState.DONE else _step_label(part, here)
        steps.append(Step(label, "done", _when(happened.get(here), at)))
    else:
        steps.append(Step(_now_words(part, here), "now", _when(happened.get(here), at)))
        steps.append(Step(" → ".join(_step_label(part, step) for step in path[reached + 1 :]), "next"))
    if ended:
        steps.append(Step(_step_label(part, state), "failed", _when(_end(part, state), at)))
    return steps


def _now_words(part: Part, state: PartState) -> str:
    """What is going on, as a sentence."""
    said = {"shop": part.shop.name, "address": part.collected_at or part.shop.place.address}
    if state == PartState.RESERVED:
        return _("The shop hears of it once you have paid")
    if state == PartState.PLACED:
        return _("%(shop)s answers within its opening hours") % said
    if state == PartState.ACCEPTED:
        return _("%(shop)s is preparing") % said
    if state == PartState.READY and part.kind == Modality.Kind.COLLECT:
        return _("Ready to collect at %(address)s") % said
    if state == PartState.READY and part.kind == Modality.Kind.BIKE:
        return _("Ready, goes to the depot")
    return _step_label(part, state)


def _end(part: Part, state: PartState) -> datetime | None:
    event = part.last(state.value)
    return event.at if event else None


def _when(moment: datetime | None, at: datetime) -> str:
    """The hour; with its day when that is not today."""
    if moment is None:
        return ""
    same = timezone.localtime(moment).date() == timezone.localtime(at).date()
    return say_clock(moment) if same else near_moment(moment, at)


def collect_words(part: Part, at: datetime) -> str:
    """``Saturday 28 November, 9:00–12:00``: when a part of an order cycle is collected; nothing for another one."""
    return near_span(part.due_at, part.until, at) if part.until is not None else ""


def promise(order: Order, at: datetime) -> str:
    """``this evening, 17:00–19:00``: the window that was booked; nothing without a live delivery."""
    delivery = order.delivery
    if delivery is None or delivery.cancelled_at is not None:
        return ""
    return near_span(delivery.window.starts_at, delivery.window.ends_at, at)
