"""Two taps at once, and a tap on what the dispatcher takes away meanwhile: answered, never with an error."""

from datetime import datetime
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client

from parvis.core.offline import SAID, WHOSE, whose
from parvis.core.tests.locks import started, wait_until_blocked
from parvis.delivery import actions
from parvis.delivery.models import BagEvent, Delivery, Hub, Plan, RefusedTap, Round, Window
from parvis.delivery.pickups import STRAIGHT
from parvis.delivery.tests.straight_world import book_straight, published, stop_of
from parvis.people.models import Person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


def by_phone(client: Client, rider: Person, url: str, **data: str) -> Any:
    """A tap as a phone's queue sends it."""
    client.cookies["language"] = "en"
    return client.post(url, {"key": str(uuid4())} | data, headers={WHOSE: whose(rider)})


@pytest.mark.parametrize("queued", [True, False])
@pytest.mark.parametrize("verb", ["leave", "back"])
def test_of_two_taps_at_once_the_second_is_a_repeat(
    visit: Any, rider: Person, on_the_road: Round, at: datetime, verb: str, queued: bool
) -> None:
    if verb == "leave":
        BagEvent.objects.filter(kind="loaded").delete()
        Round.objects.update(left_at=None)
    url = f"/rider/rounds/{on_the_road.pk}/{verb}/"

    def tap() -> int:
        phone = visit(rider)
        answer = by_phone(phone, rider, url) if queued else phone.post(url, {"key": str(uuid4()), "anyway": "1"})
        return int(answer.status_code)

    with transaction.atomic():
        Plan.objects.select_for_update().get()
        ended = started(tap, tap)
        wait_until_blocked(2)
    assert ended() == ([204, 204] if queued else [302, 302])
    assert not RefusedTap.objects.exists(), "the dispatcher has nothing to read"
    round_ = Round.objects.get()
    assert (round_.left_at if verb == "leave" else round_.back_at) is not None


@pytest.fixture
def delivery(hub: Hub, window: Window, at: datetime) -> Delivery:
    """On a round that fetches it at its shop, and has left."""
    hub.fetches = True
    hub.save()
    booked = book_straight(window)
    published(hub, at)
    assert stop_of(booked).option == STRAIGHT
    actions.leave_hub(round_=stop_of(booked).round, at=at)
    return booked


@pytest.mark.parametrize("with_its_round", [False, True])
@pytest.mark.parametrize("verb", ["fetched", "missed"])
def test_a_stop_that_is_taken_away_while_it_is_tapped_is_a_refusal(
    visit: Any, rider: Person, delivery: Delivery, verb: str, with_its_round: bool
) -> None:
    stop = stop_of(delivery)
    url = f"/rider/stops/{stop.pk}/{verb}/"

    def tap() -> Any:
        return by_phone(visit(rider), rider, url, scanned=delivery.bags.get().code, door=delivery.code)

    with transaction.atomic():
        Delivery.objects.select_for_update().get(pk=delivery.pk)
        ended = started(tap)
        wait_until_blocked(1)
        (stop.round if with_its_round else stop).delete()
    (answer,) = ended()
    assert answer.status_code == 409, "the phone does not send it again"
    assert "The plan has changed meanwhile." in unquote(answer.headers[SAID])
    noted = RefusedTap.objects.all()
    assert [one.delivery for one in noted] == ([] if with_its_round else [delivery])
    assert not BagEvent.objects.filter(kind="loaded").exists()


def test_a_round_that_is_emptied_while_it_is_tapped_does_not_leave(
    visit: Any, rider: Person, on_the_road: Round
) -> None:
    Round.objects.update(left_at=None)
    with transaction.atomic():
        Plan.objects.select_for_update().get()
        ended = started(lambda: by_phone(visit(rider), rider, f"/rider/rounds/{on_the_road.pk}/leave/"))
        wait_until_blocked(1)
        on_the_road.delete()
    assert [answer.status_code for answer in ended()] == [409]
