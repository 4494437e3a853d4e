"""A kept difference in the parts that its page shows, a line a place; only the page's lines are worded."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from parvis.places.categories import CATEGORIES
from parvis.places.imports.difference import Alike, Changed, Difference, Gone, New
from parvis.places.imports.saying import Said, label_of, say_changed, words_of
from parvis.places.models import ImportRun


@dataclass(frozen=True, slots=True)
class Line:
    """One place or one mistake: a title, some words, and the values that move."""

    title: str
    text: str = ""
    values: list[Said] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a difference; ``rows`` are worded when the page takes them."""

    key: str
    label: str
    rows: "Lines"
    count: int
    note: str = ""


class Lines(Sequence[Line]):
    """Rows that become lines only where they are looked at: a page shows fifty of ten thousand."""

    def __init__(self, rows: Sequence[Any], say: Any) -> None:
        self.rows, self.say = rows, say

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: Any) -> Any:
        found = self.rows[index]
        return [self.say(row) for row in found] if isinstance(index, slice) else self.say(found)


def parts_of(run: ImportRun) -> list[Part]:
    """The parts, the ones that ask for a look first."""
    difference = Difference.from_json(run.report)
    counts = run.report["counts"]
    clashing = [change for change in difference.changed if change.clashes]
    kept = [gone for gone in difference.gone if gone.kept]
    changed = [change for change in difference.changed if change.after or change.new_ref]
    gone = [one for one in difference.gone if not one.kept]
    errors = _grouped(difference)
    moved = counts["moved"]
    return [
        Part("errors", _("Errors"), Lines(errors, _say_error), counts["errors"]),
        Part("conflicts", _("To be settled"), Lines([*clashing, *kept], _say_conflict), counts["conflicts"]),
        Part(
            "changed",
            _("Changed"),
            Lines(changed, _say_change),
            counts["changed"],
            _("%(count)d of them moved") % {"count": moved} if moved else "",
        ),
        Part("new", _("New"), Lines(difference.new, _say_new), counts["new"]),
        Part(
            "gone", _("Closed"), Lines(gone, lambda row: Line(row.name, words_of("gone_on", row.day))), counts["gone"]
        ),
        Part("alike", _("Here from elsewhere"), Lines(difference.alike, _say_alike), counts["alike"]),
    ]


def _say_change(change: Changed) -> Line:
    return Line(change.name, _line(change.row), say_changed(change), change.notes)


def _say_conflict(row: Changed | Gone) -> Line:
    if isinstance(row, Gone):
        why = _("Somebody claimed it.") if row.kept == "claimed" else _("Somebody here keeps it up to date.")
        return Line(row.name, _("The source does not show it any more. %(why)s It stays.") % {"why": why})
    values = [
        Said(label_of(clash.unit), words_of(clash.unit, clash.ours), words_of(clash.unit, clash.theirs))
        for clash in row.clashes
    ]
    return Line(row.name, _("Changed here and by the source. What stands here stays until you settle it."), values)


def _say_new(new: New) -> Line:
    kind = new.values.get("category", "")
    words = [str(CATEGORIES[kind].label) if kind in CATEGORIES else "", new.values.get("address", "")]
    hours = " · ".join(filter(None, [new.values.get("opening_hours", ""), new.values.get("hours_text", "")]))
    return Line(new.values["name"], ", ".join(filter(None, [*words, hours])), notes=new.notes)


def _say_alike(alike: Alike) -> Line:
    source = alike.source or _("the directory")
    text = _("%(line)s. A place of this name stands there already, from %(source)s.")
    return Line(alike.name, text % {"line": _line(alike.row), "source": source})


def _line(row: int) -> str:
    return _("Line %(number)d") % {"number": row}


def _grouped(difference: Difference) -> list[tuple[str, list[tuple[int, str]]]]:
    """The same mistake of many rows is one line with their numbers."""
    groups: dict[str, list[tuple[int, str]]] = {}
    for wrong in difference.errors:
        groups.setdefault(wrong.sentence, []).append((wrong.row, wrong.name))
    return sorted(groups.items(), key=lambda group: (-len(group[1]), group[1][0][0]))


def _say_error(group: tuple[str, list[tuple[int, str]]]) -> Line:
    sentence, rows = group
    shown = ", ".join(f"{row} ({name})" if name else str(row) for row, name in rows[:20])
    more = _(" and %(count)d more") % {"count": len(rows) - 20} if len(rows) > 20 else ""
    return Line(sentence, _("Lines: %(rows)s%(more)s") % {"rows": shown, "more": more})
