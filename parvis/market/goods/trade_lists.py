"""What shops of a trade usually sell, to be ticked by writing a price: ours to say, one file a trade.

Names in three languages, the shelf, the kind of VAT, how it is sold, weight and volume of one. The rates are those of
``parvis/market/defaults.py`` and its sources: a proposal, the shop answers for its rate.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from parvis.core.text import fold
from parvis.market.models import Shop
from parvis.market.trades import TRADES

FOLDER = Path(__file__).parent / "lists"
# France: CGI 278-0 bis (food, books 5.5 %; without confectionery and alcohol, with bonbons de chocolat), 278 bis
# (plants 10 %), 279 m (food to be eaten at once 10 %). Belgium: royal decree 20, table A. Switzerland: LTVA art. 25.
RATES: dict[str, dict[str, int]] = {
    "food": {"FR": 550, "BE": 600, "CH": 260},
    "now": {"FR": 1000, "BE": 600, "CH": 260},
    "chocolate": {"FR": 550, "BE": 600, "CH": 260},
    "sweet": {"FR": 2000, "BE": 600, "CH": 260},
    "alcohol": {"FR": 2000, "BE": 2100, "CH": 810},
    "plants": {"FR": 1000, "BE": 600, "CH": 260},
    "book": {"FR": 550, "BE": 600, "CH": 260},
    "other": {"FR": 2000, "BE": 2100, "CH": 810},
}
UNITS: dict[str, tuple[str, str, str]] = {  # in French, Dutch, English; a measure such as "250 g" stands for itself
    "piece": ("la pièce", "per stuk", "each"),
    "kilo": ("le kilo", "per kilo", "per kilo"),
    "litre": ("le litre", "per liter", "per litre"),
    "bunch": ("la botte", "per bos", "per bunch"),
    "head": ("la tête", "per bol", "per head"),
    "part": ("la part", "per portie", "per portion"),
    "slice": ("la tranche", "per plak", "per slice"),
    "bag": ("le sachet", "per zakje", "per bag"),
    "packet": ("le paquet", "per pak", "per packet"),
    "jar": ("le pot", "per pot", "per jar"),
    "pot": ("le pot", "per pot", "per pot"),
    "four": ("les quatre", "per vier", "four"),
    "five": ("les cinq", "per vijf", "five"),
    "six": ("les six", "per zes", "six"),
    "ten": ("les dix", "per tien", "ten"),
    "dozen": ("la douzaine", "per dozijn", "a dozen"),
    "sixparts": ("six parts", "zes punten", "serves six"),
    "sixpeople": ("pour six personnes", "voor zes personen", "for six people"),
}
LANGUAGES = ("fr", "nl", "en")


@dataclass(frozen=True, slots=True)
class Listed:
    """One usual product, in one language and one country. ``key`` says which it is in any language."""

    key: str
    name: str
    unit: str
    category: str
    vat_bp: int
    grams: int
    millilitres: int

    def values(self) -> dict[str, str | int]:
        """The fields of a product, all but its price."""
        names = ("name", "unit", "category", "vat_bp", "grams", "millilitres")
        return {name: getattr(self, name) for name in names}


def trades_with_list() -> list[str]:
    """The trades that have one, in the order of the table of trades."""
    return [trade for trade in TRADES if (FOLDER / f"{trade}.csv").exists()]


def list_of(trade: str, *, country: str, language: str) -> list[Listed]:
    """What a trade usually sells; nothing for a trade that has no list."""
    place = LANGUAGES.index(language) if language in LANGUAGES else 0
    return [
        Listed(
            key=fold(row["fr"]).replace(" ", "-"),
            name=row[LANGUAGES[place]],
            unit=UNITS[row["unit"]][place] if row["unit"] in UNITS else row["unit"],
            category=row["shelf"],
            vat_bp=RATES[row["vat"]].get(country, RATES[row["vat"]]["FR"]),
            grams=int(row["grams"]),
            millilitres=int(row["millilitres"]),
        )
        for row in _rows(trade)
    ]


def language_of(shop: Shop, spoken: str) -> str:
    """The language in which goods of a shop are named: the merchant's, where the town speaks it."""
    languages = list(shop.town.languages) or ["fr"]
    return spoken if spoken in languages else languages[0]


@cache
def _rows(trade: str) -> tuple[dict[str, str], ...]:
    path = FOLDER / f"{trade}.csv"
    if trade not in TRADES or not path.exists():
        return ()
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file, delimiter="|"))
