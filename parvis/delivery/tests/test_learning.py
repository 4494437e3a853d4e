"""The pace of real riders, learnt from rounds: found under noise, left alone without evidence, and ridden by."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from parvis.delivery.actions.learning import FEWEST, Lesson, fit, learn_pace, legs_of
from parvis.delivery.actions.streets import streets_on
from parvis.delivery.models import DeliveryEvent, Hub, Pace, Plan, Round, Shift, Window
from parvis.delivery.tests.dispatch_world import book
from parvis.people.models import Person


def ridden(
    pace: float, door: float, count: int = 200, *, noise: float = 20, odd: float = 0.0
) -> list[tuple[float, float]]:
    """Ways of 1 to 10 minutes, some of them interrupted by a long chat."""
    chance = Random(3)
    ways = [chance.uniform(60, 600) for _ in range(count)]
    return [
        (way, pace * way + door + chance.gauss(0, noise) + (chance.uniform(600, 1500) if chance.random() < odd else 0))
        for way in ways
    ]


@pytest.mark.parametrize(("pace", "door"), [(0.8, 120), (1.0, 180), (1.35, 240), (1.9, 60)])
@pytest.mark.parametrize("odd", [0.0, 0.15])
def test_it_is_found_under_noise(pace: float, door: float, odd: float):
    lesson = fit(ridden(pace, door, odd=odd))
    assert lesson is not None
    assert lesson.percent == pytest.approx(100 * pace, abs=4)
    assert lesson.door_seconds == pytest.approx(door, abs=15)


def test_nothing_is_learnt_from_little_or_nonsense():
    assert fit([]) is None
    assert fit(ridden(1.2, 180, FEWEST - 1)) is None
    assert fit([(300, 500)] * 200) is None, "all alike: no slope"
    assert fit(ridden(5.0, 180)) is None, "nobody is five times slower than the map"
    assert fit([(way, 900 - way) for way in range(60, 600, 3)]) is None, "further is not quicker"
    assert fit(ridden(1.2, 180)) == fit(ridden(1.2, 180))
    assert isinstance(fit(ridden(1.2, 180)), Lesson)


@pytest.mark.django_db
class TestRounds:
    @pytest.fixture
    def rode(self, hub: Hub, rider: Person, window: Window, at: datetime) -> Any:
        """``rode(pace, waits)``: 80 doors on four rounds of yesterday, five minutes apart by the map."""

        def make(pace: float, *, plan_pace: int = 100) -> None:
            Shift.objects.all().delete()  # yesterday is what counts: today, the number of places must do
            deliveries = book(window, 60, at, grams=100, millilitres=100)
            begin = at - timedelta(days=1)
            plan = Plan.objects.create(
                town=hub.town, hub=hub, day=begin.date(), version=1, state=Plan.State.PUBLISHED, made_at=begin,
                pace_percent=plan_pace,
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
            arrive = planned + way * plan.pace_percent / 100
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

    def test_too_little_changes_nothing(self, hub: Hub, at: datetime) -> None:
        assert learn_pace(hub, at) is None
        assert not Pace.objects.exists()

    def test_few_queries(self, rode: Any, hub: Hub, at: datetime, django_assert_max_num_queries: Any) -> None:
        rode(1.0)
        with django_assert_max_num_queries(4):
            assert len(legs_of(hub, at)) > 100
