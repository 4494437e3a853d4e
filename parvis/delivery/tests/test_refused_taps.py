"""A rider's tap that could not be used stands on the dispatcher's board, until somebody has read it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from parvis.core.offline import WHOSE, whose
from parvis.delivery.actions import bring_back, fail_stop, hand_over
from parvis.delivery.models import RefusedTap, Round
from parvis.delivery.tests.test_dispatch_board import english, said
from parvis.demo import builders
from parvis.people.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "in_english")]


@pytest.fixture
def refused(on_the_road: Round, visit: Any, rider: Person) -> RefusedTap:
    """What was tapped without a network at one door carries the code of another."""
    first, second = on_the_road.stops.all()
    phone = english(visit(rider))
    data = {"key": str(uuid4()), "recipient": "Camille", "door": second.delivery.code}
    for _twice in range(2):
        answer = phone.post(f"/rider/stops/{first.pk}/handed/", data, headers={WHOSE: whose(rider)})
        assert answer.status_code == 409
    return RefusedTap.objects.get()


def test_the_dispatcher_reads_it_once(refused: RefusedTap, visit: Any, dispatcher: Person, agent: Person):
    desk = english(visit(dispatcher))
    page = said(desk.get("/dispatch/"))
    assert "Tapped by a rider, and not used" in page
    assert "This was tapped at another door." in page
    assert str(refused.rider) in page
    assert "I have read it" not in said(english(visit(agent)).get("/dispatch/"))
    for _twice in range(2):
        assert desk.post(f"/dispatch/refused/{refused.pk}/read/").status_code == 302
    assert "Tapped by a rider" not in said(desk.get("/dispatch/"))


def test_a_door_that_ended_since_asks_nothing_of_anybody(
    refused: RefusedTap, visit: Any, dispatcher: Person, at: datetime
):
    stop = refused.round.stops.get(delivery=refused.delivery)
    hand_over(stop=stop, at=at + timedelta(minutes=3), recipient="Camille")
    assert "Tapped by a rider" not in said(english(visit(dispatcher)).get("/dispatch/"))


def test_a_round_that_cannot_leave_is_told_too(visit: Any, rider: Person, plan_round: Any, hub: Any):
    empty = plan_round(hub, rider, number=2)
    answer = english(visit(rider)).post(f"/rider/rounds/{empty.pk}/leave/", {"key": str(uuid4())})
    assert answer.status_code == 409
    told = RefusedTap.objects.get()
    assert (told.round, told.delivery) == (empty, None)


def test_a_door_of_somebody_else_by_now_is_told(
    on_the_road: Round, visit: Any, rider: Person, dispatcher: Person, at: datetime
):
    stop = on_the_road.stops.all()[0]
    on_the_road.plan.state = "superseded"
    on_the_road.plan.save()
    phone = visit(rider)
    assert phone.post(f"/rider/stops/{stop.pk}/handed/", {"key": str(uuid4()), "recipient": "C"}).status_code == 404
    assert RefusedTap.objects.get().delivery == stop.delivery


def test_who_may_say_it_is_read(refused: RefusedTap, visit: Any, agent: Person, rider: Person, stranger: Person,
                                other_town: Any):  # fmt: skip
    builders.make_hub(other_town)
    url = f"/dispatch/refused/{refused.pk}/read/"
    for client in (visit(agent), visit(rider), visit(stranger), visit(stranger, other_town)):
        assert client.post(url).status_code == 404
    refused.refresh_from_db()
    assert refused.seen_at is None
    assert visit(rider).get(url).status_code in {404, 405}


def test_a_door_tried_in_vain_is_marked(on_the_road: Round, visit: Any, dispatcher: Person, at: datetime):
    from parvis.delivery.actions import try_later

    stop = on_the_road.stops.all()[0]
    desk = english(visit(dispatcher))
    try_later(stop=stop, reason="nobody", note="", at=at + timedelta(minutes=2), by=None)
    assert "Tried in vain at" in said(desk.get("/dispatch/"))
    fail_stop(stop=stop, reason="nobody", note="", at=at + timedelta(minutes=9), by=None)
    assert "Tried in vain at" not in said(desk.get("/dispatch/"))
    bring_back(round_=on_the_road, at=at + timedelta(minutes=20))
