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
    """Set the document ``name`` with ``data`` (plain JSON values), in a language of two letters.

    A name in letters that our fonts lack is set with whatever fonts the machine has, tagged but without the claim
    to be PDF/UA: a label must come out.
    """
    given = json.dumps({"title": title, "language": language, **data})
    try:
        return _compile(name, given, made_at, pdf_standards="ua-1", ignore_system_fonts=True)
    except typst.TypstError:
        return _compile(name, given, made_at)


def _compile(name: str, given: str, made_at: datetime, **options: Any) -> bytes:
    stamp = int(made_at.timestamp())
    document = typst.compile(_source(name), format="pdf", sys_inputs={"data": given}, timestamp=stamp, **options)
    assert isinstance(document, bytes)
    return document


_SQUARE = b"""#set page(width: 72pt, height: 72pt, margin: 0pt, fill: none)
#image(bytes(sys.inputs.svg), format: "svg", width: 100%, height: 100%)"""


def png_of(svg: str, side: int) -> bytes:
    """A square drawing as a picture of ``side`` points a side, for what cannot show drawings."""
    picture = typst.compile(_SQUARE, format="png", ppi=side, sys_inputs={"svg": svg})
    assert isinstance(picture, bytes)
    return picture
