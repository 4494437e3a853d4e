"""The catalogue of EANs of an installation: brought from a file, once or again and again."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import transaction

from parvis.core.errors import Refusal
from parvis.core.text import fold
from parvis.market.goods.eans import parse_ean
from parvis.market.models import KnownProduct

BATCH = 2_000
# Columns of Open Food Facts (its full table and short ones), the surest first.
COLUMNS = {
    "ean": ("ean", "code", "gtin", "barcode"),
    "name": ("name_fr", "product_name_fr", "product_name", "name", "nom"),
    "ingredients": ("ingredients_fr", "ingredients_text_fr", "ingredients_text", "ingredients"),
    "picture_url": ("image_url", "image_front_url"),
}


@transaction.atomic
def load_known_products(path: Path, *, source: str) -> dict[str, int]:
    """Read a file of products line by line and keep each EAN with its name; gives how many, and how many could not be.

    A name that is here already is replaced. All of it or nothing. Raises Refusal with a sentence.
    """
    counts = {"read": 0, "kept": 0, "wrong_ean": 0, "nameless": 0, "twice": 0}
    batch: dict[str, KnownProduct] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in _rows(file, path.name):
                counts["read"] += 1
                known = _known(row, source, counts)
                if known is None:
                    continue
                counts["twice"] += known.ean in batch
                batch[known.ean] = known
                if len(batch) == BATCH:
                    counts["kept"] += _keep(batch)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Refusal(f"{path.name} cannot be read as a table in UTF-8.") from error
    counts["kept"] += _keep(batch)
    return counts


def _rows(file: Any, name: str) -> Iterator[dict[str, str]]:
    first = file.readline()
    separator = max("\t;,", key=first.count)
    header = [fold(cell).replace(" ", "_") for cell in next(csv.reader([first], delimiter=separator), [])]
    places = {
        field: [header.index(column) for column in columns if column in header] for field, columns in COLUMNS.items()
    }
    if not places["ean"] or not places["name"]:
        raise Refusal(f"{name} has no column of EANs (ean, code) or none of names (name_fr, product_name).")
    for cells in csv.reader(file, delimiter=separator):
        yield {
            field: next((text for place in found if place < len(cells) and (text := cells[place].strip())), "")
            for field, found in places.items()
        }


def _known(row: dict[str, str], source: str, counts: dict[str, int]) -> KnownProduct | None:
    try:
        ean = parse_ean(row["ean"]).zfill(13)
    except Refusal:
        counts["wrong_ean"] += 1
        return None
    name = " ".join("".join(c for c in row["name"] if c.isprintable() or c.isspace()).split())[:140]
    if not any(c.isalnum() for c in name):
        counts["nameless"] += 1
        return None
    address = row["picture_url"]
    return KnownProduct(
        ean=ean,
        name=name,
        ingredients=row["ingredients"].replace("\x00", "")[:5000],
        picture_url=address if address.startswith("https://") and len(address) <= 400 else "",
        source=source,
    )


def _keep(batch: dict[str, KnownProduct]) -> int:
    count = len(batch)
    KnownProduct.objects.bulk_create(
        batch.values(),
        update_conflicts=True,
        unique_fields=["ean"],
        update_fields=["name", "ingredients", "picture_url", "source"],
    )
    batch.clear()
    return count
