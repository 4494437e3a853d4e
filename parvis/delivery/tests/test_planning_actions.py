"""Planning a day: from rows to a problem, to a draft, to the plan that riders see."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from parvis.core.errors import Refusal
from parvis.core.models import AuditEntry
from parvis.core.time import day_bounds, moment
from parvis.delivery import actions
from parvis.delivery.models import DeliveryEvent, Hub, Plan, Round, Stop, Window
from parvis.delivery.tests.dispatch_world import add_bikes, book, bring, broken_rules, orders, solution_of
from parvis.demo import builders

pytestmark = pytest.mark.usefixtures("in_english")

FEW = 60  # iterations: enough for a small day


@pytest.fixture
def day(at: datetime) -> Any:
    return at.date()


def draft(hub: Hub, at: datetime, **extra: Any) -> Plan:
    values = {"hub": hub, "day": at.date(), "by": None, "at": at, "iterations": FEW}
    plan = actions.make_plan(**(values | extra))
    assert plan.state == Plan.State.DRAFT, plan.message
    return plan


def test_a_day_becomes_a_problem(hub: Hub, window: Window, at: datetime) -> None:
    first, second = book(window, 2, at)
    bring([first], at + timedelta(hours=1))
    given = actions.build_problem(hub=hub, day=at.date(), at=at + timedelta(hours=2))
    midnight = day_bounds(at.date(), hub.town.zone)[0]
    drop = given.problem.drop[str(first.pk)]
    assert (drop.earliest, drop.latest) == (17 * 3600, 19 * 3600 - 180 - 300)
    assert drop.ready_at == 11 * 3600, "the moment its bag was scanned"
    assert given.problem.drop[str(second.pk)].ready_at == 16 * 3600, "awaited: when goods are due"
    assert given.problem.not_before == 12 * 3600 + 300
    assert given.midnight == midnight
    bike = given.problem.bikes[0]
    assert (bike.shift_start, bike.shift_end) == (9 * 3600, 19 * 3600)
    assert bike.max_millilitres == 204_000, "goods never fill a box to the last corner"


def test_late_bags_hold_their_delivery_back(hub: Hub, window: Window, at: datetime) -> None:
    (delivery,) = book(window, 1, at)
    late = window.goods_due_at + timedelta(minutes=30)
    given = actions.build_problem(hub=hub, day=at.date(), at=late)
    assert given.problem.drops[0].ready_at == 16 * 3600 + 45 * 60
    assert given.problem.drops[0].id == str(delivery.pk)


def test_what_is_missing_is_not_waited_for(hub: Hub, window: Window, at: datetime) -> None:
    (delivery,) = book(window, 1, at)
    actions.report_missing(bag=delivery.bags.get(), at=at)
    given = actions.build_problem(hub=hub, day=at.date(), at=at)
    assert given.problem.drops == ()
    assert given.nothing_to_carry == (delivery,)


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)])
def test_the_clock_changes(hub: Hub, rider: Any, day: str, hours: int) -> None:
    """On the two odd days of the year, what the town's clock shows is what the plan keeps."""
    date = datetime.fromisoformat(day).date()
    zone = hub.town.zone
    start, end = day_bounds(date, zone)
    assert end - start == timedelta(hours=hours)
    evening = moment(date, time(17), zone)
    builders.make_shift(hub.bikes.get(), rider, evening)
    window = builders.make_window(hub, evening)
    book(window, 1, evening - timedelta(hours=4))
    plan = draft(hub, evening - timedelta(hours=3), day=date)
    stop = Stop.objects.get(round__plan=plan)
    assert window.starts_at <= stop.arrive_at <= window.ends_at


def test_crates_and_sizes(hub: Hub, window: Window, at: datetime) -> None:
    book(window, 1, at, grams=30_000, millilitres=125_000)
    drop = actions.build_problem(hub=hub, day=at.date(), at=at).problem.drops[0]
    assert (drop.grams, drop.millilitres, drop.crates) == (30_000, 125_000, 3)


def test_a_draft_serves_everybody(hub: Hub, window: Window, at: datetime) -> None:
    deliveries = book(window, 9, at)
    plan = draft(hub, at)
    assert broken_rules(plan) == []
    assert Stop.objects.filter(round__plan=plan).count() == 9
    assert plan.streets == "straight"
    assert plan.planning_seconds is not None
    round_ = plan.rounds.first()
    assert round_ is not None
    assert round_.rider is not None
    assert round_.geometry["coordinates"][0] == [hub.lon, hub.lat]
    assert {str(s.delivery_id) for s in Stop.objects.all()} == {str(d.pk) for d in deliveries}


def test_same_problem_and_seed_same_rounds(hub: Hub, window: Window, at: datetime) -> None:
    add_bikes(hub, at, "Vélo 2")
    book(window, 14, at)
    first, second = draft(hub, at, seed=7), draft(hub, at, seed=7)
    assert first.version + 1 == second.version
    assert orders(first) == orders(second)
    first.refresh_from_db()
    assert first.state == Plan.State.SUPERSEDED


def test_asking_twice_is_asking_once(hub: Hub, window: Window, at: datetime) -> None:
    book(window, 2, at)
    first = actions.request_plan(hub=hub, day=at.date(), by=None, at=at)
    again = actions.request_plan(hub=hub, day=at.date(), by=None, at=at + timedelta(seconds=5))
    assert first == again
    much_later = actions.request_plan(hub=hub, day=at.date(), by=None, at=at + timedelta(minutes=9))
    first.refresh_from_db()
    assert (first.state, much_later.version) == (Plan.State.FAILED, 2)


def test_the_job_computes(hub: Hub, window: Window, at: datetime, clock: Any) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    from parvis.delivery.tasks import compute_plan

    book(window, 2, at)
    plan = actions.request_plan(hub=hub, day=at.date(), by=None, at=at)
    job = ProcrastinateJob.objects.get(task_name="parvis.delivery.tasks.compute_plan")
    compute_plan(**job.args)
    plan.refresh_from_db()
    assert plan.state == Plan.State.DRAFT
    compute_plan(**job.args)  # a second worker finds it done
    assert plan.rounds.count() == 1


def test_nothing_to_plan_is_said(hub: Hub, window: Window, at: datetime) -> None:
    with pytest.raises(Refusal, match="nothing to deliver"):
        actions.request_plan(hub=hub, day=at.date(), by=None, at=at)
    with pytest.raises(Refusal, match="over"):
        actions.request_plan(hub=hub, day=at.date() - timedelta(days=1), by=None, at=at)
    book(window, 1, at)
    hub.bikes.get().shifts.all().delete()
    with pytest.raises(Refusal, match="shift"):
        actions.request_plan(hub=hub, day=at.date(), by=None, at=at)
    assert not Plan.objects.exists()


def test_what_goes_wrong_is_a_failed_plan(
    hub: Hub, window: Window, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise OSError("the street tiles are gone")

    book(window, 1, at)
    monkeypatch.setattr("parvis.delivery.actions.problems.streets_on", broken)
    with pytest.raises(OSError, match="tiles"):
        actions.make_plan(hub=hub, day=at.date(), by=None, at=at)
    plan = Plan.objects.get()
    assert plan.state == Plan.State.FAILED
    assert "tiles" not in plan.message


def test_publishing_tells_riders_and_buyers(
    hub: Hub, window: Window, at: datetime, rider: Any, dispatcher: Any
) -> None:
    book(window, 3, at)
    plan = actions.publish_plan(plan=draft(hub, at), by=dispatcher, at=at + timedelta(minutes=1))
    assert plan.state == Plan.State.PUBLISHED
    assert Round.objects.of_rider(rider, at.date(), at).count() == plan.rounds.count()
    told = DeliveryEvent.objects.filter(kind="planned")
    assert told.count() == 3
    stop = Stop.objects.get(delivery=told[0].delivery)
    assert told[0].detail["arrive_at"] == stop.arrive_at.isoformat()
    assert AuditEntry.objects.filter(verb="publish_plan", actor_id=dispatcher.pk).exists()
    assert broken_rules(plan) == []
    with pytest.raises(Refusal, match="draft"):
        actions.publish_plan(plan=plan, by=dispatcher, at=at)


def test_publishing_supersedes(hub: Hub, window: Window, at: datetime) -> None:
    book(window, 3, at)
    first = actions.publish_plan(plan=draft(hub, at), by=None, at=at)
    second = actions.publish_plan(plan=draft(hub, at), by=None, at=at)
    first.refresh_from_db()
    assert (first.state, second.state) == (Plan.State.SUPERSEDED, Plan.State.PUBLISHED)
    assert DeliveryEvent.objects.filter(kind="planned").count() == 3, "the same times are no news"


def test_published_late_leaves_late(hub: Hub, window: Window, at: datetime) -> None:
    """A draft that lay on the table: what should have left leaves now, if the promises still hold."""
    bring(book(window, 3, at), at)
    evening = window.starts_at + timedelta(minutes=10)
    plan = draft(hub, evening)
    first = plan.rounds.get().departs_at
    plan = actions.publish_plan(plan=plan, by=None, at=first + timedelta(minutes=20))
    assert plan.rounds.get().departs_at >= first + timedelta(minutes=20)
    assert broken_rules(plan) == []


def _twice(solution: dict[str, Any]) -> None:
    solution["trips"][0]["stops"].append(solution["trips"][0]["stops"][0])


def _lost(solution: dict[str, Any]) -> None:
    solution["trips"][0]["stops"].pop()


def _too_early(solution: dict[str, Any]) -> None:
    stop = solution["trips"][0]["stops"][0]
    stop["arrive"] -= 7200
    stop["start"] -= 7200


def _too_heavy(solution: dict[str, Any]) -> None:
    solution["trips"][0]["grams"] = 900_000


def _cheap(solution: dict[str, Any]) -> None:
    solution["cost"] = 1


@pytest.mark.parametrize("damage", [_twice, _lost, _too_early, _too_heavy, _cheap])
def test_a_damaged_plan_is_refused(hub: Hub, window: Window, at: datetime, damage: Any) -> None:
    book(window, 4, at)
    plan = draft(hub, at)
    damage(plan.solution)
    plan.save()
    with pytest.raises(Refusal, match="cannot be published"):
        actions.publish_plan(plan=plan, by=None, at=at)
    plan.refresh_from_db()
    assert plan.state == Plan.State.DRAFT
    assert not DeliveryEvent.objects.filter(kind="planned").exists()


def test_rows_that_were_changed_behind_the_plan_are_refused(hub: Hub, window: Window, at: datetime) -> None:
    book(window, 4, at)
    plan = draft(hub, at)
    Stop.objects.filter(round__plan=plan).order_by("pk").first().delete()  # type: ignore[union-attr]
    with pytest.raises(Refusal, match="does not add up"):
        actions.publish_plan(plan=plan, by=None, at=at)


def test_a_cancelled_delivery_is_not_published(hub: Hub, window: Window, at: datetime) -> None:
    deliveries = book(window, 3, at)
    plan = draft(hub, at)
    actions.cancel_bags(delivery=deliveries[0], sender_ref="part-1", at=at)
    with pytest.raises(Refusal, match=deliveries[0].code):
        actions.publish_plan(plan=plan, by=None, at=at)
    again = actions.publish_plan(plan=draft(hub, at), by=None, at=at)
    assert Stop.objects.filter(round__plan=again).count() == 2


def test_a_bike_that_broke_since_is_not_published(hub: Hub, window: Window, at: datetime) -> None:
    book(window, 3, at)
    plan = draft(hub, at)
    actions.mark_bike_broken(bike=hub.bikes.get(), by=None, at=at)
    with pytest.raises(Refusal, match="does not ride"):
        actions.publish_plan(plan=plan, by=None, at=at)


def test_heavier_than_it_was_planned(hub: Hub, window: Window, at: datetime) -> None:
    """What the merchant weighs counts: a bike that would be overloaded does not go out."""
    deliveries = book(window, 4, at, grams=15_000)
    plan = draft(hub, at)
    for i, delivery in enumerate(deliveries, start=1):
        actions.mark_bags_ready(delivery=delivery, sender_ref=f"part-{i}", grams=30_000, at=at)
    if any(r.stops.count() > 2 for r in plan.rounds.all()):
        with pytest.raises(Refusal, match="heavier"):
            actions.publish_plan(plan=plan, by=None, at=at)
    again = actions.publish_plan(plan=draft(hub, at), by=None, at=at)
    assert max(r.grams for r in again.rounds.all()) <= 80_000


def test_unserved_has_a_reason(hub: Hub, window: Window, at: datetime) -> None:
    moved = book(window, 3, at)[-1]
    type(moved).objects.filter(pk=moved.pk).update(lon=hub.lon + 0.9)  # the address was wrong
    plan = actions.publish_plan(plan=draft(hub, at), by=None, at=at)
    _problem, solution = solution_of(plan)
    assert [left.reason for left in solution.unserved] == ["window_unreachable"]
    assert Stop.objects.filter(round__plan=plan).count() == 2


def test_a_draft_can_be_put_aside(hub: Hub, window: Window, at: datetime) -> None:
    book(window, 2, at)
    plan = draft(hub, at)
    actions.discard_draft(plan=plan, by=None, at=at)
    with pytest.raises(Refusal):
        actions.publish_plan(plan=plan, by=None, at=at)
    with pytest.raises(Refusal):
        actions.discard_draft(plan=plan, by=None, at=at)


def test_utc_is_what_is_stored(hub: Hub, window: Window, at: datetime) -> None:
    book(window, 1, at)
    round_ = draft(hub, at).rounds.get()
    assert round_.departs_at.tzinfo == UTC
