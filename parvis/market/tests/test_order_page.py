"""An order as its buyer follows it."""

from datetime import timedelta

import pytest

from parvis.core.geo import Point
from parvis.core.taps import Tap
from parvis.delivery.actions import bring_back, fail_stop, hand_over, leave_hub, pack, scan_bag_in
from parvis.delivery.models import Plan, Round, Stop
from parvis.demo import builders
from parvis.market.actions import Buyer, accept_part, cancel_part, finish_part, place_order, prepare_part, refuse_part
from parvis.market.models import Order, Part
from parvis.market.states import PartState

pytestmark = pytest.mark.usefixtures("clock")
EN = {"accept-language": "en"}


def place(town, at, *wanted, window=None, person=None, key="k1", kinds=None):
    """An order of one of each product, by bike if there is a window."""
    kind = "bike" if window else "collect"
    chosen = {p.shop_id: p.shop.modalities.get(kind=(kinds or {}).get(p.shop_id, kind)) for p in wanted}
    buyer = Buyer(
        name="Camille Martin",
        email="camille@example.org",
        address="12 rue X" if window else "",
        point=Point(2.275, 48.825) if window else None,
        person=person,
    )
    basket = builders.make_basket(town, *((p, 2) for p in wanted))
    window_id = window.pk if window else None
    return place_order(town=town, basket=basket, buyer=buyer, chosen=chosen, window_id=window_id, key=key, at=at)


@pytest.fixture
def order(town, product, window, citizen, at):
    return place(town, at, product, window=window, person=citizen)


def address(order, rest=""):
    return f"/orders/{order.code}/{rest}?key={order.secret}"


def planned(order, hub, rider, at, arrive_at):
    plan = Plan.objects.create(town=order.town, hub=hub, day=at.date(), version=1, made_at=at, state="published")
    round_ = Round.objects.create(
        town=order.town, plan=plan, bike=hub.bikes.first(), rider=rider, number=1, departs_at=at, returns_at=at,
        metres=1000, grams=1, millilitres=1,
    )  # fmt: skip
    return Stop.objects.create(
        town=order.town, round=round_, delivery=order.delivery, position=1, arrive_at=arrive_at, leave_at=arrive_at
    )


def test_the_key_or_the_account_opens_it(visit, order, citizen):
    for browser, where in ((visit(), address(order)), (visit(citizen), f"/orders/{order.code}/")):
        answer = browser.get(where)
        assert answer.status_code == 200
        assert answer["X-Robots-Tag"] == "noindex"
        assert "no-store" in answer["Cache-Control"]
    assert "By bike this evening, 17:00–19:00" in visit().get(address(order), headers=EN).content.decode()


@pytest.mark.parametrize("rest", ["", "receipt/", "parts/{part}/cancel/"])
def test_nobody_else_opens_anything(visit, order, merchant, other_town, stranger, rest):
    rest = rest.format(part=order.parts.get().pk)
    for browser in (visit(), visit(merchant), visit(stranger)):
        assert browser.get(f"/orders/{order.code}/{rest}").status_code == 404
        assert browser.get(f"/orders/{order.code}/{rest}?key=wrong").status_code == 404
        assert browser.get(f"/orders/{order.code}/{rest}?key=é").status_code == 404
    assert visit(stranger, town=other_town).get(address(order, rest)).status_code == 404
    assert visit().get("/orders/NOPE/?key=").status_code == 404


def test_my_orders_are_mine(visit, order, citizen, merchant, other_town):
    assert visit().get("/orders/").status_code == 302
    assert order.code in visit(citizen).get("/orders/").content.decode()
    assert order.code not in visit(merchant).get("/orders/").content.decode()
    assert order.code not in visit(citizen, town=other_town).get("/orders/").content.decode()
    reader = visit(merchant)
    reader.cookies["language"] = "en"
    assert "You have not ordered yet" in reader.get("/orders/").content.decode()


def test_the_story_is_told_in_words(visit, order, hub, rider, at):
    def page():
        return visit().get(address(order), headers=EN).content.decode()

    part = order.parts.get()
    assert "answers within its opening hours" in page()
    accept_part(part=part, at=at)
    assert "Boulangerie du Parvis is preparing" in page()
    prepare_part(part=part, quantities={}, at=at)
    assert "Ready, goes to the depot" in page()
    scan_bag_in(town=order.town, code=order.delivery.bags.get().code, at=at)
    assert "At the depot" in page()
    pack(delivery=order.delivery, crate=7, at=at)
    stop = planned(order, hub, rider, at, at + timedelta(hours=7, minutes=33))
    assert "The rider rings between 17:15 and 17:50" in page()
    assert "You chose this evening, 17:00–19:00." in page()
    leave_hub(round_=stop.round, at=at)
    assert "On the way" in page()
    assert 'hx-trigger="every 20s"' in page()
    hand_over(stop=stop, at=at, recipient="Camille", tap=Tap("e1"))
    assert "Delivered today at 10:00 to Camille" in page()
    assert "Everything is done" in page()
    assert "every 20s" not in page(), "nothing more to ask for"


def test_a_failed_attempt_says_why_and_what_to_do(visit, order, hub, rider, at):
    prepare_part(part=order.parts.get(), quantities={}, at=at)
    scan_bag_in(town=order.town, code=order.delivery.bags.get().code, at=at)
    pack(delivery=order.delivery, crate=7, at=at)
    stop = planned(order, hub, rider, at, at + timedelta(hours=7))
    leave_hub(round_=stop.round, at=at)
    fail_stop(stop=stop, reason="Personne n'ouvre", at=at + timedelta(hours=7))
    page = visit().get(address(order), headers=EN).content.decode()
    assert "Not handed over" in page
    assert "Personne n&#x27;ouvre. " in page
    assert "rings between" not in page


def test_after_a_failed_door_the_free_times_are_one_tap_away(visit, order, hub, rider, tomorrow, at, clock):
    prepare_part(part=order.parts.get(), quantities={}, at=at)
    scan_bag_in(town=order.town, code=order.delivery.bags.get().code, at=at)
    pack(delivery=order.delivery, crate=7, at=at)
    stop = planned(order, hub, rider, at, at + timedelta(hours=7))
    leave_hub(round_=stop.round, at=at)
    fail_stop(stop=stop, reason="nobody", at=at + timedelta(minutes=1))
    for rest in ("", "follow/"):
        page = visit().get(address(order, rest), headers=EN).content.decode()
        assert "Nobody at home" in page
        assert "Which other time suits you?" not in page, "the bags are still on the bike"
    bring_back(round_=stop.round, at=at + timedelta(minutes=2))
    for rest in ("", "follow/"):
        page = visit().get(address(order, rest), headers=EN).content.decode()
        assert f'name="window" value="{tomorrow.pk}"' in page
    assert (
        "Once they are there, choose another time here, or call the shop."
        in visit().get(address(order), headers=EN).content.decode()
    )
    answer = visit().post(address(order, "follow/change/"), {"window": str(tomorrow.pk)}, headers=EN, follow=True)
    assert "The time is changed." in answer.content.decode()


def test_an_unpublished_plan_promises_nothing(visit, order, hub, rider, at):
    planned(order, hub, rider, at, at + timedelta(hours=7))
    Plan.objects.update(state="draft")
    assert "rings between" not in visit().get(address(order), headers=EN).content.decode()


def test_what_is_missing_is_not_charged(visit, order, at):
    part = order.parts.get()
    prepare_part(part=part, quantities={part.lines.get().pk: 1}, at=at)
    page = visit().get(address(order), headers=EN).content.decode()
    assert "1 missing, not charged" in page
    assert "€8.10" in page, "one loaf and the bike"
    assert "€12.30" in page, "what was ordered"


def test_one_refusal_leaves_the_rest_and_the_reason(visit, town, product, other_merchant, window, at):
    apples = builders.make_product(other_merchant.roles.get().organisation.shops.get(), "Pommes", 350)
    order = place(town, at, product, apples, window=window)
    refuse_part(part=order.parts.get(shop=apples.shop), reason="Plus de pommes", at=at)
    page = visit().get(address(order), headers=EN).content.decode()
    assert "Plus de pommes" in page
    assert "you pay nothing for it" in page
    assert "€12.30" in page, "bread and the bike"
    refuse_part(part=order.parts.get(shop=product.shop), reason="Four en panne", at=at)
    assert "Everything is done" in visit().get(address(order), headers=EN).content.decode()


def test_collected(visit, town, product, at):
    order = place(town, at, product)
    part = order.parts.get()
    prepare_part(part=part, quantities={}, at=at)
    page = visit().get(address(order), headers=EN).content.decode()
    assert "Ready to collect at 1 place de la Mairie" in page
    assert "<h1>Ready to collect</h1>" in page
    finish_part(part=part, at=at)
    assert "Collected today at 10:00" in visit().get(address(order), headers=EN).content.decode()


def test_cancelling_asks_first_then_tells(visit, order):
    part = order.parts.get()
    where = address(order, f"parts/{part.pk}/cancel/")
    assert "Cancel what Boulangerie du Parvis prepares?" in visit().get(where, headers=EN).content.decode()
    assert order.parts.get().state == PartState.PLACED, "looking changes nothing"
    answer = visit().post(where, headers=EN, follow=True)
    assert answer.redirect_chain[-1][0] == address(order)
    assert "You pay nothing for it." in answer.content.decode()
    assert order.parts.get().state == PartState.CANCELLED


def test_too_late_to_cancel_is_explained(visit, order, at):
    part = order.parts.get()
    accept_part(part=part, at=at)
    where = address(order, f"parts/{part.pk}/cancel/")
    answer = visit().post(where, headers=EN, follow=True)
    assert "has already started. Call the shop." in answer.content.decode()
    assert "/cancel/" not in visit().get(address(order)).content.decode()


def test_a_part_of_another_order_is_not_found(visit, town, product, order, at):
    other = place(town, at, product, key="k2")
    assert visit().post(address(order, f"parts/{other.parts.get().pk}/cancel/")).status_code == 404
    assert Part.objects.get(order=other).state == PartState.PLACED


def test_the_fragment_is_the_page(visit, order):
    page = visit().get(address(order)).content.decode()
    fragment = visit().get(address(order), headers={"HX-Request": "true"}).content.decode().strip()
    assert fragment.startswith("<div")
    assert fragment in page


def test_the_receipt_prints(visit, order, at):
    prepare_part(part=order.parts.get(), quantities={}, at=at)
    page = visit().get(address(order, "receipt/"), headers=EN).content.decode()
    for words in (order.code, "Camille Martin", "Pain de campagne", "€12.30", "VAT 20% included", "VAT 5.5% included"):
        assert words in page


def test_few_queries(visit, town, window, at, django_assert_max_num_queries, citizen):
    things = [builders.make_product(builders.make_shop(town, f"Maison {n}"), f"Chose {n}") for n in range(5)]
    order = place(town, at, *things, window=window, person=citizen)
    for n in range(6):
        place(town, at, *things[: n % 3 + 1], window=window, person=citizen, key=f"more{n}")
    with django_assert_max_num_queries(17):
        visit().get(address(order))
    with django_assert_max_num_queries(17):
        visit().get(address(order, "receipt/"))
    browser = visit(citizen)
    with django_assert_max_num_queries(17):
        browser.get("/orders/")
    assert Order.objects.count() == 7


def test_a_returned_part_says_where_it_is(visit, order, at):
    cancel_part(part=order.parts.get(), at=at)
    order.parts.get().events.filter(kind="cancelled").update(reason="could not be delivered")
    assert "back at the shop" in visit().get(address(order), headers=EN).content.decode()
