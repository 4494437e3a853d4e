"""The market's day in figures, for the town's agent: counted by the database, put together here.

``day_figures`` asks a fixed number of queries however many orders there are. A day is the town's day: orders by when
they were placed, preparation by when it was due, deliveries by the start of their window.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import (
    Aggregate,
    BooleanField,
    Case,
    Count,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import ExtractHour, TruncDate

from parvis.core.time import day_bounds
from parvis.delivery.footprint import Spared, spared
from parvis.delivery.models import Delivery, DeliveryEvent
from parvis.delivery.models.promises import of_days
from parvis.delivery.sharedays import planned_metres
from parvis.delivery.states import ASIDE
from parvis.market.models import LedgerEntry, Line, Order, Part, PartEvent, Product
from parvis.market.models.lines import line_cents, line_deposits
from parvis.market.worklist import FORGOTTEN, unanswered, waiting_since
from parvis.towns.models import Town

PATIENCE_MINUTES = 30


class Median(Aggregate):
    """The middle value, by PostgreSQL."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A shop that has not answered, since when, for how many orders."""

    shop: str
    phone: str
    orders: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Answers:
    """How shops answered the orders of the day."""

    parts: int
    accepted: int
    refused: int
    cancelled: int
    reasons: tuple[tuple[str, int], ...]
    median_seconds: int | None


@dataclass(frozen=True, slots=True)
class Bikes:
    """What was promised by bike in the day's windows, and how it went; ``under_way`` is neither yet."""

    promised: int
    kept: int
    late: int
    failed: int
    under_way: int
    metres: int | None
    air: Spared
    streets: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """Whether the money of the day adds up, counted twice: from lines, and from the ledger."""

    ledger_sum: int
    sold_lines: int
    sold_ledger: int
    paid: int
    overpaid_orders: int

    @property
    def ok(self) -> bool:
        """Nothing to look into."""
        return self.ledger_sum == 0 and self.sold_lines == self.sold_ledger and self.overpaid_orders == 0


@dataclass(frozen=True, slots=True)
class DayFigures:
    """One day of one town's market; amounts in cents."""

    day: date
    orders: int
    by_hour: tuple[tuple[int, int], ...]
    turnover: int
    bike_fees: int
    baskets: tuple[tuple[int, int], ...]  # number of shops, number of orders
    answers: Answers
    due: int
    prepared_late: int
    items_missing: int
    bikes: Bikes
    sold_out: tuple[tuple[str, str], ...]  # product, shop
    sold_out_count: int
    waiting: tuple[Waiting, ...]
    check: Check

    @property
    def average_basket(self) -> int:
        """What an order is worth, fees included."""
        return (self.turnover + self.bike_fees) // self.orders if self.orders else 0


def day_figures(town: Town, day: date, at: datetime) -> DayFigures:
    """Count the town's ``day`` as things stand at ``at``."""
    start, end = day_bounds(day, town.zone)
    orders = Order.objects.told().filter(town=town, placed_at__gte=start, placed_at__lt=end)
    parts = Part.objects.placed_between(town, start, end)
    due = _alive(Part.objects.told().filter(town=town, due_at__gte=start, due_at__lt=end))
    totals = orders.aggregate(n=Count("pk"), fees=Sum("bike_fee_cents", default=0))
    by_hour = orders.order_by().annotate(hour=ExtractHour("placed_at", tzinfo=town.zone)).values_list("hour")
    late = _prepared_late(due, at)
    sold_out = Product.objects.on_sale(town).filter(stock=0)
    return DayFigures(
        day=day,
        orders=totals["n"],
        by_hour=tuple(by_hour.annotate(n=Count("pk")).order_by("hour")),
        turnover=_worth(_alive(parts)),
        bike_fees=totals["fees"],
        baskets=_baskets(orders),
        answers=_answers(parts),
        due=due.count(),
        prepared_late=late,
        items_missing=_missing(due),
        bikes=_bikes(town, day),
        sold_out=tuple(sold_out.order_by("shop__name", "name").values_list("name", "shop__name")[:20]),
        sold_out_count=sold_out.count(),
        waiting=_waiting(town, at),
        check=_check(town, start, end),
    )


def _alive(parts: QuerySet[Part]) -> QuerySet[Part]:
    """Parts that were neither refused nor cancelled."""
    ended = PartEvent.objects.filter(part=OuterRef("pk"), kind__in=["refused", "cancelled"])
    return parts.filter(~Exists(ended))


def _worth(parts: QuerySet[Part], *, deposits: bool = False) -> int:
    """Goods as ordered or prepared, and the shops' own fees; the deposits on bottles only if asked for."""
    each = line_cents() + line_deposits() if deposits else line_cents()
    goods = Line.objects.filter(part__in=parts).aggregate(total=Sum(each, default=0))["total"]
    fees = parts.aggregate(total=Sum("fee_cents", default=0))["total"]
    return int(goods + fees)


def _baskets(orders: QuerySet[Order]) -> tuple[tuple[int, int], ...]:
    """How many orders went to one shop, to two, and so on."""
    each = Part.objects.filter(order=OuterRef("pk")).order_by().values("order").annotate(n=Count("pk")).values("n")
    counted = orders.order_by().annotate(shops=Subquery(each)).values_list("shops").annotate(n=Count("pk"))
    return tuple(counted.order_by("shops"))


def _answers(parts: QuerySet[Part]) -> Answers:
    events = PartEvent.objects.filter(part__in=parts)
    kinds = dict(events.values_list("kind").annotate(n=Count("pk")))
    reasons = events.filter(kind="refused").values_list("reason").annotate(n=Count("pk")).order_by("-n", "reason")
    took = ExpressionWrapper(F("at") - F("part__placed_at"), output_field=DurationField())
    median = events.filter(kind="accepted").aggregate(median=Median(took, output_field=DurationField()))["median"]
    return Answers(
        parts=kinds.get("placed", 0),
        accepted=kinds.get("accepted", 0),
        refused=kinds.get("refused", 0),
        cancelled=kinds.get("cancelled", 0),
        reasons=tuple(reasons[:10]),
        median_seconds=None if median is None else round(median.total_seconds()),
    )


def _prepared_late(due: QuerySet[Part], at: datetime) -> int:
    """Ready after the moment promised, or not ready though it has passed."""
    ready = PartEvent.objects.filter(part=OuterRef("pk"), kind="ready").values("at")[:1]
    counted = due.annotate(ready_at=Subquery(ready, output_field=DateTimeField()))
    return counted.filter(Q(ready_at__gt=F("due_at")) | Q(ready_at=None, due_at__lt=at)).count()


def _missing(due: QuerySet[Part]) -> int:
    """Things that shops could not give though they were ordered."""
    short = F("quantity") - F("prepared_quantity")
    found = Line.objects.filter(part__in=due, prepared_quantity__lt=F("quantity"))
    return int(found.aggregate(total=Sum(short, default=0))["total"])


def _bikes(town: Town, day: date) -> Bikes:
    ours = Delivery.objects.counted().ordered_by(town)
    promised = ours.filter(of_days(day, day, town.zone, "window__"))
    story = DeliveryEvent.objects.filter(delivery=OuterRef("pk"))
    handed = story.filter(kind="delivered").order_by("at").values("at")[:1]
    last = story.exclude(kind__in=(*ASIDE, "cancelled")).order_by("-at", "-pk").values("kind")[:1]
    told = promised.annotate(
        handed_at=Subquery(handed, output_field=DateTimeField()),
        last=Subquery(last),
        in_time=Case(
            When(handed_at__lte=F("window__ends_at"), then=Value(True)),
            default=Value(False),
            output_field=BooleanField(),
        ),
    )
    counts = told.aggregate(
        promised=Count("pk"),
        kept=Count("pk", filter=Q(in_time=True)),
        late=Count("pk", filter=Q(handed_at__isnull=False, in_time=False)),
        failed=Count("pk", filter=Q(handed_at=None, last="failed")),
    )
    ended = counts["kept"] + counts["late"] + counts["failed"]
    metres, streets = planned_metres(town, day)
    return Bikes(
        **counts,
        under_way=counts["promised"] - ended,
        metres=metres,
        streets=streets,
        air=spared(metres or 0, town.country),
    )


def _waiting(town: Town, at: datetime) -> tuple[Waiting, ...]:
    """Shops with an order that nobody has answered for more than ``PATIENCE_MINUTES``, longest first."""
    since = at - FORGOTTEN
    placed = Part.objects.filter(town=town, placed_at__gte=since, placed_at__lt=waiting_since(at, PATIENCE_MINUTES))
    parts = unanswered(placed, town=town, since=since)
    rows = (
        parts.values_list("shop__name", "shop__place__phone")
        .annotate(n=Count("pk"), since=Min("placed_at"))
        .order_by("since")
    )
    return tuple(Waiting(name, phone, count, since) for name, phone, count, since in rows[:50])


def _check(town: Town, start: datetime, end: datetime) -> Check:
    """The day's sales counted from the lines of what became ready, and from the ledger; and the sum of its movements.

    Only the day is read, however old the town is: each movement adds up by itself (a trigger), and a buyer who paid too
    much is found on the day of a movement. ``market.invariants`` looks at everything.
    """
    entries = LedgerEntry.objects.filter(town=town)
    today = entries.filter(transaction__at__gte=start, transaction__at__lt=end)
    of_shops = Q(account__startswith="shop:") | (Q(account__startswith="vat:") & ~Q(account="vat:town"))
    paid_online = Q(account__startswith="online:", transaction__kind__in=["payment", "refund"])
    sums = today.aggregate(
        sold=Sum("amount_cents", filter=of_shops & Q(transaction__kind="sale"), default=0),
        paid=Sum("amount_cents", filter=Q(account__startswith="till:") | paid_online, default=0),
    )
    ready = PartEvent.objects.filter(town=town, kind="ready", at__gte=start, at__lt=end).values("part")
    overpaid = (
        entries.filter(account__in=today.filter(account__startswith="buyer:").values("account"))
        .values("account")
        .annotate(n=Sum("amount_cents"))
        .filter(n__lt=0)
    )
    return Check(
        ledger_sum=today.aggregate(total=Sum("amount_cents", default=0))["total"],
        sold_lines=_worth(Part.objects.filter(pk__in=ready), deposits=True),
        sold_ledger=-sums["sold"],
        paid=sums["paid"],
        overpaid_orders=overpaid.count(),
    )


def orders_of_week(town: Town, day: date) -> tuple[tuple[date, int], ...]:
    """How many orders were placed on ``day`` and the six days before it."""
    first = day - timedelta(days=6)
    start, end = day_bounds(first, town.zone)[0], day_bounds(day, town.zone)[1]
    placed = Order.objects.told().filter(town=town, placed_at__gte=start, placed_at__lt=end)
    by_day = placed.order_by().annotate(day=TruncDate("placed_at", tzinfo=town.zone)).values_list("day")
    counted = dict(by_day.annotate(n=Count("pk")))
    return tuple((d, counted.get(d, 0)) for d in (first + timedelta(days=n) for n in range(7)))
