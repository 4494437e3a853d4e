"""One stylesheet from small ones: no build step, and one request on an old phone.

``core/css/parvis.css`` is the sheets of ``SHEETS`` one after the other, without their comments and indentation. It is
written to ``VAR_DIR`` whenever a sheet is newer, and found like any static file.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

NAME = "core/css/parvis.css"
FOLDER = Path(__file__).parent / "static" / "core" / "css"
SHEETS = [  # tokens first: it declares the order of the layers
    "tokens.css",
    "base.css",
    "layout.css",
    "components/button.css",
    "components/field.css",
    "components/status.css",
    "components/cards.css",
    "components/table.css",
    "components/ways.css",
    "components/map.css",
    "print.css",
]
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def joined() -> str:
    """The whole stylesheet."""
    sheets = (_COMMENT.sub("", (FOLDER / name).read_text()) for name in SHEETS)
    return "\n".join(line.strip() for sheet in sheets for line in sheet.splitlines() if line.strip()) + "\n"


def bundle() -> Path:
    """The folder that holds ``core/css/parvis.css``, written afresh when a sheet has changed."""
    folder = Path(settings.VAR_DIR) / "stylesheet"
    target = folder / NAME
    newest = max((FOLDER / name).stat().st_mtime for name in [*SHEETS, "."])
    if not target.exists() or target.stat().st_mtime < newest:
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_suffix(".new")
        fresh.write_text(joined())
        fresh.replace(target)
    return folder


class StylesheetFinder(BaseFinder):
    """Finds the joined stylesheet."""

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        if path != NAME:
            return []
        found = str(bundle() / NAME)
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        yield NAME, FileSystemStorage(location=bundle())
