"""The dispatcher's board: who rides where, what is at risk."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from parvis.delivery import actions
from parvis.delivery.actions.planning import News
from parvis.delivery.models import Delivery, Hub, Plan, Round, Window
from parvis.delivery.tests.dispatch_world import add_bikes, book, bring, broken_rules, solution_of
from parvis.people.models import Person

HTMX = {"HX-Request": "true"}
PAGE = "/dispatch/"


@pytest.fixture
def desk(visit: Any, dispatcher: Person, clock: Any) -> Client:
    client: Client = visit(dispatcher)
    return client


@pytest.fixture
def draft(hub: Hub, window: Window, at: datetime) -> Plan:
    add_bikes(hub, at, "Vélo 2")
    hub.bikes.update(max_grams=20_000)
    bring(book(window, 8, at), at, pack=True)
    return actions.make_plan(hub=hub, day=at.date(), by=None, at=at, iterations=60)


def said(response: Any) -> str:
    """What the page says, its blanks made plain."""
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def english(client: Client) -> Client:
    client.cookies["language"] = "en"
    return client


def test_who_may_look(
    visit: Any,
    draft: Plan,
    clock: Any,
    dispatcher: Person,
    agent: Person,
    rider: Person,
    citizen: Person,
    stranger: Person,
) -> None:
    for person, status in [(dispatcher, 200), (agent, 200), (rider, 404), (citizen, 404), (stranger, 404)]:
        assert visit(person).get(PAGE).status_code == status, person
    assert visit().get(PAGE).status_code == 302
    assert b"dispatch-move" not in visit(agent).get(PAGE).content
    assert b'name="up"' not in visit(agent).get(PAGE).content, "an agent looks and does not touch"


def test_another_town_sees_nothing(visit: Any, draft: Plan, clock: Any, stranger: Person, other_town: Any) -> None:
    """The dispatcher of another town, at the host of that town, with ids of this one."""
    from parvis.demo import builders

    builders.make_hub(other_town)
    there = visit(stranger, other_town)
    assert there.get(PAGE).status_code == 200
    round_ = draft.rounds.first()
    assert round_ is not None
    stop = round_.stops.first()
    assert stop is not None
    for url in (
        f"{PAGE}plans/{draft.pk}/publish/",
        f"{PAGE}plans/{draft.pk}/discard/",
        f"{PAGE}rounds/{round_.pk}/lock/",
    ):
        assert there.post(url).status_code == 404, url
    move = {"stop": stop.pk, "round": round_.pk, "position": 2}
    assert there.post(f"{PAGE}move/", move).status_code == 404
    assert there.get(f"{PAGE}deliveries/{stop.delivery.code}/").status_code == 404
    draft.refresh_from_db()
    assert draft.state == Plan.State.DRAFT


def test_looking_writes_nothing(desk: Client, draft: Plan) -> None:
    def counts() -> tuple[int, ...]:
        return Plan.objects.count(), Round.objects.count(), Delivery.objects.count()

    before = counts()
    for url in (PAGE, f"{PAGE}?day=2026-11-27", f"{PAGE}?day=nonsense", f"{PAGE}?day=2026-13-45", f"{PAGE}fleet/"):
        assert desk.get(url).status_code == 200, url
    assert counts() == before
    for url in ("plan/", "move/", f"plans/{draft.pk}/publish/"):
        assert desk.get(f"{PAGE}{url}").status_code == 405


def test_an_empty_day(desk: Client, hub: Hub) -> None:
    assert "No delivery is booked" in said(english(desk).get(PAGE))


def test_the_best_plan_so_far_will_do(
    desk: Client, visit: Any, hub: Hub, window: Window, at: datetime, agent: Person, stranger: Person, other_town: Any
) -> None:
    """A search without end is ended by a button; what it has found by then is a draft like any other."""
    book(window, 12, at)
    actions.request_plan(hub=hub, day=at.date(), by=None, at=at)
    plan = Plan.objects.get()
    url = f"{PAGE}plans/{plan.pk}/enough/"
    assert "Take the best plan so far" in said(english(desk).get(PAGE))
    for client in (visit(agent), visit(stranger, other_town)):
        assert client.post(url).status_code == 404
    assert desk.get(url).status_code == 405
    assert desk.post(url).status_code == 302
    actions.compute_plan(plan_id=plan.pk, at=at, news=News(seconds=10))
    plan.refresh_from_db()
    assert plan.state == Plan.State.DRAFT
    assert broken_rules(plan) == []
    assert solution_of(plan)[1].unserved == ()
    assert 0 < plan.progress_percent < 60, "the search was not over"
    assert desk.post(url).status_code == 302, "too late is harmless"


def test_before_the_plan(desk: Client, hub: Hub, window: Window, at: datetime) -> None:
    book(window, 2, at)
    page = said(english(desk).get(PAGE))
    assert "2 deliveries wait for a plan" in page
    assert "Plan the day" in page


def test_planning_from_the_page(desk: Client, hub: Hub, window: Window, at: datetime) -> None:
    book(window, 2, at)
    response = english(desk).post(f"{PAGE}plan/", {"day": "2026-11-26"})
    assert response.headers["location"] == f"{PAGE}?day=2026-11-26"
    page = said(desk.get(PAGE))
    assert "The plan is being computed" in page
    assert 'hx-trigger="every 2s"' in page
    assert "Look again" in page, "without a script too"
    assert desk.get(f"{PAGE}?poll=0", headers=HTMX).status_code == 204
    plan = Plan.objects.get()
    Plan.objects.update(progress_percent=40)
    part = desk.get(f"{PAGE}?poll=0", headers=HTMX)
    assert part.headers["HX-Retarget"] == "#progress"
    assert 'value="40"' in said(part)
    assert "poll=40" in said(part)
    assert desk.get(f"{PAGE}?poll=40", headers=HTMX).status_code == 204
    actions.compute_plan(plan_id=plan.pk, at=at, news=None)
    part = said(desk.get(f"{PAGE}?poll", headers=HTMX))
    assert "<html" not in part
    assert "Riders see nothing yet." in part


def test_the_part_is_the_page(desk: Client, draft: Plan) -> None:
    """What HTMX swaps in is what a reload shows, but for the messages."""
    whole = said(english(desk).get(PAGE))
    part = said(desk.get(PAGE, headers=HTMX))
    part = part[: part.index('<div class="wrap messages')] + part[part.index("<header") :]
    import re

    def plain(text: str) -> str:
        return re.sub(r'value="[A-Za-z0-9]{64}"', "", text)

    assert plain(part) in plain(whole)


def test_nothing_to_plan_is_said(desk: Client, hub: Hub) -> None:
    page = english(desk).post(f"{PAGE}plan/", {"day": "2026-11-26"}, follow=True)
    assert "There is nothing to deliver that day." in said(page)


def test_a_failed_plan_says_why(desk: Client, hub: Hub, window: Window, at: datetime) -> None:
    book(window, 1, at)
    plan = actions.request_plan(hub=hub, day=at.date(), by=None, at=at)
    Plan.objects.filter(pk=plan.pk).update(state=Plan.State.FAILED, message="The tiles are gone.")
    assert "The tiles are gone." in said(desk.get(PAGE))


def test_publish_and_put_aside(desk: Client, draft: Plan) -> None:
    page = english(desk).post(f"{PAGE}plans/{draft.pk}/publish/", follow=True)
    assert "The plan is published. Riders see their rounds." in said(page)
    draft.refresh_from_db()
    assert draft.state == Plan.State.PUBLISHED
    page = desk.post(f"{PAGE}plans/{draft.pk}/publish/", follow=True)
    assert "Only a draft can be published" in said(page)
    page = desk.post(f"{PAGE}plans/{draft.pk}/discard/", follow=True)
    assert "no draft any more" in said(page)


def test_where_nobody_rides_the_page_does_not_say_that_riders_see_rounds(
    desk: Client, draft: Plan, hub: Hub, at: datetime
) -> None:
    actions.publish_plan(plan=draft, by=None, at=at)
    hub.bikes.update(broken_at=at)
    empty = actions.replan(hub=hub, day=at.date(), by=None, at=at, iterations=20)
    page = said(english(desk).post(f"{PAGE}plans/{empty.pk}/publish/", follow=True))
    assert "The plan is published. Nobody rides: shops and buyers were told." in page


def test_only_the_dispatcher_acts(visit: Any, draft: Plan, clock: Any, agent: Person) -> None:
    client, round_ = visit(agent), draft.rounds.first()
    assert round_ is not None
    stop = round_.stops.first()
    assert stop is not None
    for url in (
        "plan/",
        f"plans/{draft.pk}/publish/",
        f"plans/{draft.pk}/discard/",
        "move/",
        f"rounds/{round_.pk}/lock/",
        f"deliveries/{stop.delivery.code}/",
    ):
        assert client.post(f"{PAGE}{url}", {"up": stop.pk}).status_code == 404, url


def test_up_and_down_by_buttons(desk: Client, draft: Plan) -> None:
    round_ = draft.rounds.first()
    assert round_ is not None
    first, second, *_rest = round_.stops.all()
    response = desk.post(f"{PAGE}move/", {"up": second.pk})
    assert response.headers["location"] == f"{PAGE}?day=2026-11-26#round-{round_.number}"
    second.refresh_from_db()
    assert second.position == 1
    desk.post(f"{PAGE}move/", {"down": second.pk})
    second.refresh_from_db()
    assert second.position == 2
    part = desk.post(f"{PAGE}move/", {"up": second.pk}, headers=HTMX)
    assert part.status_code == 200
    assert 'id="board"' in said(part)
    assert broken_rules(draft) == []
    assert first.pk != second.pk


def test_dragging_to_another_round(desk: Client, draft: Plan) -> None:
    one, other = draft.rounds.all()
    stop = one.stops.first()
    assert stop is not None
    if other.stops.count() == 5:
        one, other = other, one
        stop = one.stops.first()
        assert stop is not None
    desk.post(f"{PAGE}move/", {"stop": stop.pk, "round": other.pk, "position": "2"}, headers=HTMX)
    assert list(other.stops.values_list("delivery", flat=True))[1] == stop.delivery_id
    assert broken_rules(draft) == []


@pytest.mark.parametrize(
    "nonsense",
    [{}, {"up": "x"}, {"stop": "x", "round": "y", "position": "1"}, {"up": "0193aaaa-0000-7000-8000-000000000000"}],
)
def test_moves_that_make_no_sense(desk: Client, draft: Plan, nonsense: dict[str, str]) -> None:
    assert desk.post(f"{PAGE}move/", nonsense).status_code == 404


def test_a_refused_move_says_why(desk: Client, draft: Plan, at: datetime) -> None:
    one, other = draft.rounds.all()
    actions.lock_round(round_=other, by=None, at=at)
    stop = one.stops.first()
    assert stop is not None
    move = {"stop": stop.pk, "round": other.pk, "position": "1"}
    part = said(english(desk).post(f"{PAGE}move/", move, headers=HTMX))
    assert "is locked. Unlock it first." in part
    assert 'id="messages"' in part


def test_lock_and_unlock(desk: Client, draft: Plan) -> None:
    round_ = draft.rounds.first()
    assert round_ is not None
    for value, locked in (("1", True), ("0", False)):
        desk.post(f"{PAGE}rounds/{round_.pk}/lock/", {"locked": value})
        round_.refresh_from_db()
        assert round_.locked is locked
    part = desk.post(f"{PAGE}rounds/{round_.pk}/lock/", {"locked": "1"}, headers=HTMX)
    assert "Unlock" in said(english(desk).get(PAGE))
    assert part.status_code == 200


def test_the_page_of_a_delivery(desk: Client, draft: Plan) -> None:
    one, other = draft.rounds.all()
    if other.stops.count() == 5:
        one, other = other, one
    stop = one.stops.first()
    assert stop is not None
    url = f"{PAGE}deliveries/{stop.delivery.code}/"
    page = said(english(desk).get(url))
    assert f"On round {one.number}" in page
    response = desk.post(url, {"round": str(other.pk), "position": ""})
    assert response.status_code == 302
    assert other.stops.filter(delivery=stop.delivery).exists()
    page = said(desk.post(url, {"round": "nonsense", "position": "0"}))
    assert "aria-invalid" in page


def test_a_refusal_on_the_page_of_a_delivery(desk: Client, draft: Plan) -> None:
    one, other = draft.rounds.all()
    if other.stops.count() < one.stops.count():
        one, other = other, one
    while other.stops.count() < 5:
        stop = one.stops.first()
        assert stop is not None
        desk.post(f"{PAGE}move/", {"stop": stop.pk, "round": other.pk, "position": "1"})
    stop = one.stops.first()
    assert stop is not None
    page = said(
        english(desk).post(f"{PAGE}deliveries/{stop.delivery.code}/", {"round": str(other.pk), "position": "7"})
    )
    assert f"This is heavier than {other.bike} may carry." in page
    assert 'value="7"' in page, "what was typed is kept"


def test_what_is_on_no_round(desk: Client, hub: Hub, window: Window, at: datetime) -> None:
    book(window, 8, at)
    hub.bikes.update(range_metres=1500)  # the battery is not what it was when that was promised
    plan = actions.make_plan(hub=hub, day=at.date(), by=None, at=at, iterations=60)
    page = said(english(desk).get(PAGE))
    left = len(plan.solution["unserved"])
    assert f"{left} deliveries are on no round" in page
    assert "battery" in page or "further than any bike" in page or "All bikes are full" in page


def test_what_is_at_risk(desk: Client, draft: Plan, clock: Any, at: datetime) -> None:
    plan = actions.publish_plan(plan=draft, by=None, at=at)
    first = plan.rounds.order_by("departs_at").first()
    assert first is not None
    clock.move_to(first.departs_at + timedelta(minutes=20))
    page = said(english(desk).get(PAGE))
    assert "at risk" in page
    assert "It should have left at" in page
    bag = first.stops.first().delivery.bags.get()  # type: ignore[union-attr]
    actions.unpack(delivery=bag.delivery, at=at)
    bag.events.all().delete()
    assert f"Still missing: {bag.sender}." in said(desk.get(PAGE))


def test_planning_again_on_the_road_is_at_once(desk: Client, draft: Plan, clock: Any, at: datetime) -> None:
    plan = actions.publish_plan(plan=draft, by=None, at=at)
    first = plan.rounds.order_by("departs_at").first()
    assert first is not None
    actions.leave_hub(round_=first, at=first.departs_at)
    clock.move_to(first.departs_at + timedelta(minutes=2))
    page = english(desk).post(f"{PAGE}plan/", {"day": "2026-11-26"}, follow=True)
    assert "Here is a new draft" in said(page)
    assert "Left at" in said(page)
    assert Plan.objects.filter(state=Plan.State.DRAFT).count() == 1


def test_few_queries(desk: Client, draft: Plan, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(20):
        desk.get(PAGE)


def test_where_times_come_from(desk: Client, draft: Plan) -> None:
    assert "Times from straight lines" in said(english(desk).get(PAGE))
    Plan.objects.update(streets="valhalla")
    assert "Times from streets (Valhalla)" in said(desk.get(PAGE))


def test_what_stayed_at_the_hub(desk: Client, draft: Plan, clock: Any, at: datetime) -> None:
    plan = actions.publish_plan(plan=draft, by=None, at=at)
    round_ = plan.rounds.order_by("departs_at").first()
    assert round_ is not None
    stop = round_.stops.first()
    assert stop is not None
    actions.unpack(delivery=stop.delivery, at=at)
    stop.delivery.bags.get().events.all().delete()
    actions.leave_hub(round_=round_, at=round_.departs_at, without="late")
    clock.move_to(round_.departs_at + timedelta(minutes=1))
    page = said(english(desk).get(PAGE))
    assert "1 delivery is on no round" in page
    assert "Its round left without it." in page
    assert "Stayed at the hub" in page


def test_a_failed_door_is_in_the_answer(desk: Client, on_the_road: Round, clock: Any, at: datetime) -> None:
    english(desk)
    assert "Every delivery is on time" in said(desk.get(PAGE))
    first, second = on_the_road.stops.order_by("position")
    actions.fail_stop(stop=first, reason="nobody", at=at + timedelta(minutes=1))
    assert "1 delivery failed, the others are on time" in said(desk.get(PAGE))
    page = said(desk.get(f"/dispatch/deliveries/{first.delivery.code}/"))
    assert "Tried on round" in page
    assert "Nobody at home" in page
    assert "the buyer can choose another time" in page
    actions.hand_over(stop=second, recipient="Louis Petit", at=at + timedelta(minutes=2))
    assert "The day is done, 1 delivery failed" in said(desk.get(PAGE))


def test_a_lost_bag_is_in_the_answer(desk: Client, draft: Plan, clock: Any, at: datetime) -> None:
    plan = actions.publish_plan(plan=draft, by=None, at=at)
    bag = plan.rounds.order_by("departs_at")[0].stops.all()[0].delivery.bags.get()
    actions.report_lost(bag=bag, at=at)
    assert "1 bag is lost" in said(english(desk).get(PAGE))
