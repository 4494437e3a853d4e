"""What can be wrong with goods that come in: each gets one sentence, and nothing is written."""

import io
import zipfile

import pytest

from parvis.core.errors import Refusal
from parvis.demo import builders
from parvis.market.models import Product
from parvis.market.tests.goods.conftest import workbook
from parvis.market.tests.merchant.test_goods import text

HEAD = "nom;prix;tva;stock;poids;volume;ean;masqué;rayon;vendu par;description\n"


def row(**cells):
    """A file of one good row in which some cells are as given."""
    usual = {"nom": "Tarte", "prix": "4,20", "tva": "5,5", "stock": "", "poids": "", "volume": "", "ean": ""}
    usual |= {"masque": "", "rayon": "", "unite": "", "description": ""} | cells
    quoted = ['"' + cell.replace('"', '""') + '"' for cell in usual.values()]
    return HEAD + ";".join(quoted) + "\n"


MORE = {
    "poids": "au poids", "tolerance": "tolérance (%)", "consigne": "consigne", "temperature": "température",
    "allergenes": "allergènes", "de": "saison de", "a": "saison à", "jours": "jours de vente",
    "avant": "à commander (jours avant)", "heure": "à commander (heure)", "points": "points de travail",
    "retour": "retour",
}  # fmt: skip


def more(**cells):
    """As ``row``, with the columns that only some trades need."""
    typed = ";".join(f'"{cells.get(name, "")}"' for name in MORE)
    return f"nom;prix;{';'.join(MORE.values())}\nTarte;4,20;{typed}\n"


ROWS = {
    "price in words": (row(prix="gratuit"), "“gratuit” is no price: write it like 4.20."),
    "price of nothing": (row(prix="0"), "The price is zero: write what it costs."),
    "price of almost nothing": (row(prix="0,00 €"), "The price is zero: write what it costs."),
    "negative price": (row(prix="-3"), "“-3” is no price: write it like 4.20."),
    "ambiguous price": (row(prix="1.234"), "“1.234” is no price: write it like 4.20."),
    "three decimals": (row(prix="3,505"), "“3,505” is no price: write it like 4.20."),
    "price in dollars": (row(prix="$3.50"), "“$3.50” is no price: write it like 4.20."),
    "two prices": (row(prix="3,50 / 4,50"), "“3,50 / 4,50” is no price: write it like 4.20."),
    "price of a house": (row(prix="1 000 000"), "“1 000 000” is no price: write it like 4.20."),
    "an error of the spreadsheet": (row(prix="#VALEUR!"), "“#VALEUR!” is no price: write it like 4.20."),
    "a formula": (row(prix="=2*3"), "“=2*3” is no price: write it like 4.20."),
    "no name": (row(nom=""), "The name is missing."),
    "a name of spaces": (row(nom="   "), "The name is missing."),
    "a name of marks": (row(nom="---"), "“---” is no name."),
    "a name without end": (row(nom="T" * 141), "The name has 141 letters; 140 are the most."),
    "a unit without end": (row(unite="x" * 41), "The unit has 41 letters; 40 are the most."),
    "a novel": (row(description="x" * 5001), "The description has 5001 letters; 5000 are the most."),
    "vat of another country": (row(tva="21"), "“21” is not a VAT rate here: 20%, 10%, 5.5%, 2.1% are."),
    "vat in words": (row(tva="réduit"), "“réduit” is not a VAT rate here: 20%, 10%, 5.5%, 2.1% are."),
    "negative vat": (row(tva="-5,5"), "“-5,5” is not a VAT rate here: 20%, 10%, 5.5%, 2.1% are."),
    "vat of nothing in France": (row(tva="0"), "“0” is not a VAT rate here: 20%, 10%, 5.5%, 2.1% are."),
    "half a piece": (row(stock="2,5"), "“2,5” is no number of pieces."),
    "stock in words": (row(stock="beaucoup"), "“beaucoup” is no number of pieces."),
    "stock below zero": (row(stock="-4"), "The stock is below zero."),
    "stock of a factory": (row(stock="500000"), "A stock of 500000 is more than a shop holds."),
    "weight of nothing": (row(poids="0"), "“0” is no weight that we understand."),
    "weight in pounds": (row(poids="2 lbs"), "“2 lbs” is no weight that we understand."),
    "weight of a lorry": (row(poids="3000 kg"), "“3000 kg” is no weight that we understand."),
    "weight in words": (row(poids="léger"), "“léger” is no weight that we understand."),
    "volume in bags": (row(volume="2 sacs"), "“2 sacs” is no volume that we understand."),
    "volume of a pool": (row(volume="5000 l"), "“5000 l” is no volume that we understand."),
    "ean too short": (row(ean="12345"), "“12345” is no EAN: it has 8 or 13 digits."),
    "ean with letters": (row(ean="ABC3810003007"), "“ABC3810003007” is no EAN: it has 8 or 13 digits."),
    "ean mistyped": (
        row(ean="3183810003008"),
        "The EAN 3183810003008 has a mistake: its last digit does not fit the others.",
    ),
    "ean shortened": (
        row(ean="3,18381E+12"),
        "The EAN was shortened by the spreadsheet (“3,18381E+12”): format the column as text and write it again.",
    ),
    "a carton": (row(ean="13183810003004"),
     "13183810003004 is the number of a carton: give the one of a single piece."),
    "perhaps hidden": (row(masque="peut-être"), "“peut-être” is neither yes nor no."),
    "weighed perhaps": (more(poids="un peu"), "“un peu” does not say how it is weighed: write yes, no or about."),
    "tolerance in words": (
        more(tolerance="large"), "“large” is no tolerance: write a whole number from 0 to 30.",
    ),
    "tolerance of half": (more(tolerance="50"), "“50” is no tolerance: write a whole number from 0 to 30."),
    "deposit in words": (more(consigne="oui"), "“oui” is no deposit: write it like 0.20."),
    "lukewarm": (more(temperature="tiède"), "“tiède” is no temperature that we know: write cool or frozen."),
    "an unknown allergen": (
        more(allergenes="lait, fraises"),
        "“fraises” is not one of the fourteen allergens: take the words of the form, or write none.",
    ),
    "a thirteenth month": (more(de="13", a="1"), "“13” is no month: write it like June, or 6."),
    "june or july": (more(de="jui", a="août"), "“jui” is no month: write it like June, or 6."),
    "half a season": (more(de="juin"), "Choose both months, or neither."),
    "an eighth day": (
        more(jours="lundi, férié"), "“férié” is no day of the week: write them like Tuesday, Saturday.",
    ),
    "days before in words": (
        more(avant="une semaine"), "“une semaine” is no number of days: write a whole number from 0 to 30.",
    ),
    "an hour of no day": (more(heure="25:00"), "“25:00” is no time of day: write it like 12:00."),
    "points of nothing": (more(points="-1"), "“-1” is no number of points: write a whole number from 0 to 32767."),
    "sent back perhaps": (
        more(retour="on verra"), "“on verra” does not say whether it can be sent back: take the words of the form.",
    ),
    "a separator inside": (
        HEAD + "Tarte;4,20;5,5;;;;;;;;Pommes;poires\n",
        "The row has 12 cells for 11 columns: is a separator inside a text?",
    ),
    "the same name twice": (
        "nom;prix\nTarte;4\ntarte;5\n",
        "Line 2 speaks of the same product.",
    ),
    "the same ean twice": (
        "nom;prix;ean\nA;4;3183810003007\nB;5;3183810003007\n",
        "Line 2 speaks of the same product.",
    ),
    "one product twice": (
        "nom;prix\nFlan;4\nFLAN;5\n",
        "Line 2 speaks of the same product.",
    ),
    "two of our goods": (
        "nom;prix\nComté;4\n",
        "2 of your goods could be meant: take your goods as a file first, and change them there.",
    ),
    "an id that is nobody's": (
        "parvis_id;nom;prix\n00000000-0000-0000-0000-000000000007;Flan;4\n",
        "This product of an earlier export is not among your goods: empty its first cell to add it anew.",
    ),
    "an id that is none": (
        "parvis_id;nom;prix\n=1+1;Flan;4\n",
        "This product of an earlier export is not among your goods: empty its first cell to add it anew.",
    ),
}  # fmt: skip


def packed(name):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, "x" * 100)
    return out.getvalue()


FILES = {
    "empty": (b"", "The submitted file is empty."),
    "only spaces": (b"  \n \n", "The file is empty."),
    "a header alone": (b"nom;prix\n", "The file names its columns and holds no product."),
    "no names": (b"couleur;prix\nrouge;4\n", "No column holds the names of the products"),
    "no header": (b"Tarte;4,20\nFlan;3,30\n", "No column holds the names of the products"),
    "a column twice": (b"nom;prix;prix\nTarte;4;5\n", "Two columns are called “prix”: rename one of them."),
    "a pdf": (b"%PDF-1.7 ...", "This is a PDF, not a table."),
    "a picture": (b"\x89PNG\r\n\x1a\n....", "This is a picture, not a table."),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "This is an old Excel file (.xls)"),
    "a page": (b"<!doctype html><html><body>Sign in</body></html>", "This is a web page, not a table"),
    "json": (b'{"products": []}', "This is JSON, not a table."),
    "xml": (b"<?xml version='1.0'?><products/>", "This is XML"),
    "an extract": (b"<?xml version='1.0'?><osm version='0.6'></osm>", "This is an OpenStreetMap extract, not a table."),
    "packed": (packed("goods.csv"), "This file is packed: unpack it first."),
    "a letter": (packed("word/document.xml"), "This is a text document, not a table."),
    "open document": (packed("content.xml"), "This is an OpenDocument file: save it as .xlsx or CSV."),
    "a damaged workbook": (packed("xl/workbook.xml"), "The Excel file is damaged"),
    "cut off": (workbook(["nom", "prix"], ["Tarte", 4])[:300], "The file is damaged or cut off: fetch it again."),
    "zeros": (b"nom;prix\nTar\x00te;4\n", "The file holds characters that are no text"),
    "a quotation without end": (b'nom;prix\n"' + b"x" * 200_000, "a quotation mark is never closed"),
    "too many rows": (b"nom;prix\n" + b"".join(b"A%d;1\n" % n for n in range(5001)), "more than 5000 products"),
    "too many columns": (b";".join(b"c%d" % n for n in range(400)) + b"\nx\n", "The table has 400 columns"),
}


@pytest.fixture
def goods(shop):
    builders.make_product(shop, "Flan", 300)
    builders.make_product(shop, "Comté", 600, unit="les 250 g")
    builders.make_product(shop, "Comté", 1200, unit="les 500 g")
    return shop


@pytest.mark.parametrize("case", list(ROWS))
def test_one_sentence_a_row(case, goods, brought, difference_of):
    content, sentence = ROWS[case]
    difference = difference_of(brought(content))
    assert [error.sentence for error in difference.errors] == [sentence]
    assert Product.objects.count() == 3


@pytest.mark.parametrize("case", list(FILES))
def test_one_sentence_a_file(case, goods, send):
    content, sentence = FILES[case]
    answer = send(content, missing="hide")
    page = text(answer)
    assert answer.status_code == 422
    assert sentence in page
    assert 'value="hide"' in page.split("checked")[0].rsplit("<input", 1)[1], "what was chosen is kept"
    assert Product.objects.count() == 3


def test_enough_of_them():
    assert len(ROWS) >= 40
    assert len(FILES) >= 20


def test_a_good_row_beside_wrong_ones_is_taken(write, the, goods):
    write("nom;prix\nTarte;gratuit\nCake;4\n")
    assert the("Cake").price_cents == 400


def test_an_unknown_shelf_is_no_mistake(brought, difference_of, write, the, shop):
    content = "nom;prix;rayon\nTarte;4;Nouveautés <b>\n"
    assert difference_of(brought(content)).new[0].notes == [
        "We do not know the shelf “Nouveautés <b>”: choose one later."
    ]
    write(content)
    assert the("Tarte").category == "bread"


def test_what_is_too_big_is_refused(send, settings, goods, monkeypatch):
    monkeypatch.setattr("parvis.market.views.merchant.bringing.MOST_UPLOAD", 1_000_000)
    assert "bigger than 1 MB" in text(send(b"nom;prix\n" + b"A;1\n" * 300_000))


def test_nothing_of_this_machine_is_said(brought, tmp_path, shop):
    with pytest.raises(Refusal) as refused:
        brought(b"%PDF-1.7")
    assert str(tmp_path) not in str(refused.value)
