"""Comparing what was brought with the shop's goods: the same for every way in, and writing nothing.

A row is a product that we have when it carries our own id, else its EAN, else its name (with its unit where two of our
goods have one name). A file that was exported here says what stood in each cell then: only cells that somebody edited
change anything, and of a counted stock only the difference counts, because some may have been sold since.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from parvis.core.text import fold
from parvis.market.defaults import usual_for, usual_vat
from parvis.market.goods.columns import BY_FIELD, canonical, plain_value
from parvis.market.goods.difference import Changed, Difference, Incomplete, Missing, New, Wrong
from parvis.market.goods.incoming import Incoming, RowError
from parvis.market.goods.reading import digest, mark_of
from parvis.market.models import Product, Shop

type Row = dict[str, Any]


def compare(
    shop: Shop, incoming: Iterable[Incoming], errors: Iterable[RowError], *, hide_missing: bool = False
) -> Difference:
    """What would change in ``shop`` if its goods were as the rows say."""
    comparison = _Comparison(shop)
    comparison.difference.hides = hide_missing
    for error in errors:
        comparison.refused(error)
    for row in incoming:
        comparison.take(row)
    comparison.look_for_missing()
    return comparison.difference


def whole_season(values: Mapping[str, Any]) -> bool:
    """A season has two months, or none."""
    return (values.get("season_from") is None) == (values.get("season_to") is None)


@dataclass(slots=True)
class _Comparison:
    """The shop's goods by what they are found by, and the difference in the making."""

    shop: Shop
    difference: Difference = field(default_factory=Difference)
    goods: dict[str, Row] = field(init=False)
    by_ean: dict[str, list[Row]] = field(init=False)
    by_name: dict[str, list[Row]] = field(init=False)
    met: dict[str, int] = field(default_factory=dict)
    fresh: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rows = Product.objects.filter(shop=self.shop).order_by("pk").values("pk", "picture", *BY_FIELD)
        self.goods = {str(row["pk"]): row for row in rows}
        self.by_ean, self.by_name = defaultdict(list), defaultdict(list)
        for row in self.goods.values():
            if row["ean"]:
                self.by_ean[row["ean"].zfill(13)].append(row)
            self.by_name[fold(row["name"])].append(row)

    def refused(self, error: RowError) -> None:
        """A wrong row still speaks of its product: that one is not missing."""
        self.difference.errors.append(Wrong(error.row, error.name, error.sentence))
        spoken_of = [self.goods.get(error.own), *self.by_ean.get(error.ean.zfill(13), ())]
        if error.name:
            spoken_of += self.by_name.get(fold(error.name), ())
        for row in filter(None, spoken_of):
            self.met.setdefault(str(row["pk"]), 0)

    def take(self, row: Incoming) -> None:
        """One row: a product that we have, a new one, or one that waits for its name or price."""
        found, sentence = self._found(row)
        if sentence:
            self._wrong(row, sentence)
            return
        if found is not None:
            self._meet(found, row)
            return
        twin = f"ean {row.values['ean']}" if row.values.get("ean") else self._naming(row)
        if twin in self.fresh:
            self._wrong(row, _("Line %(line)d speaks of the same product.") % {"line": self.fresh[twin]})
            return
        self.fresh[twin] = row.row
        if not whole_season(row.values):
            self._wrong(row, _("Choose both months, or neither."))
            return
        if row.values.get("name") and row.values.get("price_cents"):
            self.difference.new.append(New(row.row, self._whole(row.values), list(row.notes)))
        else:
            values = row.values
            self.difference.incomplete.append(
                Incomplete(row.row, values.get("name", ""), values.get("ean", ""), values.get("picture", ""))
            )

    def look_for_missing(self) -> None:
        """Goods on sale that no row spoke of."""
        self.difference.missing = [
            Missing(pk, row["name"]) for pk, row in self.goods.items() if pk not in self.met and not row["hidden"]
        ]

    def _found(self, row: Incoming) -> tuple[Row | None, str]:
        """Our product that the row speaks of, or none; or a sentence where that cannot be said."""
        if row.own:
            found = self.goods.get(row.own)
            if found is None:
                return None, _(
                    "This product of an earlier export is not among your goods: empty its first cell to add it anew."
                )
            return found, ""
        ean, name = row.values.get("ean", ""), row.values.get("name", "")
        alike = self.by_ean.get(ean.zfill(13), []) if ean else []
        if not alike and name:
            alike = [one for one in self.by_name.get(fold(name), ()) if not (ean and one["ean"])]
            narrowed = [one for one in alike if fold(one["unit"]) == fold(row.values.get("unit", ""))]
            alike = narrowed if len(alike) > 1 and narrowed else alike
        if len(alike) > 1:
            return None, _(
                "%(count)d of your goods could be meant: take your goods as a file first, and change them there."
            ) % {"count": len(alike)}
        return (alike[0], "") if alike else (None, "")

    def _naming(self, row: Incoming) -> str:
        name, unit, picture = (row.values.get(key, "") for key in ("name", "unit", "picture"))
        return f"name {fold(name)} {fold(unit)} {picture}"

    def _meet(self, found: Row, row: Incoming) -> None:
        key = str(found["pk"])
        if self.met.get(key):
            self._wrong(row, _("Line %(line)d speaks of the same product.") % {"line": self.met[key]})
            return
        self.met[key] = row.row
        change = self._changed(found, row)
        if not whole_season(found | change.after):
            self._wrong(row, _("Choose both months, or neither."))
            return
        if change.after or change.stock_by:
            self.difference.changed.append(change)
        else:
            self.difference.same += 1

    def _changed(self, found: Row, row: Incoming) -> Changed:
        change = Changed(str(found["pk"]), found["name"], row.row, notes=list(row.notes))
        for name, value in row.values.items():
            stands = found[name]
            if name == "picture" and stands:
                continue  # a merchant's own picture is not replaced by another one
            if name in row.guessed and stands not in ("", None):
                continue
            if name == "stock":
                self._count(change, stands, value, row.was.get("stock"))
                continue
            was = row.was.get(name)
            if value == canonical(name, stands) or (was is not None and digest(mark_of(name, value)) == was):
                continue  # as it stands, or as it was exported: nobody edited this cell
            if was is not None and digest(mark_of(name, stands)) != was:
                change.meanwhile.append(name)
            change.before[name], change.after[name] = plain_value(stands), value
        return change

    def _count(self, change: Changed, stands: int | None, said: int | None, was: str | None) -> None:
        base = stands if was is None else int(was) if was.isdigit() else None
        if said == base:
            return
        if said is None or base is None or stands is None:
            if said != stands:
                change.before["stock"], change.after["stock"] = stands, said
            return
        change.stock_by, change.seen = said - base, base

    def _whole(self, values: dict[str, Any]) -> dict[str, Any]:
        """A new product with the usual values of the trade where the row says nothing."""
        usual = usual_for(self.shop.trade, self.shop.town.country)
        shelf = values.get("category") or usual.category
        defaults = {
            "category": shelf,
            "vat_bp": usual_vat(shelf, self.shop.town.country, self.shop.trade),
            "grams": usual.grams,
            "millilitres": usual.millilitres,
        }
        return defaults | values

    def _wrong(self, row: Incoming, sentence: str) -> None:
        self.difference.errors.append(Wrong(row.row, row.values.get("name", ""), sentence))
