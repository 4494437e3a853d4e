"""The usual goods of a trade: a price beside a name puts it on sale, with everything else filled in."""

import pytest

from parvis.core.text import fold
from parvis.demo import builders
from parvis.market.defaults import RATES as LEGAL
from parvis.market.goods.trade_lists import RATES, UNITS, list_of, trades_with_list
from parvis.market.models import GoodsChange, Product
from parvis.market.tests.merchant.test_goods import text
from parvis.market.trades import CATEGORIES

LIST = "products/bring/list/"


@pytest.mark.parametrize("trade", trades_with_list())
def test_every_list_is_whole(trade):
    french = list_of(trade, country="FR", language="fr")
    assert len(french) >= 20
    for language in ("fr", "nl", "en"):
        items = list_of(trade, country="FR", language=language)
        assert [item.key for item in items] == [item.key for item in french]
        assert len({fold(item.name) for item in items}) == len(items), "no name twice"
        assert all(item.name.strip() and len(item.name) <= 140 and item.unit for item in items)
    assert len({item.key for item in french}) == len(french)
    for item in french:
        assert item.category in CATEGORIES
        assert 5 <= item.grams <= 10_000
        assert 20 <= item.millilitres <= 40_000


def test_the_trades_of_a_high_street_have_one():
    wanted = {
        "bakery", "greengrocer", "butcher", "fishmonger", "cheese", "grocery", "wine", "florist", "bookshop",
        "restaurant", "delicatessen", "chocolate", "tea-coffee",
    }  # fmt: skip
    assert wanted <= set(trades_with_list())


def test_rates_exist_in_each_country():
    for rates in RATES.values():
        for country, rate in rates.items():
            assert rate in LEGAL[country]
    assert all(len(words) == 3 for words in UNITS.values())


def test_a_price_is_the_tick(post_to, page_of, shop, the):
    page = text(page_of(LIST))
    assert "Traditional baguette" not in page, "goods are named in a language of the town"
    assert "Baguette tradition" in page
    answer = post_to(LIST, **{"price-baguette-tradition": "1,35", "price-flan-patissier": "3.30", "price-cookie": ""})
    assert answer["Location"].endswith("/products/")
    assert dict(Product.objects.values_list("name", "price_cents")) == {
        "Baguette tradition": 135,
        "Flan pâtissier": 330,
    }
    baguette = the("Baguette tradition")
    assert (baguette.unit, baguette.category, baguette.vat_bp, baguette.grams) == ("la pièce", "bread", 550, 250)
    assert (baguette.stock, baguette.hidden, baguette.town) == (None, False, shop.town)
    assert list(Product.objects.all().matching("tradition")) == [baguette]
    page = text(page_of(LIST))
    assert "Already among your goods: Baguette tradition, Flan pâtissier." in page
    assert 'name="price-baguette-tradition"' not in page


def test_a_second_click_writes_once(post_to, shop):
    for _click in range(2):
        post_to(LIST, **{"price-baguette": "1,10"})
    assert Product.objects.count() == 1
    assert GoodsChange.objects.count() == 1


def test_a_wrong_price_writes_nothing_and_keeps_the_others(post_to, shop):
    typed = {"price-baguette": "1,10", "price-croissant": "cher", "price-brioche": "0"}
    answer = post_to(LIST, **typed)
    page = text(answer)
    assert answer.status_code == 422
    assert 'value="1,10"' in page
    assert 'value="cher"' in page
    assert "Write an amount like 4.20" in page
    assert "Write a price above zero" in page
    assert not Product.objects.exists()


def test_nothing_typed_says_what_to_do(post_to, page_of, shop):
    answer = post_to(LIST, **{"price-baguette": " "})
    assert answer.status_code == 302
    assert "Write at least one price" in text(page_of(LIST))


def test_another_trade(page_of, post_to, shop, the):
    assert "Comté" in text(page_of(f"{LIST}?trade=cheese"))
    post_to(f"{LIST}?trade=cheese", **{"price-comte": "6,90"})
    assert the("Comté").category == "dairy"
    assert "Croissant" in text(page_of(f"{LIST}?trade=<script>"))
    shop.trade = "toys"
    shop.save()
    assert "There is no list for this trade yet" in text(page_of(LIST))


@pytest.mark.parametrize(("country", "rate"), [("FR", 2000), ("BE", 2100), ("CH", 810)])
def test_vat_is_the_one_of_the_country(post_to, shop, the, country, rate):
    shop.town.country = country
    shop.town.save()
    post_to(f"{LIST}?trade=wine", **{"price-chablis": "19"})
    assert the("Chablis").vat_bp == rate


def test_goods_are_named_as_the_town_speaks(page_of, shop, visit, merchant):
    shop.town.languages = ["fr", "nl"]
    shop.town.save()
    browser = visit(merchant)
    browser.cookies["language"] = "nl"
    assert "Boerenbrood" in browser.get("/merchant/boulangerie-du-parvis/products/bring/list/").content.decode()


def test_a_name_that_exists_is_not_added_twice(post_to, shop):
    builders.make_product(shop, "BAGUETTE", 110)
    post_to(LIST, **{"price-baguette": "1,20", "price-brioche": "6"})
    assert sorted(Product.objects.values_list("name", flat=True)) == ["BAGUETTE", "Brioche"]
