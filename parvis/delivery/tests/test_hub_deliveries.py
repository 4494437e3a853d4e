"""The hub: bags of one delivery into a crate, slips to print."""

import re
from datetime import timedelta

import pytest

from parvis.delivery.actions import pack, scan_bag_in
from parvis.delivery.crating import boxes_of, free_crates
from parvis.delivery.forms.hub import PackForm
from parvis.delivery.models import Bag, BagEvent, Crate, Delivery
from parvis.delivery.states import DeliveryState
from parvis.demo import builders

pytestmark = pytest.mark.usefixtures("clock")
SIZES = [(50_000, "ambient"), (40_000, "ambient"), (8_000, "cool")]


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def state(delivery):
    return Delivery.objects.with_story().get(pk=delivery.pk).state


@pytest.fixture
def keeper(visit, hub_keeper, hub):
    client = visit(hub_keeper)
    client.cookies["language"] = "en"
    return client


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("7", [7]),
        (" 7 , 8", [7, 8]),
        ("7 7 8", [7, 8]),
        ("0", None),
        ("x", None),
        ("", None),
        ("1000", None),
        ("-3", None),
    ],
)
def test_numbers_of_crates_are_read_as_people_write_them(typed, numbers):
    form = PackForm({"crates": typed})
    assert (form.cleaned_data["crates"] if form.is_valid() else None) == numbers


def test_deliveries_stand_where_they_can_be_worked_on(keeper, window, book, scan_all, at):
    whole, half, none = book(window), book(window, "Boulangerie", "Fromagerie"), book(window)
    scan_all(whole)
    scan_bag_in(town=half.town, code=half.bags.first().code, at=at)
    page = text_of(keeper.get("/hub/deliveries/"))
    assert "One delivery can be packed" in page
    assert page.index(whole.code) < page.index("Waiting for a bag") < page.index(half.code)
    assert none.code in page


def test_the_lowest_free_crate_is_suggested(keeper, window, book, scan_all, at):
    first, second, third = book(window), book(window), book(window)
    for delivery in (first, second, third):
        scan_all(delivery)
    pack(delivery=first, crate=1, at=at)
    pack(delivery=second, crate=3, at=at)
    cold_and_large = [Bag(grams=1, millilitres=ml, temperature=t) for ml, t in SIZES]
    assert free_crates(first.town, boxes_of(cold_and_large), cold_from=500) == [2, 4, 500]
    assert 'value="2"' in keeper.get("/hub/deliveries/").content.decode()


def test_packing_puts_the_bags_into_the_crate(keeper, hub_keeper, window, book, scan_all):
    delivery = book(window, "Boulangerie", "Fromagerie")
    scan_all(delivery)
    response = keeper.post(f"/hub/deliveries/{delivery.code}/pack/?window={window.pk}", {"crates": "12"})
    assert response.url == f"/hub/deliveries/?window={window.pk}"
    page = text_of(keeper.get(response.url))
    assert f"{delivery.code} is packed in crate 12." in page
    assert "Packing slip" in page
    assert state(delivery) == DeliveryState.PACKED
    assert BagEvent.objects.filter(kind="packed", by=hub_keeper).count() == 2


def test_packing_with_a_bag_missing_is_refused(keeper, window, book, at):
    delivery = book(window, "Boulangerie", "Fromagerie")
    scan_bag_in(town=delivery.town, code=delivery.bags.get(sender="Boulangerie").code, at=at)
    response = keeper.post(f"/hub/deliveries/{delivery.code}/pack/", {"crates": "12"})
    assert "Still missing: Fromagerie." in text_of(response)
    assert 'value="12"' in response.content.decode(), "what was typed is kept"
    assert not Crate.objects.exists()


def test_a_crate_in_use_is_refused(keeper, window, book, scan_all, at):
    first, second = book(window), book(window)
    scan_all(first)
    scan_all(second)
    pack(delivery=first, crate=5, at=at)
    response = keeper.post(f"/hub/deliveries/{second.code}/pack/", {"crates": "5"})
    assert "Crate 5 holds another delivery." in text_of(response)
    assert state(second) == DeliveryState.AT_HUB


@pytest.mark.parametrize("typed", ["", "seven", "0", "70000", "\x00"])
def test_a_number_that_is_none_is_explained(keeper, window, book, scan_all, typed):
    delivery = book(window)
    scan_all(delivery)
    response = keeper.post(f"/hub/deliveries/{delivery.code}/pack/", {"crates": typed})
    assert response.status_code == 200
    assert "summary" in response.content.decode()
    assert not Crate.objects.exists()


def test_a_wrong_crate_is_taken_out_again(keeper, window, book, scan_all, at):
    delivery = book(window)
    scan_all(delivery)
    pack(delivery=delivery, crate=5, at=at)
    page = text_of(keeper.post(f"/hub/deliveries/{delivery.code}/take-out/", follow=True))
    assert "All here: pack it" in page
    assert not Crate.objects.filter(released_at=None).exists()


def test_the_slip_says_all_and_no_price(keeper, window, book, scan_all, at):
    delivery = book(window, "Boulangerie", "Fromagerie", note="Code B12")
    scan_all(delivery)
    pack(delivery=delivery, crate=5, at=at)
    page = text_of(keeper.get(f"/hub/deliveries/{delivery.code}/slip/"))
    words = ("Camille Martin", delivery.code, delivery.address, "Code B12", "17:00–19:00", "Boulangerie", "1.5 kg")
    for said in (*words, *[bag.code for bag in delivery.bags.all()]):
        assert said in page
    assert "€" not in page


def test_another_towns_delivery_is_not_found(keeper, other_town, book, at):
    elsewhere = builders.make_hub(other_town)
    builders.make_bike(elsewhere)
    delivery = book(builders.make_window(elsewhere, at + timedelta(hours=7)))
    for path in ("", "slip/"):
        assert keeper.get(f"/hub/deliveries/{delivery.code}/{path}").status_code == 404
    assert keeper.post(f"/hub/deliveries/{delivery.code}/pack/", {"crates": "1"}).status_code == 404
    assert keeper.post(f"/hub/deliveries/{delivery.code}/take-out/").status_code == 404


def test_only_the_hub_packs(visit, hub, window, book, scan_all, dispatcher, agent, rider, citizen, stranger):
    delivery = book(window)
    scan_all(delivery)
    url = f"/hub/deliveries/{delivery.code}/"
    for person in (dispatcher, agent):
        assert visit(person).get(url).status_code == 200
        assert visit(person).get(url + "slip/").status_code == 200
        assert visit(person).post(url + "pack/", {"crates": "1"}).status_code == 404
    for person in (rider, citizen, stranger):
        assert visit(person).get(url).status_code == 404
        assert visit(person).get(url + "slip/").status_code == 404
        assert visit(person).post(url + "pack/", {"crates": "1"}).status_code == 404
    assert visit().get(url).status_code == 302
    assert not Crate.objects.exists()
