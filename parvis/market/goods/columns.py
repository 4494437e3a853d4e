"""What a file may say of a product: one literal table, read by imports, exports and the page of a difference.

A new field of ``Product`` is one line here. ``names`` are what people call the column in French, Dutch and English,
folded; the first three are what our own export calls it in those languages.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from parvis.core.amounts import show_amount
from parvis.core.money import format_money
from parvis.core.words import say_percent, say_rate
from parvis.market.allergens import ALLERGENS
from parvis.market.goods import cells, worded
from parvis.market.goods.cells import Where
from parvis.market.goods.eans import parse_ean
from parvis.market.models import Product
from parvis.market.returning import CHOICES
from parvis.market.trades import CATEGORIES

NOTHING = "–"
KEPT: Any = object()
TOLERANCE = 10  # per cent, where a shop says nothing


@dataclass(frozen=True, slots=True)
class Column:
    """One thing that a file may say. ``write`` gives the cell, ``say`` the words for people."""

    field: str
    label: str | Promise
    names: str
    read: Callable[[str, Where], Any]
    write: Callable[[Any], str | int]
    say: Callable[[Any, str], str] = lambda value, currency: str(value)
    empty: Any = KEPT  # what an empty cell of our own export says; anywhere else it says nothing
    also: tuple[tuple[str, Callable[[str, Where], Any]], ...] = ()  # other columns that tell it, read otherwise

    @property
    def head(self) -> str:
        """What our own export calls it in the active language."""
        french, dutch, english, *_others = self.names.split("|")
        return {"fr": french, "nl": dutch}.get((get_language() or "fr")[:2], english)


def _text(value: Any) -> str:
    return str(value)


def _yes(value: Any) -> str:
    return _("yes") if value else _("no")


def _shelf(value: Any) -> str:
    return str(CATEGORIES[value].label) if value in CATEGORIES else str(value)


def _percent(value: Any) -> str:
    return say_rate(value).replace("\u00a0", "").removesuffix("%")


COLUMNS: tuple[Column, ...] = (
    Column(
        "name", gettext_lazy("name"),
        "nom|naam|name|produit|product|article|artikel|titre|title|titel|designation|libelle|nom du produit"
        "|product name|productnaam|omschrijving artikel|intitule|denomination|item|handle",
        cells.name, _text,
    ),
    Column(
        "price_cents", gettext_lazy("price"),
        "prix|prijs|price|prix ttc|prix de vente|prix unitaire|pvp|pv ttc|tarif|montant|prix en euros|prix eur"
        "|prix chf|verkoopprijs|prijs incl btw|prijs inclusief btw|eenheidsprijs|regular price|sale price|variant price"
        "|unit price|price incl vat|prix public",
        cells.price, show_amount, format_money,
    ),
    Column(
        "unit", gettext_lazy("sold by"),
        "unité|eenheid|unit|vendu par|sold by|verkocht per|conditionnement|verpakking|packaging|unite de vente|uom",
        cells.unit, _text, empty="",
    ),
    Column(
        "category", gettext_lazy("shelf"),
        "rayon|afdeling|shelf|categorie|category|famille|type|soort|rubrique|product category|schap|groep",
        cells.shelf, _shelf, lambda value, currency: _shelf(value),
    ),
    Column(
        "vat_bp", gettext_lazy("VAT rate"),
        "TVA|btw|VAT|taux de tva|taux tva|tva %|btw %|btw tarief|btw percentage|vat rate|vat %|tax|taxe|mwst",
        cells.vat, _percent, lambda value, currency: say_rate(value),
    ),
    Column(
        "stock", gettext_lazy("in stock"),
        "stock|voorraad|in stock|quantite|quantity|qte|qty|aantal|en stock|stock quantity"
        "|variant inventory qty|inventaire",
        cells.stock, int,
        lambda value, currency: _("not counted") if value is None else str(value), empty=None,
    ),
    Column(
        "grams", gettext_lazy("weight in grams"),
        "poids (g)|gewicht (g)|weight (g)|poids|gewicht|weight|grammes|gram|grams|poids net|poids en g|gewicht in g"
        "|poids en grammes|weight in grams|variant grams|masse",
        cells.grams, int,
        also=(("poids kg|poids en kg|gewicht kg|gewicht in kg|weight kg|weight in kg|kg", cells.kilograms),),
    ),
    Column(
        "millilitres", gettext_lazy("volume in millilitres"),
        "volume (ml)|inhoud (ml)|volume in ml|volume|contenance|inhoud|millilitres|milliliter|contenance en ml|contenu",
        cells.millilitres, int,
    ),
    Column(
        "ean", gettext_lazy("EAN"),
        "EAN|EAN|EAN|ean code|barcode|code barre|code barres|code a barres|gtin|gtin13|ean13|streepjescode|upc|gencod"
        "|isbn",
        lambda text, where: parse_ean(text), _text, empty="",
    ),
    Column(
        "hidden", gettext_lazy("hidden"),
        "masqué|verborgen|hidden|cache|masque|invisible|verbergen",
        cells.hidden, _yes, lambda value, currency: _yes(value),
    ),
    Column(
        "description", gettext_lazy("description"),
        "description|beschrijving|description|product description|descriptif|presentation|details|short description"
        "|body html|omschrijving|texte|commentaire|remarque|description courte",
        cells.description, _text, empty="",
    ),
    Column(
        "sold_by", gettext_lazy("by weight"),
        "au poids|op gewicht|by weight|vendu au poids|prix au kilo|per gewicht|verkocht op gewicht|sold by weight",
        worded.sold_by, worded.write_sold_by, lambda value, currency: str(Product.Sale(value).label),
        empty=Product.Sale.PIECE.value,
    ),
    Column(
        "tolerance_percent", gettext_lazy("heavier by at most, per cent"),
        "tolérance (%)|tolerantie (%)|tolerance (%)|tolerance|tolerantie|tolerance %",
        worded.whole(30, lambda: _("tolerance")), int,
        lambda value, currency: say_percent(value), empty=TOLERANCE,
    ),
    Column(
        "deposit_cents", gettext_lazy("deposit"),
        "consigne|statiegeld|deposit|montant consigne|consigne bouteille|leeggoed|waarborg",
        worded.deposit, show_amount, format_money, empty=0,
    ),
    Column(
        "temperature", gettext_lazy("temperature"),
        "température|temperatuur|temperature|conservation|bewaring|froid|koeling",
        worded.temperature, worded.write_temperature, lambda value, currency: str(Product.Temperature(value).label),
        empty=Product.Temperature.AMBIENT.value,
    ),
    Column(
        "allergens", gettext_lazy("allergens"),
        "allergènes|allergenen|allergens|allergene|allergeen|contient|bevat",
        worded.allergens, worded.write_allergens,
        lambda value, currency: worded.write_allergens(value), empty=None,
    ),
    Column(
        "season_from", gettext_lazy("sold from the month"),
        "saison de|seizoen van|season from|debut de saison|begin seizoen|mois de debut",
        worded.month, worded.write_month, lambda value, currency: worded.write_month(value), empty=None,
    ),
    Column(
        "season_to", gettext_lazy("sold to the month"),
        "saison à|seizoen tot|season to|fin de saison|einde seizoen|mois de fin",
        worded.month, worded.write_month, lambda value, currency: worded.write_month(value), empty=None,
    ),
    Column(
        "sale_days", gettext_lazy("days of sale"),
        "jours de vente|verkoopdagen|days of sale|jours|dagen|days|sale days",
        worded.days, worded.write_days, lambda value, currency: worded.write_days(value) or _("every day"), empty=[],
    ),
    Column(
        "order_days_before", gettext_lazy("to be ordered so many days before"),
        "à commander (jours avant)|te bestellen (dagen vooraf)|to order (days before)|jours avant|dagen vooraf",
        worded.whole(30, lambda: _("number of days")), int, empty=0,
    ),
    Column(
        "order_until", gettext_lazy("to be ordered until"),
        "à commander (heure)|te bestellen (uur)|to order (time)|heure limite|uiterlijk uur",
        worded.clock, _text, empty=None,
    ),
    Column(
        "work", gettext_lazy("points of work"),
        "points de travail|werkpunten|points of work|work",
        worded.whole(32_767, lambda: _("number of points")), int, empty=1,
    ),
    Column(
        "returning", gettext_lazy("sent back"),
        "retour|terugsturen|sent back|droit de retour|herroeping|retours",
        worded.returning, worded.write_returning, lambda value, currency: str(CHOICES[value]), empty="",
    ),
)  # fmt: skip
BY_FIELD = {column.field: column for column in COLUMNS}


def plain_value(value: Any) -> Any:
    """A value of a row as JSON keeps it and a cell is read: a time of day is ``12:30``."""
    return f"{value:%H:%M}" if isinstance(value, time) else value


def canonical(field: str, value: Any) -> Any:
    """A value as it comes back from a table: spaces that nobody sees and the order of days are no difference."""
    match value:
        case str() if field in {"name", "unit", "description"}:
            return BY_FIELD[field].read(value, Where("", ""))
        case list() if field == "sale_days":
            return sorted(value)
        case list() if field == "allergens":
            return [key for key in ALLERGENS if key in value]
    return plain_value(value)
