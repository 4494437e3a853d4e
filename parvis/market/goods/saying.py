"""A difference in words, in the parts that its page shows; only the lines of one page are worded."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from parvis.core.money import format_money
from parvis.core.words import say_rate
from parvis.market.goods.columns import BY_FIELD, NOTHING
from parvis.market.goods.difference import Changed, Difference, Missing, New, Wrong
from parvis.market.models import Product
from parvis.market.trades import CATEGORIES


@dataclass(frozen=True, slots=True)
class Said:
    """One value that moves: what it is, what stood, what will stand."""

    label: str | Promise
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Line:
    """One product or one mistake: a title, some words, the values that move."""

    title: str
    text: str = ""
    values: list[Said] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a difference."""

    key: str
    label: str
    rows: Sequence[Any]
    say: Callable[[Any], Line]

    @property
    def count(self) -> int:
        """How many lines it has."""
        return len(self.rows)


def parts_of(difference: Difference, currency: str) -> list[Part]:
    """The parts that hold something, the ones that ask for a look first."""
    missing = _("Would be hidden") if difference.hides else _("Not in the file")
    parts = [
        Part("errors", _("Errors"), difference.errors, _say_wrong),
        Part("changed", _("Changed"), difference.changed, lambda row: say_changed(row, currency)),
        Part("new", _("New"), difference.new, lambda row: _say_new(row, currency)),
        Part("missing", missing, difference.missing, _say_missing),
    ]
    return [part for part in parts if part.count]


def say_value(name: str, value: Any, currency: str) -> str:
    """What a value says."""
    if name == "picture":
        return _("a new picture") if value else NOTHING
    if value in ("", None) and name != "stock":
        return NOTHING
    return BY_FIELD[name].say(value, currency)


def say_changed(change: Changed, currency: str) -> Line:
    """What moves in one product; what was changed here since the export is said."""
    values = [
        Said(_label(name), say_value(name, change.before[name], currency), say_value(name, value, currency))
        for name, value in change.after.items()
    ]
    if change.stock_by:
        seen = change.seen or 0
        values.append(Said(_label("stock"), str(seen), str(max(0, seen + change.stock_by))))
    notes = [
        _("%(what)s was changed here as well since the file was taken; the file's value is taken.")
        % {"what": str(_label(name)).capitalize()}
        for name in change.meanwhile
    ]
    return Line(change.name, _line(change.row), values, [*notes, *change.notes])


def _label(name: str) -> str | Promise:
    return _("picture") if name == "picture" else BY_FIELD[name].label


def _say_new(new: New, currency: str) -> Line:
    values = new.values
    shelf = CATEGORIES.get(values["category"])
    by_weight = values.get("sold_by", Product.Sale.PIECE) != Product.Sale.PIECE
    words = [format_money(values["price_cents"], currency), _("a kilo") if by_weight else values.get("unit", "")]
    words += [str(shelf.label) if shelf else "", _("VAT %(rate)s") % {"rate": say_rate(values["vat_bp"])}]
    if values.get("stock") is not None:
        words.append(_("%(count)s in stock") % {"count": values["stock"]})
    if values.get("hidden"):
        words.append(_("hidden"))
    return Line(values["name"], " · ".join(filter(None, words)), notes=new.notes, picture=picture_url(values))


def picture_url(values: dict[str, Any]) -> str:
    """The address of a picture that waits with its row."""
    name = values.get("picture", "")
    return Product._meta.get_field("picture").storage.url(name) if name else ""


def _say_missing(missing: Missing) -> Line:
    return Line(missing.name)


def _say_wrong(wrong: Wrong) -> Line:
    return Line(wrong.sentence, f"{_line(wrong.row)}{f' · {wrong.name}' if wrong.name else ''}")


def _line(row: int) -> str:
    return _("Line %(number)d") % {"number": row}
