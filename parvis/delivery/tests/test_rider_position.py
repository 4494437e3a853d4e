"""Where a rider is: only if they agreed, only on the road, roughly, and never more than the last place."""

from datetime import timedelta

import pytest

from parvis.config import retention
from parvis.delivery.actions import agree, bring_back
from parvis.delivery.models import RiderPosition, Round

pytestmark = pytest.mark.usefixtures("clock")

PLACE = {"lon": "2.27041", "lat": "48.82448"}


@pytest.fixture
def me(visit, rider):
    return visit(rider)


def seen(round_, at):
    return RiderPosition.of_round(Round.objects.get(pk=round_.pk), at)


def test_nothing_is_kept_of_who_did_not_agree(me, on_the_road, at):
    assert me.post("/rider/position/", PLACE).status_code == 409
    assert RiderPosition.objects.count() == 0


def test_the_last_place_roughly(me, on_the_road, at, clock):
    assert me.post("/rider/share/", {"share": "yes"}).status_code == 302
    assert seen(on_the_road, at) is None
    assert me.post("/rider/position/", {"lon": "2.2", "lat": "48.8"}).status_code == 204
    clock.shift(45)
    assert me.post("/rider/position/", PLACE).status_code == 204
    row = RiderPosition.objects.get()
    assert (row.lon, row.lat) == (2.2705, 48.8245)
    now = at + timedelta(seconds=45)
    assert seen(on_the_road, now) == row
    assert seen(on_the_road, now + timedelta(minutes=6)) is None, "what is old is not told"


def test_only_on_the_road(me, hub, rider, window, book, plan_round, town, at):
    agree(town=town, rider=rider, at=at)
    plan_round(hub, rider, book(window))
    assert me.post("/rider/position/", PLACE).status_code == 409


def test_it_is_gone_when_the_bike_is_back(me, on_the_road, rider, town, at):
    agree(town=town, rider=rider, at=at)
    me.post("/rider/position/", PLACE)
    bring_back(round_=on_the_road, at=at)
    assert RiderPosition.objects.get().point is None
    assert seen(on_the_road, at) is None
    assert me.post("/rider/position/", PLACE).status_code == 409


def test_no_longer_wanted_it_is_gone_at_once(me, on_the_road, rider, town, at):
    agree(town=town, rider=rider, at=at)
    me.post("/rider/position/", PLACE)
    assert 'value="no"' in me.get("/rider/").content.decode()
    me.post("/rider/share/", {"share": "no"})
    assert RiderPosition.objects.count() == 0


def test_agreed_for_one_day(me, on_the_road, rider, town, at, clock):
    agree(town=town, rider=rider, at=at)
    me.post("/rider/position/", PLACE)
    clock.shift(timedelta(days=1))
    assert me.post("/rider/position/", PLACE).status_code == 409
    rule = next(rule for rule in retention.RULES if "position" in rule.what)
    assert rule.remove(at - rule.keep) == 0
    assert rule.remove(at + timedelta(days=1) - rule.keep) == 1


@pytest.mark.parametrize(
    "place", [{}, {"lon": "x", "lat": "1"}, {"lon": "nan", "lat": "1"}, {"lon": "999", "lat": "1"}]
)
def test_nonsense_is_no_place(me, on_the_road, rider, town, at, place):
    agree(town=town, rider=rider, at=at)
    assert me.post("/rider/position/", place).status_code == 422
    assert RiderPosition.objects.get().point is None


def test_a_place_far_away_is_not_kept(me, on_the_road, rider, town, at):
    agree(town=town, rider=rider, at=at)
    assert me.post("/rider/position/", {"lon": "-70", "lat": "-33"}).status_code == 409


def test_only_riders_of_the_town(visit, on_the_road, citizen, hub_keeper, stranger, other_town, at):
    for client in (visit(citizen), visit(hub_keeper), visit(stranger)):
        assert client.post("/rider/position/", PLACE).status_code == 404
        assert client.post("/rider/share/", {"share": "yes"}).status_code == 404
    visit(stranger, other_town).post("/rider/share/", {"share": "yes"})
    assert seen(on_the_road, at) is None
