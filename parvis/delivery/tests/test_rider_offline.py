"""What a rider tapped without a network and what comes of it later: once, at its own time, at its own door."""

import io
from datetime import timedelta
from urllib.parse import unquote
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from parvis.core.offline import NOW, SAID, WHOSE, whose
from parvis.core.taps import Tap
from parvis.delivery.actions import (
    bring_back,
    fail_stop,
    hand_over,
    pack,
    report_lost,
    try_later,
)
from parvis.delivery.models import Bag, Delivery, Plan, Round
from parvis.delivery.riderday import ahead
from parvis.delivery.states import DeliveryState
from parvis.delivery.trips import trip_of
from parvis.demo import builders
from parvis.people.models import Role

pytestmark = pytest.mark.usefixtures("clock")

LATE = timedelta(minutes=90)
WRONG = timedelta(minutes=3)  # the phone's clock is ahead


@pytest.fixture
def left(on_the_road, at):
    """The round left two hours ago, and what happened before it lies before."""
    earlier = timedelta(hours=2)
    Round.objects.filter(pk=on_the_road.pk).update(left_at=at - earlier)
    for delivery in Delivery.objects.all():
        for events in (delivery.events, *(bag.events for bag in delivery.bags.all())):
            for event in events.all():
                type(event).objects.filter(pk=event.pk).update(at=event.at - earlier)
    return Round.objects.get(pk=on_the_road.pk)


@pytest.fixture
def phone(visit, rider):
    """``phone(path, at=..., ...)`` sends a tap that the rider's phone kept; its clock is three minutes ahead."""
    client = visit(rider)
    client.cookies["language"] = "en"

    def send(path, tapped=None, **data):
        if tapped is not None:
            data |= {
                "tapped_at": (tapped + WRONG).isoformat().replace("+00:00", "Z"),
                "clock_behind": str(-int(WRONG.total_seconds() * 1000)),
            }
        return client.post(f"/rider/{path}", {"key": str(uuid4())} | data, headers={WHOSE: whose(rider)})

    send.get = lambda path: client.get(f"/rider/{path}")
    return send


def photo(colour):
    out = io.BytesIO()
    Image.new("RGB", (60, 60), colour).save(out, "JPEG")
    return SimpleUploadedFile("door.jpg", out.getvalue(), "image/jpeg")


def told(delivery, *kinds):
    return list(delivery.events.filter(kind__in=kinds or ["tried", "delivered", "failed"]).values_list("kind", "at"))


def state(delivery):
    return Delivery.objects.with_story().get(pk=delivery.pk).state


def test_the_event_keeps_its_own_time(phone, left, at):
    stop = left.stops.first()
    answer = phone(f"stops/{stop.pk}/handed/", at - timedelta(minutes=40), recipient="Camille", door=stop.delivery.code)
    assert (answer.status_code, answer[NOW]) == (204, str(round(at.timestamp() * 1000)))
    event = stop.delivery.events.get(kind="delivered")
    assert event.at == at - timedelta(minutes=40)
    assert event.detail["tapped_at"] == (at - timedelta(minutes=37)).isoformat(), "what the phone's clock said is kept"
    assert {e.at for bag in stop.delivery.bags.all() for e in bag.events.filter(kind="delivered")} == {event.at}


@pytest.mark.parametrize(("tapped", "kept"), [(timedelta(hours=3), -2), (-timedelta(hours=5), 0), (None, 0)])
def test_no_clock_is_trusted_beyond_the_round(phone, left, at, tapped, kept):
    """Never before the bike left, never in the future; without a measure, when the server hears of it."""
    stop = left.stops.first()
    phone(f"stops/{stop.pk}/handed/", tapped and at - tapped, recipient="Camille")
    assert told(stop.delivery) == [("delivered", at + timedelta(hours=kept))]


def test_a_tap_received_twice_counts_once_and_is_answered_alike(phone, left, at):
    first, second = left.stops.all()
    data = {"recipient": "Camille", "key": str(uuid4()), "photo": None}
    del data["photo"]
    answers = [phone(f"stops/{first.pk}/handed/", at - LATE, **data) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [204] * 3
    data = {"reason": "nobody", "key": str(uuid4())}
    answers = [phone(f"stops/{second.pk}/failed/", at - LATE, **data) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [204] * 2
    assert len(told(first.delivery)) == len(told(second.delivery)) == 1
    back = [phone(f"rounds/{left.pk}/back/", at - timedelta(minutes=5)) for _ in range(2)]
    assert [answer.status_code for answer in back] == [204] * 2
    assert Round.objects.get(pk=left.pk).back_at == at - timedelta(minutes=5)


def test_leaving_is_written_when_it_was_tapped(phone, hub, rider, window, book, scan_all, plan_round, at, clock):
    delivery = book(window)
    scan_all(delivery)
    pack(delivery=delivery, crate=1, at=at)
    round_ = plan_round(hub, rider, delivery)
    clock.shift(LATE)
    for _twice in range(2):
        assert phone(f"rounds/{round_.pk}/leave/", at + timedelta(minutes=4)).status_code == 204
    assert Round.objects.get(pk=round_.pk).left_at == at + timedelta(minutes=4)
    assert told(delivery, "departed") == [("departed", at + timedelta(minutes=4))]
    stop = round_.stops.get()
    phone(f"stops/{stop.pk}/handed/", at, recipient="Camille")
    assert told(delivery) == [("delivered", at + timedelta(minutes=4))], "never before the bike left"


def test_what_stays_here_is_said_on_the_page_or_nobody_could_be_asked(
    phone, hub, rider, window, book, scan_all, plan_round, at
):
    here, awaited = book(window), book(window)
    scan_all(here)
    pack(delivery=here, crate=1, at=at)
    round_ = plan_round(hub, rider, here, awaited)
    assert 'name="why"' in phone.get("").content.decode(), "the reason can be given without a network"
    assert phone(f"rounds/{round_.pk}/leave/", at).status_code == 204
    reason = awaited.events.get(kind="left_behind").detail["reason"]
    assert reason == "The rider left without a network."


def test_it_leaves_no_earlier_than_it_was_packed(phone, hub, rider, window, book, scan_all, plan_round, at):
    delivery = book(window)
    scan_all(delivery)
    pack(delivery=delivery, crate=1, at=at)
    round_ = plan_round(hub, rider, delivery)
    phone(f"rounds/{round_.pk}/leave/", at - LATE)
    assert Round.objects.get(pk=round_.pk).left_at == at


def test_what_arrives_out_of_order_tells_the_same_story(left, rider, at):
    stop = left.stops.first()

    def tap(minutes):
        return Tap(str(uuid4()), at - timedelta(minutes=minutes), timedelta(0))

    assert hand_over(stop=stop, at=at, by=rider, recipient="Camille", tap=tap(30))
    assert state(stop.delivery) == DeliveryState.DELIVERED
    other = left.stops.last()
    assert fail_stop(stop=other, at=at, by=rider, reason="nobody", tap=tap(50))
    assert hand_over(stop=other, at=at, by=rider, recipient="Louis", tap=tap(20))
    assert [kind for kind, _at in told(other.delivery)] == ["failed", "delivered"]
    assert state(other.delivery) == DeliveryState.DELIVERED


def test_handed_over_before_the_hub_supposed_it_back(phone, left, hub_keeper, at):
    """The hub closed the round while the rider had no network; the goods had been handed over before."""
    stop, untold = left.stops.all()
    bring_back(round_=left, at=at - timedelta(minutes=20), by=hub_keeper)
    assert state(stop.delivery) == DeliveryState.AT_HUB
    answer = phone(f"stops/{stop.pk}/handed/", at - timedelta(minutes=50), recipient="Camille")
    assert answer.status_code == 204
    assert state(stop.delivery) == DeliveryState.DELIVERED
    assert state(untold.delivery) == DeliveryState.AT_HUB
    assert phone(f"rounds/{left.pk}/back/", at - timedelta(minutes=10)).status_code == 204, "somebody said so before"


def test_what_somebody_saw_since_speaks_against_it(phone, left, hub_keeper, town, at):
    stop = left.stops.first()
    bring_back(round_=left, at=at - timedelta(minutes=20), by=hub_keeper)
    bag = stop.delivery.bags.first()
    pack(delivery=stop.delivery, crate=1, at=at - timedelta(minutes=15))
    answer = phone(f"stops/{stop.pk}/handed/", at - timedelta(minutes=50), recipient="Camille")
    assert answer.status_code == 409
    assert unquote(answer[SAID]) == f"{stop.delivery.code} was seen at the hub at 9:45. Ask the hub what is right."
    assert unquote(answer[SAID]) in answer.content.decode()
    assert told(stop.delivery) == []
    assert Bag.objects.get(pk=bag.pk).state == "packed"


def test_said_to_be_lost_in_the_meantime(phone, left, at):
    stop = left.stops.last()
    report_lost(bag=stop.delivery.bags.get(), at=at - timedelta(minutes=20))
    answer = phone(f"stops/{stop.pk}/handed/", at - timedelta(minutes=50), recipient="Camille")
    said = f"{stop.delivery.code} was said to be lost at 9:40. Tell the hub that it is found."
    assert (answer.status_code, unquote(answer[SAID])) == (409, said)


def test_handed_over_by_somebody_else_in_the_meantime(phone, left, at):
    stop = left.stops.first()
    hand_over(stop=stop, at=at - timedelta(minutes=30), recipient="Camille")
    answer = phone(f"stops/{stop.pk}/handed/", at - timedelta(minutes=10), recipient="Voisine Léa")
    assert (answer.status_code, unquote(answer[SAID])) == (
        409,
        f"{stop.delivery.code} was already handed over at 9:30.",
    )
    assert phone(f"stops/{stop.pk}/failed/", at - timedelta(minutes=40), reason="nobody").status_code == 409
    assert len(told(stop.delivery)) == 1


def test_cancelled_in_the_meantime(phone, left, at):
    stop = left.stops.first()
    Delivery.objects.filter(pk=stop.delivery_id).update(cancelled_at=at - timedelta(minutes=20))
    answer = phone(f"stops/{stop.pk}/handed/", at - timedelta(minutes=10), recipient="Camille")
    assert answer.status_code == 409
    assert unquote(answer[SAID]) == f"{stop.delivery.code} was cancelled. Bring it back to the hub."
    assert phone.get(f"stops/{stop.pk}/").status_code == 404


def test_taken_off_the_round_in_the_meantime(phone, left, at):
    stop = left.stops.first()
    code = stop.delivery.code
    stop.delete()
    answer = phone(f"stops/{stop.pk}/handed/", at - LATE, recipient="Camille", door=code)
    assert (answer.status_code, WHOSE in answer) == (404, False), "the phone says it in its own words"


def test_the_same_door_under_a_newer_plan(phone, left, rider, hub, plan_round, at):
    """The plan was made anew meanwhile, and the rows of its stops with it."""
    stop = left.stops.first()
    delivery, code = stop.delivery, stop.delivery.code
    Plan.objects.update(state=Plan.State.SUPERSEDED, published_at=at)
    newer = plan_round(hub, rider, delivery)
    Round.objects.filter(pk=newer.pk).update(left_at=left.left_at)
    assert phone(f"stops/{stop.pk}/handed/", at - LATE, recipient="Camille").status_code == 204
    gone = f"stops/{stop.pk}/failed/"
    stop.delete()
    assert phone(gone, at, reason="nobody", door=code).status_code == 409, "it is done"
    assert told(delivery) == [("delivered", at - LATE)]


def test_leaving_under_a_plan_that_was_replaced(phone, hub, rider, window, book, plan_round, at):
    round_ = plan_round(hub, rider, book(window))
    Plan.objects.update(state=Plan.State.SUPERSEDED, published_at=at)
    answer = phone(f"rounds/{round_.pk}/leave/", at)
    assert (answer.status_code, unquote(answer[SAID])) == (409, "The plan has changed meanwhile. Look at it again.")


def test_a_photo_stays_at_its_own_door(phone, left, at):
    first, second = left.stops.all()
    assert phone(f"stops/{first.pk}/handed/", at, photo=photo("red"), door=first.delivery.code).status_code == 204
    answer = phone(f"stops/{second.pk}/handed/", at, photo=photo("blue"), door=first.delivery.code)
    assert (answer.status_code, unquote(answer[SAID])) == (409, "This was tapped at another door.")
    assert phone(f"stops/{second.pk}/handed/", at, photo=photo("blue"), door=second.delivery.code).status_code == 204
    for stop, expected in ((first, 0), (second, 2)):
        with stop.delivery.events.get(kind="delivered").photo.open() as file, Image.open(file) as picture:
            point = picture.convert("RGB").getpixel((10, 10))
        assert point[expected] > 200


def test_another_rider_and_another_town(visit, left, stranger, other_town, town, at):
    other = builders.make_person("Rita Pédale")
    builders.give_role(other, town, Role.Kind.RIDER)
    stop = left.stops.first()
    data = {"recipient": "X", "reason": "nobody", "share": "yes", "lon": "2.27", "lat": "48.82"}
    for client in (visit(other), visit(stranger), visit(stranger, other_town)):
        for path in (f"stops/{stop.pk}/handed/", f"stops/{stop.pk}/failed/", f"rounds/{left.pk}/back/"):
            answer = client.post(f"/rider/{path}", data | {"door": stop.delivery.code})
            assert (answer.status_code, SAID in answer) == (404, False), path
    answer = visit(other).post(f"/rider/stops/{stop.pk}/handed/", data, headers={WHOSE: "0" * 16})
    assert answer.status_code == 403, "what one rider tapped is not sent by another's session"
    assert told(stop.delivery) == []


@pytest.mark.parametrize(
    "nonsense", ["x" * 200, "\x00", "99999999999999999999", "-1e5", "2026-13-45T99:00", "9999-12-31T23:59:59Z"]
)
def test_nonsense_loses_nothing(phone, left, at, nonsense):
    stop = left.stops.first()
    answer = phone(
        f"stops/{stop.pk}/handed/", recipient="Camille", key=nonsense, tapped_at=nonsense, clock_behind=nonsense
    )
    assert answer.status_code == 204
    assert told(stop.delivery) == [("delivered", at)]


def test_what_is_missing_is_said_in_one_sentence(phone, left):
    stop = left.stops.first()
    answer = phone(f"stops/{stop.pk}/handed/", recipient=" ")
    assert (answer.status_code, unquote(answer[SAID])) == (422, "Write who received it, or take a photo.")
    answer = phone(f"stops/{stop.pk}/failed/", reason="flying")
    assert answer.status_code == 422
    assert "\n" not in unquote(answer[SAID])


def test_again_later_comes_last_and_is_no_end(phone, left, at):
    first, second = left.stops.all()
    answer = phone(
        f"stops/{first.pk}/failed/", at - timedelta(minutes=30), reason="nobody", note="3e étage", later="on"
    )
    assert answer.status_code == 204
    assert state(first.delivery) == DeliveryState.ON_THE_WAY
    assert [door.stop.pk for door in ahead(trip_of(left))] == [second.pk, first.pk]
    page = phone.get(f"stops/{first.pk}/").content.decode()
    assert "Tried in vain at 9:30." in page
    assert "Nobody at home. 3e étage" in page
    phone(f"stops/{first.pk}/handed/", at, recipient="Camille")
    assert [kind for kind, _at in told(first.delivery)] == ["tried", "delivered"]
    with pytest.raises(Exception, match="already handed over"):
        try_later(stop=first, reason="nobody", at=at)


def test_a_neighbour_and_the_bags_that_were_read(phone, left, at):
    stop = left.stops.first()
    bag = stop.delivery.bags.first()
    other = left.stops.last().delivery.bags.first()
    data = {"recipient": "Léa, 2e", "neighbour": "on", "scanned": f"{bag.code} {other.code} ZZZZZ"}
    phone(f"stops/{stop.pk}/handed/", at, **data)
    detail = stop.delivery.events.get(kind="delivered").detail
    assert (detail["neighbour"], detail["scanned"]) == (True, [bag.code])


def test_which_door_a_bag_is_for(phone, left, town, at):
    first, second = left.stops.all()
    bag, other = first.delivery.bags.first(), second.delivery.bags.first()
    assert f"{bag.code} belongs here." in phone.get(f"stops/{first.pk}/?code={bag.code.lower()}").content.decode()
    said = phone.get(f"stops/{first.pk}/?code={other.code}").content.decode()
    assert f"{other.code} is for door 2, 2 rue du Général Leclerc." in said
    assert "No bag of this round has the code" in phone.get(f"stops/{first.pk}/?code=%00%F0nix").content.decode()


def test_one_page_holds_the_shift(phone, left, rider, django_assert_max_num_queries):
    with django_assert_max_num_queries(30):
        page = phone.get("")
    assert page[WHOSE] == whose(rider)
    html = page.content.decode()
    for stop in left.stops.all():
        assert f'data-way="{stop.pk}"' in html
        assert f'data-door="{stop.pk}"' in html
        assert all(bag.code in html for bag in stop.delivery.bags.all())
    assert 'rel="manifest"' in html
    assert html.count("data-queued") >= 3 * left.stops.count()


def test_the_page_installs_itself(visit):
    answer = visit().get("/rider/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    assert (answer.json()["start_url"], answer.json()["scope"]) == ("/rider/", "/rider/")
    for one in answer.json()["icons"][1:]:
        side = int(one["sizes"].partition("x")[0])
        with Image.open(io.BytesIO(visit().get(one["src"]).content)) as picture:
            assert picture.size == (side, side)
    assert visit().get("/rider/icon-9000.png").status_code == 404
    worker = visit().get("/rider/offline-worker.js")
    assert worker["Content-Type"].startswith("text/javascript")
    assert "data-whose" not in visit().get("/rider/offline.html").content.decode()
