"""What a shop must do now: its parts in groups, most urgent first, with the words a merchant reads.

``current_parts`` and ``unanswered`` ask the database; ``board_of`` and ``Job`` only read what they loaded.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from parvis.core.time import day_bounds, day_of
from parvis.core.words import say_clock, say_day, say_duration
from parvis.delivery.models import Bag, BagEvent, DeliveryEvent, Hub, SharedHub
from parvis.market.asking import asked_by
from parvis.market.models import Modality, Part, PartEvent, Shop
from parvis.market.states import LOST, PartState
from parvis.towns.models import Town

FORGOTTEN = timedelta(days=45)  # what was due longer ago is history: a board does not read years of it
MOST_SHOWN = 200  # a shop with more than this open at once needs another page, not a longer one


class Group(StrEnum):
    """The headings of the board, in the order in which they are worked."""

    ANSWER = "answer"
    PREPARE = "prepare"
    READY = "ready"
    LATER = "later"
    AWAY = "away"
    DONE = "done"


HEADINGS: dict[Group, Promise] = {
    Group.ANSWER: gettext_lazy("To answer"),
    Group.PREPARE: gettext_lazy("To prepare"),
    Group.READY: gettext_lazy("Ready"),
    Group.LATER: gettext_lazy("Another day"),
    Group.AWAY: gettext_lazy("On their way"),
    Group.DONE: gettext_lazy("Done today"),
}
LEAVES: dict[str, tuple[Promise, str]] = {
    Modality.Kind.COLLECT: (gettext_lazy("collected here"), "store"),
    Modality.Kind.SHOP: (gettext_lazy("we deliver"), "truck"),
    Modality.Kind.POST: (gettext_lazy("by post"), "mail"),
    Modality.Kind.BIKE: (gettext_lazy("by bike"), "bike"),
}
STATES: dict[PartState, tuple[Promise, str]] = {
    PartState.RESERVED: (gettext_lazy("waits for its payment"), "wait"),
    PartState.PLACED: (gettext_lazy("to answer"), "wait"),
    PartState.ACCEPTED: (gettext_lazy("accepted"), "calm"),
    PartState.READY: (gettext_lazy("ready"), "go"),
    PartState.AT_HUB: (gettext_lazy("at the hub"), "go"),
    PartState.ON_THE_WAY: (gettext_lazy("on the bike"), "go"),
    PartState.SENT: (gettext_lazy("sent"), "go"),
    PartState.DONE: (gettext_lazy("handed over"), "over"),
    PartState.LOST: (gettext_lazy("lost on its way"), "warn"),
    PartState.FAILED: (gettext_lazy("could not be handed over"), "warn"),
    PartState.REFUSED: (gettext_lazy("refused"), "over"),
    PartState.CANCELLED: (gettext_lazy("cancelled by the buyer"), "over"),
}


@dataclass(frozen=True, slots=True)
class Job:
    """One part as the shop sees it at the moment ``at``."""

    part: Part
    state: PartState
    at: datetime
    several_hubs: bool = False  # in this town: which one is worth saying

    @property
    def group(self) -> Group:
        """Under which heading it stands."""
        if self.state == PartState.PLACED:
            return Group.ANSWER
        if self.state == PartState.ACCEPTED:
            zone = timezone.get_current_timezone()
            local = self.part.due_at.astimezone(zone).date()
            return Group.LATER if local > self.at.astimezone(zone).date() else Group.PREPARE
        if self.state in {PartState.READY, PartState.SENT}:
            return Group.READY
        return Group.DONE if self.state.is_over else Group.AWAY

    @property
    def items(self) -> int:
        """How many things are in it, as prepared."""
        return sum(line.billed_quantity for line in self.part.lines.all())

    @property
    def grams(self) -> int:
        """What it weighs, as prepared."""
        return sum(line.weighs for line in self.part.lines.all())

    @property
    def late(self) -> bool:
        """Not ready though it should be."""
        return self.state in {PartState.PLACED, PartState.ACCEPTED} and self.part.due_at < self.at

    @property
    def due(self) -> str:
        """``for 16:00``, ``for tomorrow, 10:00``, ``since 9:00 (35 min late)``."""
        zone = timezone.get_current_timezone()
        clock, day = say_clock(self.part.due_at), self.part.due_at.astimezone(zone).date()
        days = (day - self.at.astimezone(zone).date()).days
        if self.late:
            return _("was for %(time)s") % {"time": clock if days == 0 else f"{say_day(day)}, {clock}"}
        if days == 0:
            return _("for %(time)s") % {"time": clock}
        if days == 1:
            return _("for tomorrow, %(time)s") % {"time": clock}
        return _("for %(day)s, %(time)s") % {"day": say_day(day), "time": clock}

    @property
    def late_by(self) -> str:
        """``35 min late``; empty when it is not."""
        if not self.late:
            return ""
        return _("%(duration)s late") % {"duration": say_duration((self.at - self.part.due_at).total_seconds())}

    @property
    def leaves(self) -> str:
        """How it leaves the shop, in two words, or where it is collected."""
        return self.part.collected_at or str(LEAVES[self.part.kind][0])

    @property
    def leaves_icon(self) -> str:
        """The drawing beside these words."""
        return LEAVES[self.part.kind][1]

    @property
    def label(self) -> str:
        """Where it stands, in words."""
        if self.part.kind == Modality.Kind.POST and self.state == PartState.DONE:
            return _("sent and paid")
        if self.state == PartState.CANCELLED and self.given_up:
            return _("lost on its way")
        return str(STATES[self.state][0])

    @property
    def given_up(self) -> bool:
        """Its bag was lost and is not packed again."""
        event = self.part.last("cancelled")
        return event is not None and event.reason == LOST

    @property
    def tone(self) -> str:
        """How these words look."""
        return STATES[self.state][1]

    @property
    def tel(self) -> str:
        """The buyer's number for a ``tel:`` link: digits and a plus."""
        return "".join(c for c in self.part.order.phone if c.isdigit() or c == "+")

    @property
    def bags(self) -> list[Bag]:
        """The bags of this part that travel through the hub."""
        delivery = self.part.order.delivery if self.part.kind == Modality.Kind.BIKE else None
        bags = [] if delivery is None else list(delivery.bags.all())
        return [bag for bag in bags if bag.sender_ref == str(self.part.pk) and bag.cancelled_at is None]

    @property
    def asked_words(self) -> str:
        """What became of its question for another time, in some words; "" where nothing is asked."""
        asked = asked_by(self.part)
        if asked is None:
            return ""
        return _("another time asked") if asked.kept_at is None else _("the buyer keeps the time")

    @property
    def hub(self) -> str:
        """The name and the address of the hub to which the bag is brought; "" where it travels otherwise."""
        delivery = self.part.order.delivery if self.part.kind == Modality.Kind.BIKE else None
        return f"{delivery.window.hub.name}, {delivery.window.hub.address}" if delivery else ""

    @property
    def hub_name(self) -> str:
        """The name alone, for a list; "" where there is but one hub, or where it travels otherwise."""
        delivery = self.part.order.delivery if self.part.kind == Modality.Kind.BIKE else None
        return delivery.window.hub.name if delivery and self.several_hubs else ""

    @property
    def bag_code(self) -> str:
        """What stands on the bag: the hub's code for bikes, the order's code for everything else."""
        return next((bag.code for bag in self.bags), self.part.order.code)


@dataclass(frozen=True, slots=True)
class Section:
    """One heading of the board with its jobs."""

    group: Group
    jobs: tuple[Job, ...]

    @property
    def heading(self) -> str:
        """The words above the list."""
        return str(HEADINGS[self.group])


@dataclass(frozen=True, slots=True)
class Board:
    """Everything a shop sees on its first page."""

    sections: tuple[Section, ...]

    def count(self, group: Group) -> int:
        """How many jobs stand under a heading."""
        return next((len(section.jobs) for section in self.sections if section.group == group), 0)

    @property
    def waiting(self) -> int:
        """Orders nobody has answered."""
        return self.count(Group.ANSWER)

    @property
    def working(self) -> bool:
        """Whether something is left to answer or to prepare today."""
        return bool(self.waiting or self.count(Group.PREPARE))

    @property
    def summary(self) -> str:
        """The answer to "what must I prepare?" in one line."""
        if self.waiting:
            return ngettext(
                "%(count)d order waits for your answer", "%(count)d orders wait for your answer", self.waiting
            ) % {"count": self.waiting}
        if count := self.count(Group.PREPARE):
            return ngettext("%(count)d order to prepare", "%(count)d orders to prepare", count) % {"count": count}
        return _("Nothing to prepare right now")


def job_of(part: Part, at: datetime) -> Job:
    """A part (loaded ``of_shop``) as its shop sees it."""
    return Job(part, part.state, at)


def board_of(parts: Iterable[Part], at: datetime, *, several_hubs: bool = False) -> Board:
    """Group parts that come most urgent first; what is done stands newest first."""
    found: dict[Group, list[Job]] = {group: [] for group in Group}
    for part in parts:
        job = Job(part, part.state, at, several_hubs)
        found[job.group].append(job)
    found[Group.DONE].reverse()
    return Board(tuple(Section(group, tuple(jobs)) for group, jobs in found.items() if jobs))


def several_hubs(town: Town, at: datetime) -> bool:
    """Whether bags of this town's shops may go to one hub or another: its own, and those that neighbours share."""
    shared = SharedHub.objects.open_to(town, day_of(at, town.zone)).values("hub")
    return Hub.objects.filter(Q(town=town) | Q(pk__in=shared)).count() > 1


def current_parts(shop: Shop, at: datetime) -> QuerySet[Part]:
    """A shop's parts that are not over, and those that ended on the town's day of ``at``.

    A part that was lost, or came too late, while the rest was handed over waits for its shop to give it up.
    """
    start, end = day_bounds(day_of(at, shop.town.zone), shop.town.zone)
    over = PartEvent.objects.filter(part=OuterRef("pk"), kind__in=["done", "refused", "cancelled"])
    brought = DeliveryEvent.objects.filter(delivery=OuterRef("order__delivery"), kind="delivered")
    today = {"at__gte": start, "at__lt": end}
    by_bike = Q(kind=Modality.Kind.BIKE)
    is_open = ~Exists(over) & (~(by_bike & Exists(brought)) | (by_bike & Exists(_left_bags())))
    ended_today = Exists(over.filter(**today)) | (by_bike & Exists(brought.filter(**today)))
    lately = Part.objects.of_shop(shop).filter(due_at__gte=at - FORGOTTEN)
    return lately.filter(is_open | ended_today)[:MOST_SHOWN]


def _left_bags() -> QuerySet[Bag]:
    """Bags of the part that an outer query is at that nobody handed over: lost, never come, or come too late."""
    last = BagEvent.objects.filter(bag=OuterRef("pk")).order_by("-at", "-id").values("kind")[:1]
    mine = Bag.objects.filter(
        delivery=OuterRef("order__delivery"), sender_ref=Cast(OuterRef("pk"), CharField()), cancelled_at=None
    )
    return mine.alias(last=Subquery(last)).exclude(last=BagEvent.Kind.DELIVERED)


def unanswered(parts: QuerySet[Part], *, town: Town | None = None, since: datetime | None = None) -> QuerySet[Part]:
    """Those of ``parts`` to which the shop has said nothing yet.

    Who asks for a whole ``town`` says since when the parts were placed: nothing was said about them before, and years
    of events stay unread.
    """
    story = PartEvent.objects.filter(part=OuterRef("pk"))
    told = story.filter(kind=PartEvent.Kind.PLACED)
    answers = story.exclude(kind__in=[PartEvent.Kind.PLACED, PartEvent.Kind.RESERVED])
    if town is not None and since is not None:
        answers = answers.filter(town=town, at__gte=since)
    return parts.filter(Exists(told), ~Exists(answers))


def waiting_since(at: datetime, minutes: int) -> datetime:
    """The last moment at which an order without an answer was placed to have waited ``minutes``."""
    return at - timedelta(minutes=minutes)
