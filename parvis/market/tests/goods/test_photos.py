"""Several pictures at once become goods that wait for their price."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from parvis.demo import builders
from parvis.market.goods.photos import name_of
from parvis.market.models import GoodsImport, Product
from parvis.market.tests.merchant.test_goods import photo, text

PHOTOS = "products/bring/photos/"


def named(name):
    return SimpleUploadedFile(name, photo((400, 300)).read(), content_type="image/jpeg")


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("tarte-aux-pommes.jpg", "Tarte aux pommes"),
        ("Éclair_au_café (2).JPEG", "Éclair au café"),
        ("C:\\photos\\pain de seigle.png", "Pain de seigle"),
        ("comté 18 mois.webp", "Comté 18 mois"),
        ("IMG_0001.jpg", ""),
        ("IMG-20261126-WA0004.jpg", ""),
        ("PXL_20261126_090000123.jpg", ""),
        ("DSC00042.JPG", ""),
        ("WhatsApp Image 2026-11-26 at 10.04.11.jpeg", ""),
        ("20261126_100411.jpg", ""),
        ("photo 1.jpg", ""),
        ("image.jpg", ""),
        ("0f8fad5b-d9cb-469f-a165-70867728950e.jpg", ""),
        ("---.jpg", ""),
    ],
)
def test_names_of_files(file, name):
    assert name_of(file) == name


def test_pictures_wait_for_their_price(post_to, page_of, shop, the, django_capture_on_commit_callbacks):
    answer = post_to(PHOTOS, photos=[named("tarte-aux-pommes.jpg"), named("IMG_0002.jpg"), named("flan.jpg")])
    run = GoodsImport.objects.get()
    assert answer["Location"].endswith(f"/bring/{run.pk}/")
    page = text(page_of(f"products/bring/{run.pk}/"))
    assert page.count('<img src="/media/products/') == 3
    assert 'value="Tarte aux pommes"' in page
    assert not Product.objects.exists()
    typed = {"r1-name": "Tarte aux pommes", "r1-price": "14,90", "r2-name": "Éclair", "r2-price": "3,40"}
    answer = post_to(f"products/bring/{run.pk}/", **typed, **{"r3-name": "Flan", "r3-price": ""})
    assert sorted(Product.objects.values_list("name", flat=True)) == ["Tarte aux pommes", "Éclair"]
    tart = the("Tarte aux pommes")
    assert tart.picture.name.endswith(".webp")
    assert tart.picture.storage.exists(tart.picture.name)
    left = GoodsImport.objects.get(written_at=None)
    assert answer["Location"].endswith(f"/bring/{left.pk}/"), "what has no price waits"
    waiting = left.rows[0]["values"]["picture"]
    assert tart.picture.storage.exists(waiting)
    with django_capture_on_commit_callbacks(execute=True):
        post_to(f"products/bring/{left.pk}/leave/")
    assert not tart.picture.storage.exists(waiting), "a forgotten picture is deleted"
    assert tart.picture.storage.exists(tart.picture.name)


def test_a_picture_named_as_one_of_our_goods_is_its_picture(post_to, shop, product):
    post_to(PHOTOS, photos=[named("pain-de-campagne.jpg")])
    run = GoodsImport.objects.get()
    assert run.report["counts"]["changed"] == 1
    post_to(f"products/bring/{run.pk}/")
    product.refresh_from_db()
    assert product.picture.name.endswith(".webp")
    assert Product.objects.count() == 1


def test_a_merchants_own_picture_is_not_replaced(post_to, shop, product):
    Product.objects.filter(pk=product.pk).update(picture="products/mine.webp")
    post_to(PHOTOS, photos=[named("pain-de-campagne.jpg")])
    assert GoodsImport.objects.get().report["counts"]["changed"] == 0


def test_one_that_is_no_picture_has_its_sentence(post_to, page_of, shop):
    bad = SimpleUploadedFile("liste.jpg", b"hello, I am text", content_type="image/jpeg")
    post_to(PHOTOS, photos=[named("flan.jpg"), bad])
    page = text(page_of(f"products/bring/{GoodsImport.objects.get().pk}/"))
    assert "We cannot read this file as a picture" in page
    assert "liste.jpg" in page
    assert 'value="Flan"' in page


def test_none_or_too_many(post_to, shop):
    assert post_to(PHOTOS).status_code == 422
    answer = post_to(PHOTOS, photos=[named(f"{n}.jpg") for n in range(41)])
    assert answer.status_code == 422
    assert "at most 40 pictures" in text(answer)
    assert not GoodsImport.objects.exists()


def test_goods_without_a_price_cannot_be_bought(post_to, shop, visit, town):
    builders.make_product(shop, "Pain", 400)
    post_to(PHOTOS, photos=[named("flan.jpg")])
    page = text(visit().get("/shops/boulangerie-du-parvis/"))
    assert "Pain" in page
    assert "Flan" not in page
