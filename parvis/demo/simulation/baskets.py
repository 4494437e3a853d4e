"""Real baskets and real product names, from two files that somebody gives us.

A baskets file has one basket a line, item words separated by commas. A products file has the columns ``ean`` and
``name_fr``. Item words are mapped to products by the seed; the sizes of baskets stay as they are.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

MOST_ITEMS = 60  # a longer line is no basket
NAME_LENGTH = 140


class BadInput(Exception):
    """A file or an option that cannot be used: the sentence says why."""


@dataclass(frozen=True, slots=True)
class Named:
    """A product as the file names it."""

    ean: str
    name: str


def read_baskets(path: Path) -> list[tuple[str, ...]]:
    """The baskets of a file, in its order. Raises BadInput when it cannot be read or holds none."""
    baskets = []
    for line in _text(path).splitlines():
        items = tuple(word for word in (part.strip() for part in line.split(",")) if word)
        if items:
            baskets.append(items[:MOST_ITEMS])
    if not baskets:
        raise BadInput(f"{path} holds no basket: one basket a line, items separated by commas.")
    if {"ean", "name_fr"} <= set(baskets[0]):
        raise BadInput(f"{path} is a file of products; --baskets wants one basket a line.")
    return baskets


def read_products(path: Path) -> list[Named]:
    """The named products of a file. Raises BadInput when it has not the columns ``ean`` and ``name_fr``."""
    try:
        rows = csv.DictReader(_text(path).splitlines())
        columns = set(rows.fieldnames or ())
        if not {"ean", "name_fr"} <= columns:
            raise BadInput(f"{path} needs the columns ean and name_fr in its first line.")
        seen: dict[str, Named] = {}
        for row in rows:
            name = " ".join((row["name_fr"] or "").split())[:NAME_LENGTH]
            if len(name) > 2 and name.casefold() not in seen:
                seen[name.casefold()] = Named((row["ean"] or "").strip()[:14], name)
    except csv.Error as error:
        raise BadInput(f"{path} is not a CSV file: {error}.") from None
    if not seen:
        raise BadInput(f"{path} names no product.")
    return list(seen.values())


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise BadInput(f"There is no file {path}.") from None
    except (OSError, UnicodeDecodeError):
        raise BadInput(f"{path} cannot be read as text.") from None
