"""Everything about a product beside name and price: by weight, allergens, deposit, season, options."""

from datetime import time

import pytest

from parvis.demo import builders
from parvis.market.models import Option, OptionGroup, Product, StockMovement


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def page(product):
    return f"products/{product.pk}/"


def filled(product, **extra):
    values = {
        "name": product.name, "price": "4.20", "category": "bread", "vat_bp": 550, "grams": 400, "millilitres": 1500,
        "stock": 10, "initial-stock": 10,
    }  # fmt: skip
    return values | extra


def test_name_and_price_are_still_enough(post_to, shop):
    assert post_to("products/add/", name="Fougasse", price="3,80").status_code == 302
    made = Product.objects.get(name="Fougasse")
    assert (made.sold_by, made.tolerance_percent, made.deposit_cents) == ("piece", 10, 0)
    assert (made.allergens, made.temperature, made.season.always) == (None, "ambient", True)


def test_all_that_can_be_said(post_to, page, product):
    said = post_to(
        page,
        **filled(
            product, sold_by="about", tolerance_percent=5, deposit_cents="0,20", temperature="frozen",
            allergens=["gluten", "eggs"], season_from=11, season_to=2, sale_days=[4, 5], order_days_before=2,
            order_until="12:00",
        ),
    )  # fmt: skip
    assert said.status_code == 302, text(said)
    product.refresh_from_db()
    assert (product.sold_by, product.tolerance_percent, product.deposit_cents) == ("about", 5, 20)
    assert (product.temperature, product.allergens) == ("frozen", ["gluten", "eggs"])
    assert (product.season.first_month, product.season.last_month, product.season.days) == (11, 2, (4, 5))
    assert (product.season.days_before, product.season.until) == (2, time(12))


def test_what_is_not_touched_stays(post_to, page, product):
    Product.objects.filter(pk=product.pk).update(
        deposit_cents=20, allergens=["milk"], season_from=5, season_to=9, sale_days=[1], sold_by="weight"
    )
    shown = filled(
        product, sold_by="weight", tolerance_percent=10, deposit_cents="0.20", allergens_said="on",
        allergens=["milk"], season_from=5, season_to=9, sale_days=[1], order_days_before=0, temperature="ambient",
    )  # fmt: skip
    post_to(page, **(shown | {"price": "5.00"}))
    product.refresh_from_db()
    assert (product.price_cents, product.deposit_cents, product.allergens) == (500, 20, ["milk"])
    assert (product.season_from, product.season_to, product.sale_days, product.sold_by) == (5, 9, [1], "weight")


def test_none_is_not_the_same_as_not_said(post_to, page, product):
    post_to(page, **filled(product, allergens_said="on"))
    product.refresh_from_db()
    assert product.allergens == []
    post_to(page, **filled(product))
    product.refresh_from_db()
    assert product.allergens is None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"season_from": 5}, "Choose both months, or neither."),
        ({"season_from": 13, "season_to": 2}, "Select a valid choice"),
        ({"sale_days": [9]}, "Select a valid choice"),
        ({"order_until": "midi"}, "Write a time like 12:00."),
        ({"order_days_before": 99}, "less than or equal to 30"),
        ({"tolerance_percent": 80}, "less than or equal to 30"),
        ({"deposit_cents": "beaucoup"}, "Write an amount like 4.20."),
        ({"allergens": ["love"]}, "Select a valid choice"),
        ({"sold_by": "magic"}, "Select a valid choice"),
    ],
)
def test_nonsense_is_explained_and_nothing_changes(post_to, page, product, wrong, said):
    answer = post_to(page, **filled(product, name="Autre nom", **wrong))
    assert answer.status_code == 422
    assert said in text(answer)
    assert "Autre nom" in text(answer), "what was typed is kept"
    product.refresh_from_db()
    assert product.name == "Pain de campagne"


def test_the_form_stays_short(page_of, shop):
    page = text(page_of("products/add/"))
    assert page.count('<details class="more">') == 4, "all of it is folded away"
    assert "save it first" in page


def answers(**extra):
    return {"group-0": "Slices", "name-0-0": "Whole", "name-0-1": "Sliced", "more-0-1": "0,20"} | extra


def test_options_are_saved_and_keep_their_id(post_to, page_of, page, product):
    assert post_to(f"{page}options/", **answers()).status_code == 302
    before = dict(Option.objects.values_list("name", "pk"))
    post_to(f"{page}options/", **answers(**{"name-0-2": "Thick", "stock-0-2": 3, "more-0-1": "0,30"}))
    after = {option.name: option for option in Option.objects.all()}
    assert (after["Whole"].pk, after["Sliced"].pk) == (before["Whole"], before["Sliced"])
    assert (after["Sliced"].surcharge_cents, after["Thick"].stock) == (30, 3)
    assert StockMovement.objects.get(option=after["Thick"]).delta == 3
    shown = text(page_of(f"{page}options/"))
    assert 'value="Thick"' in shown
    assert 'value="0.30"' in shown


def test_options_are_taken_away(post_to, page, product):
    post_to(f"{page}options/", **answers(**{"group-1": "Size", "name-1-0": "Large"}))
    assert OptionGroup.objects.count() == 2
    post_to(f"{page}options/", **answers(**{"name-0-1": ""}))
    assert list(OptionGroup.objects.values_list("name", flat=True)) == ["Slices"]
    assert list(Option.objects.values_list("name", flat=True)) == ["Whole"]
    post_to(f"{page}options/")
    assert not OptionGroup.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"group-0": ""}, "Write what is chosen: the size, the cut."),
        ({"name-0-0": "", "name-0-1": ""}, "Write at least one answer."),
        ({"name-0-1": "whole"}, "This answer stands above already."),
        ({"group-1": "slices", "name-1-0": "x"}, "This question stands above already."),
        ({"more-0-0": "cher"}, "Write an amount like 4.20."),
        ({"stock-0-0": "-2"}, "greater than or equal to 0"),
    ],
)
def test_wrong_options_are_explained(post_to, page, product, wrong, said):
    answer = post_to(f"{page}options/", **answers(**wrong))
    assert answer.status_code == 422
    assert said in text(answer)
    assert not OptionGroup.objects.exists()


def test_options_of_another_are_not_found(page_of, post_to, page, product, other_merchant, stranger):
    builders.make_options(product, "Slices", ("Whole", 0, None))
    for person in (other_merchant, stranger):
        assert page_of(f"{page}options/", person=person).status_code == 404
        assert post_to(f"{page}options/", person=person, **answers()).status_code == 404
    assert Option.objects.count() == 1
