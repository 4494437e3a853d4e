"""Trades of shops and shelves of products: literal tables, translated, each with its drawn mark."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Kind:
    """A label and the icon of the family ``lucide`` that stands beside it."""

    label: Promise
    icon: str


TRADES: dict[str, Kind] = {
    "bakery": Kind(_("Bakery"), "croissant"),
    "greengrocer": Kind(_("Greengrocer"), "apple"),
    "butcher": Kind(_("Butcher"), "beef"),
    "fishmonger": Kind(_("Fishmonger"), "fish"),
    "cheese": Kind(_("Cheese shop"), "milk"),
    "grocery": Kind(_("Grocery"), "shopping-basket"),
    "wine": Kind(_("Wine merchant"), "wine"),
    "delicatessen": Kind(_("Delicatessen"), "utensils"),
    "restaurant": Kind(_("Restaurant"), "utensils"),
    "chocolate": Kind(_("Chocolate and sweets"), "candy"),
    "tea-coffee": Kind(_("Tea and coffee"), "coffee"),
    "florist": Kind(_("Florist"), "flower-2"),
    "bookshop": Kind(_("Bookshop"), "book-open"),
    "toys": Kind(_("Toys and games"), "puzzle"),
    "household": Kind(_("Household goods"), "lamp"),
    "hardware": Kind(_("Hardware"), "hammer"),
    "clothing": Kind(_("Clothing"), "shirt"),
    "beauty": Kind(_("Beauty and care"), "sparkles"),
    "other": Kind(_("Other shop"), "store"),
}

CATEGORIES: dict[str, Kind] = {
    "bread": Kind(_("Bread and pastry"), "croissant"),
    "fruit-vegetables": Kind(_("Fruit and vegetables"), "carrot"),
    "meat-fish": Kind(_("Meat and fish"), "beef"),
    "dairy": Kind(_("Cheese, milk, eggs"), "egg"),
    "grocery": Kind(_("Grocery"), "shopping-basket"),
    "drinks": Kind(_("Drinks"), "wine"),
    "prepared": Kind(_("Ready to eat"), "soup"),
    "sweets": Kind(_("Sweets"), "candy"),
    "flowers": Kind(_("Flowers and plants"), "flower-2"),
    "books": Kind(_("Books and games"), "book-open"),
    "home": Kind(_("Home and care"), "lamp"),
    "clothing": Kind(_("Clothing"), "shirt"),
    "other": Kind(_("Other"), "package"),
}
