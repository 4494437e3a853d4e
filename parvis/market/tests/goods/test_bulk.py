"""The table of goods, prices by per cent, undoing: only what was changed is written, and nobody's change is lost."""

from fractions import Fraction

import pytest
from django.db.models import Sum
from hypothesis import given
from hypothesis import strategies as st

from parvis.core.errors import Refusal
from parvis.demo import builders
from parvis.market.actions import bulk, change_product, undo_goods
from parvis.market.actions.many import Move
from parvis.market.goods.repricing import ROUNDINGS, new_price
from parvis.market.models import GoodsChange, Product, StockMovement
from parvis.market.tests.merchant.test_goods import text

TABLE, PRICES = "products/table/", "products/prices/"


def row(product, **changes):
    """What a browser sends of one row: as it stands, with some boxes changed."""
    from parvis.market.forms.bulk import pack

    typed = {
        "price": f"{product.price_cents / 100:.2f}",
        "stock": "" if product.stock is None else product.stock,
        "vat_bp": product.vat_bp,
        "category": product.category,
        "was": pack(product),
    } | ({"hidden": "on"} if product.hidden else {})
    typed |= changes
    return {f"{product.pk}-{name}": value for name, value in typed.items() if value is not None}


@pytest.fixture
def goods(shop):
    return [
        builders.make_product(shop, "Tarte", 1490, stock=5),
        builders.make_product(shop, "Flan", 330),
        builders.make_product(shop, "Comté", 690, category="dairy"),
    ]


def test_only_what_was_changed_is_written(goods, post_to, page_of):
    tart, flan, comte = goods
    sent = row(tart, price="15,50", stock="8") | row(flan, hidden="on", category="sweets") | row(comte)
    assert post_to(TABLE, **sent).status_code == 302
    for product in goods:
        product.refresh_from_db()
    assert (tart.price_cents, tart.stock, flan.hidden, flan.category) == (1550, 8, True, "sweets")
    change = GoodsChange.objects.get()
    assert change.moved == {
        str(tart.pk): {"before": {"price_cents": 1490}, "after": {"price_cents": 1550}, "stock_by": 3},
        str(flan.pk): {
            "before": {"hidden": False, "category": "bread"},
            "after": {"category": "sweets", "hidden": True},
            "stock_by": 0,
        },
    }
    assert StockMovement.objects.aggregate(n=Sum("delta"))["n"] == 3
    assert list(Product.objects.all().matching("sweets")) == [flan], "search follows the shelf"


def test_a_table_that_nobody_changed_writes_nothing(goods, post_to):
    assert post_to(TABLE, **(row(goods[0]) | row(goods[1]))).status_code == 302
    assert not GoodsChange.objects.exists()


def test_a_wrong_row_keeps_everything_that_was_typed(goods, post_to):
    answer = post_to(TABLE, **(row(goods[0], price="cher") | row(goods[1], price="3,60")))
    page = text(answer)
    assert answer.status_code == 422
    assert 'value="cher"' in page
    assert 'value="3,60"' in page
    assert not GoodsChange.objects.exists()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"price": "0"}, "Write a price above zero"),
        ({"price": ""}, "This field is required"),
        ({"stock": "-1"}, "greater than or equal to 0"),
        ({"stock": "9999999"}, "less than or equal to"),
        ({"vat_bp": "1234"}, "Select a valid choice"),
        ({"category": "<script>"}, "Select a valid choice"),
    ],
)
def test_nonsense_in_a_row(goods, post_to, typed, sentence):
    answer = post_to(TABLE, **row(goods[0], **typed))
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert not GoodsChange.objects.exists()


@pytest.mark.parametrize("was", ["", "nonsense", "1|2|3", "x|y|z|a|b", "420|²|550|bread|0"])
def test_a_broken_memory_of_the_page_breaks_nothing(goods, post_to, was):
    assert post_to(TABLE, **row(goods[0], price="15", was=was)).status_code == 302
    goods[0].refresh_from_db()
    assert goods[0].price_cents == 1500


def test_two_people_at_once_lose_nothing(goods, post_to, at):
    tart, flan, _comte = goods
    sent = row(tart, price="15,50", vat_bp=2000) | row(flan, price="3,60")
    change_product(product=tart, changes={"price_cents": 1600}, at=at)  # the other one was quicker
    answer = post_to(TABLE, **sent)
    page = text(answer)
    assert answer.status_code == 422
    assert "Somebody changed this meanwhile" in page
    assert 'value="15,50"' in page
    tart.refresh_from_db()
    flan.refresh_from_db()
    assert (tart.price_cents, tart.vat_bp, flan.price_cents) == (1600, 2000, 360), "the rest is written"
    was = page.split(f'name="{tart.pk}-was" value="')[1].split('"')[0]
    post_to(TABLE, **row(tart, price="15,50", was=was))
    tart.refresh_from_db()
    assert tart.price_cents == 1550, "saving again takes ours"


def test_what_is_sold_meanwhile_stays_sold(goods, post_to, order_of):
    sent = row(goods[0], stock="9")  # five on the page, four more
    order_of(goods[0], quantity=2)
    post_to(TABLE, **sent)
    goods[0].refresh_from_db()
    assert goods[0].stock == 7


def test_goods_of_another_shop_are_left_alone(goods, post_to, town):
    theirs = builders.make_product(builders.make_shop(town, "Autre boutique"), "Chose", 100)
    post_to(TABLE, **row(theirs, price="0,01"))
    theirs.refresh_from_db()
    assert theirs.price_cents == 100


def test_the_table_is_searched_and_paged(goods, page_of, shop, django_assert_max_num_queries):
    for n in range(60):
        builders.make_product(shop, f"Chose {n}")
    assert "Comté" in text(page_of(f"{TABLE}?q=comte"))
    assert "Flan" not in text(page_of(f"{TABLE}?shelf=dairy")).split('id="main"')[1]
    assert page_of(f"{TABLE}?page=nonsense&shelf=<b>").status_code == 200
    with django_assert_max_num_queries(12):
        page_of(TABLE)


# ------------------------------------------------------------------ prices by per cent


@pytest.mark.parametrize(
    ("cents", "percent", "rounding", "price"),
    [
        (420, 5, "1", 441),
        (420, 5, "5", 440),
        (420, 5, "10", 440),
        (425, 10, "1", 468),  # 467.5 goes up
        (1000, 3, "90", 990),  # 10.30 is nearer to 9.90 than to 10.90
        (1050, 3, "90", 1090),
        (1000, 3, "99", 999),
        (100, -50, "90", 90),
        (3, -90, "1", 1),
        (3, -90, "5", 5),
        (333, Fraction("2.5"), "1", 341),
    ],
)
def test_new_prices(cents, percent, rounding, price):
    assert new_price(cents, Fraction(percent), rounding) == price


@given(
    st.integers(1, 9_999_999),
    st.fractions(-90, 300, max_denominator=100),
    st.sampled_from(ROUNDINGS),
)
def test_a_new_price_is_a_price(cents, percent, rounding):
    price = new_price(cents, percent, rounding)
    assert 1 <= price <= 9_999_999
    exact = cents * (100 + percent) / 100
    if price < 9_999_999 and exact >= 100:
        assert abs(price - exact) <= {"1": 0.5, "5": 2.5, "10": 5}.get(rounding, 50)


def test_shown_first_then_written_exactly_so(goods, post_to, page_of):
    asked = {"percent": "10", "rounding": "10", "shelf": "bread"}
    page = text(post_to(PRICES, **asked))
    assert "2 new prices" in page
    assert "€16.40" in page
    assert Product.objects.get(name="Tarte").price_cents == 1490, "nothing is written yet"
    mark = page.split('name="mark" value="')[1].split('"')[0]
    assert post_to(PRICES, **asked, mark=mark).status_code == 302
    assert dict(Product.objects.values_list("name", "price_cents")) == {"Tarte": 1640, "Flan": 360, "Comté": 690}
    again = text(post_to(PRICES, **asked, mark=mark))
    assert "Prices have changed since this was shown" in again, "a second click writes once"
    assert Product.objects.get(name="Tarte").price_cents == 1640


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"percent": ""}, "This field is required"),
        ({"percent": "0"}, "Write how many per cent"),
        ({"percent": "beaucoup"}, "Enter a number"),
        ({"percent": "-95"}, "greater than or equal to -90"),
        ({"percent": "1000"}, "less than or equal to 300"),
        ({"percent": "NaN"}, "Enter a number"),
        ({"percent": "5", "rounding": "7"}, "Select a valid choice"),
        ({"percent": "5", "shelf": "dreams"}, "Select a valid choice"),
    ],
)
def test_nonsense_of_prices(goods, post_to, typed, sentence):
    answer = post_to(PRICES, **({"rounding": "5", "shelf": ""} | typed))
    assert answer.status_code == 422
    assert sentence in text(answer)


# ------------------------------------------------------------------ undoing


def test_the_last_change_is_undone_whole(goods, post_to, page_of):
    post_to(TABLE, **(row(goods[0], price="15,50", stock="8") | row(goods[1], hidden="on")))
    change = GoodsChange.objects.get()
    page = text(page_of("products/"))
    assert f"products/undo/{change.pk}/" in page
    post_to(f"products/undo/{change.pk}/")
    for product in goods:
        product.refresh_from_db()
    assert (goods[0].price_cents, goods[0].stock, goods[1].hidden) == (1490, 5, False)
    assert StockMovement.objects.aggregate(n=Sum("delta"))["n"] == 0
    assert "products/undo/" not in text(page_of("products/"))
    post_to(f"products/undo/{change.pk}/")
    goods[0].refresh_from_db()
    assert goods[0].price_cents == 1490


def test_what_was_changed_since_stays(goods, shop, at):
    tart, flan, _comte = goods
    moves = [
        Move(str(tart.pk), {"price_cents": 1490}, {"price_cents": 1550}, 3),
        Move(str(flan.pk), {"price_cents": 330}, {"price_cents": 360}),
    ]
    change, clashes = bulk.change_table(shop=shop, moves=moves, at=at)
    assert not clashes
    change_product(product=tart, changes={"price_cents": 1700}, at=at)
    assert undo_goods(change=change, at=at) == 1
    tart.refresh_from_db()
    flan.refresh_from_db()
    assert (tart.price_cents, tart.stock, flan.price_cents) == (1700, 5, 330)
    with pytest.raises(Refusal, match="undone already"):
        undo_goods(change=change, at=at)


def test_what_was_brought_is_hidden_by_undoing(write, at, the):
    change = write("nom;prix\nTarte;4\n")
    undo_goods(change=change, at=at)
    assert the("Tarte").hidden


def test_only_the_last_one(goods, post_to):
    post_to(TABLE, **row(goods[0], price="15,50"))
    first = GoodsChange.objects.get()
    goods[0].refresh_from_db()
    post_to(TABLE, **row(goods[0], price="16"))
    post_to(f"products/undo/{first.pk}/")
    goods[0].refresh_from_db()
    assert goods[0].price_cents == 1600


def test_another_shops_change_does_not_exist_here(goods, post_to, town, at):
    other = builders.make_shop(town, "Autre boutique")
    theirs = builders.make_product(other, "Chose", 100)
    change, _ = bulk.change_table(
        shop=other, moves=[Move(str(theirs.pk), {"price_cents": 100}, {"price_cents": 200})], at=at
    )
    assert post_to(f"products/undo/{change.pk}/").status_code == 404
