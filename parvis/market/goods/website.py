"""The goods of a shop's own website: its page, and the pages of products that it leads to."""

from io import BytesIO

from django.utils.translation import gettext as _

from parvis.core.errors import Refusal
from parvis.core.pictures import clean_picture
from parvis.market.clients.sites import Site, Unreachable
from parvis.market.goods.incoming import Reading
from parvis.market.goods.photos import keep_picture
from parvis.market.goods.structured import Thing, links_of, picture_of, read_page, to_reading
from parvis.market.models import Shop

MOST_PAGES = 40
MOST_PICTURES = 40


def read_site(address: str, shop: Shop) -> Reading:
    """What the page at ``address`` sells; where it names few goods itself, what the pages sell that it leads to.

    Raises Refusal when the page cannot be had or describes nothing.
    """
    site = Site()
    first = site.page(address)
    things = read_page(first.content, first.address)
    if len(things) <= 1:
        things += _behind(site, links_of(first.content, first.address))
    return _reading(shop, things, site)


def read_saved_page(content: bytes, shop: Shop) -> Reading:
    """What a page sells that somebody saved as a file; its pictures are not fetched."""
    return _reading(shop, read_page(content, ""), None)


def _behind(site: Site, links: list[str]) -> list[Thing]:
    things: list[Thing] = []
    for address in links[:MOST_PAGES]:
        if site.is_over:
            break
        try:
            page = site.page(address)
        except Unreachable:
            continue
        things += read_page(page.content, page.address)
    return things


def _reading(shop: Shop, things: list[Thing], site: Site | None) -> Reading:
    once = list({_identity(thing): thing for thing in reversed(things)}.values())[::-1]
    reading = to_reading(shop, once)
    if not reading.incoming and not reading.errors:
        raise Refusal(
            _(
                "This page describes no goods in a way that machines read (schema.org)."
                " Bring a table or pictures instead."
            )
        )
    if site is not None:
        _fetch_pictures(reading, once, site)
    return reading


def _identity(thing: Thing) -> str:
    return f"{thing.get('name')}|{thing.get('sku')}|{thing.get('gtin13')}|{thing.get('offers')}"


def _fetch_pictures(reading: Reading, things: list[Thing], site: Site) -> None:
    """The first picture of each, as long as there is time; one that cannot be had is no reason to lose its product."""
    left = 0
    for number, incoming in enumerate(reading.incoming):
        address = picture_of(things[incoming.row - 1])
        if not address.startswith(("https://", "http://")):
            continue
        if number >= MOST_PICTURES or site.is_over:
            left += 1
            continue
        try:
            incoming.values["picture"] = keep_picture(clean_picture(BytesIO(site.picture(address))))
        except Refusal:
            left += 1
    if left:
        reading.notes.append(_("Some pictures could not be fetched."))
