"""Documents to print and keep: PDF with tags (PDF/UA-1), set by typst from a template and plain data.

Templates are files of ``core/templates/core/documents/``. They read ``sys.inputs.data``, which is JSON: text of
people is data there and never becomes code. Fonts are those inside typst, so that a document is the same everywhere.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst

FOLDER = Path(__file__).parent / "templates" / "core" / "documents"


@cache
def _source(name: str) -> bytes:
    return (FOLDER / f"{name}.typ").read_bytes()


def pdf(name: str, *, title: str, language: str, data: Mapping[str, Any], made_at: datetime) -> bytes:
    """Set the document ``name`` with ``data`` (plain JSON values), in a language of two letters."""
    given = json.dumps({"title": title, "language": language, **data})
    document = typst.compile(
        _source(name),
        format="pdf",
        ignore_system_fonts=True,
        pdf_standards="ua-1",
        sys_inputs={"data": given},
        timestamp=int(made_at.timestamp()),
    )
    assert isinstance(document, bytes)
    return document
