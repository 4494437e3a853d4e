"""Files that are wrong, each made on the spot: what to bring, and the words of the sentence that must answer."""

import gzip
import io
import json
import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl

HEADER = "ref;name;category;lat;lon;opening_hours;source_date;delivers_within_m\n"
GOOD = {"ref": "1", "name": "A", "category": "bakery", "lat": "48.82", "lon": "2.27"}


def row(**cells: str) -> bytes:
    told = GOOD | {"opening_hours": "", "source_date": "", "delivers_within_m": ""} | cells
    return (HEADER + ";".join(told.values()) + "\n").encode()


def feature(geometry: object, **properties: object) -> dict[str, object]:
    said = {"name": "A", "category": "bakery"} | properties
    return {"type": "Feature", "geometry": geometry, "properties": said}


def collection(*features: object, **extra: object) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features)} | extra).encode()


def point(lon: float = 2.27, lat: float = 48.82) -> dict[str, object]:
    return {"type": "Point", "coordinates": [lon, lat]}


def workbook(fill: Callable[[openpyxl.Workbook], None]) -> bytes:
    book = openpyxl.Workbook()
    fill(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def repacked(content: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    """A workbook with its parts changed; None leaves one out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if (part := change(name, old.read(name))) is not None:
                new.writestr(name, part)
    return out.getvalue()


SHEET = workbook(lambda book: book.active.append(["name", "category", "lat", "lon"]))


def pbf_blob(size: int, kind: bytes = b"OSMHeader") -> bytes:
    """The beginning of a pbf whose first blob says that it has ``size`` bytes."""
    varint = bytearray()
    while size > 127:
        varint.append(size & 127 | 128)
        size >>= 7
    varint.append(size)
    header = b"\x0a" + bytes([len(kind)]) + kind + b"\x18" + bytes(varint)
    return struct.pack(">I", len(header)) + header + b"\x00" * 2000


def small_pbf(folder: Path) -> bytes:
    import osmium

    from parvis.core.tests.osm_files import small_town

    source, target = small_town(folder / "t.osm"), folder / "t.osm.pbf"
    with osmium.SimpleWriter(str(target), overwrite=True) as writer:
        for thing in osmium.FileProcessor(str(source)):
            writer.add(thing)
    return target.read_bytes()


def declared_zip(size: int) -> bytes:
    """A workbook whose directory says that its sheet has ``size`` bytes."""
    raw = bytearray(SHEET)
    found = raw.rfind(b"xl/worksheets/sheet1.xml") - 46
    assert raw[found : found + 4] == b"PK\x01\x02"
    raw[found + 24 : found + 28] = struct.pack("<I", min(size, 0xFFFFFFFE))
    return bytes(raw)


def bomb_xml(root: str) -> bytes:
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol" * 10}">' for n in range(12))
    return f'<?xml version="1.0"?><!DOCTYPE osm [{lines}]><{root}>&l11;</{root}>'.encode()


OSM_BOMB = bomb_xml("osm").replace(b"<osm>", b'<osm version="0.6">')
SHEET_BOMB = bomb_xml("worksheet")
RANDOM = random.Random(5).randbytes(5000)

# name of the file, its content (or a function of a folder), words of the sentence
WRONG: dict[str, tuple[str, bytes | Callable[[Path], bytes], str]] = {
    "pbf cut off": ("a.osm.pbf", lambda folder: small_pbf(folder)[:-300], "cut off|can be read"),
    "pbf cut in its head": ("a.osm.pbf", lambda folder: small_pbf(folder)[:40], "cut off|can be read"),
    "pbf of random bytes": ("a.osm.pbf", RANDOM, "no text|letters of the file"),
    "pbf with random bytes inside": (
        "a.osm.pbf", lambda folder: small_pbf(folder)[:200] + RANDOM, "cut off|can be read",
    ),
    "pbf that declares 10 GB": ("a.osm.pbf", pbf_blob(10_000_000_000), "can be read|cut off"),
    "pbf that declares 31 MB and has none": ("a.osm.pbf", pbf_blob(31_000_000), "can be read|cut off"),
    "xml cut off": ("a.osm", b'<?xml version="1.0"?><osm version="0.6"><node id="1" lat="48', "cut off"),
    "xml bomb": ("a.osm", OSM_BOMB, "entities are not supported"),
    "xml of something else": ("a.osm", b'<?xml version="1.0"?><kml><Document/></kml>', "no OpenStreetMap extract"),
    "osm without streets": ("a.osm", b'<?xml version="1.0"?><osm version="0.6"></osm>', "no street"),
    "osm with wrong numbers": (
        "a.osm", b'<?xml version="1.0"?><osm version="0.6"><node id="x" lat="a" lon="b"/></osm>', "illegal id",
    ),
    "packed": ("a.osm.gz", gzip.compress(b"<osm/>" * 100), "packed"),
    "packed bomb": ("a.csv.gz", gzip.compress(b"\x00" * 10_000_000), "packed"),
    "zip of anything": ("a.zip", lambda folder: repacked(SHEET, lambda name, part: None), "packed"),
    "empty": ("a.csv", b"", "empty"),
    "only a mark": ("a.csv", b"\xef\xbb\xbf", "empty"),
    "only a mark in UTF-16": ("a.csv", b"\xff\xfe", "empty"),
    "only spaces": ("a.csv", b" \r\n\n  ", "empty"),
    "web page": ("a.csv", b"<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
    "pdf": ("a.csv", b"%PDF-1.7 ....", "PDF"),
    "picture": ("a.csv", b"\x89PNG\r\n\x1a\n....", "picture"),
    "old Excel": ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Excel"),
    "NUL in the text": ("a.csv", row(name="A\x00B"), "no text"),
    "letters of no encoding": ("a.csv", HEADER.encode() + b"1;caf\x81\x8d;bakery;48.82;2.27", "letters of the file"),
    "half of UTF-16": ("a.csv", (HEADER + "1;A").encode("utf-16")[:-1], "letters of the file"),
    "no header": ("a.csv", b"12;Aux Miches;bakery;48.82;2.27\n", "No column holds the names"),
    "one word": ("a.csv", b"hello", "No column holds the names"),
    "header alone": ("a.csv", HEADER.encode(), "holds no place"),
    "a column twice": ("a.csv", b"name;name;lat;lon\nA;B;48.82;2.27\n", "Two columns are called"),
    "a million columns": ("a.csv", b"a;" * 1_000_000 + b"\n", "more than a million letters|columns"),
    "a thousand columns": ("a.csv", b"name;" + b";".join(b"c%d" % n for n in range(1000)), "columns; 300"),
    "a line of 50 MB": ("a.csv", b"name;lat;lon\n" + b"x" * 49_000_000, "too long"),
    "a first line of 40 MB": ("a.csv", b"x" * 40_000_000, "more than a million letters"),
    "60 MB": ("a.csv", HEADER.encode() + b"1;A;bakery;48.82;2.27;;;\n" * 2_400_000, "50 MB are the most"),
    "too many rows": ("a.csv", HEADER.encode() + b"1;A;bakery;48;2;;;\n" * 100_002, "more than 100000 rows"),
    "a quotation mark never closed": (
        "a.csv", b'name;lat;lon\n"A;48.82;2.27\n' + b"B;48.82;2.27\n" * 20_000, "never closed",
    ),
    "swapped coordinates": ("a.csv", row(lat="2.27", lon="48.82"), "look swapped"),
    "Lambert 93": ("a.csv", b"name;category;x;y\nA;bakery;645000;6857000\n", r"metres \(Lambert 93\)"),
    "another country": ("a.csv", row(lat="40.71", lon="-74.0"), "km from Issy"),
    "nowhere": ("a.csv", row(lat="0", lon="0"), "0, 0"),
    "coordinates of no number": ("a.csv", row(lat="nord"), "“nord” is not a number"),
    "infinite coordinates": ("a.csv", row(lat="inf"), "not numbers"),
    "one coordinate": ("a.csv", row(lat=""), "coordinates is missing"),
    "neither coordinates nor address": ("a.csv", row(lat="", lon=""), "Neither coordinates nor an address"),
    "name of 10,000 letters": ("a.csv", row(name="x" * 10_000), "10000 letters; 160"),
    "hours of 100 kB": ("a.csv", row(opening_hours="Mo " * 33_000), "hours have"),
    "the year 9999": ("a.csv", row(source_date="31/12/9999"), "in the future"),
    "a day that is none": ("a.csv", row(source_date="31/02/2020"), "is not a date"),
    "negative distance": ("a.csv", row(delivers_within_m="-5"), "not a distance"),
    "huge distance": ("a.csv", row(delivers_within_m="1e300"), "not a distance"),
    "distance of no number": ("a.csv", row(delivers_within_m="nan"), "not a distance"),
    "unknown kind": ("a.csv", row(category="zzzz"), "do not know the kind"),
    "no kind": ("a.csv", row(category=""), "what kind of place"),
    "no name": ("a.csv", row(name=" "), "name is missing"),
    "a separator inside a text": ("a.csv", row(name="A;B;C;D", delivers_within_m="5"), "cells for"),
    "json cut off": ("a.json", collection(feature(point()))[:-9], "broken at line 1"),
    "json of another shape": ("a.json", b'{"type": "Topology", "objects": {}}', "neither GeoJSON nor"),
    "json of numbers": ("a.json", b"[1, 2, 3]", "neither GeoJSON nor"),
    "json too deep": ("a.json", b"[" * 200_000, "neither GeoJSON nor|broken"),
    "json in another encoding": ("a.json", '{"é": 1}'.encode("latin-1"), "UTF-8"),
    "geojson without features": ("a.geojson", collection(), "holds no place"),
    "geojson with NaN": (
        "a.geojson", collection(feature(point())).replace(b"2.27", b"NaN"), "NaN where a number",
    ),
    "geojson of another system": (
        "a.geojson",
        collection(feature(point()), crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}),
        "EPSG::2154",
    ),
    "geojson in metres": ("a.geojson", collection(feature(point(645_000, 6_857_000))), "Lambert 93"),
    "geojson swapped": ("a.geojson", collection(feature(point(48.82, 2.27))), "look swapped"),
    "geojson without geometry": ("a.geojson", collection(feature(None)), "Neither coordinates"),
    "geojson with a broken point": (
        "a.geojson", collection(feature({"type": "Point", "coordinates": ["a", None]})), "geometry cannot be read",
    ),
    "geojson with a broken polygon": (
        "a.geojson", collection(feature({"type": "Polygon", "coordinates": [[[2, 48]]]})), "geometry cannot be read",
    ),
    "geojson with an empty polygon": (
        "a.geojson", collection(feature({"type": "Polygon", "coordinates": []})), "geometry cannot be read",
    ),
    "geojson with a crossed polygon": (
        "a.geojson",
        collection(
            feature({"type": "Polygon", "coordinates": [[[2, 48], [3, 49], [3, 48], [2, 49], [2, 48]]]})
        ),
        "geometry cannot be read",
    ),
    "xlsx cut off": ("a.xlsx", SHEET[:-200], "damaged or cut off"),
    "xlsx of random bytes": ("a.xlsx", b"PK\x03\x04" + RANDOM, "damaged or cut off"),
    "xlsx without sheets": (
        "a.xlsx",
        lambda folder: repacked(
            SHEET,
            lambda name, part: part.replace(part[part.find(b"<sheets>") : part.find(b"</sheets>") + 9], b"<sheets/>")
            if name == "xl/workbook.xml"
            else part,
        ),
        "holds no table|damaged",
    ),
    "xlsx without its sheet": (
        "a.xlsx",
        lambda folder: repacked(SHEET, lambda name, part: None if "sheet1" in name and "rels" not in name else part),
        "holds no table|damaged",
    ),
    "xlsx with nothing in it": ("a.xlsx", workbook(lambda book: None), "holds no table"),
    "xlsx bomb": (
        "a.xlsx",
        lambda folder: repacked(SHEET, lambda name, part: b" " * 450_000_000 if "sheet1.xml" in name else part),
        "Unpacked, this file would have",
    ),
    "xlsx dense bomb": (
        "a.xlsx",
        lambda folder: repacked(SHEET, lambda name, part: b" " * 60_000_000 if "sheet1.xml" in name else part),
        "Unpacked, this file would have",
    ),
    "xlsx that declares 4 GB": ("a.xlsx", declared_zip(4_294_967_294), "Unpacked, this file would have"),
    "xlsx that lies about its size": ("a.xlsx", declared_zip(10), "damaged|no table"),
    "xlsx with an xml bomb": (
        "a.xlsx",
        lambda folder: repacked(SHEET, lambda name, part: SHEET_BOMB if "sheet1.xml" in name else part),
        "damaged|no table",
    ),
    "Word document": (
        "a.docx",
        lambda folder: repacked(SHEET, lambda name, part: None) + b"",
        "packed",
    ),
}  # fmt: skip
