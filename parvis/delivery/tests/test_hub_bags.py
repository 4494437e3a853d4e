"""The hub's first page: the scan field and what is still missing."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from parvis.delivery.actions import cancel_bags, leave_hub, pack, report_missing, scan_bag_in
from parvis.delivery.models import Bag, BagEvent
from parvis.delivery.states import BagState
from parvis.delivery.tests.dispatch_world import add_bikes
from parvis.demo import builders

pytestmark = pytest.mark.usefixtures("clock")


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def keeper(visit, hub_keeper, hub):
    client = visit(hub_keeper)
    client.cookies["language"] = "en"
    return client


def test_the_next_window_that_is_not_over_is_shown(keeper, hub, window, book, at):
    builders.make_window(hub, at - timedelta(hours=5))
    tomorrow = builders.make_window(hub, at + timedelta(days=1))
    now, later = book(window), book(tomorrow)
    page = text_of(keeper.get("/hub/"))
    assert now.bags.get().code in page
    assert later.bags.get().code not in page
    page = text_of(keeper.get(f"/hub/?day=2026-11-27&window={tomorrow.pk}"))
    assert later.bags.get().code in page


def test_the_day_as_a_whole_puts_the_late_first(keeper, hub, window, book, at):
    early = builders.make_window(hub, at + timedelta(minutes=30), closes_at=at)
    book(window, "Boulangerie")
    book(early, "Zinguerie")
    page = text_of(keeper.get("/hub/?day=2026-11-26&window=day"))
    assert page.index("Zinguerie") < page.index("Late: was due") < page.index("Boulangerie") < page.index("By 16:00")


def test_what_is_missing_is_counted_and_can_be_called(keeper, window, book):
    book(window, "Boulangerie", "Fromagerie")
    book(window, "Boulangerie")
    response = keeper.get("/hub/")
    assert "3 bags are still to come" in text_of(response)
    assert 'href="tel:0146000001"' in response.content.decode()
    assert not BagEvent.objects.exists()


def test_a_scan_answers_at_once(keeper, window, book):
    delivery = book(window, "Boulangerie", "Fromagerie")
    bag = delivery.bags.get(sender="Boulangerie")
    response = keeper.post(
        f"/hub/scan/?day=2026-11-26&window={window.pk}", {"code": f" {bag.code.lower()} "}, follow=True
    )
    assert f"{bag.code} · Boulangerie for {delivery.code} · 1 of 2 bags here" in text_of(response)
    assert "One bag is still to come" in text_of(response)
    assert "It was scanned at" not in text_of(response)
    last = delivery.bags.get(sender="Fromagerie")
    response = keeper.post("/hub/scan/", {"code": last.code}, follow=True)
    assert f"Pack {delivery.code}" in text_of(response)
    assert "Every bag is here" in text_of(response)


def test_the_same_bag_twice_says_when_it_came(keeper, window, book):
    bag = book(window).bags.get()
    keeper.post("/hub/scan/", {"code": bag.code})
    response = keeper.post("/hub/scan/", {"code": bag.code}, follow=True)
    assert bag.events.count() == 1
    first = keeper.get(f"/hub/?scanned={bag.code}")
    assert "It was scanned at" not in text_of(first)
    assert response.status_code == 200


def test_a_second_scan_later_says_so(keeper, window, book, at):
    bag = book(window).bags.get()
    scan_bag_in(town=bag.town, code=bag.code, at=at - timedelta(minutes=18))
    page = text_of(keeper.post("/hub/scan/", {"code": bag.code}, follow=True))
    assert "It was scanned at 9:42" in page


@pytest.mark.parametrize("typed", ["", "   ", "QQQQQ", "'; drop table", "é" * 300, "\x00"])
def test_a_wrong_code_is_said_and_kept(keeper, window, book, typed):
    book(window)
    response = keeper.post("/hub/scan/", {"code": typed})
    assert response.status_code == 200
    assert "said--warn" in response.content.decode()
    if typed == "QQQQQ":
        assert 'value="QQQQQ"' in response.content.decode()
        assert "No bag has the code “QQQQQ”" in text_of(response)
    assert not BagEvent.objects.exists()


def test_a_bag_of_another_town_is_no_bag_here(keeper, other_town, book, at):
    elsewhere = builders.make_hub(other_town)
    builders.make_bike(elsewhere)
    bag = book(builders.make_window(elsewhere, at + timedelta(hours=7))).bags.get()
    response = keeper.post("/hub/scan/", {"code": bag.code})
    assert f"No bag has the code “{bag.code}”" in text_of(response)
    assert keeper.get(f"/hub/bags/{bag.code}/").status_code == 404
    assert keeper.post(f"/hub/bags/{bag.code}/missing/").status_code == 404
    assert bag.code not in text_of(keeper.get(f"/hub/?scanned={bag.code}"))
    assert not bag.events.exists()


def test_a_cancelled_bag_is_given_back(keeper, window, book, at):
    delivery = book(window, "Boulangerie", "Fromagerie")
    bag = delivery.bags.get(sender="Fromagerie")
    scan_bag_in(town=bag.town, code=bag.code, at=at)
    cancel_bags(delivery=delivery, sender_ref=bag.sender_ref, at=at)
    page = text_of(keeper.post("/hub/scan/", {"code": bag.code}))
    assert f"Bag {bag.code} was cancelled. Give it back to Fromagerie." in page
    assert "To give back to the shop" in page


def test_a_bag_for_another_time_is_put_aside(keeper, hub, window, book, at):
    book(window)
    bag = book(builders.make_window(hub, at + timedelta(days=1))).bags.get()
    page = text_of(keeper.post("/hub/scan/", {"code": bag.code}, follow=True))
    assert "Put it aside for Friday 27 November, 10:00–12:00" in page


def test_a_bag_that_comes_after_its_delivery_left(keeper, hub, rider, window, book, plan_round, at):
    delivery = book(window, "Boulangerie", "Fromagerie")
    scan_bag_in(town=delivery.town, code=delivery.bags.get(sender="Boulangerie").code, at=at)
    late = delivery.bags.get(sender="Fromagerie")
    report_missing(bag=late, at=at)
    pack(delivery=delivery, crate=1, at=at)
    leave_hub(round_=plan_round(hub, rider, delivery), at=at)
    page = text_of(keeper.post("/hub/scan/", {"code": late.code}, follow=True))
    assert f"Too late: {delivery.code} has already left" in page
    assert "Came too late" in page


def test_htmx_gets_the_board_and_the_answer_only(keeper, window, book):
    bag = book(window).bags.get()
    response = keeper.post("/hub/scan/", {"code": bag.code}, headers={"hx-request": "true"})
    html = response.content.decode()
    assert response.status_code == 200
    assert "<html" not in html
    assert 'id="board"' in html
    assert 'id="said" hx-swap-oob="innerHTML"' in html
    assert bag.code in html


def test_a_bag_that_will_not_come_is_asked_first(keeper, window, book):
    bag = book(window).bags.get()
    query = f"?day=2026-11-26&window={window.pk}"
    assert "will not come?" in text_of(keeper.get(f"/hub/bags/{bag.code}/missing/{query}"))
    assert not bag.events.exists()
    response = keeper.post(f"/hub/bags/{bag.code}/missing/{query}")
    assert response.url == f"/hub/{query}"
    assert Bag.objects.get(pk=bag.pk).state == BagState.MISSING
    keeper.post("/hub/scan/", {"code": bag.code})
    page = text_of(keeper.post(f"/hub/bags/{bag.code}/missing/", follow=True))
    assert f"Bag {bag.code} is here." in page


def test_the_chain_of_custody(keeper, on_the_road, hub_keeper, window, at):
    delivery = on_the_road.stops.first().delivery
    bag = delivery.bags.first()
    page = text_of(keeper.get(f"/hub/bags/{bag.code}/"))
    assert "On Vélo 1, with Rémi Vélo" in page
    for step in ("Came to the hub", "Put into crate 1", "Left the hub"):
        assert step in page


def test_the_chain_says_who_and_stays_cheap(keeper, hub_keeper, window, book, at, django_assert_max_num_queries):
    bag = book(window).bags.get()
    for minute in range(30):
        kind = BagEvent.Kind.AT_HUB if minute % 2 else BagEvent.Kind.PACKED
        BagEvent.objects.create(town=bag.town, bag=bag, kind=kind, at=at + timedelta(minutes=minute), by=hub_keeper)
    with django_assert_max_num_queries(17):
        page = text_of(keeper.get(f"/hub/bags/{bag.code}/"))
    assert page.count("Hakim Dépôt") >= 30


def test_sixty_deliveries_cost_no_more_questions_than_one(keeper, hub, window, book, at, django_assert_max_num_queries):
    add_bikes(hub, at, *"ABCDEFGH")
    for number in range(60):
        delivery = book(window, "Boulangerie", "Fromagerie", "Primeur")
        if number % 2:
            for bag in delivery.bags.all():
                scan_bag_in(town=delivery.town, code=bag.code, at=at)
        if number % 4 == 1:
            pack(delivery=delivery, crate=number + 1, at=at)
    for url in ("/hub/", "/hub/deliveries/", "/hub/?day=2026-11-26&window=day"):
        with django_assert_max_num_queries(16):
            assert keeper.get(url).status_code == 200


@pytest.mark.parametrize("query", ["?day=x&window=y", "?day=2026-02-31", "?window=day", "?day=9999-99-99&scanned=%00"])
def test_an_address_that_cannot_be_read_shows_the_next_window(keeper, window, book, query):
    book(window)
    assert keeper.get(f"/hub/{query}").status_code == 200


def test_a_town_without_windows_says_so(keeper):
    assert "No delivery is booked" in text_of(keeper.get("/hub/"))


def test_who_may_look_and_who_may_act(visit, hub, window, book, dispatcher, agent, rider, citizen, merchant, stranger):
    bag = book(window).bags.get()
    pages = [reverse("hub"), reverse("hub-deliveries"), reverse("hub-rounds"), reverse("hub-bag", args=[bag.code])]
    for person in (dispatcher, agent):
        for page in pages:
            response = visit(person).get(page)
            assert response.status_code == 200
            assert "It is here" not in response.content.decode()
        assert visit(person).post("/hub/scan/", {"code": bag.code}).status_code == 404
        assert visit(person).get(f"/hub/bags/{bag.code}/missing/").status_code == 404
    for person in (rider, citizen, merchant, stranger):
        for page in pages:
            assert visit(person).get(page).status_code == 404
        assert visit(person).post("/hub/scan/", {"code": bag.code}).status_code == 404
    for page in pages:
        assert visit().get(page).status_code == 302
    assert not bag.events.exists()


def test_reading_does_not_write(keeper, window, book):
    book(window)
    assert keeper.get("/hub/scan/").status_code == 405
    assert not BagEvent.objects.exists()
