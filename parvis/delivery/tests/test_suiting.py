"""Two windows that suit: the plan takes one, the buyer is told which, and nothing is promised twice."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from parvis.core.errors import Refusal
from parvis.delivery import actions
from parvis.delivery.actions.suiting import ALSO, suit_also, windows_that_may_suit
from parvis.delivery.models import Delivery, Hub, Plan, Window
from parvis.delivery.signals import window_settled
from parvis.delivery.tests.dispatch_world import book, bring, broken_rules, solution_of
from parvis.demo import builders

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture
def noon(hub: Hub, at: datetime) -> Window:
    """From 13:00 to 15:00 of the same day, before the window of 17:00."""
    return builders.make_window(hub, at + timedelta(hours=3))


@pytest.fixture
def flexible(noon: Window, window: Window, at: datetime) -> Delivery:
    """Booked for noon by somebody who is there in the evening too."""
    (delivery,) = book(noon, 1, noon.closes_at - timedelta(hours=1))
    suit_also(delivery=delivery, window_id=window.pk, at=noon.closes_at - timedelta(minutes=50))
    return delivery


def fresh(delivery: Delivery) -> Delivery:
    return Delivery.objects.with_story().select_related("window", "also", "town").get(pk=delivery.pk)


def draft(hub: Hub, at: datetime) -> Plan:
    plan = actions.make_plan(hub=hub, day=at.date(), by=None, at=at, iterations=80)
    assert plan.state == Plan.State.DRAFT, plan.message
    return plan


def test_later_windows_of_the_day_may_suit(noon: Window, window: Window, flexible: Delivery, at: datetime) -> None:
    builders.make_window(window.hub, at + timedelta(days=1, hours=7))
    moment = noon.closes_at - timedelta(minutes=40)
    assert windows_that_may_suit(fresh(flexible), moment) == [window]
    (evening,) = book(window, 1, moment)
    assert windows_that_may_suit(fresh(evening), moment) == [], "the shops bring their bags for the first"
    for wrong in (noon.pk, evening.pk):
        with pytest.raises(Refusal, match="cannot be added"):
            suit_also(delivery=flexible, window_id=wrong, at=moment)
    suit_also(delivery=flexible, window_id=None, at=moment)
    assert fresh(flexible).also is None


def test_the_plan_takes_the_window_of_the_others(
    hub: Hub, flexible: Delivery, window: Window, noon: Window, at: datetime
) -> None:
    """Nobody else comes at noon: in the evening the bike passes by anyway. The buyer is told once, in one event."""
    others = book(window, 3, noon.closes_at - timedelta(hours=1))
    bring([flexible, *others], at)
    told: list[Any] = []
    window_settled.connect(lambda **news: told.append((news["delivery"].pk, news["delivery"].window)), weak=False)
    plan = draft(hub, at)
    assert {s.drop_id: s.option for t in solution_of(plan)[1].trips for s in t.stops}[str(flexible.pk)] == ALSO
    assert told == [], "a draft is no promise"
    assert fresh(flexible).window == noon
    actions.publish_plan(plan=plan, by=None, at=at)
    assert broken_rules(plan) == []
    assert told == [(flexible.pk, window)]
    after = fresh(flexible)
    assert (after.window, after.also) == (window, None)
    event = after.events.get(kind="rebooked")
    assert (event.detail["from"], event.detail["asked_by"]) == (str(noon.pk), "buyer")
    stop = after.stops.get(round__plan=plan)
    assert stop.option == ""
    assert window.starts_at <= stop.arrive_at < window.ends_at
    problem, _solution = solution_of(plan)
    assert problem.drop[str(flexible.pk)].others == ()
    again = actions.replan(hub=hub, day=at.date(), by=None, at=at + timedelta(minutes=1), iterations=40)
    assert broken_rules(again) == []


def test_alone_it_comes_when_it_was_chosen_first(hub: Hub, flexible: Delivery, noon: Window, at: datetime) -> None:
    bring([flexible], at)
    suit_also(delivery=flexible, window_id=None, at=noon.closes_at - timedelta(minutes=30))
    plan = draft(hub, at)
    actions.publish_plan(plan=plan, by=None, at=at)
    assert fresh(flexible).window == noon
    assert not fresh(flexible).events.filter(kind="rebooked").exists()


def test_after_the_plan_nothing_can_be_added(
    hub: Hub, noon: Window, window: Window, flexible: Delivery, at: datetime
) -> None:
    bring([flexible], at)
    actions.publish_plan(plan=draft(hub, at), by=None, at=at)
    assert fresh(flexible).also is None, "whichever it took"
    assert windows_that_may_suit(fresh(flexible), at) == []
    with pytest.raises(Refusal):
        suit_also(delivery=flexible, window_id=window.pk, at=at)


def test_another_promise_forgets_the_second_window(
    flexible: Delivery, window: Window, noon: Window, at: datetime
) -> None:
    actions.rebook_delivery(delivery=flexible, window_id=window.pk, at=noon.closes_at - timedelta(minutes=20))
    assert fresh(flexible).also is None


def test_a_plan_takes_no_more_of_a_window_than_it_has_places(
    hub: Hub, flexible: Delivery, window: Window, noon: Window, at: datetime
) -> None:
    """One place is left in the evening, and two would come then: the plan may choose one of them."""
    before = noon.closes_at - timedelta(hours=1)
    others, (second,) = book(window, 3, before), book(noon, 1, before)
    suit_also(delivery=second, window_id=window.pk, at=before)
    Window.objects.filter(pk=window.pk).update(capacity=4)
    bring([flexible, second, *others], at)
    plan = draft(hub, at)
    problem, _solution = solution_of(plan)
    assert sum(other.id == ALSO for drop in problem.drops for other in drop.others) == 1
    actions.publish_plan(plan=plan, by=None, at=at)
    assert window.deliveries.count() <= 4


def test_a_window_that_was_filled_since_is_named(
    hub: Hub, flexible: Delivery, window: Window, noon: Window, at: datetime
) -> None:
    others = book(window, 3, noon.closes_at - timedelta(hours=1))
    bring([flexible, *others], at)
    plan = draft(hub, at)
    Window.objects.filter(pk=window.pk).update(capacity=3)
    with pytest.raises(Refusal, match=f"{flexible.code} is full in the meantime"):
        actions.publish_plan(plan=plan, by=None, at=at)
    assert fresh(flexible).window == noon
    actions.publish_plan(plan=draft(hub, at), by=None, at=at)
    assert fresh(flexible).window == noon
