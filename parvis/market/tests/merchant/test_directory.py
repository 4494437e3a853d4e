"""The directory says how a shop of the market serves, as the market keeps it, and its editor leaves that alone."""

from html import unescape
from importlib import import_module

from django.apps import apps

from parvis.demo import builders
from parvis.market.actions.shops import set_ways
from parvis.places.models import Change, Place


def services(shop):
    return Place.objects.get(pk=shop.place_id).services


def test_ways_to_serve_are_seen_in_the_directory(shop, merchant, at):
    shop.place.services = ["click-collect", "own-delivery", "post", "bike-delivery", "card"]
    shop.place.save()
    set_ways(shop=shop, ways={"shop": {"active": False}, "post": {"active": False}}, at=at, by=merchant)
    assert services(shop) == ["click-collect", "bike-delivery", "card"]
    assert Change.objects.get().origin == "shop"
    set_ways(shop=shop, ways={"shop": {"active": False}}, at=at, by=merchant)
    assert Change.objects.count() == 1


def test_the_editor_shows_them_and_cannot_change_them(visit, shop, merchant):
    client = visit(merchant)
    client.cookies["language"] = "en"
    address = f"/places/{shop.place.slug}/edit/services/"
    page = unescape(client.get(address).content.decode())
    assert "Kept by your shop on the market" in page
    assert 'value="bike-delivery"' not in page
    client.post(address, {"payment": ["card"]})
    assert set(services(shop)) == {"click-collect", "own-delivery", "post", "bike-delivery", "card"}
    assert client.post(address, {"delivery": ["bike-delivery"]}).status_code == 422


def test_an_agent_sees_no_way_into_the_shop(visit, shop, agent):
    page = visit(agent).get(f"/places/{shop.place.slug}/edit/").content.decode()
    assert f"/merchant/{shop.slug}/" not in page


def test_the_public_page_leads_to_the_shop_and_its_goods(client, shop, product):
    page = client.get(f"/places/{shop.place.slug}/", headers={"host": "issy.localhost"}).content.decode()
    assert f"/shops/{shop.slug}/" in page
    assert product.name in page
    assert "application/ld+json" in page


def test_the_page_of_a_place_asks_few_questions(client, shop, product, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        client.get(f"/places/{shop.place.slug}/", headers={"host": "issy.localhost"})


def test_shops_from_before_say_how_they_serve(shop):
    Place.objects.filter(pk=shop.place_id).update(services=["card"])
    step = import_module("parvis.market.migrations.0004_services_of_shops")
    step.say_services(apps, None)
    assert set(services(shop)) == {"click-collect", "own-delivery", "post", "bike-delivery", "card"}


def test_who_has_lost_the_entry_changes_it_no_more(visit, shop, town, merchant, other_merchant, at):
    other = builders.make_shop(town, "Un autre", owner=other_merchant).organisation
    before = services(shop)
    Place.objects.filter(pk=shop.place_id).update(organisation=other)
    client = visit(merchant)
    client.cookies["language"] = "en"
    page = client.get(f"/merchant/{shop.slug}/hours/")
    assert page.status_code == 200
    assert "Another shop looks after this entry" in page.content.decode()
    answer = client.post(f"/merchant/{shop.slug}/hours/", {"as": "text", "opening_hours": "Mo 09:00-10:00"})
    assert answer.status_code == 422
    set_ways(shop=shop, ways={"shop": {"active": False}}, at=at, by=merchant)
    assert services(shop) == before
    assert not Change.objects.filter(place=shop.place).exists()
