"""Options of a product: chosen in the basket, kept on the line, each with its price and its own stock."""

import threading
from calendar import month_name
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from parvis.core.errors import Refusal
from parvis.core.time import day_of
from parvis.demo import builders
from parvis.market.actions import Buyer, add_to_basket, cancel_part, place_order, set_quantity
from parvis.market.models import Basket, BasketLine, Option, Order, Product, StockMovement

BUYER = Buyer(name="Camille Martin", email="camille@example.org")


@pytest.fixture
def slices(product):
    """The bread: whole, or sliced for 20 cents more; ten in all."""
    return builders.make_options(product, "Slices", ("Whole", 0, None), ("Sliced", 20, None))


@pytest.fixture
def sizes(shop):
    """A jumper in two sizes, counted by size."""
    jumper = builders.make_product(shop, "Pull", 4900, stock=None)
    return jumper, *builders.make_options(jumper, "Size", ("S", 0, 1), ("L", 300, 5))


@pytest.fixture
def basket(town):
    return Basket.objects.create(town=town)


def order(town, basket, shop, at, key="k", **extra):
    chosen = {shop.pk: shop.modalities.get(kind="collect")}
    return place_order(
        town=town, basket=basket, buyer=BUYER, chosen=chosen, window_id=None, key=key, at=at, **extra
    )  # fmt: skip


def test_the_same_product_twice_with_other_options(town, basket, product, slices, shop, at):
    whole, sliced = slices
    add_to_basket(basket=basket, product=product, quantity=2, options=[whole.pk])
    add_to_basket(basket=basket, product=product, quantity=1, options=[sliced.pk])
    add_to_basket(basket=basket, product=product, quantity=1, options=[sliced.pk])
    lines = Basket.objects.with_lines().get(pk=basket.pk).lines.all()
    assert [(line.option_words, line.quantity, line.cents) for line in lines] == [
        ("Whole", 2, 840),
        ("Sliced", 2, 880),
    ]
    placed = order(town, basket, shop, at)
    assert [(line.full_name, line.unit_price_cents) for line in placed.parts.get().lines.all()] == [
        ("Pain de campagne (Whole)", 420),
        ("Pain de campagne (Sliced)", 440),
    ]


def test_a_line_stands_once(town, basket, product, slices):
    ids = [slices[0].pk]
    BasketLine.objects.create(town=town, basket=basket, product=product, quantity=1, options=ids)
    with pytest.raises(IntegrityError, match="basket_line_once"), transaction.atomic():
        BasketLine.objects.create(town=town, basket=basket, product=product, quantity=1, options=ids)


def test_one_option_of_each_group_must_be_chosen(basket, product, slices):
    for wrong in ([], [option.pk for option in slices]):
        with pytest.raises(Refusal, match=r"Pain de campagne: choose first: Slices\."):
            add_to_basket(basket=basket, product=product, options=wrong)
    assert not basket.lines.exists()


def test_a_single_option_chooses_itself(basket, product):
    (only,) = builders.make_options(product, "Flour", ("Spelt", 50, None))
    assert add_to_basket(basket=basket, product=product).options == [only.pk]


def test_an_option_of_another_product_is_none(basket, product, slices, shop):
    other = builders.make_product(shop, "Brioche")
    (wrong,) = builders.make_options(other, "Slices", ("Whole", 0, None))
    with pytest.raises(Refusal, match="choose first"):
        add_to_basket(basket=basket, product=product, options=[wrong.pk])


def test_groups_are_put_in_their_order(basket, product, slices):
    (large,) = builders.make_options(product, "Size", ("Large", 200, None), position=0)
    builders.make_options(product, "Bag", ("Paper", 0, None), position=5)
    line = add_to_basket(basket=basket, product=product, options=[slices[1].pk, large.pk])
    again = add_to_basket(basket=basket, product=product, options=[large.pk, slices[1].pk])
    assert (line.pk, again.quantity) == (again.pk, 2)


def test_never_more_than_is_counted_for_all_lines_together(basket, product, slices):
    whole, sliced = slices
    add_to_basket(basket=basket, product=product, quantity=7, options=[whole.pk])
    line = add_to_basket(basket=basket, product=product, quantity=7, options=[sliced.pk])
    assert line.quantity == 3, "ten breads in all"


def test_two_lines_of_one_stock_are_one_wish(town, basket, product, slices, shop, at):
    for option in slices:
        BasketLine.objects.create(town=town, basket=basket, product=product, quantity=6, options=[option.pk])
    with pytest.raises(Refusal, match=r"Only 10 left of Pain de campagne\."):
        order(town, basket, shop, at)
    product.refresh_from_db()
    assert (product.stock, Order.objects.count(), StockMovement.objects.count()) == (10, 0, 0)
    basket.lines.update(quantity=5)
    placed = order(town, basket, shop, at, key="k2")
    product.refresh_from_db()
    assert product.stock == 0
    assert sorted(StockMovement.objects.values_list("delta", flat=True)) == [-5, -5]
    cancel_part(part=placed.parts.get(), at=at)
    product.refresh_from_db()
    assert product.stock == 10, "both lines come back"
    assert sum(StockMovement.objects.values_list("delta", flat=True)) == 0


def test_each_option_counts_its_own(town, basket, sizes, shop, at):
    jumper, small, large = sizes
    add_to_basket(basket=basket, product=jumper, quantity=3, options=[small.pk])
    add_to_basket(basket=basket, product=jumper, quantity=3, options=[large.pk])
    placed = order(town, basket, shop, at)
    assert [line.quantity for line in placed.parts.get().lines.all()] == [1, 3]
    assert list(Option.objects.order_by("position").values_list("stock", flat=True)) == [0, 2]
    with pytest.raises(Refusal, match=r"Pull \(S\) is sold out\."):
        add_to_basket(basket=basket, product=jumper, options=[small.pk])
    cancel_part(part=placed.parts.get(), at=at)
    assert list(Option.objects.order_by("position").values_list("stock", flat=True)) == [1, 5]
    jumper.refresh_from_db()
    assert jumper.stock is None, "the product itself is not counted"


def test_what_is_not_counted_any_more_is_not_given_back(town, basket, sizes, shop, at):
    jumper, small, _large = sizes
    add_to_basket(basket=basket, product=jumper, options=[small.pk])
    placed = order(town, basket, shop, at)
    Option.objects.update(stock=None)
    cancel_part(part=placed.parts.get(), at=at)
    small.refresh_from_db()
    assert small.stock is None


@pytest.mark.parametrize("change", ["surcharge", "gone", "new-group", "price", "sold-by", "deposit"])
def test_what_has_changed_meanwhile_is_said(town, basket, product, slices, shop, at, change, monkeypatch):
    add_to_basket(basket=basket, product=product, options=[slices[1].pk])
    from parvis.market.actions import checkout

    shares = checkout.shares

    def meanwhile(found):
        groups = shares(found)
        if change == "surcharge":
            slices[1].surcharge_cents = 90
            slices[1].save()
        elif change == "gone":
            slices[1].delete()
        elif change == "price":
            Product.objects.update(price_cents=999)
        elif change == "sold-by":
            Product.objects.update(sold_by="weight")
        elif change == "deposit":
            Product.objects.update(deposit_cents=50)
        return groups

    monkeypatch.setattr(checkout, "shares", meanwhile)
    if change == "new-group":
        builders.make_options(product, "Size", ("Small", 0, None), ("Large", 90, None), position=1)
    with pytest.raises(Refusal, match=r"changed"):
        order(town, basket, shop, at)
    assert not Order.objects.exists()


def test_taking_one_line_out_leaves_the_other(basket, product, slices):
    for option in slices:
        add_to_basket(basket=basket, product=product, options=[option.pk])
    set_quantity(basket=basket, product=product, quantity=0, options=[slices[0].pk])
    assert [line.options for line in basket.lines.all()] == [[slices[1].pk]]


@pytest.mark.django_db(transaction=True)
def test_the_last_one_of_a_size_is_sold_once(town, sizes, shop, at):
    """Eight buyers with two lines each, one of them on the last S: one order, never below none."""
    jumper, small, large = sizes
    Option.objects.filter(pk=large.pk).update(stock=100)
    baskets = []
    for _ in range(8):
        basket = Basket.objects.create(town=town)
        for option in (large, small):
            BasketLine.objects.create(town=town, basket=basket, product=jumper, quantity=1, options=[option.pk])
        baskets.append(basket)
    barrier, said = threading.Barrier(8), []

    def buy(number):
        try:
            barrier.wait(timeout=10)
            order(town, baskets[number], shop, at + timedelta(seconds=number), key=f"k{number}")
            said.append("ordered")
        except Refusal:
            said.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=buy, args=(number,)) for number in range(8)]
    [thread.start() for thread in threads]
    [thread.join(timeout=60) for thread in threads]
    assert sorted(said) == ["ordered"] + ["refused"] * 7
    assert list(Option.objects.order_by("position").values_list("stock", flat=True)) == [0, 99]
    connection.close()


def test_the_page_asks_and_the_basket_shows(visit, basket, product, slices, shop):
    browser = visit()
    page = browser.get(f"/shops/{shop.slug}/{product.slug}/", headers={"accept-language": "en"}).content.decode()
    assert "<legend>Slices</legend>" in page
    assert f'value="{slices[1].pk}"' in page
    shelf = browser.get("/products/", headers={"accept-language": "en"}).content.decode()
    assert f'Choose<span class="sr-only"> {product.name}' in shelf, "no button that would choose for the buyer"
    answer = {"product": product.pk, "quantity": 2, f"option-{slices[1].group_id}": slices[1].pk}
    browser.post("/basket/add/", answer)
    shown = browser.get("/basket/", headers={"accept-language": "en"}).content.decode()
    assert "Sliced" in shown
    assert "€8.80" in shown
    browser.post("/basket/change/", {"product": product.pk, "option": slices[1].pk, "quantity": 3})
    assert BasketLine.objects.get().quantity == 3


def test_the_page_says_what_is_not_chosen(visit, product, slices):
    browser = visit()
    said = browser.post("/basket/add/", {"product": product.pk}, follow=True, headers={"accept-language": "en"})
    assert "choose first: Slices." in said.content.decode()
    assert browser.post("/basket/add/", {"product": product.pk, "option": "nonsense"}).status_code == 404
    assert not BasketLine.objects.exists()


def test_a_product_says_all_that_must_be_known(visit, shop):
    first = day_of(timezone.now(), shop.town.zone).month  # the page shows today, which must be in the season
    last = (first + 3) % 12 + 1
    extra = {
        "sold_by": "weight", "grams": 100, "deposit_cents": 20, "temperature": "cool", "allergens": ["milk", "nuts"],
        "season_from": first, "season_to": last, "sale_days": [5], "order_days_before": 2, "category": "dairy",
    }  # fmt: skip
    cheese = builders.make_product(shop, "Mont d'Or", 2450, **extra)
    page = visit().get(f"/shops/{shop.slug}/{cheese.slug}/", headers={"accept-language": "en"}).content.decode()
    for words in (
        "a kilo", "300\u00a0g", "at most 10% more than you asked for", "Milk, Nuts", "Keep cool", "€0.20 each",
        f"From {month_name[first]} to {month_name[last]}. Only on: Saturday. To be ordered 2 days before. Next: ",
    ):  # fmt: skip
        assert words in page
