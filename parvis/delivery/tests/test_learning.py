"""The pace of real riders, learnt from rounds: found under noise, left alone without evidence, and ridden by."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.test import Client

from parvis.core.models import AuditEntry
from parvis.delivery.actions.learning import FEWEST, Leg, Lesson, fit, learn_pace, legs_of
from parvis.delivery.actions.streets import streets_on
from parvis.delivery.kinds import Kind
from parvis.delivery.models import DeliveryEvent, Hub, Pace, Plan, Round, Shift, Window
from parvis.delivery.tests.dispatch_world import book
from parvis.delivery.tests.test_dispatch_board import said
from parvis.delivery.tests.test_road_closures import STREETS, desk
from parvis.people.models import Person

__all__ = ["desk"]  # fixture


def ridden(
    pace: float,
    door: float,
    count: int = 200,
    *,
    kind: Kind = Kind.CARGO,
    noise: float = 20,
    odd: float = 0.0,
    longest: float = 600,
) -> list[Leg]:
    """Ways of 1 to 10 minutes, some of them interrupted by a long chat."""
    chance = Random(3)
    ways = [chance.uniform(60, longest) for _ in range(count)]
    return [
        Leg(
            kind,
            way,
            pace * way + door + chance.gauss(0, noise) + (chance.uniform(600, 1500) if chance.random() < odd else 0),
        )
        for way in ways
    ]


@pytest.mark.parametrize(("pace", "door"), [(0.8, 120), (1.0, 180), (1.35, 240), (1.9, 60)])
@pytest.mark.parametrize("odd", [0.0, 0.15])
def test_it_is_found_under_noise(pace: float, door: float, odd: float):
    lesson = fit(ridden(pace, door, odd=odd))
    assert lesson is not None
    assert lesson.percent == pytest.approx(100 * pace, abs=4)
    assert lesson.door_seconds == pytest.approx(door, abs=15)
    assert lesson.kinds == {"cargo": (lesson.percent, lesson.legs)}, "one kind is the hub"


def test_nothing_is_learnt_from_little_or_nonsense():
    assert fit([]) is None
    assert fit(ridden(1.2, 180, FEWEST - 1)) is None
    assert fit([Leg(Kind.CARGO, 300, 500)] * 200) is None, "all alike: no slope"
    apart = [Leg(Kind.CARGO, 300, 500), Leg(Kind.FOOT, 900, 1500)] * 200
    assert fit(apart) is None, "what tells two kinds apart tells nothing of the doors"
    assert fit(ridden(5.0, 180)) is None, "nobody is five times slower than the map"
    assert fit([Leg(Kind.CARGO, way, 900 - way) for way in range(60, 600, 3)]) is None, "further is not quicker"
    assert fit(ridden(1.2, 180)) == fit(ridden(1.2, 180))
    assert isinstance(fit(ridden(1.2, 180)), Lesson)


@pytest.mark.parametrize(("light", "trailer"), [(0.85, 1.3), (1.0, 1.5), (1.2, 1.2)])
@pytest.mark.parametrize("noise", [20, 60])
@pytest.mark.parametrize("odd", [0.0, 0.1])
def test_two_kinds_have_each_their_own(light: float, trailer: float, noise: float, odd: float):
    """A trailer of few ways, and short ones, is not taken for a light bike that has stopped for a chat."""
    legs = ridden(light, 150, 400, kind=Kind.LIGHT, noise=noise, odd=odd)
    lesson = fit([*legs, *ridden(trailer, 150, 160, kind=Kind.TRAILER, noise=noise, odd=odd, longest=420)])
    assert lesson is not None
    assert lesson.door_seconds == pytest.approx(150, abs=20)
    assert lesson.kinds["light"][0] == pytest.approx(100 * light, abs=5)
    assert lesson.kinds["trailer"][0] == pytest.approx(100 * trailer, abs=8)
    assert min(light, trailer) * 100 - 5 <= lesson.percent <= max(light, trailer) * 100 + 5


def test_few_ways_hardly_move_a_kind_from_the_hub():
    many = ridden(1.0, 150, 400)
    moved = []
    for count in (1, 3, 10, 30, 100):
        lesson = fit([*many, *ridden(1.3, 150, count, kind=Kind.TRAILER)])
        assert lesson is not None
        assert lesson.percent == pytest.approx(100, abs=8)
        moved.append(lesson.kinds["trailer"][0] - lesson.percent)
    assert moved == sorted(moved), "the more ways, the nearer to its own"
    assert moved[0] <= 3
    assert moved[1] <= 5
    assert 12 <= moved[3] <= 22


def test_three_chats_are_no_pace():
    chats = [Leg(Kind.TRAILER, way, way + 1500) for way in (200, 300, 400)]
    lesson = fit([*ridden(1.0, 150, 400), *chats])
    assert lesson is not None
    assert lesson.percent == pytest.approx(100, abs=2)
    assert lesson.kinds.get("trailer", (100, 0))[0] == pytest.approx(100, abs=8)


@pytest.mark.django_db
class TestRounds:
    @pytest.fixture
    def rode(self, hub: Hub, rider: Person, window: Window, at: datetime) -> Any:
        """``rode(pace, waits)``: 80 doors on four rounds of yesterday, five minutes apart by the map."""

        def make(pace: float, *, plan_pace: int = 100, kinds: dict[str, int] | None = None) -> None:
            Shift.objects.all().delete()  # yesterday is what counts: today, the number of places must do
            deliveries = book(window, 60, at, grams=100, millilitres=100)
            begin = at - timedelta(days=1)
            plan = Plan.objects.create(
                town=hub.town, hub=hub, day=begin.date(), version=1, state=Plan.State.PUBLISHED, made_at=begin,
                pace_percent=plan_pace, kind_paces=kinds or {},
            )  # fmt: skip
            for number in range(2):
                self._round(plan, hub, rider, begin, deliveries[30 * number :][:30], number + 1, pace)
            for number in range(2):  # and the same doors tried once more the day before, as other rounds
                self._round(
                    plan, hub, rider, begin - timedelta(days=2), deliveries[30 * number :][:30], number + 3, pace
                )

        return make

    def _round(
        self, plan: Plan, hub: Hub, rider: Person, begin: datetime, deliveries: Any, number: int, pace: float
    ) -> None:
        round_ = Round.objects.create(
            town=hub.town, plan=plan, bike=hub.bikes.get(), rider=rider, number=number, departs_at=begin,
            returns_at=begin + timedelta(hours=5), metres=1, grams=1, millilitres=1, left_at=begin,
        )  # fmt: skip
        planned = real = begin
        for position, delivery in enumerate(deliveries, start=1):
            way = timedelta(seconds=60 + 17 * position % 400)
            arrive = planned + way * plan.kind_paces.get(round_.bike.kind, plan.pace_percent) / 100
            planned = arrive + timedelta(seconds=180)
            real += way * pace + timedelta(seconds=180)
            round_.stops.create(town=hub.town, delivery=delivery, position=position, arrive_at=arrive, leave_at=planned)
            DeliveryEvent.objects.create(town=hub.town, delivery=delivery, kind=DeliveryEvent.Kind.DELIVERED, at=real)

    def test_it_is_learnt_and_ridden_by(self, rode: Any, hub: Hub, at: datetime) -> None:
        rode(1.3)
        before = streets_on(hub, at.date()).matrix([hub.point, type(hub.point)(hub.lon + 0.01, hub.lat)])
        pace = learn_pace(hub, at)
        assert pace is not None
        assert pace.percent == pytest.approx(130, abs=2)
        assert pace.door_seconds == pytest.approx(180, abs=10)
        hub.refresh_from_db()
        assert hub.pace_percent == pace.percent
        after = streets_on(hub, at.date()).matrix([hub.point, type(hub.point)(hub.lon + 0.01, hub.lat)])
        assert after.durations[0][1] == pytest.approx(1.3 * before.durations[0][1], rel=0.03)
        assert after.distances == before.distances

    def test_what_was_planned_by_a_pace_teaches_the_same(self, rode: Any, hub: Hub, at: datetime) -> None:
        rode(1.3, plan_pace=130)
        pace = learn_pace(hub, at)
        assert pace is not None
        assert pace.percent == pytest.approx(130, abs=2)

    def test_so_it_does_by_the_pace_of_its_kind(self, rode: Any, hub: Hub, at: datetime) -> None:
        hub.bikes.update(kind=Kind.TRAILER)
        rode(1.3, plan_pace=90, kinds={"trailer": 130})
        pace = learn_pace(hub, at)
        assert pace is not None
        assert pace.percent == pytest.approx(130, abs=2)
        assert hub.kind_paces == {"trailer": pace.percent}
        assert (hub.pace_of("trailer"), hub.pace_of("foot")) == (pace.percent, pace.percent)

    def test_each_kind_rides_by_its_own(self, rode: Any, hub: Hub, at: datetime, monkeypatch: Any) -> None:
        legs = [*ridden(1.0, 180, kind=Kind.CARGO), *ridden(1.3, 180, kind=Kind.TRAILER)]
        monkeypatch.setattr("parvis.delivery.actions.learning.legs_of", lambda hub, at: legs)
        east = type(hub.point)(hub.lon + 0.02, hub.lat)
        before = streets_on(hub, at.date())
        assert learn_pace(hub, at) is not None
        assert hub.kind_paces["trailer"] > hub.pace_percent > hub.kind_paces["cargo"]
        after = streets_on(Hub.objects.get(pk=hub.pk), at.date())
        assert after.conditions.mark != before.conditions.mark, "what is kept of the ways is asked anew"
        for kind, pace in ((Kind.CARGO, 1.0), (Kind.TRAILER, 1.3), (Kind.FOOT, hub.pace_percent / 100)):
            [was, now] = [streets.by(kind) for streets in (before, after)]
            seconds = was.matrix([hub.point, east]).durations[0][1]
            assert now.matrix([hub.point, east]).durations[0][1] == pytest.approx(pace * seconds, rel=0.04), kind
            assert now.ways_of(hub.point, [east])[0][0] == now.route([hub.point, east]).legs[0]
            assert now.guess.usual == pytest.approx(was.guess.usual / pace, rel=0.04)
        audit = AuditEntry.objects.get(verb="learn_pace")
        assert audit.detail["before"]["trailer"] == 100
        assert audit.detail["after"]["trailer"] == hub.kind_paces["trailer"]
        assert learn_pace(hub, at) is not None
        assert AuditEntry.objects.filter(verb="learn_pace").count() == 1, "nothing new"

    def test_the_page_says_it_of_each(self, rode: Any, hub: Hub, at: datetime, desk: Client) -> None:
        kinds = [["cargo", 104, 812], ["trailer", 131, 1]]
        Pace.objects.create(
            town=hub.town, hub=hub, learnt_at=at, legs=813, percent=105, door_seconds=170, kinds=kinds[:1]
        )
        assert "Cargo bike: 104" not in said(desk.get(STREETS)), "one kind is the hub"
        Pace.objects.update(kinds=kinds)
        page = said(desk.get(STREETS))
        assert "riding takes 105% of what the map says" in page
        assert "Cargo bike: 104%, from 812 ways." in page
        assert "Three wheels, or a bike with a trailer: 131%, from 1 way." in page

    def test_too_little_changes_nothing(self, hub: Hub, at: datetime) -> None:
        assert learn_pace(hub, at) is None
        assert not Pace.objects.exists()

    def test_few_queries(self, rode: Any, hub: Hub, at: datetime, django_assert_max_num_queries: Any) -> None:
        rode(1.0)
        with django_assert_max_num_queries(4):
            assert len(legs_of(hub, at)) > 100
