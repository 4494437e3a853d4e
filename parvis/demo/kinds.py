"""What the demonstration's goods are beside name and price: by weight, with a deposit, sliced, in season, allergens.

Derived from the catalogue of the trade, so that its tables stay short: a cheese sold in 250 g is asked in grams, a
chicken of about 1.6 kg in pieces, bread may be sliced, glass comes back.
"""

import re
from datetime import time
from typing import Any

from parvis.demo.reading import Good
from parvis.market.models import Option, OptionGroup, Product

BY_WEIGHT = {"cheese", "butcher", "fishmonger", "delicatessen"}
PORTION = 50  # grams of cheese, ham or steak in which people ask
_GRAMS = re.compile(r"^les (\d+) g$")
_ABOUT = re.compile(r"^environ (\d+(?:,\d+)?) kg$")
GLASS = re.compile(r"consign|^Lait cru|^Limonade|^Bière|^Jus de pomme|^Eau gazeuse")
SEASONS = {
    "Clémentines de Corse": (11, 2),
    "Raisin muscat": (8, 10),
    "Noix fraîches": (9, 12),
    "Potimarron": (9, 1),
    "Endives": (10, 3),
    "Mâche": (10, 3),
    "Salade batavia": (4, 10),
    "Épinards": (3, 6),
    "Kiwis": (11, 5),
    "Raclette au lait cru": (10, 3),
}
DAYS: dict[str, dict[str, Any]] = {
    "Panier de la semaine": {"sale_days": [4], "order_days_before": 2, "order_until": time(12)},
    "Boudin noir aux oignons": {"sale_days": [2, 3]},
    "Plateau de cinq fromages": {"order_days_before": 1},
    "Kouglof": {"sale_days": [5, 6], "order_days_before": 1, "order_until": time(18)},
}
COOL = {"meat-fish", "dairy", "prepared"}
ALLERGENS = {  # a word of the name or the description, and what it holds
    "noix|amande|noisette|praliné|pistache|financier": "nuts",
    "œuf|brioche|tarte|flan|éclair|paris-brest|financier|madeleine|quiche|cookie|kouglof|pâtissière": "eggs",
    "beurre|lait|crème|brioche|croissant|chocolat|tarte|flan|éclair|madeleine|quiche|cookie|sablé|kouglof": "milk",
    "sésame|tahini|houmous": "sesame",
    "moutarde": "mustard",
    "sardine|anchois|thon": "fish",
    "arachide|cacahuète": "peanuts",
}
WINES = re.compile(r"rouge|blanc|rosé|crémant|champagne|cidre|pâle|bulles", re.IGNORECASE)


def dress(product: Product, good: Good, trade: str) -> None:
    """Set what the kind of the good brings with it; the price becomes that of a kilo where it is weighed."""
    if trade in BY_WEIGHT:
        _weigh(product, good)
    if GLASS.search(good.name) or GLASS.search(good.description):
        product.deposit_cents = 20 if good.grams < 800 else 40
    if good.name in SEASONS:
        product.season_from, product.season_to = SEASONS[good.name]
    for name, value in DAYS.get(good.name, {}).items():
        setattr(product, name, value)
    if good.shelf in COOL:
        product.temperature = Product.Temperature.COOL
    product.allergens = _allergens(good)


def _weigh(product: Product, good: Good) -> None:
    about = _ABOUT.match(good.unit)
    if about is None and not (_GRAMS.match(good.unit) or good.unit == "le kilo"):
        return
    product.price_cents = max(10, round(product.price_cents * 1000 / good.grams / 10) * 10)
    product.unit = ""
    if about:
        product.sold_by = Product.Sale.ABOUT
        return
    product.sold_by = Product.Sale.WEIGHT
    product.millilitres = max(1, round(good.millilitres * PORTION / good.grams))
    product.grams = PORTION
    if product.stock is not None:
        product.stock *= 20  # counted in portions


def _allergens(good: Good) -> list[str] | None:
    """What a shop would declare; nothing where a demonstration cannot know."""
    text = f"{good.name} {good.description}".lower()
    found = {key for words, key in ALLERGENS.items() if re.search(words, text)}
    match good.shelf:
        case "bread":
            return sorted(found | {"gluten"})
        case "sweets" | "prepared":
            return sorted(found | {"gluten"}) if good.shelf == "sweets" and "chocolat" not in text else sorted(found)
        case "dairy":
            return ["eggs"] if "œuf" in text else sorted(found | {"milk"})
        case "drinks":
            return ["sulphites"] if WINES.search(text) else []
        case "fruit-vegetables":
            return ["nuts"] if "noix" in good.name.lower() else []
        case "meat-fish":
            return sorted(found)
    return None


def options_of(product: Product, good: Good, trade: str, dutch: bool) -> tuple[OptionGroup, list[Option]] | None:
    """Bread whole or sliced, ham thin or thick: what a counter asks."""
    group, names = _asked(good, trade, dutch)
    if not group:
        return None
    asked = OptionGroup(town=product.town, product=product, name=group)
    return asked, [
        Option(town=product.town, group=asked, name=name, surcharge_cents=cents, position=number)
        for number, (name, cents) in enumerate(names)
    ]


def _asked(good: Good, trade: str, dutch: bool) -> tuple[str, tuple[tuple[str, int], ...]]:
    if trade == "bakery" and good.unit.startswith(("le pain", "la miche")):
        if dutch:
            return "Snijden", (("Heel", 0), ("Gesneden", 10))
        return "Tranches", (("Entier", 0), ("Tranché", 10))
    if trade == "butcher" and good.name in {"Lapin", "Poulet fermier"}:
        return "Découpe", (("Entier", 0), ("Découpé", 0))
    return "", ()
