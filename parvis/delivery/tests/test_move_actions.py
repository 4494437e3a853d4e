"""The dispatcher's own hand: what may move does, what would break a promise does not."""

from datetime import datetime, timedelta

import pytest

from parvis.core.errors import Refusal
from parvis.delivery import actions
from parvis.delivery.models import DeliveryEvent, Hub, Plan, Round, Window
from parvis.delivery.tests.dispatch_world import add_bikes, book, bring, broken_rules, solution_of
from parvis.demo import builders

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture
def plan(hub: Hub, window: Window, at: datetime) -> Plan:
    """A draft: two bikes that carry five each, eight deliveries."""
    add_bikes(hub, at, "Vélo 2")
    hub.bikes.update(max_grams=20_000)
    bring(book(window, 8, at), at, pack=True)
    plan = actions.make_plan(hub=hub, day=at.date(), by=None, at=at, iterations=60)
    assert plan.rounds.count() == 2, plan.message
    return plan


def two_rounds(plan: Plan) -> tuple[Round, Round]:
    """The fuller one first."""
    fuller, emptier = sorted(plan.rounds.all(), key=lambda r: -r.stops.count())
    return fuller, emptier


def codes(round_: Round) -> list[str]:
    return list(round_.stops.order_by("position").values_list("delivery__code", flat=True))


def test_up_and_down(plan: Plan, at: datetime) -> None:
    round_, _other = two_rounds(plan)
    before = codes(round_)
    stop = round_.stops.get(position=2)
    actions.move_stop(stop=stop, to_round=round_, position=1, by=None, at=at)
    assert codes(round_) == [before[1], before[0], *before[2:]]
    stop.refresh_from_db()
    assert stop.position == 1, "the row is kept"
    actions.move_stop(stop=stop, to_round=round_, position=99, by=None, at=at)
    assert codes(round_)[-1] == before[1]
    assert broken_rules(plan) == []


def test_to_another_round(plan: Plan, at: datetime) -> None:
    fuller, emptier = two_rounds(plan)
    stop = fuller.stops.get(position=1)
    code, grams = stop.delivery.code, emptier.grams
    actions.move_stop(stop=stop, to_round=emptier, position=1, by=None, at=at)
    emptier.refresh_from_db()
    assert codes(emptier)[0] == code
    assert code not in codes(fuller)
    assert emptier.grams == grams + 4000
    assert len(emptier.geometry["coordinates"]) == emptier.stops.count() + 2
    assert broken_rules(plan) == []
    _problem, solution = solution_of(plan)
    assert {len(trip.stops) for trip in solution.trips} == {fuller.stops.count(), emptier.stops.count()}


def test_too_heavy_is_refused_with_the_reason(plan: Plan, at: datetime) -> None:
    fuller, emptier = two_rounds(plan)
    fill = 5 - emptier.stops.count()
    *moved, one_more = list(fuller.stops.all()[: fill + 1])
    for stop in moved:
        actions.move_stop(stop=stop, to_round=emptier, position=1, by=None, at=at)
    before = codes(fuller), codes(emptier)
    with pytest.raises(Refusal, match=f"heavier than {emptier.bike} may carry"):
        actions.move_stop(stop=one_more, to_round=emptier, position=1, by=None, at=at)
    assert (codes(fuller), codes(emptier)) == before
    assert broken_rules(plan) == []


def test_too_late_is_refused_and_says_for_whom(hub: Hub, window: Window, at: datetime) -> None:
    """A short early window and a long late one: the early door cannot wait until the end."""
    early = builders.make_window(hub, at + timedelta(hours=2), hours=0.25)
    add_bikes(hub, at, "Vélo 2")
    (first,) = book(early, 1, early.closes_at - timedelta(minutes=1))
    book(window, 3, at)
    plan = actions.make_plan(hub=hub, day=at.date(), by=None, at=at, iterations=60)
    stop = plan.rounds.get(stops__delivery=first).stops.get()
    late = plan.rounds.exclude(stops__delivery=first).first()
    assert late is not None
    before = codes(late)
    with pytest.raises(Refusal, match=f"{first.code} would be reached at .* too late") as refusal:
        actions.move_stop(stop=stop, to_round=late, position=4, by=None, at=at)
    assert "12:15" in str(refusal.value), "the end of the window, as the town's clock shows it"
    assert codes(late) == before


def test_the_last_stop_takes_the_round_with_it(plan: Plan, hub: Hub, at: datetime) -> None:
    for bike in plan.problem["bikes"]:
        bike["max_grams"] = 80_000
    plan.save()
    hub.bikes.update(max_grams=80_000)
    fuller, emptier = two_rounds(plan)
    for stop in list(emptier.stops.all()):
        actions.move_stop(stop=stop, to_round=fuller, position=9, by=None, at=at)
    assert list(plan.rounds.all()) == [fuller]
    assert broken_rules(plan) == []
    actions.publish_plan(plan=plan, by=None, at=at)


def test_locked_rounds_do_not_change(plan: Plan, at: datetime) -> None:
    fuller, emptier = two_rounds(plan)
    actions.lock_round(round_=emptier, by=None, at=at)
    stop = fuller.stops.get(position=1)
    with pytest.raises(Refusal, match="locked"):
        actions.move_stop(stop=stop, to_round=emptier, position=1, by=None, at=at)
    actions.unlock_round(round_=emptier, by=None, at=at)
    actions.move_stop(stop=stop, to_round=emptier, position=1, by=None, at=at)


def test_what_left_does_not_change(plan: Plan, at: datetime) -> None:
    plan = actions.publish_plan(plan=plan, by=None, at=at)
    fuller, emptier = two_rounds(plan)
    actions.leave_hub(round_=emptier, at=emptier.departs_at)
    with pytest.raises(Refusal, match="already left"):
        actions.move_stop(stop=fuller.stops.get(position=1), to_round=emptier, position=1, by=None, at=at)
    with pytest.raises(Refusal, match="already left"):
        actions.lock_round(round_=emptier, by=None, at=at)


def test_moving_in_a_published_plan_is_news(plan: Plan, at: datetime) -> None:
    plan = actions.publish_plan(plan=plan, by=None, at=at)
    told = DeliveryEvent.objects.filter(kind="planned").count()
    fuller, _emptier = two_rounds(plan)
    last = fuller.stops.order_by("position").last()
    assert last is not None
    actions.move_stop(stop=last, to_round=fuller, position=1, by=None, at=at)
    assert DeliveryEvent.objects.filter(kind="planned").count() > told
    newest = last.delivery.events.filter(kind="planned").latest("recorded_at")
    last.refresh_from_db()
    assert newest.detail["arrive_at"] == last.arrive_at.isoformat()


def test_an_old_plan_does_not_change(plan: Plan, hub: Hub, at: datetime) -> None:
    fuller, _emptier = two_rounds(plan)
    actions.make_plan(hub=hub, day=at.date(), by=None, at=at, iterations=60)
    with pytest.raises(Refusal, match="no longer in use"):
        actions.move_stop(stop=fuller.stops.get(position=1), to_round=fuller, position=2, by=None, at=at)
    with pytest.raises(Refusal, match="no longer in use"):
        actions.lock_round(round_=fuller, by=None, at=at)


def test_what_was_left_out_is_placed(hub: Hub, window: Window, at: datetime) -> None:
    """A bike that carries two, three deliveries in one long tour's time: one is left out; then the bike gets bigger."""
    book(window, 8, at)
    hub.bikes.update(range_metres=1500)
    plan = actions.make_plan(hub=hub, day=at.date(), by=None, at=at, iterations=60)
    problem, solution = solution_of(plan)
    assert solution.unserved
    delivery = type(window.deliveries.get(pk=solution.unserved[0].id)).objects.get(pk=solution.unserved[0].id)
    round_ = plan.rounds.first()
    if round_ is None:
        pytest.skip("nothing is in reach")
    with pytest.raises(Refusal, match="battery"):
        actions.place_delivery(delivery=delivery, to_round=round_, by=None, at=at)
    for bike in plan.problem["bikes"]:
        bike["range_metres"] = None
    plan.save()
    actions.place_delivery(delivery=delivery, to_round=round_, by=None, at=at)
    assert delivery.code in codes(round_)
    assert str(delivery.pk) not in {left.id for left in solution_of(plan)[1].unserved}
    assert broken_rules(plan) == []
    assert problem.not_before == solution_of(plan)[0].not_before
