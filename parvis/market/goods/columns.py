"""What a file may say of a product: one literal table, read by imports, exports and the page of a difference.

A new field of ``Product`` is one line here. ``names`` are what people call the column in French, Dutch and English,
folded; the first three are what our own export calls it in those languages.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from parvis.core.amounts import show_amount
from parvis.core.money import format_money
from parvis.core.tables import UnreadableFile
from parvis.core.text import fold
from parvis.core.words import say_rate
from parvis.market.goods import cells
from parvis.market.goods.cells import Where
from parvis.market.goods.eans import parse_ean
from parvis.market.trades import CATEGORIES

OWN_ID, WAS = "parvis_id", "parvis_was"
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Column:
    """One thing that a file may say. ``write`` gives the cell, ``say`` the words for people."""

    field: str
    label: str | Promise
    names: str
    read: Callable[[str, Where], Any]
    write: Callable[[Any], str | int]
    say: Callable[[Any, str], str] = lambda value, currency: str(value)
    empties: bool = False  # an empty cell of our own export empties it; anywhere else it says nothing
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
        cells.unit, _text, empties=True,
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
        cells.stock, lambda value: "" if value is None else int(value),
        lambda value, currency: _("not counted") if value is None else str(value), empties=True,
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
        lambda text, where: parse_ean(text), _text, empties=True,
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
        cells.description, _text, empties=True,
    ),
)  # fmt: skip
BY_FIELD = {column.field: column for column in COLUMNS}


def canonical(field: str, value: Any) -> Any:
    """A value as it comes back from a table: spaces that nobody sees are no difference."""
    if isinstance(value, str) and field in {"name", "unit", "description"}:
        return BY_FIELD[field].read(value, Where("", ""))
    return value


@dataclass(frozen=True, slots=True)
class Source:
    """One column of a file: its name there, and how it is read."""

    name: str
    read: Callable[[str, Where], Any]


@dataclass(frozen=True, slots=True)
class Understood:
    """Which columns of a file tell which field, the surest first, and which tell nothing that we keep."""

    fields: dict[str, list[Source]]
    unknown: list[str]

    @property
    def is_own(self) -> bool:
        """Whether the file was exported here."""
        return OWN_ID in self.fields


def understand(header: Iterable[str]) -> Understood:
    """What the columns mean. Raises UnreadableFile where nothing names the products."""
    told = [name for name in header if name]
    twice = next((name for name in told if told.count(name) > 1), "")
    if twice:
        raise UnreadableFile(_("Two columns are called “%(name)s”: rename one of them.") % {"name": twice[:60]})
    found: dict[str, list[tuple[int, Source]]] = {}
    unknown = []
    for name in told:
        if name in {OWN_ID, WAS}:
            found[name] = [(0, Source(name, lambda text, where: text))]
        elif match := _NAMES.get(fold(name)):
            field, rank, read = match
            found.setdefault(field, []).append((rank, Source(name, read)))
        else:
            unknown.append(name)
    if not found.keys() & {"name", "ean", OWN_ID}:
        raise UnreadableFile(
            _("No column holds the names of the products: call it “name” or “nom”. These were found: %(names)s.")
            % {"names": ", ".join(name[:30] for name in told[:8]) or NOTHING}
        )
    ranked = {field: sorted(sources, key=lambda one: one[0]) for field, sources in found.items()}
    return Understood({field: [source for _rank, source in sources] for field, sources in ranked.items()}, unknown)


def _all_names() -> dict[str, tuple[str, int, Callable[[str, Where], Any]]]:
    names: dict[str, tuple[str, int, Callable[[str, Where], Any]]] = {}
    for column in COLUMNS:
        for text, read in ((column.names, column.read), *column.also):
            for rank, name in enumerate(text.split("|")):
                names.setdefault(fold(name), (column.field, rank, read))
    return names


_NAMES = _all_names()
