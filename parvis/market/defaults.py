"""What a merchant need not type: shelf, VAT, weight and volume that are usual for a trade.

VAT in basis points. France: code général des impôts, article 278-0 bis (food and books 5.5 %, without sweets and
alcohol), 278 bis (plants 10 %), 278 (everything else 20 %). Belgium: royal decree no. 20, table A (food, books, plants
6 %), else 21 %. Switzerland: LTVA article 25, rates since 2024. A default is a proposal: the shop answers for its rate.
"""

from dataclasses import dataclass

_SHELF_OF_TRADE = {
    "bakery": "bread",
    "greengrocer": "fruit-vegetables",
    "butcher": "meat-fish",
    "fishmonger": "meat-fish",
    "cheese": "dairy",
    "grocery": "grocery",
    "wine": "drinks",
    "delicatessen": "prepared",
    "restaurant": "prepared",
    "chocolate": "sweets",
    "tea-coffee": "grocery",
    "florist": "flowers",
    "bookshop": "books",
    "toys": "books",
    "household": "home",
    "hardware": "home",
    "clothing": "clothing",
    "beauty": "home",
}
RATES = {"FR": (550, 1000, 2000, 210), "BE": (600, 1200, 2100, 0), "CH": (260, 810, 380, 0)}
_STANDARD = {"FR": 2000, "BE": 2100, "CH": 810}
_REDUCED = {"FR": 550, "BE": 600, "CH": 260}
_FOOD = {"bread", "fruit-vegetables", "meat-fish", "dairy", "grocery", "prepared"}
_SIZES = {  # grams, millilitres of one
    "bread": (300, 1500),
    "fruit-vegetables": (1000, 2000),
    "meat-fish": (400, 600),
    "dairy": (250, 400),
    "grocery": (500, 700),
    "drinks": (1300, 1200),
    "prepared": (400, 800),
    "sweets": (250, 500),
    "flowers": (500, 6000),
    "books": (400, 900),
    "home": (700, 2500),
    "clothing": (400, 2500),
}


@dataclass(frozen=True, slots=True)
class Usual:
    """What a new product gets when nothing else is said."""

    category: str
    vat_bp: int
    grams: int
    millilitres: int


def usual_for(trade: str, country: str) -> Usual:
    """The usual values for a shop of ``trade`` in ``country`` (two letters)."""
    shelf = _SHELF_OF_TRADE.get(trade, "other")
    grams, millilitres = _SIZES.get(shelf, (500, 1000))
    return Usual(shelf, usual_vat(shelf, country, trade), grams, millilitres)


def usual_vat(category: str, country: str, trade: str = "") -> int:
    """The usual VAT of a shelf, in basis points."""
    if category in _FOOD or (category == "books" and trade != "toys"):
        return _REDUCED.get(country, 550)
    if category == "flowers":
        return {"FR": 1000, "BE": 600, "CH": 260}.get(country, 1000)
    if category == "sweets" and country in {"BE", "CH"}:
        return _REDUCED[country]
    return _STANDARD.get(country, 2000)
