"""The weeks before: yesterday evening's deliveries once more, on other evenings, for others, a little sooner or later.

To play each evening through the real actions would take as long as today does. So what one evening left in the tables
(windows, shifts, plan, rounds, bags, orders, their money) is copied with new ids and other days: the figures of the
town's weeks, and the accounts behind them, add up as those of yesterday do.
"""

import json
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.db import models

from parvis.core.ids import new_id, secret_token, short_code
from parvis.core.time import day_bounds, moment
from parvis.delivery.actions.streets import streets_on
from parvis.delivery.models import Bag, BagEvent, Delivery, DeliveryEvent, Hub, Plan, Round, Shift, Stop, Window
from parvis.delivery.models.promises import of_days
from parvis.demo.names import BUYERS
from parvis.market.models import LedgerEntry, LedgerTransaction, Line, Order, Part, PartEvent

WEEKS = 4
EVENINGS = (0, 3)  # of each week: as many days before the evening that is copied
AWAY = 0.05  # of the orders of that evening, so many are missing on another, beside the one whose turn it is
LATE = 0.05  # and so many came after their window
PAST = "demo-past-"  # the keys of copied orders begin so
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

type Rows = list[tuple[list[Any], Callable[[Any], UUID | None]]]
"""Rows in the order in which they need each other, and whose they are: the id of a delivery, None for everybody's."""


def remember_weeks(hub: Hub, evening: date) -> None:
    """Copy the deliveries of ``evening`` to two evenings of each of the weeks before."""
    rows = _rows(hub, evening)
    codes = set(Delivery.objects.filter(town=hub.town_id).values_list("code", flat=True))
    days = [evening - timedelta(weeks=week, days=before) for week in range(1, WEEKS + 1) for before in EVENINGS]
    for turn, day in enumerate(days):
        _Evening(hub, evening, day, codes, turn).copy(rows)


def _rows(hub: Hub, evening: date) -> Rows:
    """What the evening left in the tables, without orders that a voucher helped to pay."""
    start, end = day_bounds(evening, hub.town.zone)
    orders = Order.objects.filter(  # those of a neighbour, for which the hub's bikes ride too, among them
        of_days(evening, evening, hub.town.zone, "delivery__window__"),
        delivery__window__hub=hub,
        delivery__cancelled_at=None,
        voucher_uses=None,
    )
    door = {order.pk: order.delivery_id for order in orders if order.delivery_id}
    doors, plan = list(door.values()), Plan.objects.filter(hub=hub, day=evening, state=Plan.State.PUBLISHED)
    parts = Part.objects.filter(order__in=door)
    events = PartEvent.objects.filter(part__in=parts).select_related("part")
    lines = Line.objects.filter(part__in=parts).select_related("part")
    money = LedgerTransaction.objects.filter(order__in=door)
    entries = LedgerEntry.objects.filter(transaction__in=money).select_related("transaction")
    scans = BagEvent.objects.filter(bag__delivery__in=doors).select_related("bag")
    return [
        (list(Window.objects.filter(deliveries__in=doors).distinct()), lambda row: None),
        (list(Shift.objects.filter(bike__hub=hub, starts_at__gte=start, starts_at__lt=end)), lambda row: None),
        (list(plan), lambda row: None),
        (list(Round.objects.filter(plan__in=plan)), lambda row: None),
        (list(Delivery.objects.filter(pk__in=doors).order_by("pk")), lambda row: row.pk),
        (list(Stop.objects.filter(round__plan__in=plan, delivery__in=doors)), lambda row: row.delivery_id),
        (list(DeliveryEvent.objects.filter(delivery__in=doors)), lambda row: row.delivery_id),
        (list(Bag.objects.filter(delivery__in=doors)), lambda row: row.delivery_id),
        (list(scans), lambda row: row.bag.delivery_id),
        (list(orders), lambda row: row.delivery_id),
        (list(parts), lambda row: door[row.order_id]),
        (list(events), lambda row: door[row.part.order_id]),
        (list(lines), lambda row: door[row.part.order_id]),
        (list(money), lambda row: door[row.order_id]),
        (list(entries), lambda row: door[row.transaction.order_id]),
    ]


class _Evening:
    """One evening, copied to another day: which rows, under which ids, at which moments."""

    def __init__(self, hub: Hub, evening: date, day: date, codes: set[str], turn: int) -> None:
        self.hub, self.evening, self.day, self.turn = hub, evening, day, turn
        self.chance = Random(f"{hub.town.slug} {day}")
        self.ids: dict[UUID, UUID] = {}
        self.codes = codes
        self.delays: dict[UUID, timedelta] = {}
        self.words: dict[str, str] = {}  # the codes of orders, and what is called after them

    def copy(self, rows: Rows) -> None:
        """Copy most of it: on each evening another door is missing, so that no evening is the copy of another."""
        doors = [row for some, _whose in rows for row in some if isinstance(row, Delivery)]
        away = {row.pk for row in doors if self.chance.random() < AWAY}
        away |= {row.pk for at, row in enumerate(doors) if len(doors) > 1 and at == self.turn % len(doors)}
        chosen = [[row for row in some if whose(row) not in away] for some, whose in rows]
        for row in (row for some in chosen for row in some):
            self.ids[row.pk] = new_id()
            if isinstance(row, Order):
                code = self._code()
                self.words |= {row.code: code, f"buyer:{row.code}": f"buyer:{code}"}
        windows = {row.pk: row for row in chosen[0]}
        closes = {row.pk: windows[row.window_id].ends_at for row in doors}
        for event in (row for some in chosen for row in some if isinstance(row, DeliveryEvent)):
            if event.kind in DeliveryEvent.AT_DOOR:
                self.delays[event.delivery_id] = self._delay(closes[event.delivery_id] - event.at)
        for some in filter(None, chosen):
            type(some[0])._default_manager.bulk_create([self._copied(row) for row in some])
        self._measure()

    def _delay(self, spare: timedelta) -> timedelta:
        """How much later than yesterday the bell rings: minutes, or (seldom) so late that the promise is broken."""
        minutes = self.chance.triangular(-2, 16, 1)
        late = self.chance.random() < LATE
        return timedelta(minutes=round(minutes)) + (spare + timedelta(minutes=3) if late else timedelta())

    def _copied(self, row: Any) -> Any:
        """The row on the other day."""
        values = {field.attname: self._value(field, row) for field in row._meta.concrete_fields}
        if isinstance(row, DeliveryEvent) and row.kind in DeliveryEvent.AT_DOOR:
            values["at"] += self.delays.get(row.delivery_id, timedelta())
        elif isinstance(row, BagEvent) and row.kind == BagEvent.Kind.DELIVERED:
            values["at"] += self.delays.get(row.bag.delivery_id, timedelta())
        elif isinstance(row, Delivery):
            values |= {"code": self._code(), "name": self.chance.choice(BUYERS)}
        elif isinstance(row, Bag):
            values["code"] = self._code()
        elif isinstance(row, Order):
            name = self.chance.choice(BUYERS)
            values |= {
                "person_id": None,
                "name": name,
                "key": f"{PAST}{values['id'].hex}",
                "secret": secret_token(),
            }
            values["email"] = f"{name.split()[0].lower()}@{self.hub.town.slug}.demo"
        elif isinstance(row, LedgerTransaction):
            values["key"] = self._key(row.key)
        elif isinstance(row, Line):
            values["counted"] = False  # yesterday's took the stock
        return type(row)(**values)

    def _key(self, key: str) -> str:
        """What a movement is booked under: the order or the part that it is of, which are others here."""
        there = _UUID.sub(lambda found: str(self.ids.get(UUID(found[0]), found[0])), key)
        return there if there != key else f"{self.day}:{key}"

    def _value(self, field: "models.Field[Any, Any]", row: Any) -> Any:
        value = getattr(row, field.attname)
        if isinstance(value, datetime):
            return self._moved(value)
        if isinstance(value, date):
            return self.day + (value - self.evening)
        if isinstance(value, UUID):
            return self.ids.get(value, value)
        if isinstance(field, models.JSONField):
            return json.loads(self._text(json.dumps(value)))
        return self._text(value) if isinstance(value, str) else value

    def _text(self, text: str) -> str:
        """The text with the ids and codes of the copies in it."""
        if text in self.words:
            return self.words[text]
        return _UUID.sub(lambda found: str(self.ids.get(UUID(found[0]), found[0])), text)

    def _moved(self, then: datetime) -> datetime:
        """The same hour of the town's clock, as many days before."""
        local = then.astimezone(self.hub.town.zone)
        return moment(local.date() + (self.day - self.evening), local.time(), self.hub.town.zone)

    def _code(self) -> str:
        code = next(code for code in iter(short_code, "") if code not in self.codes)
        self.codes.add(code)
        return code

    def _measure(self) -> None:
        """The rounds are as long as the way to the doors that are left on them."""
        streets = streets_on(self.hub, self.day)
        rounds = list(Round.objects.filter(plan__hub=self.hub, plan__day=self.day).prefetch_related("stops__delivery"))
        for round_ in rounds:  # one whose orders are all missing has no door left, and no way
            doors = [stop.delivery.point for stop in round_.stops.all()]
            way = streets.route([self.hub.point, *doors, self.hub.point])
            round_.metres, round_.geometry = way.metres, {"type": "LineString", "coordinates": way.geometry}
        Round.objects.bulk_update(rounds, ["metres", "geometry"])
