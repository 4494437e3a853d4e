"""Goods go out as a file and come back: what nobody edited changes nothing, what somebody edited is written."""

import csv
import io
from datetime import time

import openpyxl
import pytest
from django.utils import translation

from parvis.core.errors import Refusal
from parvis.demo import builders
from parvis.market.actions import change_product, undo_goods, write_import
from parvis.market.goods.columns import BY_FIELD
from parvis.market.goods.exports import goods_csv, goods_excel
from parvis.market.models import Product
from parvis.market.season import Season

HERE = "/merchant/boulangerie-du-parvis/"
NASTY = [
    "=cmd|' /C calc'!A0",
    "+33 1 23 45 67 89",
    "-10 % aujourd’hui",
    "@SOMME(A1:A9)",
    "'=1+1",
    "''=1+1",
    "＝1+1",
    ' "guillemets" ; et points-virgules',
    "Ligne\tavec tabulation",
    "Éclair  au   café ",
]

EVERYTHING = {
    "sold_by": "weight", "grams": 100, "tolerance_percent": 5, "deposit_cents": 20, "temperature": "frozen",
    "allergens": ["gluten", "eggs", "milk"], "season_from": 11, "season_to": 1, "sale_days": [4, 5],
    "order_days_before": 2, "order_until": time(12, 30), "work": 3, "returning": "made", "unit": "les 100 g",
    "category": "sweets", "vat_bp": 1000, "stock": 12, "millilitres": 900, "ean": "4006381333931",
    "description": "Chocolat.", "hidden": True,
}  # fmt: skip
BARE = {
    "sold_by": "piece", "tolerance_percent": 10, "deposit_cents": 0, "temperature": "ambient", "allergens": None,
    "season_from": None, "season_to": None, "sale_days": [], "order_days_before": 0, "order_until": None,
    "work": 1, "returning": "", "unit": "", "description": "", "ean": "", "stock": None,
}  # fmt: skip


@pytest.fixture
def goods(shop):
    builders.make_product(shop, "Tarte", 1490, unit="six parts", stock=7, ean="3183810003007", vat_bp=2000)
    builders.make_product(shop, "Flan", 305, hidden=True, description="Vanille.\n\nCuit la nuit ; servi froid.")
    builders.make_product(shop, "Comté", 600, unit="les 250 g", category="dairy")
    builders.make_product(shop, "Comté", 1200, unit="les 500 g", stock=0)
    builders.make_product(shop, "Bûche", 2400, **EVERYTHING)
    builders.make_product(shop, "Poulet", 1290, sold_by="about", grams=1400, tolerance_percent=0, allergens=[])
    builders.make_options(
        builders.make_product(shop, "Baguette", 130), "Tranchage", ("entière", 0, None), ("=tranchée", 10, 4)
    )
    for number, nasty in enumerate(NASTY):
        builders.make_product(shop, nasty, 100 + number, description=nasty, unit=nasty[:40])
    return shop


def table(content):
    return list(csv.DictReader(io.StringIO(content.removeprefix("\ufeff")), delimiter=";"))


def rewritten(rows):
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys(), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("out", ["fr", "nl", "en"])
@pytest.mark.parametrize("back", ["fr", "nl"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_nobody_edited_changes_nothing(goods, brought, difference_of, out, back, form):
    with translation.override(out):
        content = goods_csv(goods) if form == "csv" else goods_excel(goods)
    before = list(Product.objects.order_by("pk").values())
    with translation.override(back):
        run = brought(content, name=f"goods.{form}", hide_missing=True)
    difference = difference_of(run)
    assert difference.counts() == {
        "new": 0, "changed": 0, "same": len(before), "missing": 0, "hidden": 0, "incomplete": 0, "errors": 0,
    }  # fmt: skip
    assert run.notes == []
    assert list(Product.objects.order_by("pk").values()) == before


def test_no_cell_acts(goods):
    for row in table(goods_csv(goods)):
        for cell in row.values():
            assert not cell.lstrip(" \u00a0").startswith(("=", "+", "-", "@", "\t", "＝")), cell
    sheet = openpyxl.load_workbook(io.BytesIO(goods_excel(goods))).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "inlineStr", "n"}, "no formula"


def test_a_changed_name_that_looks_like_a_formula_comes_back_unharmed(goods, brought, at, the):
    rows = table(goods_csv(goods))
    mine = next(row for row in rows if row["name"] == "Tarte")
    mine["name"] = "'=1+2 tartes"  # as a careful spreadsheet writes it
    write_import(run=brought(rewritten(rows)), at=at)
    assert the("=1+2 tartes").price_cents == 1490


def test_only_what_was_edited_is_written(goods, brought, difference_of, at, the):
    rows = table(goods_csv(goods))
    change_product(product=the("Tarte"), changes={"vat_bp": 550, "unit": "huit parts"}, at=at)  # meanwhile
    mine = next(row for row in rows if row["name"] == "Tarte")
    mine["price"], mine["description"] = "15,50", "Aux pommes"
    run = brought(rewritten(rows))
    assert [(c.before, c.after) for c in difference_of(run).changed] == [
        ({"price_cents": 1490, "description": ""}, {"price_cents": 1550, "description": "Aux pommes"})
    ]
    write_import(run=run, at=at)
    tart = the("Tarte")
    assert (tart.price_cents, tart.vat_bp, tart.unit, tart.description) == (1550, 550, "huit parts", "Aux pommes")


def test_both_changed_is_said(goods, brought, difference_of, at, the):
    rows = table(goods_csv(goods))
    change_product(product=the("Tarte"), changes={"price_cents": 1600}, at=at)
    next(row for row in rows if row["name"] == "Tarte")["price"] = "15,50"
    change = difference_of(brought(rewritten(rows))).changed[0]
    assert (change.before, change.after, change.meanwhile) == (
        {"price_cents": 1600},
        {"price_cents": 1550},
        ["price_cents"],
    )


@pytest.mark.parametrize(("typed", "left"), [("7", 4), ("10", 7), ("2", 0), ("", None)])
def test_what_was_sold_since_the_export_stays_sold(goods, brought, at, the, order_of, typed, left):
    rows = table(goods_csv(goods))
    order_of(the("Tarte"), quantity=3)  # 7, then 4
    next(row for row in rows if row["name"] == "Tarte")["in stock"] = typed
    run = brought(rewritten(rows))
    if typed == "7":
        with pytest.raises(Refusal, match="nothing to write"):
            write_import(run=run, at=at)
    else:
        write_import(run=run, at=at)
    assert the("Tarte").stock == left


def test_emptied_cells_empty_where_that_can_be(goods, brought, difference_of, the):
    rows = table(goods_csv(goods))
    mine = next(row for row in rows if row["name"] == "Tarte")
    mine["EAN"] = mine["unit"] = ""
    theirs = next(row for row in rows if row["name"] == "Flan")
    theirs["price"] = ""
    difference = difference_of(brought(rewritten(rows)))
    assert [change.after for change in difference.changed] == [{"unit": "", "ean": ""}]
    assert [error.sentence for error in difference.errors] == ["The price is missing."]


def test_no_field_of_a_product_is_forgotten():
    """A new field of a product is a column, or it is one of these on purpose."""
    ours = {"id", "town", "shop", "slug", "picture", "search", "created_at"}
    fields = {field.name for field in Product._meta.concrete_fields}
    assert fields == ours | BY_FIELD.keys()
    assert EVERYTHING.keys() | {"name", "price_cents"} == BY_FIELD.keys(), "the round trip is tried with every one"


@pytest.mark.parametrize("language", ["fr", "nl", "en"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_every_field_comes_back_as_a_new_product(goods, write, the, language, form):
    """Out of one shop and into its empty shelf: what the file says is all that there was."""
    with translation.override(language):
        content = goods_csv(goods) if form == "csv" else goods_excel(goods)
    names = ["Bûche", "Poulet", "Flan"]
    there = {name: {field: getattr(the(name), field) for field in BY_FIELD} for name in names}
    if form == "csv":
        rows = table(content)
    else:
        head, *lines = openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)
        rows = [
            {name: "" if cell is None else str(cell) for name, cell in zip(head, line, strict=True)} for line in lines
        ]
    for row in rows:
        row["parvis_id"] = row["parvis_was"] = ""
    Product.objects.all().delete()
    with translation.override(language):
        write(rewritten(rows))
    assert {name: {field: getattr(the(name), field) for field in BY_FIELD} for name in names} == there


def test_french_heads_and_words(goods):
    with translation.override("fr"):
        row = next(row for row in table(goods_csv(goods)) if row["nom"] == "Bûche")
    said = {
        "au poids": "oui", "tolérance (%)": "5", "consigne": "0,20", "température": "Surgelé", "stock": "12",
        "allergènes": "Céréales contenant du gluten, Œufs, Lait", "saison de": "novembre", "saison à": "janvier",
        "jours de vente": "vendredi, samedi", "à commander (jours avant)": "2", "à commander (heure)": "12:30",
        "points de travail": "3", "prix": "24,00",
    }  # fmt: skip
    assert {name: row[name] for name in said} == said


def test_emptied_cells_are_what_is_usual(goods, write, the):
    rows = table(goods_csv(goods))
    mine = next(row for row in rows if row["name"] == "Bûche")
    kept = {"name", "price", "shelf", "VAT", "weight (g)", "volume (ml)", "hidden", "parvis_id", "parvis_was"}
    mine.update(dict.fromkeys(mine.keys() - kept, ""))
    write(rewritten(rows))
    assert {field: getattr(the("Bûche"), field) for field in BARE} == BARE


def test_every_new_value_is_undone(goods, write, the, at):
    rows = table(goods_csv(goods))
    before = {field: getattr(the("Flan"), field) for field in BY_FIELD}
    mine = next(row for row in rows if row["name"] == "Flan")
    mine |= {
        "by weight": "about", "deposit": "0,50", "allergens": "oeufs, lait", "season from": "juin",
        "season to": "9", "days of sale": "mar et sam", "to order (time)": "9h", "temperature": "frais",
    }  # fmt: skip
    change = write(rewritten(rows))
    flan = the("Flan")
    assert (flan.sold_by, flan.deposit_cents, flan.allergens) == ("about", 50, ["eggs", "milk"])
    assert (flan.season, flan.temperature) == (Season(6, 9, (1, 5), 0, time(9)), "cool")
    undo_goods(change=change, at=at)
    assert {field: getattr(the("Flan"), field) for field in BY_FIELD} == before


def test_half_a_season_is_never_left(goods, write, the, at):
    """Somebody moves the end of a season that an import brought: undoing the import leaves both months."""
    rows = table(goods_csv(goods))
    next(row for row in rows if row["name"] == "Flan").update({"season from": "juin", "season to": "juillet"})
    change = write(rewritten(rows))
    change_product(product=the("Flan"), changes={"season_to": 8}, at=at)
    assert undo_goods(change=change, at=at) == 2
    assert (the("Flan").season_from, the("Flan").season_to) == (6, 8)


def test_options_go_out_in_words_and_stay(goods, brought, difference_of, the, at):
    rows = table(goods_csv(goods))
    mine = next(row for row in rows if row["name"] == "Baguette")
    assert mine["options (read only)"] == "Tranchage : entière, =tranchée +0.10 (4)"
    mine["options (read only)"], mine["price"] = "Tranchage : entière", "1.40"
    run = brought(rewritten(rows))
    assert difference_of(run).changed[0].notes == [
        "Options are changed on the page of the product; the file’s are left aside."
    ]
    write_import(run=run, at=at)
    assert [option.name for option in the("Baguette").groups.get().options.all()] == ["entière", "=tranchée"]
    assert the("Baguette").price_cents == 140


def test_columns_may_be_dropped(goods, brought, difference_of):
    rows = [{"parvis_id": row["parvis_id"], "price": row["price"]} for row in table(goods_csv(goods))]
    rows[0]["price"] = "99"
    counts = difference_of(brought(rewritten(rows))).counts()
    assert (counts["changed"], counts["errors"], counts["missing"]) == (1, 0, 0)


def test_goods_of_another_shop_are_not_ours(goods, brought, difference_of, town):
    other = builders.make_shop(town, "Autre boutique")
    builders.make_product(other, "Chose", 100)
    errors = difference_of(brought(goods_csv(other))).errors
    assert "not among your goods" in errors[0].sentence


def test_files_of_the_pages(goods, page_of):
    for form, start in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")):
        answer = page_of(f"products/export.{form}")
        assert answer.content.startswith(start)
        assert answer["Content-Disposition"] == f'attachment; filename="boulangerie-du-parvis.{form}"'
        assert "no-store" in answer["Cache-Control"]
    assert page_of("products/export.pdf").status_code == 404
