"""A table of goods: what it would change is shown exactly, then written exactly so, once."""

from html import unescape

import pytest
from django.db.models import Sum

from parvis.core.errors import Refusal
from parvis.demo import builders
from parvis.market.actions import bring_goods, change_product, compare_again, leave_import, write_import
from parvis.market.goods.incoming import Incoming, Reading
from parvis.market.models import GoodsChange, GoodsImport, Product, StockMovement
from parvis.market.tests.goods.conftest import workbook


def text(response):
    return " ".join(unescape(response.content.decode()).split())


def test_a_name_and_a_price_are_enough(write, the, shop):
    write("Nom;Prix\nTarte aux pommes;14,90 €\nFlan;3€30\n")
    tart = the("Tarte aux pommes")
    assert (tart.price_cents, tart.category, tart.vat_bp, tart.grams) == (1490, "bread", 550, 300)
    assert (tart.stock, tart.hidden, tart.shop, tart.town) == (None, False, shop, shop.town)
    assert the("Flan").price_cents == 330
    assert list(Product.objects.all().matching("pomme")) == [tart], "it is found at once"


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Nom;Prix TTC;Rayon;TVA;Stock;Poids;Code-barres", "Tarte;4,20;Bread and pastry;5,5 %;8;500 g;3183810003007"),
        ("Naam;Prijs;Schap;BTW;Voorraad;Gewicht (kg);Streepjescode", "Tarte;€ 4,20;bread;5,5;8;0,5;3183810003007"),
        ("Product name,Price,Category,VAT rate,Quantity,Weight (g),GTIN", "Tarte,4.20,bread,0.055,8,500,3183810003007"),
        ("Désignation\tPV TTC\tRayon\tTaux TVA\tQté\tPoids\tEAN", "Tarte\t4.2\tbread\t5.5\t8\t0,5 kg\t3183810003007"),
    ],
)  # fmt: skip
def test_columns_in_three_languages(write, the, header, row):
    write(f"{header}\n{row}\n")
    tart = the("Tarte")
    assert (tart.price_cents, tart.category, tart.vat_bp, tart.stock) == (420, "bread", 550, 8)
    assert (tart.grams, tart.ean) == (500, "3183810003007")


def test_a_workbook_with_numbers_and_percentages(write, the):
    write(workbook(["Name", "Price", "VAT", "Stock"], ["Tarte", 3.3 * 1.1, 0.055, 8.0]), name="goods.xlsx")
    tart = the("Tarte")
    assert (tart.price_cents, tart.vat_bp, tart.stock) == (363, 550, 8)


def test_the_difference_field_by_field(brought, difference_of, shop):
    builders.make_product(shop, "Flan", 300, unit="la part", stock=5)
    builders.make_product(shop, "Pain", 420)
    builders.make_product(shop, "Éclair", 340)
    run = brought("nom;prix;stock\nflan;3,30;8\nPain;4,20;\nTarte;14,90;2\nCake;;\nSablé;gratuit;\n")
    difference = difference_of(run)
    assert difference.counts() == {
        "new": 1, "changed": 1, "same": 1, "missing": 1, "hidden": 0, "incomplete": 1, "errors": 1,
    }  # fmt: skip
    change = difference.changed[0]
    assert (change.name, change.before, change.after, change.stock_by) == (
        "Flan",
        {"name": "Flan", "price_cents": 300},
        {"name": "flan", "price_cents": 330},
        3,
    )
    assert difference.missing[0].name == "Éclair"
    assert difference.errors[0].sentence == "“gratuit” is no price: write it like 4.20."
    assert Product.objects.count() == 3, "nothing is written yet"


def test_what_is_missing_stays_unless_one_chose_to_hide_it(write, the, shop):
    builders.make_product(shop, "Flan", 300)
    write("nom;prix\nTarte;4\n")
    assert not the("Flan").hidden
    write("nom;prix\nTarte;5\n", hide_missing=True)
    assert the("Flan").hidden
    assert the("Tarte").price_cents == 500


def test_a_wrong_row_is_not_a_missing_product(brought, difference_of, shop):
    builders.make_product(shop, "Flan", 300, ean="3183810003007")
    builders.make_product(shop, "Tarte", 300)
    run = brought("nom;prix;ean\nFlan nature;gratuit;3183810003007\nTarte;0;\n", hide_missing=True)
    assert difference_of(run).missing == []


def test_an_ean_finds_the_product_whatever_its_name(write, shop, product):
    Product.objects.filter(pk=product.pk).update(ean="3183810003007")
    write("nom;prix;ean\nPain du moulin;4,50;3 183810 003007\n")
    product.refresh_from_db()
    assert (product.name, product.price_cents, product.slug) == ("Pain du moulin", 450, "pain-du-moulin")
    assert Product.objects.count() == 1


def test_goods_of_one_name_are_told_apart_by_their_unit(brought, difference_of, shop):
    builders.make_product(shop, "Comté", 600, unit="les 250 g")
    builders.make_product(shop, "Comté", 1200, unit="les 500 g")
    run = brought("nom;prix;vendu par\nComté;13;les 500 g\n")
    assert [change.before for change in difference_of(run).changed] == [{"price_cents": 1200}]
    run = brought("nom;prix\nComté;13\n")
    assert "2 of your goods could be meant" in difference_of(run).errors[0].sentence


def test_written_once(brought, at):
    run = brought("nom;prix;stock\nTarte;4;3\n")
    write_import(run=run, at=at)
    with pytest.raises(Refusal, match="written already"):
        write_import(run=run, at=at)
    assert Product.objects.count() == 1
    assert StockMovement.objects.aggregate(n=Sum("delta"))["n"] == 3


def test_the_same_file_twice_changes_nothing(write, brought, difference_of):
    content = "nom;prix;stock;tva;description\nTarte;4;3;5,5;Aux pommes\n"
    write(content)
    counts = difference_of(brought(content)).counts()
    assert (counts["same"], counts["changed"], counts["new"]) == (1, 0, 0)


def test_what_moved_since_is_shown_again_before_it_is_written(brought, product, at, difference_of):
    run = brought("nom;prix\nPain de campagne;5\nTarte;4\n")
    change_product(product=product, changes={"price_cents": 470}, at=at)
    with pytest.raises(Refusal, match="have changed since"):
        write_import(run=run, at=at)
    assert not Product.objects.filter(name="Tarte").exists()
    compare_again(run=run, at=at)
    run.refresh_from_db()
    assert difference_of(run).changed[0].before == {"price_cents": 470}
    write_import(run=run, at=at)
    product.refresh_from_db()
    assert product.price_cents == 500


def test_what_is_sold_until_it_is_written_stays_sold(brought, product, order_of, at):
    run = brought("nom;stock\nPain de campagne;12\n")  # there were 10
    order_of(product, quantity=3)
    write_import(run=run, at=at)
    product.refresh_from_db()
    assert product.stock == 9


def test_what_waits_for_a_price_waits_by_itself(brought, at, the):
    run = brought("nom;prix\nTarte;4\nFlan;\nCake;\n")
    write_import(run=run, at=at, typed={3: {"price_cents": 330}})
    assert {p.name for p in Product.objects.all()} == {"Tarte", "Flan"}
    left = GoodsImport.objects.get(written_at=None)
    assert [row["values"]["name"] for row in left.rows] == ["Cake"]
    with pytest.raises(Refusal, match="nothing to write"):
        write_import(run=left, at=at)


def test_an_interrupted_import_has_not_happened(brought, at, monkeypatch):
    run = brought("nom;prix\nTarte;4\nFlan;3\n")

    def fails(*args, **kwargs):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("parvis.market.actions.many.audit.record", fails)
    with pytest.raises(RuntimeError):
        write_import(run=run, at=at)
    assert not Product.objects.exists()
    assert not GoodsChange.objects.exists()
    monkeypatch.undo()
    write_import(run=run, at=at)
    assert Product.objects.count() == 2


def test_forgotten_without_a_trace(brought, at):
    run = brought("nom;prix\nTarte;4\n")
    leave_import(run=run, at=at)
    assert not GoodsImport.objects.exists()
    assert not Product.objects.exists()


def test_twenty_wait_at_most(shop, at):
    for n in range(25):
        reading = Reading([Incoming(1, {"name": f"Chose {n}", "price_cents": 100})])
        bring_goods(shop=shop, way="table", name=str(n), reading=reading, at=at)
    assert GoodsImport.objects.count() == 21


def test_through_the_pages(send, page_of, post_to, shop):
    answer = send("nom;prix;couleur\nTarte;14,90;dorée\nFlan;;\nSablé;gratuit;\n")
    assert answer.status_code == 302
    path = answer["Location"].removeprefix("/merchant/boulangerie-du-parvis/")
    page = text(page_of(path))
    assert "Columns that are left aside: couleur." in page
    assert "“gratuit” is no price" in page
    assert "Tarte" in text(page_of(f"{path}?part=new"))
    assert not Product.objects.exists(), "looking writes nothing"
    wrong = post_to(path, **{"r3-name": "Flan", "r3-price": "cher"})
    assert wrong.status_code == 422
    assert 'value="cher"' in text(wrong)
    assert "Write an amount like 4.20" in text(wrong)
    assert not Product.objects.exists()
    done = post_to(path, **{"r3-name": "Flan nature", "r3-price": "3,30"})
    assert done["Location"] == "/merchant/boulangerie-du-parvis/products/"
    assert dict(Product.objects.values_list("name", "price_cents")) == {"Tarte": 1490, "Flan nature": 330}
    again = post_to(path, **{"r3-name": "Flan nature", "r3-price": "3,30"})
    assert again.status_code == 200, "a second click shows that it is written"
    assert "Put them on sale" not in text(again)
    assert "Write this" not in text(again)
    assert Product.objects.count() == 2


def test_a_change_in_between_keeps_what_was_typed(send, post_to, product, at):
    path = send("nom;prix\nPain de campagne;5\nFlan;\n")["Location"].removeprefix("/merchant/boulangerie-du-parvis/")
    change_product(product=product, changes={"price_cents": 470}, at=at)
    answer = post_to(path, **{"r3-name": "Flan", "r3-price": "3,30"})
    page = text(answer)
    assert "Your goods have changed since this was shown" in page
    assert 'value="3,30"' in page
    assert Product.objects.count() == 1
    assert post_to(path, **{"r3-name": "Flan", "r3-price": "3,30"}).status_code == 302
    assert Product.objects.count() == 2


def test_forgetting_through_the_page(send, post_to):
    path = send("nom;prix\nTarte;14,90\n")["Location"].removeprefix("/merchant/boulangerie-du-parvis/")
    assert post_to(f"{path}leave/")["Location"].endswith("/products/bring/")
    assert not GoodsImport.objects.exists()


def test_queries_do_not_grow_with_rows(shop, send, page_of, post_to, django_assert_max_num_queries):
    page_of("about/")
    rows = "".join(f"Chose {n};{n + 1}\n" for n in range(800))
    with django_assert_max_num_queries(20):
        path = send("nom;prix\n" + rows)["Location"].removeprefix("/merchant/boulangerie-du-parvis/")
    with django_assert_max_num_queries(12):
        page_of(path)
    with django_assert_max_num_queries(45):
        post_to(path)
    assert Product.objects.count() == 800
