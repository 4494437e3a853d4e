"""VAT rates of goods by country, in basis points, as the demonstration needs them.

France: 5.5 % food and books (CGI 278-0 bis), 10 % plants (CGI 278 bis), 20 % else, drinks with alcohol included.
Belgium: 6 % food, books, plants (arrêté royal n° 20, table A), 21 % else. Switzerland: 2.6 % and 8.1 % (2024).
"""

from parvis.towns.models import Town

RATES: dict[str, dict[str, int]] = {
    Town.Country.FRANCE: {"food": 550, "book": 550, "plants": 1000, "other": 2000},
    Town.Country.BELGIUM: {"food": 600, "book": 600, "plants": 600, "other": 2100},
    Town.Country.SWITZERLAND: {"food": 260, "book": 260, "plants": 260, "other": 810},
}


def rate(country: str, kind: str) -> int:
    """The rate of a kind of good (``food``, ``book``, ``plants``, ``other``) in a country."""
    return RATES[country][kind]
