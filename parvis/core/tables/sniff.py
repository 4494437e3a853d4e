"""What a file is, by what it holds and not by what it is called."""

import stat
import zipfile
from collections.abc import Collection
from pathlib import Path

from django.utils.translation import gettext as _

from parvis.core.tables.rows import UnreadableFile

OSM, CSV, EXCEL, JSON, PAGE = "osm", "csv", "excel", "json", "page"
MOST_BYTES = {OSM: 2_000_000_000, CSV: 50_000_000, EXCEL: 50_000_000, JSON: 100_000_000, PAGE: 5_000_000}
TABLES = frozenset({OSM, CSV, EXCEL, JSON})
_PACKED = (b"\x1f\x8b", b"BZh", b"7z\xbc\xaf", b"Rar!", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF")


def sniff(path: Path, wanted: Collection[str] = TABLES) -> str:
    """Which of ``wanted`` the file is; raises UnreadableFile with what it is instead."""
    head = _head(path)
    kind = _binary(path, head) or _text(head)
    if kind not in wanted:
        raise UnreadableFile(_instead(kind))
    size = path.stat().st_size
    if size > MOST_BYTES[kind]:
        raise UnreadableFile(
            _("The file has %(size)d MB; %(most)d MB are the most. Cut it in parts.")
            % {"size": size // 1_000_000, "most": MOST_BYTES[kind] // 1_000_000}
        )
    return kind


def _instead(kind: str) -> str:
    match kind:
        case "page":
            return _("This is a web page, not a table: the link may have asked for a sign-in.")
        case "osm":
            return _("This is an OpenStreetMap extract, not a table.")
        case _:
            return _("This is JSON, not a table.")


def _head(path: Path) -> bytes:
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise UnreadableFile(_("%(name)s is a folder, not a file.") % {"name": path.name})
        if not stat.S_ISREG(mode):
            raise UnreadableFile(_("%(name)s is not a plain file.") % {"name": path.name})
        with path.open("rb") as file:
            head = file.read(4096)
    except FileNotFoundError:
        raise UnreadableFile(_("There is no file %(name)s.") % {"name": path.name}) from None
    except OSError as error:
        raise UnreadableFile(_("%(name)s cannot be read.") % {"name": path.name}) from error
    if not head.strip(b"\xef\xbb\xbf\xff\xfe \r\n\t"):
        raise UnreadableFile(_("The file is empty."))
    return head


def _binary(path: Path, head: bytes) -> str:
    if b"OSMHeader" in head[:60]:
        return OSM
    if head.startswith(b"PK"):
        return _zip(path)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableFile(_("This is an old Excel file (.xls): save it as .xlsx or CSV."))
    if head.startswith(b"%PDF"):
        raise UnreadableFile(_("This is a PDF, not a table."))
    if head.startswith(_PACKED):
        raise UnreadableFile(_("This file is packed: unpack it first."))
    if head.startswith(_PICTURES):
        raise UnreadableFile(_("This is a picture, not a table."))
    return ""


def _zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as packed:
            names = set(packed.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise UnreadableFile(_("The file is damaged or cut off: fetch it again.")) from None
    if "xl/workbook.xml" in names:
        return EXCEL
    if "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names):
        raise UnreadableFile(_("The file is damaged or cut off: fetch it again."))
    if "word/document.xml" in names:
        raise UnreadableFile(_("This is a text document, not a table."))
    if "content.xml" in names:
        raise UnreadableFile(_("This is an OpenDocument file: save it as .xlsx or CSV."))
    raise UnreadableFile(_("This file is packed: unpack it first."))


def _text(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = head.decode("utf-16", "ignore").lstrip().lower()
    else:
        start = head.removeprefix(b"\xef\xbb\xbf").decode("latin-1").lstrip().lower()
    if start.startswith(("<!doctype html", "<html")) or "<html" in start[:500]:
        return PAGE
    if start.startswith("<osm") or (start.startswith("<?xml") and "<osm" in start):
        return OSM
    if start.startswith("<"):
        raise UnreadableFile(_("This is XML, but no OpenStreetMap extract."))
    return JSON if start.startswith(("{", "[")) else CSV
