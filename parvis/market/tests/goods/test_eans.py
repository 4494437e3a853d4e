"""Goods by their EAN: names from the installation's catalogue, the check digit verified, one by one or many."""

import csv
from pathlib import Path

import pytest
from django.conf import settings

from parvis.config.goods_command import run
from parvis.core.errors import Refusal
from parvis.demo import builders
from parvis.market.actions import bring_goods, write_import
from parvis.market.actions.known_products import load_known_products
from parvis.market.goods.eans import check_digit_is_right, parse_ean
from parvis.market.goods.known import read_eans
from parvis.market.models import GoodsImport, KnownProduct, Product
from parvis.market.tests.merchant.test_goods import text

EANS = "products/bring/eans/"
CAVIAR = "3183810003007"
REAL = Path(settings.DATA_DIR) / "products" / "products.csv"


@pytest.fixture
def known(db, tmp_path):
    path = tmp_path / "known.csv"
    path.write_text(
        "ean,name_fr,ingredients_fr,image_url\n"
        f'{CAVIAR},Caviar d\'aubergines,"Aubergines 50%, eau",https://static.openfoodfacts.org/x.jpg\n'
        "96385074,Chewing-gum,,\n"
    )
    load_known_products(path, source="Open Food Facts")


@pytest.mark.parametrize(
    ("typed", "ean"),
    [
        ("3183810003007", CAVIAR),
        ("3 183810 003007", CAVIAR),
        ("03183810003007", CAVIAR),
        ("96385074", "96385074"),
        ("036000291452", "0036000291452"),
        ("978-2-07-036822-8", "9782070368228"),
    ],
)
def test_eans_as_people_write_them(typed, ean):
    assert parse_ean(typed) == ean


@pytest.mark.parametrize(
    "typed", ["", "abc", "318381000300", "3183810003008", "３１８３８１０００３００７", "²²²²²²²²"]
)
def test_what_is_no_ean(typed):
    with pytest.raises(Refusal):
        parse_ean(typed)


def test_one_wrong_digit_is_always_found():
    for place in range(13):
        for digit in "0123456789":
            wrong = CAVIAR[:place] + digit + CAVIAR[place + 1 :]
            assert check_digit_is_right(wrong) == (wrong == CAVIAR)


@pytest.mark.skipif(not REAL.exists(), reason="the real catalogue is not on this machine")
def test_the_real_catalogue(db, capsys, django_assert_max_num_queries):
    class Options:
        file, source = REAL, "Open Food Facts (ODbL 1.0)"

    with django_assert_max_num_queries(20):
        assert run(Options()) == 0
    with REAL.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2940
    said = capsys.readouterr().out
    kept = KnownProduct.objects.count()
    assert kept > 2800
    assert f'"kept": {kept}' in said
    assert KnownProduct.objects.get(ean=CAVIAR).name == "Caviar d'aubergines MARIUS BERNARD"
    run(Options())
    assert KnownProduct.objects.count() == kept, "again changes nothing"


def test_a_file_that_is_no_catalogue(db, tmp_path, capsys):
    for content, words in (("a,b\n1,2\n", "no column of EANs"), (b"ean,name\n\xff\xfe\xfa,x\n", "cannot be read")):
        path = tmp_path / "x.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        with pytest.raises(Refusal, match=words):
            load_known_products(path, source="x")
    assert not KnownProduct.objects.exists()


def test_a_list_is_named_and_priced(known, post_to, shop, the):
    answer = post_to(EANS, eans=f"{CAVIAR}\n96385074;1,50\n3183810003008\nxyz\n")
    run = GoodsImport.objects.get()
    assert answer["Location"].endswith(f"/bring/{run.pk}/")
    counts = run.report["counts"]
    assert (counts["new"], counts["incomplete"], counts["errors"]) == (1, 1, 2), run.report["errors"]
    typed = {"r1-name": "Caviar d’aubergines maison", "r1-price": "3,20"}
    post_to(f"products/bring/{run.pk}/", **typed)
    assert dict(Product.objects.values_list("name", "ean")) == {
        "Caviar d’aubergines maison": CAVIAR,
        "Chewing-gum": "96385074",
    }
    assert the("Caviar d’aubergines maison").description == "Ingredients: Aubergines 50%, eau"


def test_an_unknown_ean_stays_to_be_named(known, post_to, page_of, shop, the):
    post_to(EANS, eans="9782070368228")
    run = GoodsImport.objects.get()
    page = text(page_of(f"products/bring/{run.pk}/"))
    assert "9782070368228" in page
    answer = post_to(f"products/bring/{run.pk}/", **{"r1-name": "", "r1-price": "8,40"})
    assert answer.status_code == 422
    assert "Write what it is" in text(answer)
    post_to(f"products/bring/{run.pk}/", **{"r1-name": "L’Étranger", "r1-price": "8,40"})
    assert the("L’Étranger").ean == "9782070368228"


def test_one_after_the_other_on_a_phone(known, post_to, page_of, shop):
    post_to(EANS, eans=CAVIAR)
    run = GoodsImport.objects.get()
    path = f"products/bring/{run.pk}/"
    post_to(f"{path}add/", ean="96385074")
    page = text(page_of(path))
    assert "Chewing-gum" in page
    assert "Caviar" in page
    wrong = post_to(f"{path}add/", ean="96385075")
    assert wrong.status_code == 422
    assert "its last digit does not fit" in text(wrong)
    assert 'value="96385075"' in text(wrong)
    run.refresh_from_db()
    assert [row["row"] for row in run.rows] == [1, 2]


def test_our_own_names_and_prices_are_kept(known, shop, at):
    mine = builders.make_product(shop, "Mon caviar", 500, ean=CAVIAR, description="Maison")
    run = bring_goods(shop=shop, way="eans", name="EAN", reading=read_eans(CAVIAR, shop), at=at)
    with pytest.raises(Refusal, match="nothing to write"):
        write_import(run=run, at=at)
    mine.refresh_from_db()
    assert (mine.name, mine.price_cents) == ("Mon caviar", 500)


def test_a_table_without_names_is_named_too(known, write, the):
    write(f"ean;prix\n{CAVIAR};3,20\n")
    assert the("Caviar d'aubergines").price_cents == 320


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("", "Write at least one EAN"), ("   \n  ", "Write at least one EAN"), ("1\n" * 5001, "more than 5000 EANs")],
)
def test_no_list_at_all(post_to, shop, typed, sentence):
    answer = post_to(EANS, eans=typed)
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert not GoodsImport.objects.exists()


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("3183810003007 gratuit", "“gratuit” is no price: write it like 4.20."),
        ("3183810003007;0", "The price is zero: write what it costs."),
        ("x" * 101, "The line is too long: write one EAN a line."),
        ("3183810003007 3183810003007", "“3183810003007 3183810003007” is no EAN: it has 8 or 13 digits."),
    ],
)
def test_a_line_that_is_wrong(shop, line, sentence):
    assert [error.sentence for error in read_eans(line, shop).errors] == [sentence]
