"""What the columns of a file mean, by their names: which tell which field, which are our own, which are left aside."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from parvis.core.tables import UnreadableFile
from parvis.core.text import fold
from parvis.market.goods.cells import Where
from parvis.market.goods.columns import COLUMNS, NOTHING

OWN_ID, WAS, OPTIONS = "parvis_id", "parvis_was", "options"
OPTION_HEADS = {"fr": "options (lecture seule)", "nl": "opties (alleen lezen)", "en": "options (read only)"}
OUR_OWN = {OWN_ID: OWN_ID, WAS: WAS} | dict.fromkeys(OPTION_HEADS.values(), OPTIONS)  # what they are called → which


@dataclass(frozen=True, slots=True)
class Source:
    """One column of a file: its name there, and how it is read."""

    name: str
    read: Callable[[str, Where], Any]


@dataclass(frozen=True, slots=True)
class Understood:
    """Which columns of a file tell which field, the surest first, and which tell nothing that we keep."""

    fields: dict[str, list[Source]]
    unknown: list[str]

    @property
    def is_own(self) -> bool:
        """Whether the file was exported here."""
        return OWN_ID in self.fields


def understand(header: Iterable[str]) -> Understood:
    """What the columns mean. Raises UnreadableFile where nothing names the products."""
    told = [name for name in header if name]
    twice = next((name for name in told if told.count(name) > 1), "")
    if twice:
        raise UnreadableFile(_("Two columns are called “%(name)s”: rename one of them.") % {"name": twice[:60]})
    found: dict[str, list[tuple[int, Source]]] = {}
    unknown = []
    for name in told:
        if own := OUR_OWN.get(name):
            found[own] = [(0, Source(name, lambda text, where: text))]
        elif match := _NAMES.get(fold(name)):
            field, rank, read = match
            found.setdefault(field, []).append((rank, Source(name, read)))
        else:
            unknown.append(name)
    if not found.keys() & {"name", "ean", OWN_ID}:
        raise UnreadableFile(
            _("No column holds the names of the products: call it “name” or “nom”. These were found: %(names)s.")
            % {"names": ", ".join(name[:30] for name in told[:8]) or NOTHING}
        )
    ranked = {field: sorted(sources, key=lambda one: one[0]) for field, sources in found.items()}
    return Understood({field: [source for _rank, source in sources] for field, sources in ranked.items()}, unknown)


def _all_names() -> dict[str, tuple[str, int, Callable[[str, Where], Any]]]:
    names: dict[str, tuple[str, int, Callable[[str, Where], Any]]] = {}
    for column in COLUMNS:
        for text, read in ((column.names, column.read), *column.also):
            for rank, name in enumerate(text.split("|")):
                names.setdefault(fold(name), (column.field, rank, read))
    return names


_NAMES = _all_names()
