"""A bag lost on its way: who is told, what is charged, what its shop may do."""

import threading
from datetime import timedelta

import pytest
from django.db import connections, transaction
from django.utils import translation

from parvis.core.errors import Refusal
from parvis.core.models import OutboxMessage
from parvis.core.tests.locks import wait_until_blocked
from parvis.delivery.actions import (
    bring_back,
    fail_stop,
    hand_over,
    leave_hub,
    pack,
    report_lost,
    report_missing,
    scan_bag_in,
)
from parvis.delivery.models import Plan, Round, Stop
from parvis.demo import builders
from parvis.market import ledger
from parvis.market.actions import Buyer, pack_again, place_order, prepare_part, write_off_part
from parvis.market.models import Order
from parvis.market.states import PartState
from parvis.market.tests.test_place_order import BUYER
from parvis.market.worklist import current_parts

pytestmark = pytest.mark.usefixtures("clock")
EN = {"accept-language": "en"}


@pytest.fixture
def order(town, product, other_merchant, window, at):
    """Bread, and apples of another shop, prepared and at the hub."""
    apples = builders.make_product(other_merchant.roles.get().organisation.shops.get(), "Pommes", 350)
    shops = (product.shop, apples.shop)
    chosen = {shop.pk: shop.modalities.get(kind="bike") for shop in shops}
    buyer = Buyer(**{name: getattr(BUYER, name) for name in BUYER.__slots__})
    basket = builders.make_basket(town, (product, 2), (apples, 1))
    made = place_order(town=town, basket=basket, buyer=buyer, chosen=chosen, window_id=window.pk, key="k1", at=at)
    for part in made.parts.all():
        prepare_part(part=part, quantities={}, at=at)
    for bag in made.delivery.bags.all():
        scan_bag_in(town=town, code=bag.code, at=at)
    return made


def fresh(part):
    return Order.objects.with_story().get(pk=part.order_id).parts.get(pk=part.pk)


def bread_of(order):
    return order.parts.get(shop__name="Boulangerie du Parvis")


def bag_of(part):
    return part.order.delivery.bags.get(sender_ref=str(part.pk))


def lose(part, at):
    report_lost(bag=bag_of(part), at=at)


def page(visit, order):
    return visit().get(f"/orders/{order.code}/?key={order.secret}", headers=EN).content.decode()


def test_buyer_and_shop_are_told_once_with_the_last_holder(visit, order, at):
    part = bread_of(order)
    lose(part, at + timedelta(minutes=5))
    lose(part, at + timedelta(minutes=6))
    mails = {m.key.rpartition(":")[0]: m for m in OutboxMessage.objects.filter(key__startswith="part-lost")}
    assert set(mails) == {f"part-lost:{part.pk}", f"part-lost-to-shop:{part.pk}"}
    assert mails[f"part-lost:{part.pk}"].to == order.email
    told = mails[f"part-lost-to-shop:{part.pk}"].body
    assert "jeudi 26 novembre, 10\u00a0h" in told
    assert "Au dépôt, sur la table" in told, "in the language of the town"
    assert f"/merchant/{part.shop.slug}/orders/{part.pk}/" in told
    assert fresh(part).state == PartState.LOST
    said = page(visit, order)
    assert "Lost on the way" in said
    assert "You pay nothing for it unless it comes" in said


def test_given_up_nothing_is_charged_and_no_stock_comes_back(visit, order, product, at):
    part = bread_of(order)
    lose(part, at)
    product.refresh_from_db()
    stock = product.stock
    write_off_part(part=part, at=at)
    product.refresh_from_db()
    assert product.stock == stock, "the goods are gone"
    assert fresh(part).state == PartState.CANCELLED
    assert fresh(part).total.cents == 0
    assert ledger.town_sum(order.town) == 0
    assert OutboxMessage.objects.filter(key=f"part-written-off:{part.pk}").exists()
    assert "was lost on the way. You pay nothing for it." in page(visit, order)
    with pytest.raises(Refusal):
        write_off_part(part=part, at=at)


def test_packed_once_more_it_goes_on(order, at):
    part = bread_of(order)
    lose(part, at)
    pack_again(part=part, at=at + timedelta(minutes=5))
    assert fresh(part).state == PartState.READY
    scan_bag_in(town=order.town, code=bag_of(part).code, at=at + timedelta(minutes=9))
    assert fresh(part).state == PartState.AT_HUB
    [told] = OutboxMessage.objects.filter(key__startswith=f"part-packed-again:{part.pk}")
    assert (told.to, "/follow/" in told.body) == (order.email, False), "the time stands"


def test_packed_once_more_after_a_door_that_failed_the_buyer_is_asked_for_a_time(order, hub, rider, at):
    """Nobody else may choose it, so somebody must tell them."""
    part = bread_of(order)
    lose(part, at)
    stop = _out(order, hub, rider, at)
    fail_stop(stop=stop, at=at + timedelta(minutes=9), reason="Nobody at the address.")
    assert fresh(part).state == PartState.LOST
    pack_again(part=part, at=at + timedelta(minutes=20))
    [told] = OutboxMessage.objects.filter(key__startswith=f"part-packed-again:{part.pk}")
    assert "/follow/" in told.body
    assert order.code in told.subject


@pytest.mark.parametrize("how", ["lost", "missing"])
def test_the_rest_is_handed_over_and_only_that_is_paid(order, hub, rider, at, how):
    bread = bread_of(order)
    if how == "missing":
        bag_of(bread).events.all().delete()
        report_missing(bag=bag_of(bread), at=at)
    else:
        lose(bread, at)
    stop = _out(order, hub, rider, at)
    hand_over(stop=stop, at=at + timedelta(minutes=9), recipient="Camille")
    assert {fresh(part).state for part in order.parts.all()} == {PartState.LOST, PartState.DONE}
    tomorrow = at + timedelta(days=1)
    assert list(current_parts(bread.shop, at)) == list(current_parts(bread.shop, tomorrow)) == [bread]
    paid = {account: cents for account, cents in ledger.balances(order.town, "till:").items() if cents}
    write_off_part(part=bread, at=at)
    assert not current_parts(bread.shop, tomorrow).exists(), "the shop has seen it"
    assert {a: c for a, c in ledger.balances(order.town, "till:").items() if c} == paid, "nothing was taken for it"
    assert ledger.town_sum(order.town) == 0
    with pytest.raises(Refusal):
        pack_again(part=bread, at=at)


def _out(order, hub, rider, at):
    """The bike leaves with what is packed of an order."""
    pack(delivery=order.delivery, crate=1, at=at)
    plan = Plan.objects.create(town=order.town, hub=hub, day=at.date(), version=1, made_at=at, state="published")
    round_ = Round.objects.create(
        town=order.town, plan=plan, bike=hub.bikes.first(), rider=rider, number=1, departs_at=at, returns_at=at,
        metres=1, grams=1, millilitres=1,
    )  # fmt: skip
    stop = Stop.objects.create(
        town=order.town, round=round_, delivery=order.delivery, position=1, arrive_at=at, leave_at=at
    )
    leave_hub(round_=round_, at=at + timedelta(minutes=1))
    return stop


def test_a_bag_that_is_found_after_the_rest_was_handed_over_goes_back_to_its_shop(
    visit, merchant, order, hub, rider, product, at
):
    """No bike comes for it again: it is no loss any more, and not on its way either."""
    bread = bread_of(order)
    lose(bread, at)
    hand_over(stop=_out(order, hub, rider, at), at=at + timedelta(minutes=9), recipient="Camille")
    scan_bag_in(town=order.town, code=bag_of(bread).code, at=at + timedelta(minutes=20))
    assert fresh(bread).state == PartState.FAILED
    assert "Call the shop to agree on what happens next" in page(visit, order)
    assert list(current_parts(bread.shop, at + timedelta(days=1))) == [bread]
    product.refresh_from_db()
    before = product.stock
    browser, where = shop_page(visit, merchant, bread, "give-up/")
    assert "back in your shop and on your shelf" in browser.get(where).content.decode()
    browser.post(where)
    product.refresh_from_db()
    assert product.stock == before + 2
    assert {fresh(part).state for part in order.parts.all()} == {PartState.CANCELLED, PartState.DONE}
    assert ledger.town_sum(order.town) == 0


@pytest.mark.django_db(transaction=True)
def test_nothing_is_packed_again_while_the_rest_is_handed_over(order, hub, rider, at):
    """The shop taps while the rider's tap is being written: it waits, and reads that no bike comes again."""
    bread = bread_of(order)
    lose(bread, at)
    stop = _out(order, hub, rider, at)
    found = []

    def shop():
        try:
            with translation.override("en"):
                found.append(pack_again(part=bread, at=at + timedelta(minutes=9)))
        except Refusal as refusal:
            found.append(str(refusal))
        finally:
            connections.close_all()

    tap = threading.Thread(target=shop)
    with transaction.atomic():
        hand_over(stop=stop, at=at + timedelta(minutes=9), recipient="Camille")
        tap.start()
        wait_until_blocked()
    tap.join()
    assert "no bike comes for it again" in found[0]
    assert fresh(bread).state == PartState.LOST


def test_with_the_rest_gone_it_is_not_packed_again(order, at):
    part = bread_of(order)
    with pytest.raises(Refusal, match="moved on"):
        pack_again(part=part, at=at)


def shop_page(visit, person, part, rest=""):
    browser = visit(person)
    browser.cookies["language"] = "en"
    return browser, f"/merchant/{part.shop.slug}/orders/{part.pk}/{rest}"


def test_the_shop_decides_on_its_page(visit, merchant, order, at):
    part = bread_of(order)
    lose(part, at)
    browser, where = shop_page(visit, merchant, part)
    text = browser.get(where).content.decode()
    assert "Lost. Last: At the hub, on the table" in text
    assert "Since 10:00" in text
    assert "Give up order" in browser.get(f"{where}give-up/").content.decode()
    assert fresh(part).state == PartState.LOST, "asking changes nothing"
    assert "Bring it to the hub with the same label." in browser.post(f"{where}again/", follow=True).content.decode()
    assert "moved on meanwhile" in browser.post(f"{where}again/", follow=True).content.decode()
    scan_bag_in(town=order.town, code=bag_of(part).code, at=at + timedelta(minutes=1))
    lose(part, at + timedelta(minutes=2))
    assert "pays nothing for it" in browser.post(f"{where}give-up/", follow=True).content.decode()
    assert fresh(part).state == PartState.CANCELLED


def test_what_came_back_is_given_up_the_same_way(visit, merchant, order, hub, rider, product, at):
    part = bread_of(order)
    stop = _out(order, hub, rider, at)
    fail_stop(stop=stop, reason="nobody", at=at + timedelta(minutes=9))
    bring_back(round_=stop.round, at=at + timedelta(minutes=20))
    browser, where = shop_page(visit, merchant, part, "give-up/")
    assert "back in your shop and on your shelf" in browser.get(where).content.decode()
    product.refresh_from_db()
    before = product.stock
    browser.post(where)
    product.refresh_from_db()
    assert product.stock == before + 2
    assert fresh(part).state == PartState.CANCELLED


def test_the_shop_reads_from_the_beginning_to_which_hub_it_goes(visit, merchant, town, other_town, product, window, at):
    chosen = {product.shop_id: product.shop.modalities.get(kind="bike")}
    buyer = Buyer(**{name: getattr(BUYER, name) for name in BUYER.__slots__})
    basket = builders.make_basket(town, (product, 1))
    made = place_order(town=town, basket=basket, buyer=buyer, chosen=chosen, window_id=window.pk, key="k2", at=at)
    browser, url = shop_page(visit, merchant, made.parts.get())
    assert window.hub.address in browser.get(url).content.decode()
    board = f"/merchant/{product.shop.slug}/"
    assert window.hub.name not in browser.get(board, follow=True).content.decode(), "there is but one"
    builders.make_agreement(builders.make_hub(other_town, name="Halle d’Ivry"), guest=town, at=at)
    assert window.hub.name in browser.get(board, follow=True).content.decode(), "a neighbour's counts"


def test_nobody_else_decides(visit, order, at, other_merchant, citizen, stranger, other_town):
    part = bread_of(order)
    lose(part, at)
    for browser in (*map(visit, (other_merchant, citizen, stranger)), visit(stranger, town=other_town)):
        for verb in ("again", "give-up"):
            assert browser.post(f"/merchant/{part.shop.slug}/orders/{part.pk}/{verb}/").status_code == 404
    assert fresh(part).state == PartState.LOST
