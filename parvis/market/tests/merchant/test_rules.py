"""Preparation, smallest order, capacity and cycles: set in few taps, kept by the checkout."""

from datetime import date, time
from html import unescape

import pytest

from parvis.demo import builders
from parvis.market.models import Capacity, Cycle, Product

RULES = {"preparation_minutes": "45", "minimum": "15", "most": "6", "counts": "orders", "minutes": "60"}
CYCLE = {
    "name": "Panier du samedi", "weekday": "5", "starts": "09:00", "ends": "12:00", "days_before": "2",
    "closes": "12:00", "place": "Halle du marché", "most": "40",
}  # fmt: skip


def text(response):
    return " ".join(unescape(response.content.decode()).split())


def test_the_rules_are_kept(post_to, page_of, shop):
    assert post_to("rules/", **RULES).status_code == 302
    shop.refresh_from_db()
    assert (shop.preparation_minutes, shop.minimum_cents) == (45, 1500)
    assert (shop.capacity.most, shop.capacity.minutes, shop.capacity.counts) == (6, 60, "orders")
    assert 'value="45"' in text(page_of("rules/"))
    assert post_to("rules/", **RULES | {"most": "", "minimum": ""}).status_code == 302
    shop.refresh_from_db()
    assert shop.minimum_cents == 0
    assert not Capacity.objects.exists()


def test_points_are_asked_on_a_goods_page_only_where_they_count(post_to, page_of, shop, product):
    assert "points of work" not in text(page_of(f"products/{product.pk}/")).lower()
    post_to("rules/", **RULES | {"counts": "points"})
    assert "points of work" in text(page_of(f"products/{product.pk}/")).lower()


def test_a_smallest_order_holds_for_every_way(post_to, visit, shop, product, clock):
    post_to("rules/", **RULES)
    browser = visit()
    browser.post("/basket/add/", {"product": product.pk, "quantity": 2})
    page = text(browser.get("/basket/", headers={"accept-language": "en"}))
    assert page.count("€6.60 more to reach the minimum") == 4
    assert browser.get("/checkout/").url == "/basket/"
    browser.post("/basket/change/", {"product": product.pk, "quantity": 4})
    assert browser.get("/checkout/").status_code == 200


def test_a_cycle_of_my_own(post_to, page_of, visit, shop, product):
    assert post_to("rules/cycles/add/", **CYCLE).status_code == 302
    cycle = Cycle.objects.get()
    assert (cycle.owner, list(cycle.shops.all()), cycle.closes) == (shop, [shop], time(12))
    page = text(page_of("rules/"))
    assert "Order until Thursday 26 November, 12:00; collect on Saturday 28 November, 9:00–12:00" in page
    assert "at most 40 orders each time" in page
    shown = text(visit().get(f"/shops/{shop.slug}/", headers={"accept-language": "en"}))
    assert "collect on Saturday 28 November, 9:00–12:00 · Halle du marché" in shown
    assert post_to(f"rules/cycles/{cycle.pk}/", **CYCLE | {"ends": "13:00"}).status_code == 302
    assert Cycle.objects.get().ends == time(13)
    assert post_to(f"rules/cycles/{cycle.pk}/end/").status_code == 302
    assert not Cycle.objects.exists()


def test_single_dates(post_to, page_of, shop):
    typed = CYCLE | {"weekday": "dates", "date-0": "2026-12-19", "date-1": "2026-12-05"}
    assert post_to("rules/cycles/add/", **typed).status_code == 302
    cycle = Cycle.objects.get()
    assert (cycle.weekday, cycle.dates) == (None, [date(2026, 12, 5), date(2026, 12, 19)])
    page = text(page_of(f"rules/cycles/{cycle.pk}/"))
    assert 'name="date-1" value="2026-12-19"' in page
    assert 'name="date-4"' in page


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"preparation_minutes": ""}, "This field is required."),
        ({"preparation_minutes": "bientôt"}, "Enter a whole number."),
        ({"preparation_minutes": "0"}, "greater than or equal to 5"),
        ({"preparation_minutes": "10000"}, "less than or equal to 2880"),
        ({"minimum": "quinze"}, "Write an amount like 4.20."),
        ({"minimum": "-5"}, "Write an amount like 4.20."),
        ({"most": "0"}, "greater than or equal to 1"),
        ({"most": "beaucoup"}, "Enter a whole number."),
        ({"most": "1001"}, "less than or equal to 1000"),
        ({"minutes": "45"}, "Select a valid choice."),
        ({"counts": "parcels"}, "Select a valid choice."),
    ],
)
def test_wrong_rules_explain_and_stay(post_to, shop, change, sentence):
    typed = RULES | change
    answer = post_to("rules/", **typed)
    assert answer.status_code == 422
    assert sentence in text(answer)
    for name in set(typed) - {"minutes", "counts"}:
        assert f'name="{name}" value="{typed[name]}"' in text(answer) or not typed[name]
    shop.refresh_from_db()
    assert shop.preparation_minutes == 60
    assert not Capacity.objects.exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"weekday": "dates"}, "Choose a day of the week, or write a date."),
        ({"weekday": "7"}, "Select a valid choice."),
        ({"weekday": "samedi"}, "Select a valid choice."),
        ({"starts": ""}, "This field is required."),
        ({"starts": "neuf heures"}, "Write a time like 9:00."),
        ({"ends": "25:00"}, "Write a time like 9:00."),
        ({"ends": "09:00"}, "Collecting ends after it begins."),
        ({"ends": "08:00"}, "Collecting ends after it begins."),
        ({"closes": ""}, "This field is required."),
        ({"closes": "midi"}, "Write a time like 9:00."),
        ({"days_before": "0", "closes": "09:00"}, "Orders close before collecting begins."),
        ({"days_before": "-1"}, "Select a valid choice."),
        ({"days_before": "99"}, "Select a valid choice."),
        ({"most": "0"}, "greater than or equal to 1"),
        ({"most": "tous"}, "Enter a whole number."),
        ({"place": "x" * 161}, "at most 160 characters"),
        ({"name": "x" * 81}, "at most 80 characters"),
        ({"weekday": "dates", "date-0": "demain"}, "Enter a valid date."),
        ({"weekday": "dates", "date-0": "2026-02-30"}, "Enter a valid date."),
        ({"weekday": "dates", "date-0": "2026-11-01"}, "This day is already past."),
    ],
)
def test_wrong_cycles_explain_and_stay(post_to, shop, change, sentence):
    typed = CYCLE | change
    answer = post_to("rules/cycles/add/", **typed)
    assert answer.status_code == 422
    assert sentence in text(answer)
    for name in ("name", "starts", "ends", "closes", "place", "most"):
        if typed[name]:
            assert f'value="{typed[name]}"' in text(answer), name
    assert not Cycle.objects.exists()


def test_a_cycle_without_a_name_is_called_by_its_day(post_to, shop):
    post_to("rules/cycles/add/", **CYCLE | {"name": " "})
    assert Cycle.objects.get().name == "Collected on Saturday"


def test_another_shop_does_not_see_or_change_it(post_to, page_of, shop, other_merchant, stranger, citizen, visit):
    cycle = builders.make_cycle(shop, owner=shop)
    theirs = {"person": other_merchant, "shop": "primeurs-de-la-place"}
    assert page_of(f"rules/cycles/{cycle.pk}/", **theirs).status_code == 404
    assert post_to(f"rules/cycles/{cycle.pk}/", **theirs, **CYCLE).status_code == 404
    assert post_to(f"rules/cycles/{cycle.pk}/end/", **theirs).status_code == 404
    for person in (other_merchant, stranger, citizen):
        for path in ("rules/", "rules/cycles/add/", f"rules/cycles/{cycle.pk}/"):
            assert page_of(path, person=person).status_code == 404, path
            assert post_to(path, person=person, **CYCLE).status_code == 404, path
    assert Cycle.objects.count() == 1


def test_the_towns_cycle_is_only_read_by_the_shop(post_to, page_of, shop):
    cycle = builders.make_cycle(shop)
    page = text(page_of("rules/"))
    assert "Set by the town hall for several shops." in page
    assert f"/rules/cycles/{cycle.pk}/" not in page
    assert post_to(f"rules/cycles/{cycle.pk}/end/").status_code == 404


@pytest.fixture
def desk(visit, agent, clock):
    client = visit(agent)
    client.cookies["language"] = "en"
    return client


def test_the_town_sets_one_for_several_shops(desk, shop, other_merchant):
    other = other_merchant.roles.get().organisation.shops.get()
    typed = CYCLE | {"shops": [str(shop.pk), str(other.pk)]}
    assert desk.post("/agent/cycles/add/", typed).status_code == 302
    cycle = Cycle.objects.get()
    assert set(cycle.shops.all()) == {shop, other}
    assert cycle.owner is None
    assert "Boulangerie du Parvis, Primeurs de la Place" in text(desk.get("/agent/cycles/"))
    assert "checked" in text(desk.get(f"/agent/cycles/{cycle.pk}/"))
    assert desk.post(f"/agent/cycles/{cycle.pk}/", typed | {"shops": [str(shop.pk)]}).status_code == 302
    assert list(cycle.shops.all()) == [shop]
    refused = desk.post(f"/agent/cycles/{cycle.pk}/", CYCLE)
    assert refused.status_code == 422
    assert "Choose at least one shop." in text(refused)
    assert desk.post(f"/agent/cycles/{cycle.pk}/end/").status_code == 302
    assert not Cycle.objects.exists()


def test_the_town_does_not_change_a_shops_own_nor_another_towns(desk, shop, stranger, other_town):
    own = builders.make_cycle(shop, owner=shop)
    away = builders.make_cycle(stranger.roles.exclude(organisation=None).get().organisation.shops.get())
    for cycle in (own, away):
        assert desk.get(f"/agent/cycles/{cycle.pk}/").status_code == 404
        assert desk.post(f"/agent/cycles/{cycle.pk}/end/").status_code == 404
    typed = CYCLE | {"shops": [str(away.shops.get().pk)]}
    assert desk.post("/agent/cycles/add/", typed).status_code == 422
    assert Cycle.objects.count() == 2


@pytest.mark.parametrize("who", ["citizen", "merchant", "stranger"])
def test_only_the_agent_sets_cycles_for_several(visit, shop, who, request):
    cycle = builders.make_cycle(shop)
    browser = visit(request.getfixturevalue(who))
    for path in ("/agent/cycles/", "/agent/cycles/add/", f"/agent/cycles/{cycle.pk}/"):
        assert browser.get(path).status_code == 404
    assert browser.post(f"/agent/cycles/{cycle.pk}/end/").status_code == 404
    assert Cycle.objects.count() == 1


def test_lists_ask_little(desk, page_of, town, shop, django_assert_max_num_queries):
    for number in range(5):
        builders.make_cycle(shop, builders.make_shop(town, f"Maison {number}"), name=f"Cycle {number}")
    with django_assert_max_num_queries(12):
        desk.get("/agent/cycles/")
    assert Product.objects.count() == 0
    page_of("rules/")  # signs in
    with django_assert_max_num_queries(12):
        page_of("rules/")
