"""Tags and filters of every template (built in, no ``load`` needed)."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from django import template
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from parvis.core import words
from parvis.core.icons import icon_svg
from parvis.core.money import format_money
from parvis.core.offline import milliseconds, whose
from parvis.core.pictures import sized
from parvis.core.taps import new_tap

register = template.Library()


@register.filter
def money(cents: int, currency: str = "EUR") -> str:
    """An amount in cents, as people of the active language write it."""
    return format_money(cents, currency)


@register.simple_tag
def icon(name: str) -> SafeString:
    """The drawing called ``name`` of the family lucide; always put a word beside it."""
    return icon_svg(name)


@register.inclusion_tag("core/tap.html")
def tap() -> dict[str, str]:
    """The hidden boxes of a form that may wait on a phone, each form with its own key."""
    return {"key": new_tap()}


@register.simple_tag
def server_now() -> int:
    """The server's time for scripts: how wrong the device's own clock is (``core/js/clock.js``)."""
    return milliseconds()


@register.inclusion_tag("core/picture.html")
def picture(file: Any, sizes: str, *, alt: str = "", lazy: bool = True) -> dict[str, Any]:
    """A stored picture in the sizes and formats that the screen needs; ``sizes`` as in HTML, for the place it takes."""
    known = sized(file.name)
    if known is None:
        return {"src": file.url, "alt": alt, "lazy": lazy}
    url = file.storage.url

    def srcset(suffix: str) -> str:
        return ", ".join(f"{url(known.copy(width, suffix))} {width}w" for width in known.widths)

    whole = f", {file.url} {known.width}w" if known.width > known.widths[-1] else ""
    return {
        "src": url(known.copy(known.widths[min(1, len(known.widths) - 1)], "jpg")),
        "srcset": srcset("jpg"),
        "sources": [
            {"type": "image/avif", "srcset": srcset("avif")},
            {"type": "image/webp", "srcset": srcset("webp") + whole},
        ],
        "sizes": sizes,
        "width": known.width,
        "height": known.height,
        "alt": alt,
        "lazy": lazy,
    }


@register.filter
def first_word(text: Any) -> str:
    """``Camille`` for ``Camille Martin``: how a narrow header says who is signed in."""
    return next(iter(str(text).split()), "")


@register.filter
def unbroken(text: Any) -> str:
    """The same on one line: a telephone number is read at once."""
    return str(text).replace(" ", "\N{NO-BREAK SPACE}")


@register.filter
def at(items: Sequence[Any], index: int) -> Any:
    """The item at ``index`` (from 0): a cell's column in a table."""
    return items[index]


@register.filter
def day(moment: date | None) -> str:
    """``jeudi 26 novembre``; nothing for None."""
    return words.say_day(moment) if moment else ""


@register.filter
def clock(moment: time | datetime | None) -> str:
    """``17 h 30``; nothing for None (midnight is something)."""
    return "" if moment is None else words.say_clock(moment)


@register.simple_tag
def timespan(start: time | datetime, end: time | datetime) -> str:
    """``17 h–19 h``."""
    return words.say_span(start, end)


@register.filter
def weight(grams: int) -> str:
    """``850 g``, ``1,2 kg``."""
    return words.say_weight(grams)


@register.filter
def grams(number: int) -> str:
    """``290 g``, ``1,435 kg``: a weight that is paid."""
    return words.say_grams(number)


@register.filter
def km(metres: float) -> str:
    """``350 m``, ``3,4 km``."""
    return words.say_distance(metres)


@register.filter
def duration(seconds: float) -> str:
    """``12 min``, ``1 h 05``."""
    return words.say_duration(seconds)


@register.filter
def percent(number: int) -> str:
    """``110 %`` in French, ``110%`` elsewhere."""
    return words.say_percent(number)


@register.filter
def vat(basis_points: int) -> str:
    """``5,5 %`` for 550."""
    return words.say_rate(basis_points)


@register.simple_tag(takes_context=True)
def whose_attribute(context: template.Context) -> SafeString:
    """For whom this page was made, for scripts; nothing where the page does not know (``parvis.core.offline``)."""
    person = context.get("user")
    return SafeString("") if person is None else format_html('data-whose="{}"', whose(person))


@register.simple_tag
def theme_href(town: Any) -> str:
    """Address of the town's own colours, or nothing: ``static/core/themes/<theme>.css``."""
    name = getattr(town, "theme", "") or ""
    path = f"core/themes/{name}.css"
    if not re.fullmatch(r"[a-z0-9-]+", name) or not finders.find(path):
        return ""
    return static(path)
