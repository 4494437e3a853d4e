"""A merchant's goods: little to type, forgiven where it can be, stock that stays right."""

from html import unescape
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Sum
from PIL import Image

from parvis.demo import builders
from parvis.market.forms.goods import stock_change
from parvis.market.models import Product, StockMovement


def text(response):
    return " ".join(unescape(response.content.decode()).split())


def photo(size=(1200, 900)):
    out = BytesIO()
    Image.new("RGB", size, "#b4432b").save(out, "JPEG")
    return SimpleUploadedFile("IMG_0001.jpg", out.getvalue(), content_type="image/jpeg")


def test_a_name_and_a_price_are_enough(post_to, shop):
    assert post_to("products/add/", name="Tarte", price="4,20").status_code == 302
    product = Product.objects.get()
    assert (product.price_cents, product.category, product.vat_bp) == (420, "bread", 550)
    assert (product.grams, product.stock, product.hidden, product.town) == (300, None, False, shop.town)
    assert list(Product.objects.all().matching("tart")) == [product]


@pytest.mark.parametrize(
    ("country", "trade", "rate"),
    [
        ("FR", "wine", 2000),
        ("FR", "florist", 1000),
        ("BE", "bakery", 600),
        ("BE", "toys", 2100),
        ("CH", "bookshop", 260),
    ],
)
def test_vat_is_the_usual_one_of_country_and_trade(post_to, shop, country, trade, rate):
    shop.trade, shop.town.country = trade, country
    shop.save()
    shop.town.save()
    post_to("products/add/", name="Chose", price="10")
    assert Product.objects.get().vat_bp == rate


def test_a_picture_from_the_phone(post_to, page_of, shop):
    post_to("products/add/", name="Tarte", price="4.2", new_picture=photo(), then="another")
    product = Product.objects.get()
    assert product.picture.name.endswith(".webp")
    with Image.open(product.picture.path) as kept:
        assert kept.size == (1200, 900)
    old = product.picture.path
    post_to(f"products/{product.pk}/", name="Tarte", price="4.2", new_picture=photo((300, 300)))
    product.refresh_from_db()
    assert product.picture.path != old
    assert not product.picture.storage.exists(old)
    post_to(f"products/{product.pk}/", name="Tarte", price="4.2", drop_picture="on")
    product.refresh_from_db()
    assert not product.picture


def test_a_file_that_is_no_picture_keeps_what_was_typed(post_to, shop):
    bad = SimpleUploadedFile("photo.jpg", b"hello, I am text", content_type="image/jpeg")
    response = post_to("products/add/", name="Tarte", price="4,20", description="Aux pommes", new_picture=bad)
    assert response.status_code == 422
    page = text(response)
    assert "We cannot read this file as a picture" in page
    assert 'value="Tarte"' in page
    assert 'value="4,20"' in page
    assert "Aux pommes" in page
    assert not Product.objects.exists()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": "", "price": "4"}, "This field is required"),
        ({"name": "Tarte", "price": "cher"}, "Write an amount like 4.20"),
        ({"name": "Tarte", "price": "0"}, "Write a price above zero"),
        ({"name": "Tarte", "price": "-3"}, "Write an amount like 4.20"),
        ({"name": "Tarte", "price": "4", "grams": "-1"}, "greater than or equal to 1"),
        ({"name": "Tarte", "price": "4", "stock": "99999999999"}, "less than or equal to"),
        ({"name": "Tarte", "price": "4", "category": "<script>"}, "Select a valid choice"),
        ({"name": "Tar\x00te", "price": "4"}, "Null characters"),
        ({"name": "T" * 141, "price": "4"}, "at most 140 characters"),
    ],
)
def test_nonsense_explains_and_writes_nothing(post_to, shop, typed, sentence):
    response = post_to("products/add/", **typed)
    assert response.status_code == 422
    assert sentence in text(response)
    assert not Product.objects.exists()


def test_changing_a_product(post_to, page_of, product):
    assert 'value="4.20"' in text(page_of(f"products/{product.pk}/"))
    typed = {
        "name": "Pain de seigle",
        "price": "5",
        "grams": "800",
        "stock": "10",
        "initial-stock": "10",
        "hidden": "on",
    }
    assert post_to(f"products/{product.pk}/", **typed).status_code == 302
    product.refresh_from_db()
    assert (product.name, product.price_cents, product.grams, product.hidden) == ("Pain de seigle", 500, 800, True)
    assert list(Product.objects.all().matching("seigle")) == [product]


def test_stock_sold_while_the_form_was_open_stays_sold(post_to, product, order_of):
    order_of(product, quantity=3)  # 10, then 7
    post_to(f"products/{product.pk}/", name=product.name, price="4.20", stock="10", **{"initial-stock": "10"})
    product.refresh_from_db()
    assert product.stock == 7
    post_to(f"products/{product.pk}/quick/", price="4.20", stock="12", stock_was="10")  # two more on the shelf
    product.refresh_from_db()
    assert product.stock == 9
    assert (
        StockMovement.objects.filter(product=product).aggregate(n=Sum("delta"))["n"] == -1
    )  # builders count 10 silently


@pytest.mark.parametrize(
    ("was", "now", "change"),
    [
        (None, None, ({}, 0)),
        (None, 5, ({"stock": 5}, 0)),
        (5, None, ({"stock": None}, 0)),
        (5, 8, ({}, 3)),
        (5, 0, ({}, -5)),
        (5, 5, ({}, 0)),
    ],
)
def test_what_a_typed_stock_means(was, now, change):
    assert stock_change(was, now) == change


def test_nothing_goes_below_none(post_to, product, order_of):
    order_of(product, quantity=4)
    post_to(f"products/{product.pk}/quick/", price="4.20", stock="2", stock_was="10")
    product.refresh_from_db()
    assert product.stock == 0


def test_price_and_stock_in_the_row(post_to, product):
    response = post_to(f"products/{product.pk}/quick/", price="€ 4,90", stock="", stock_was="10", q="pain", show="all")
    assert response["Location"] == "/merchant/boulangerie-du-parvis/products/?q=pain&show=all"
    product.refresh_from_db()
    assert (product.price_cents, product.stock) == (490, None)


def test_a_wrong_price_in_the_row_stays_with_its_sentence(post_to, product):
    response = post_to(f"products/{product.pk}/quick/", price="gratuit", stock="9", stock_was="10")
    assert response.status_code == 422
    assert 'value="gratuit"' in text(response)
    assert "Write an amount like 4.20" in text(response)
    product.refresh_from_db()
    assert (product.price_cents, product.stock) == (420, 10)


def test_htmx_answers_with_the_sentence_alone(post_to, product, order_of):
    hx = {"hx-request": "true"}
    wrong = text(post_to(f"products/{product.pk}/quick/", price="gratuit", stock="9", stock_was="10", headers=hx))
    assert wrong.startswith("<p")
    assert "Write an amount" in wrong
    saved = text(post_to(f"products/{product.pk}/quick/", price="4.20", stock="9", stock_was="10", headers=hx))
    assert "Saved" in saved
    assert 'name="stock_was" value="9"' in saved
    order_of(product)
    saved = text(post_to(f"products/{product.pk}/quick/", price="4.20", stock="8", stock_was="9", headers=hx))
    assert "6 in stock: some were sold meanwhile" in saved


def test_hiding_is_not_losing(post_to, page_of, product, order_of):
    part = order_of(product)
    post_to(f"products/{product.pk}/hide/", hidden="1")
    post_to(f"products/{product.pk}/hide/", hidden="1")
    product.refresh_from_db()
    assert product.hidden
    assert product.name in text(page_of(f"orders/{part.pk}/")), "orders keep names"
    assert product.name in text(page_of("products/?show=hidden"))
    row = text(post_to(f"products/{product.pk}/hide/", hidden="0", headers={"hx-request": "true"}))
    assert row.startswith("<article")
    product.refresh_from_db()
    assert not product.hidden


def test_search_and_filters(page_of, shop):
    builders.make_product(shop, "Éclair au café")
    builders.make_product(shop, "Tarte", stock=0)
    assert "Éclair au café" in text(page_of("products/?q=eclair"))
    assert "Tarte" not in text(page_of("products/?q=eclair")).split('id="main"')[1]
    assert "Éclair" not in text(page_of("products/?show=sold-out")).split('id="main"')[1]
    assert "Nothing found" in text(page_of("products/?q=zzz&page=nonsense&show=nonsense"))


def test_an_empty_shelf_says_what_to_do(page_of, shop):
    assert "A name and a price are enough" in text(page_of("products/"))


def test_queries_do_not_grow_with_goods(page_of, shop, django_assert_max_num_queries):
    for n in range(60):
        builders.make_product(shop, f"Chose {n}")
    page_of("about/")
    with django_assert_max_num_queries(10):
        page_of("products/")
