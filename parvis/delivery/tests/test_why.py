"""The dispatcher asks why a stop is where it is."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from parvis.delivery import actions
from parvis.delivery.models import Hub, Plan, Round, Stop, Window
from parvis.delivery.tests.dispatch_world import add_bikes, book, bring
from parvis.people.models import Person


@pytest.fixture
def desk(visit: Any, dispatcher: Person, clock: Any) -> Client:
    client: Client = visit(dispatcher)
    client.cookies["language"] = "en"
    return client


@pytest.fixture
def draft(hub: Hub, window: Window, at: datetime) -> Plan:
    add_bikes(hub, at, "Vélo 2")
    hub.bikes.update(max_grams=20_000)
    bring(book(window, 8, at), at, pack=True)
    return actions.make_plan(hub=hub, day=at.date(), by=None, at=at, iterations=60)


def page_of(stop: Stop) -> str:
    return f"/dispatch/deliveries/{stop.delivery.code}/why/"


def said(response: Any) -> str:
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def longest(draft: Plan) -> Round:
    return max(draft.rounds.all(), key=lambda round_: round_.stops.count())


def test_each_other_place_is_told_with_what_stands_against_it(desk: Client, draft: Plan) -> None:
    stop = longest(draft).stops.order_by("position")[1]
    page = said(desk.get(page_of(stop)))
    assert f"is stop 2 of round {stop.round.number}" in page
    assert "One place earlier" in page
    assert "Last of its round" in page
    assert page.count("<tr>") >= 1 + 3
    assert any(words in page for words in ("more to ride", "would be out", "costs no more"))
    other = draft.rounds.exclude(pk=stop.round_id).first()
    assert other is not None
    assert f"Round {other.number}, {other.bike}, as stop" in page


def test_a_full_bike_is_said_with_the_weight(desk: Client, hub: Hub, draft: Plan) -> None:
    """Eight doors of four kilos on bikes of twenty: five on one trip, and a sixth is too much."""
    draft.refresh_from_db()
    full = next(r for r in draft.rounds.all() if r.grams > 16_000)
    stop = Stop.objects.filter(round__plan=draft).exclude(round=full).first()
    assert stop is not None
    assert "would carry 4 kg too much" in said(desk.get(page_of(stop)))


def test_a_locked_round_is_said_to_stay(desk: Client, draft: Plan, at: datetime) -> None:
    round_ = longest(draft)
    actions.lock_round(round_=round_, by=None, at=at)
    stop = round_.stops.first()
    assert stop is not None
    page = said(desk.get(page_of(stop)))
    assert "Its round has left or is locked" in page
    assert "<table" not in page


def test_the_question_stands_on_the_page_of_the_delivery(desk: Client, draft: Plan) -> None:
    stop = longest(draft).stops.first()
    assert stop is not None
    assert page_of(stop) in said(desk.get(f"/dispatch/deliveries/{stop.delivery.code}/"))


def test_who_may_ask(
    visit: Any, desk: Client, draft: Plan, clock: Any, agent: Person, rider: Person, citizen: Person, stranger: Person
) -> None:
    stop = longest(draft).stops.first()
    assert stop is not None
    url = page_of(stop)
    for person, status in [(agent, 200), (rider, 404), (citizen, 404), (stranger, 404)]:
        assert visit(person).get(url).status_code == status, person
    assert visit().get(url).status_code == 302
    assert desk.post(url).status_code == 405


def test_nonsense_and_what_is_on_no_round(desk: Client, draft: Plan, window: Window, at: datetime) -> None:
    assert desk.get("/dispatch/deliveries/NONSENSE/why/").status_code == 404
    late = book(window, 9, at)[-1]
    assert desk.get(f"/dispatch/deliveries/{late.code}/why/").status_code == 404


def test_another_town_asks_in_vain(visit: Any, draft: Plan, clock: Any, stranger: Person, other_town: Any) -> None:
    from parvis.demo import builders

    builders.make_hub(other_town)
    stop = longest(draft).stops.first()
    assert stop is not None
    assert visit(stranger, other_town).get(page_of(stop)).status_code == 404


def test_asking_writes_nothing_and_takes_few_questions(
    desk: Client, draft: Plan, django_assert_max_num_queries: Any
) -> None:
    stop = longest(draft).stops.first()
    assert stop is not None
    solution = draft.solution
    with django_assert_max_num_queries(30):
        desk.get(page_of(stop))
    draft.refresh_from_db()
    assert draft.solution == solution
