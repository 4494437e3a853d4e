"""The rider at a shop, and what everybody else reads of it: hub, dispatcher, buyer."""

import json
import re
from datetime import timedelta
from urllib.parse import unquote
from uuid import uuid4

import pytest

from parvis.core.offline import SAID, WHOSE, whose
from parvis.delivery import actions
from parvis.delivery.following import Following
from parvis.delivery.models import BagEvent, Delivery, Plan, Round
from parvis.delivery.pickups import STRAIGHT
from parvis.delivery.tests.straight_world import book_straight, published, stop_of
from parvis.demo import builders
from parvis.people.models import Role

pytestmark = pytest.mark.usefixtures("clock")
SHOP = "4 place de la Mairie"


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def shown(response):
    """The page without what its script may show later."""
    html = re.sub(r"<template.*?</template>", " ", response.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.fixture
def me(visit, rider):
    client = visit(rider)
    client.cookies["language"] = "en"
    return client


@pytest.fixture
def delivery(hub, window, at):
    """Planned straight from its shop."""
    hub.fetches = True
    hub.save()
    booked = book_straight(window)
    published(hub, at)
    assert stop_of(booked).option == STRAIGHT
    return booked


@pytest.fixture
def stop(delivery, at):
    """The bike has left for it, with nothing."""
    actions.leave_hub(round_=stop_of(delivery).round, at=at)
    return stop_of(delivery)


def code(delivery):
    return delivery.bags.get().code


def url(stop, verb=""):
    return f"/rider/stops/{stop.pk}/{verb}"


def test_before_leaving_the_rider_reads_what_to_fetch(me, delivery):
    said = shown(me.get("/rider/"))
    assert "You fetch on the way" in said
    assert SHOP in said
    assert "I leave the hub" in said, "though there is nothing to load"
    assert me.post(f"/rider/rounds/{stop_of(delivery).round_id}/leave/", follow=True).status_code == 200
    assert Round.objects.get().left_at


def test_the_next_place_is_the_shop_then_the_door(me, stop, delivery):
    said = shown(me.get("/rider/"))
    assert "Fetch for door 1 of 1" in said
    assert said.index("Fleurs du Parvis") < said.index("I am at the shop")
    assert "I am at the door" not in said
    page = text_of(me.get(url(stop)))
    assert "Is everything on the bike?" in page
    assert "Who took it?" not in page
    answer = me.post(url(stop, "fetched/"), {"scanned": f" {code(delivery).lower()} "}, follow=True)
    assert f"{delivery.code} is on your bike." in text_of(answer)
    assert "I am at the door" in shown(answer)
    assert "Who took it?" in text_of(me.get(url(stop)))


def test_the_script_knows_the_shop_and_has_its_pages(me, stop, delivery):
    html = me.get("/rider/").content.decode()
    for kind in ("shop", "fetch", "way", "door"):
        assert f'data-{kind}="{stop.pk}"' in html
    plain = json.loads(re.search(r'<script id="shift"[^>]*>(.*?)</script>', html, re.S).group(1))
    (one,) = plain["rounds"][0]["stops"]
    assert (one["fetch"], one["loads"], one["standing"], one["bags"]) == (True, False, "waits", [code(delivery)])
    actions.fetch_bags(stop=stop, codes=[code(delivery)], at=stop.round.departs_at)
    html = me.get("/rider/").content.decode()
    assert f'data-shop="{stop.pk}"' not in html
    assert f'data-way="{stop.pk}"' in html


@pytest.mark.parametrize("typed", ["", "ABCDE", "<script>"])
def test_a_wrong_code_is_said_in_one_sentence_and_kept(me, stop, delivery, typed):
    answer = me.post(url(stop, "fetched/"), {"scanned": typed})
    assert answer.status_code == (409 if typed else 422)
    assert ("is not for" if typed else "Scan or type the code of each bag.") in shown(answer)
    kept = re.search(r'<input type="text" name="scanned"[^>]*>', answer.content.decode()).group()
    assert ('value="' in kept) == bool(typed)
    assert "<script>" not in kept
    assert not BagEvent.objects.filter(kind="loaded").exists()


def test_it_was_not_ready(me, stop, delivery):
    answer = me.post(url(stop, "missed/"), {"note": "Shut."}, follow=True)
    assert f"You ride on without {delivery.code}" in text_of(answer)
    assert delivery.events.get(kind="left_behind").detail["reason"].endswith("Shut.")
    assert Plan.objects.filter(state=Plan.State.COMPUTING).exists()


def test_what_was_tapped_without_a_network_counts_once_at_its_own_time(visit, rider, stop, delivery, at):
    Round.objects.update(left_at=at - timedelta(hours=2))
    phone, tapped = visit(rider), at - timedelta(minutes=50)

    def send(verb, moment, key, **data):
        data |= {"key": key, "tapped_at": moment.isoformat(), "clock_behind": "0", "door": delivery.code}
        return phone.post(url(stop, verb), data, headers={WHOSE: whose(rider)})

    fetch, hand = str(uuid4()), str(uuid4())
    for _twice in range(2):
        assert send("fetched/", tapped, fetch, scanned=code(delivery)).status_code == 204
        assert send("handed/", tapped + timedelta(minutes=9), hand, recipient="Camille").status_code == 204
    story = BagEvent.objects.filter(bag__delivery=delivery).values_list("kind", "at")
    assert list(story) == [("loaded", tapped), ("delivered", tapped + timedelta(minutes=9))]
    assert [event.at for event in delivery.events.filter(kind="departed")] == [tapped]
    late = send("missed/", tapped + timedelta(minutes=20), str(uuid4()))
    assert late.status_code == 409
    assert delivery.code in unquote(late.headers[SAID])


def test_a_tap_at_another_door_is_refused(me, stop):
    assert me.post(url(stop, "fetched/"), {"scanned": "X", "door": "OTHER"}).status_code == 409


@pytest.mark.parametrize("verb", ["fetched/", "missed/"])
def test_nobody_else_says_it(visit, stop, town, other_town, hub_keeper, verb):
    other = builders.make_person("Rita Pédale")
    builders.give_role(other, town, Role.Kind.RIDER)
    stranger = builders.make_person("Sten Loin")
    builders.give_role(stranger, other_town, Role.Kind.RIDER)
    assert visit(other).post(url(stop, verb)).status_code == 404
    assert visit(stranger, other_town).post(url(stop, verb)).status_code == 404
    assert visit(hub_keeper).post(url(stop, verb)).status_code == 404
    assert visit(other).get(url(stop, verb)).status_code == 405
    assert not BagEvent.objects.exists()


def test_the_hub_reads_who_fetches_it(visit, hub_keeper, delivery):
    client = visit(hub_keeper)
    client.cookies["language"] = "en"
    said = text_of(client.get("/hub/?window=day"))
    assert "Every bag is here" in said
    assert "Riders fetch these at the shop" in said
    rounds = text_of(client.get("/hub/rounds/"))
    assert "Fetched at shops on the way" in rounds
    assert "The bike leaves" in rounds
    bag = f"/hub/bags/{code(delivery)}/"
    assert "At the shop: Fleurs du Parvis" in text_of(client.get(bag))
    actions.leave_hub(round_=stop_of(delivery).round, at=stop_of(delivery).round.departs_at)
    actions.fetch_bags(stop=stop_of(delivery), codes=[code(delivery)], at=stop_of(delivery).round.departs_at)
    assert "Fetched at the shop by the rider" in text_of(client.get(bag))


def test_the_dispatcher_reads_where_it_is_fetched_and_why(visit, dispatcher, delivery, at):
    client = visit(dispatcher)
    client.cookies["language"] = "en"
    day = at.date().isoformat()
    assert "Fetched at Fleurs du Parvis at" in text_of(client.get(f"/dispatch/?day={day}"))
    why = text_of(client.get(f"/dispatch/deliveries/{delivery.code}/why/"))
    assert "It never comes to the hub" in why or "it never comes to the hub" in why
    assert "By the hub: round 1" in why


def test_the_buyer_is_told_the_moment_of_the_bell(stop, delivery, town):
    followed = Delivery.objects.with_story().select_related("window__hub").get(pk=delivery.pk)
    told = Following.load(followed, town, stop.arrive_at - timedelta(minutes=30))
    assert told.doors_before == 0
    assert told.arrives is not None
    assert told.arrives[0] <= stop.arrive_at <= told.arrives[1]
