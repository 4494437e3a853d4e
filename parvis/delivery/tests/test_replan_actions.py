"""The middle of the day: what has left goes on, what is lost finds another way."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from parvis.core.errors import Refusal
from parvis.delivery import actions
from parvis.delivery.actions import planning
from parvis.delivery.models import Bike, Delivery, Hub, Plan, Round, Stop, Window
from parvis.delivery.tests.dispatch_world import add_bikes, book, bring, broken_rules, orders, solution_of
from parvis.demo import builders

pytestmark = pytest.mark.usefixtures("in_english")

FEW = 60


@pytest.fixture
def on_the_road(hub: Hub, window: Window, at: datetime) -> Plan:
    """Three bikes, fourteen deliveries, the plan published; the first round has left and served one door."""
    add_bikes(hub, at, "Vélo 2", "Vélo 3")
    hub.bikes.update(max_grams=24_000)  # six deliveries each
    deliveries = book(window, 14, at)
    bring(deliveries, at + timedelta(hours=5), pack=True)
    plan = actions.make_plan(hub=hub, day=at.date(), by=None, at=at + timedelta(hours=5), iterations=FEW)
    plan = actions.publish_plan(plan=plan, by=None, at=at + timedelta(hours=5))
    first = first_round(plan)
    actions.leave_hub(round_=first, at=first.departs_at)
    stop = first.stops.first()
    assert stop is not None
    actions.hand_over(stop=stop, recipient="Camille", at=stop.leave_at)
    return plan


def first_round(plan: Plan) -> Round:
    round_ = plan.rounds.order_by("departs_at", "number").first()
    assert round_ is not None
    assert round_.stops.count() > 2
    return round_


def replan(plan: Plan, at: datetime, **extra: Any) -> Plan:
    again = actions.replan(hub=plan.hub, day=plan.day, by=None, at=at, iterations=FEW, **extra)
    assert again.state == Plan.State.DRAFT, again.message
    assert broken_rules(again) == []
    return again


def moment_of(plan: Plan) -> datetime:
    """A little after the first door was served."""
    stop = first_round(plan).stops.first()
    assert stop is not None
    return stop.leave_at + timedelta(seconds=30)


def stops_of(round_: Round) -> list[Any]:
    return list(round_.stops.order_by("position").values_list("pk", "delivery__code"))


def test_done_and_next_stops_are_kept(on_the_road: Plan) -> None:
    left = first_round(on_the_road)
    before, now = stops_of(left), moment_of(on_the_road)
    draft = replan(on_the_road, now)
    left.refresh_from_db()
    assert left.plan == on_the_road, "a draft takes nothing from the riders"
    published = actions.publish_plan(plan=draft, by=None, at=now)
    left.refresh_from_db()
    assert left.plan == published, "the row of a round on the road moves into the new plan"
    assert stops_of(left) == before, "with its stops, in their order"
    served = Stop.objects.filter(round__plan=published).values_list("delivery", flat=True)
    assert len(served) == len(set(served)) == 14
    assert broken_rules(published) == []


def test_a_broken_bike_on_the_road(on_the_road: Plan) -> None:
    """Its next doors are served by others, once its goods are back at the hub."""
    left = first_round(on_the_road)
    now = moment_of(on_the_road)
    done, *stranded = [stop.delivery for stop in left.stops.all()]
    draft = replan(on_the_road, now, lost_bike=left.bike)
    problem, _solution = solution_of(draft)
    published = actions.publish_plan(plan=draft, by=None, at=now)
    left.refresh_from_db()
    left.bike.refresh_from_db()
    assert left.bike.broken_at == now
    assert [stop.delivery for stop in left.stops.all()] == [done]
    for delivery in stranded:
        stop = Stop.objects.get(round__plan=published, delivery=delivery)
        assert stop.round.bike != left.bike
        assert stop.round.departs_at >= now + timedelta(minutes=25)
        assert delivery.window.starts_at <= stop.arrive_at <= delivery.window.ends_at
    assert broken_rules(published) == []
    assert problem.drop[str(stranded[0].pk)].ready_at > 0


def test_the_goods_of_a_broken_bike_ride_again(on_the_road: Plan) -> None:
    left, now = first_round(on_the_road), moment_of(on_the_road)
    stranded = [stop.delivery for stop in left.stops.all()][1:]
    actions.publish_plan(plan=replan(on_the_road, now, lost_bike=left.bike), by=None, at=now)
    back = now + timedelta(minutes=20)
    assert actions.recover_goods(bike=left.bike, by=None, at=back) == len(stranded)
    assert actions.recover_goods(bike=left.bike, by=None, at=back) == 0
    for delivery in stranded:
        crate = delivery.crates.get()
        actions.pack(delivery=delivery, crate=crate.number, at=back)
    again = replan(on_the_road, back)
    published = actions.publish_plan(plan=again, by=None, at=back)
    round_ = Stop.objects.get(round__plan=published, delivery=stranded[0]).round
    earlier = Round.objects.filter(plan=published, bike=round_.bike, left_at=None, departs_at__lt=round_.departs_at)
    for before in [*earlier, round_]:
        actions.leave_hub(round_=before, at=before.departs_at)
        for stop in before.stops.order_by("position"):
            actions.hand_over(stop=stop, recipient="Camille", at=stop.leave_at)
        actions.bring_back(round_=before, at=before.returns_at)
    for delivery in stranded:
        if Stop.objects.filter(round=round_, delivery=delivery).exists():
            assert Delivery.objects.with_story().get(pk=delivery.pk).state == "delivered"


def test_a_bike_that_breaks_before_it_leaves(on_the_road: Plan, at: datetime) -> None:
    waiting = on_the_road.rounds.filter(left_at=None).first()
    assert waiting is not None
    now = moment_of(on_the_road)
    published = actions.publish_plan(plan=replan(on_the_road, now, lost_bike=waiting.bike), by=None, at=now)
    assert not published.rounds.filter(bike=waiting.bike, left_at=None).exists()
    assert Stop.objects.filter(round__plan=published).count() == 14
    actions.mark_bike_repaired(bike=waiting.bike, by=None, at=now)
    assert Bike.objects.get(pk=waiting.bike.pk).broken_at is None


def test_a_cancelled_delivery_falls_out(on_the_road: Plan) -> None:
    waiting = on_the_road.rounds.filter(left_at=None).first()
    assert waiting is not None
    gone = waiting.stops.select_related("delivery").first()
    assert gone is not None
    now = moment_of(on_the_road)
    actions.cancel_bags(delivery=gone.delivery, sender_ref=gone.delivery.bags.get().sender_ref, at=now)
    published = actions.publish_plan(plan=replan(on_the_road, now), by=None, at=now)
    assert Stop.objects.filter(round__plan=published).count() == 13
    assert not Stop.objects.filter(round__plan=published, delivery=gone.delivery).exists()


def test_deliveries_may_be_left_out_by_hand(on_the_road: Plan) -> None:
    waiting = on_the_road.rounds.filter(left_at=None).first()
    assert waiting is not None
    stop = waiting.stops.first()
    assert stop is not None
    again = replan(on_the_road, moment_of(on_the_road), lost_deliveries=[stop.delivery_id])
    assert not Stop.objects.filter(round__plan=again, delivery=stop.delivery_id).exists()


def test_a_new_delivery_joins(on_the_road: Plan, window: Window, at: datetime) -> None:
    (late,) = book(window, 1, window.closes_at - timedelta(minutes=1))
    again = replan(on_the_road, moment_of(on_the_road))
    stop = Stop.objects.get(round__plan=again, delivery=late)
    assert stop.round.left_at is None


def test_a_locked_round_stays(on_the_road: Plan) -> None:
    waiting = list(on_the_road.rounds.filter(left_at=None))
    now = moment_of(on_the_road)
    keep = waiting[-1]
    actions.lock_round(round_=keep, by=None, at=now)
    before = [code for _pk, code in stops_of(keep)]
    again = replan(on_the_road, now)
    drawn = again.rounds.get(bike=keep.bike, left_at=None, locked=True)
    assert [code for _pk, code in stops_of(drawn)] == before
    assert drawn.departs_at >= now, "it should have left already: it leaves now"


def test_locked_and_in_time_nothing_moves(hub: Hub, window: Window, at: datetime) -> None:
    add_bikes(hub, at, "Vélo 2")
    book(window, 8, at)
    plan = actions.make_plan(hub=hub, day=at.date(), by=None, at=at, iterations=FEW)
    for round_ in plan.rounds.all():
        actions.lock_round(round_=round_, by=None, at=at)
    before = orders(plan)
    book(window, 2, at)
    again = actions.make_plan(hub=hub, day=at.date(), by=None, at=at, iterations=FEW, seed=5)
    assert before.items() <= orders(again).items()
    assert Stop.objects.filter(round__plan=again).count() == 10


def test_a_round_that_left_since_stops_the_publication(on_the_road: Plan) -> None:
    now = moment_of(on_the_road)
    draft = replan(on_the_road, now)
    waiting = on_the_road.rounds.filter(left_at=None).first()
    assert waiting is not None
    actions.leave_hub(round_=waiting, at=now)
    with pytest.raises(Refusal, match="left in the meantime"):
        actions.publish_plan(plan=draft, by=None, at=now)
    actions.publish_plan(plan=replan(on_the_road, now), by=None, at=now)


def test_a_round_that_is_back(on_the_road: Plan) -> None:
    """What its rider gave up at a door stays on record; the bike rides again."""
    left = first_round(on_the_road)
    for i, stop in enumerate(left.stops.order_by("position")[1:]):
        if i:
            actions.hand_over(stop=stop, recipient="Camille", at=stop.leave_at)
        else:
            actions.fail_stop(stop=stop, reason="nobody", at=stop.leave_at)
    actions.bring_back(round_=left, at=left.returns_at)
    before = stops_of(left)
    published = actions.publish_plan(plan=replan(on_the_road, left.returns_at), by=None, at=left.returns_at)
    left.refresh_from_db()
    assert (left.plan, stops_of(left)) == (published, before)
    assert left.back_at is not None


def test_a_late_rider_is_seen(on_the_road: Plan) -> None:
    """Half an hour behind: the next doors of the round and the next round of the bike move with it."""
    late = moment_of(on_the_road) + timedelta(minutes=30)
    again = replan(on_the_road, late)
    drawn = again.rounds.exclude(left_at=None).get()
    nexts = list(drawn.stops.order_by("position"))[1:]
    assert all(stop.arrive_at >= late - timedelta(minutes=1) for stop in nexts)
    assert drawn.returns_at > late


def test_plan_again_from_the_button(on_the_road: Plan, hub: Hub, at: datetime) -> None:
    """The long search keeps the road as the quick one does."""
    now = moment_of(on_the_road)
    plan = actions.make_plan(hub=hub, day=at.date(), by=None, at=now, iterations=FEW)
    assert plan.state == Plan.State.DRAFT, plan.message
    assert plan.rounds.exclude(left_at=None).count() == 1
    assert broken_rules(plan) == []


def test_a_bag_left_behind_is_planned_again(on_the_road: Plan, window: Window) -> None:
    """A stop whose bag was not there when the bike left is on a later round."""
    waiting = on_the_road.rounds.filter(left_at=None).first()
    assert waiting is not None
    behind = waiting.stops.select_related("delivery").first()
    assert behind is not None
    actions.unpack(delivery=behind.delivery, at=waiting.departs_at)
    behind.delivery.bags.get().events.all().delete()  # it never came
    actions.leave_hub(round_=waiting, at=waiting.departs_at, without="late")
    now = max(moment_of(on_the_road), waiting.departs_at) + timedelta(minutes=1)
    published = actions.publish_plan(plan=replan(on_the_road, now), by=None, at=now)
    stop = Stop.objects.get(round__plan=published, delivery=behind.delivery)
    assert stop.round.left_at is None
    assert stop.round.departs_at >= now + timedelta(minutes=10)


def test_another_window_after_a_failed_attempt(on_the_road: Plan, hub: Hub) -> None:
    """Promised again the same evening: planned again once the goods are back, and served once."""
    left = first_round(on_the_road)
    stop = left.stops.order_by("position")[1]
    evening = builders.make_window(hub, stop.delivery.window.ends_at + timedelta(minutes=1), hours=1)
    type(evening).objects.filter(pk=evening.pk).update(closes_at=evening.starts_at)
    actions.fail_stop(stop=stop, reason="nobody", at=stop.leave_at)
    actions.rebook_delivery(delivery=stop.delivery, window_id=evening.pk, at=stop.leave_at + timedelta(minutes=1))
    still_out = replan(on_the_road, stop.leave_at + timedelta(minutes=2))
    assert Stop.objects.get(round__plan=still_out, delivery=stop.delivery).round.left_at is not None
    for other in left.stops.order_by("position")[2:]:
        actions.hand_over(stop=other, recipient="Camille", at=other.leave_at)
    actions.bring_back(round_=left, at=left.returns_at)
    now = left.returns_at + timedelta(minutes=1)
    published = actions.publish_plan(plan=replan(on_the_road, now), by=None, at=now)
    again = Stop.objects.get(round__plan=published, delivery=stop.delivery)
    assert again.round.left_at is None
    assert evening.starts_at <= again.arrive_at <= evening.ends_at


def test_what_has_no_room_in_its_window_any_more_is_brought_late(on_the_road: Plan, window: Window) -> None:
    """Nothing has left since the first round: what twenty minutes cannot serve rides after the window."""
    now = window.ends_at - timedelta(minutes=20)
    draft = replan(on_the_road, now)
    _problem, solution = solution_of(draft)
    assert not solution.unserved
    published = actions.publish_plan(plan=draft, by=None, at=now)
    late = Stop.objects.filter(round__plan=published, arrive_at__gt=window.ends_at)
    assert late.exists()
    assert all(stop.arrive_at < window.ends_at + timedelta(hours=1) for stop in late), "as soon as it can be"
    assert broken_rules(published) == []


def during_the_search(monkeypatch: pytest.MonkeyPatch, *then: Any) -> list[int]:
    """Do the first of ``then`` when a search has ended and its plan is not kept yet, the next after the next search."""
    made, left = planning._make, list(then)
    searches: list[int] = []

    def make(*args: Any, **kwargs: Any) -> Any:
        found = made(*args, **kwargs)
        searches.append(len(searches) + 1)
        if left:
            left.pop(0)()
        return found

    monkeypatch.setattr(planning, "_make", make)
    return searches


def test_a_round_that_is_locked_while_the_day_is_planned_stays_locked(
    on_the_road: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The dispatcher locks a round while the search runs: what comes of it keeps the round as it is."""
    ahead = on_the_road.rounds.filter(left_at=None).order_by("departs_at").last()
    assert ahead is not None
    searches = during_the_search(
        monkeypatch, lambda: actions.lock_round(round_=ahead, by=None, at=moment_of(on_the_road))
    )
    again = replan(on_the_road, moment_of(on_the_road))
    assert searches == [1, 2], "the day was looked at again, and only once"
    assert again.rounds.filter(locked=True).count() == 1
    kept = again.rounds.get(locked=True)
    assert [code for _pk, code in stops_of(kept)] == [code for _pk, code in stops_of(ahead)]


@pytest.mark.parametrize(("turns", "state"), [(1, Plan.State.DRAFT), (5, Plan.State.FAILED)])
def test_stops_that_are_moved_while_the_day_is_planned(
    on_the_road: Plan, monkeypatch: pytest.MonkeyPatch, turns: int, state: str
) -> None:
    """Moved once, the day is looked at again; who goes on moving is told to stop first."""
    ahead = on_the_road.rounds.filter(left_at=None).order_by("departs_at").last()
    assert ahead is not None
    stop, at = ahead.stops.last(), moment_of(on_the_road)
    assert stop is not None

    def move(position: int) -> Any:
        return lambda: actions.move_stop(
            stop=Stop.objects.select_related("round").get(delivery=stop.delivery_id, round__plan=on_the_road),
            to_round=ahead, position=position, by=None, at=at,
        )  # fmt: skip

    searches = during_the_search(monkeypatch, *[move(1 + turn % 2) for turn in range(turns)])
    made = actions.replan(hub=on_the_road.hub, day=on_the_road.day, by=None, at=at, iterations=FEW)
    assert (len(searches), made.state) == (min(turns + 1, planning.MOST_SEARCHES), state)
    assert ("changed while this plan was made" in made.message) == (state == Plan.State.FAILED)


def test_a_bike_that_leaves_while_the_day_is_planned_is_planned_around(
    on_the_road: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = moment_of(on_the_road)
    ahead = on_the_road.rounds.filter(left_at=None).exclude(bike=first_round(on_the_road).bike).first()
    assert ahead is not None
    searches = during_the_search(monkeypatch, lambda: actions.leave_hub(round_=ahead, at=at))
    again = replan(on_the_road, at)
    assert searches == [1, 2]
    assert str(ahead.pk) in again.solution["kept"].values()
    assert actions.publish_plan(plan=again, by=None, at=at + timedelta(minutes=1)).state == Plan.State.PUBLISHED


def test_a_rider_who_was_quick_to_load_again_stands_in_nobody_s_way(hub: Hub, window: Window, at: datetime):
    """Home, the next crates on, and off after a minute, where a plan would give five: the day is planned again."""
    hub.bikes.update(max_grams=24_000)
    deliveries = book(window, 9, at)
    noon = at + timedelta(hours=5)
    bring(deliveries, noon, pack=True)
    plan = actions.publish_plan(
        plan=actions.make_plan(hub=hub, day=at.date(), by=None, at=noon, iterations=FEW), by=None, at=noon
    )
    first, second = plan.rounds.order_by("departs_at")
    actions.leave_hub(round_=first, at=first.departs_at)
    for stop in first.stops.all():
        actions.hand_over(stop=stop, recipient="Camille", at=stop.leave_at)
    home = first.returns_at
    actions.bring_back(round_=first, at=home)
    actions.leave_hub(round_=second, at=home + timedelta(minutes=1))
    replan(plan, home + timedelta(minutes=2))
