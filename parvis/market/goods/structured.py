"""Products that a web page describes in schema.org terms (JSON-LD or microdata), as rows of goods.

Looked for wherever pages put them: Product and its variants, Offer, MenuItem, inside lists, graphs and catalogues.
"""

import html
import json
import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import extruct
from django.utils.translation import gettext as _
from lxml.etree import LxmlError
from lxml.html import HtmlElement, document_fromstring

from parvis.core.errors import Refusal
from parvis.core.money import round_half_up
from parvis.market.goods import cells
from parvis.market.goods.cells import Where
from parvis.market.goods.eans import parse_ean
from parvis.market.goods.incoming import Incoming, Reading, RowError
from parvis.market.models import Shop

SOLD = {"product", "individualproduct", "productmodel", "menuitem", "book"}
DEEPEST = 12
MOST_FOUND = 1000
_PLAIN_NUMBER = re.compile(r"^\d{1,7}(?:\.\d+)?$")  # schema.org writes a point: 14.9000 is no thousand
_TAG = re.compile(r"<[^>]{0,500}>")
_HINTS = re.compile(
    r"/(produits?|products?|producten?|p|shop|boutique|winkel|catalogue?|article|artikel|item|livre|book)s?[/-]", re.I
)
_GRAMS = {"KGM": 1000, "KG": 1000, "GRM": 1, "G": 1}

type Thing = dict[str, Any]


def read_page(content: bytes, address: str) -> list[Thing]:
    """Every product that a page (or a JSON-LD file) describes, as it describes it."""
    text = _decoded(content)
    if text.lstrip()[:1] in {"{", "["}:
        try:
            found: Any = json.loads(text)
        except (ValueError, RecursionError):
            return []
        return list(_sold(found))
    if not text.strip():
        return []
    try:
        found = extruct.extract(
            text, base_url=address or None, syntaxes=["json-ld", "microdata"], uniform=True, errors="ignore"
        )
    except (ValueError, LxmlError, RecursionError, TypeError, AttributeError):  # what a broken page makes of a parser
        return []
    products = list(_sold([found.get("json-ld", []), found.get("microdata", [])]))
    seen: set[str] = set()
    return [one for one in products if not (_key(one) in seen or seen.add(_key(one)))]  # type: ignore[func-returns-value]


def links_of(content: bytes, address: str) -> list[str]:
    """Pages of the same site that may describe a product, in the order of the page."""
    try:
        tree: HtmlElement = document_fromstring(_decoded(content))
    except (LxmlError, ValueError):
        return []
    host = urlsplit(address).netloc
    listed = [str(one) for one in tree.xpath("//a/@href")]
    found: dict[str, None] = {}
    for href in listed[:3000]:
        try:
            target = urldefrag(urljoin(address, href.strip())).url
            same = urlsplit(target).netloc == host and urlsplit(target).scheme in {"http", "https"}
        except ValueError:
            continue
        if same and _HINTS.search(urlsplit(target).path + "/") and target != address:
            found[target] = None
    return list(found)


def to_reading(shop: Shop, things: list[Thing]) -> Reading:
    """The products as rows, each with what is wrong with it; pictures are addresses still."""
    reading = Reading()
    where = Where(shop.town.country, shop.trade)
    for row, thing in enumerate(things[:MOST_FOUND], start=1):
        try:
            reading.incoming.append(_incoming(row, thing, where, shop.town.currency))
        except Refusal as refusal:
            reading.errors.append(RowError(row, _text(thing.get("name"))[:80], str(refusal)))
    return reading


def picture_of(thing: Thing) -> str:
    """The address of its first picture, or nothing."""
    image = _first(thing.get("image"))
    if isinstance(image, dict):
        image = image.get("url") or image.get("contentUrl") or image.get("@id")
    return image.strip() if isinstance(image, str) else ""


def _incoming(row: int, thing: Thing, where: Where, currency: str) -> Incoming:
    name = cells.name(_text(thing.get("name"))[:140], where)
    if not name:
        raise Refusal(_("The name is missing."))
    incoming = Incoming(row, {"name": name})
    values = incoming.values
    if words := _text(thing.get("description")):
        values["description"] = cells.description(words[: cells.LONGEST_DESCRIPTION], where)
    if ean := _ean(thing):
        values["ean"] = ean
    if shelf := cells.shelf(_text(thing.get("category")).rpartition(">")[2].strip(), where):
        values["category"] = shelf
    if grams := _grams(thing.get("weight")):
        values["grams"] = grams
    _offer(incoming, thing, currency, where)
    return incoming


def _offer(incoming: Incoming, thing: Thing, currency: str, where: Where) -> None:
    """The price of its offers, the lowest where there are several."""
    offers = [one for one in _many(thing.get("offers")) if isinstance(one, dict)]
    offers += [sub for one in offers for sub in _many(one.get("offers")) if isinstance(sub, dict)]
    priced = []
    for offer in offers:
        specified = [one for one in _many(offer.get("priceSpecification")) if isinstance(one, dict)]
        for told in (offer, *specified):
            price = _text(told.get("price")) or _text(told.get("lowPrice"))
            if price:
                other = (_text(told.get("priceCurrency")) or _text(offer.get("priceCurrency"))).upper()
                if other and other != currency:
                    raise Refusal(
                        _("The price is in %(other)s, and here one pays in %(currency)s.")
                        % {"other": other[:8], "currency": currency}
                    )
                priced.append(_cents(price, where))
                break
    if priced:
        incoming.values["price_cents"] = min(priced)
        if len(set(priced)) > 1:
            incoming.notes.append(_("The site has several prices for it; the lowest is taken."))
    gone = [_text(offer.get("availability")).rpartition("/")[2].lower() for offer in offers]
    if gone and all(word in {"outofstock", "soldout", "discontinued"} for word in gone):
        incoming.values["hidden"] = True
        incoming.notes.append(_("Sold out on the site: it comes hidden."))


def _cents(text: str, where: Where) -> int:
    if _PLAIN_NUMBER.match(text):
        cents = round_half_up(Fraction(text) * 100)
        if cents > 0:
            return cells.price(f"{cents // 100}.{cents % 100:02d}", where)
    return cells.price(text, where)


def _ean(thing: Thing) -> str:
    for name in ("gtin13", "gtin", "gtin8", "gtin12", "gtin14", "ean", "isbn"):
        try:
            if text := _text(thing.get(name)):
                return parse_ean(text)
        except Refusal:
            continue  # a shop's own number under a wrong name is no reason to lose the product
    return ""


def _grams(weight: Any) -> int | None:
    weight = _first(weight)
    if not isinstance(weight, dict):
        return None
    factor = _GRAMS.get((_text(weight.get("unitCode")) or _text(weight.get("unitText"))).upper())
    value = _text(weight.get("value"))
    if factor is None or not _PLAIN_NUMBER.match(value):
        return None
    grams = round_half_up(Fraction(value) * factor)
    return grams if 1 <= grams <= 200_000 else None


def _sold(found: Any, depth: int = 0) -> Iterator[Thing]:
    """What is sold in a tree of things; a product with variants is its variants."""
    if depth > DEEPEST:
        return
    if isinstance(found, list):
        for one in found:
            yield from _sold(one, depth + 1)
        return
    if not isinstance(found, dict):
        return
    variants = found.get("hasVariant")
    if variants and isinstance(variants, list | dict):
        family = {name: found[name] for name in ("description", "image", "category") if name in found}
        for variant in _many(variants):
            if isinstance(variant, dict):
                yield family | variant
        return
    if _types(found) & SOLD and found.get("name"):
        yield found
        return
    if "itemOffered" in found and isinstance(found["itemOffered"], dict):
        yield {"offers": found} | found["itemOffered"]
        return
    for name, value in found.items():
        if not name.startswith("@") or name == "@graph":
            yield from _sold(value, depth + 1)


def _types(thing: Thing) -> set[str]:
    return {_text(one).rpartition("/")[2].rpartition("#")[2].lower() for one in _many(thing.get("@type"))}


def _key(thing: Thing) -> str:
    offers = json.dumps(thing.get("offers"), sort_keys=True, default=str)
    return f"{_text(thing.get('name'))}|{_text(thing.get('sku'))}|{offers}"


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _first(value: Any) -> Any:
    return next(iter(_many(value)), None)


def _text(value: Any) -> str:
    """The words of a value: of several the first, without tags."""
    value = _first(value)
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return html.unescape(_TAG.sub(" ", str(value))).strip()


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    told = re.search(rb"charset=[\"']?([a-zA-Z0-9_-]{2,20})", content[:4096])
    for name in ([told.group(1).decode()] if told else []) + ["utf-8-sig", "cp1252"]:
        try:
            return content.decode(name).replace("\x00", "")
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode("utf-8", "replace").replace("\x00", "")
