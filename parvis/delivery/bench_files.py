"""Routing files as they lie about: read into numbers, whatever wrote them.

Two families, told apart by what is in a file rather than by its name: VRPLIB (by the field's own library, after its
text is put into the one shape that it knows) and Solomon's. The same file comes with Windows line ends, a byte-order
mark, blank lines, key words in lower case, names of another alphabet, whole or decimal numbers; distances come as
places or as any of the usual matrices. (Source: the description of TSPLIB 95, sections 1.1 and 1.2.)
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from vrplib.parse import parse_solution, parse_vrplib  # type: ignore[import-untyped]

type Array = np.ndarray[Any, Any]
type Raw = dict[str, Any]

_SECTION = re.compile(r"^[ \t]*\w+_section\b.*$|^[ \t]*eof\b.*$", re.IGNORECASE | re.MULTILINE)
_VRPLIB = re.compile(r"^\s*\w+_SECTION", re.IGNORECASE | re.MULTILINE)
_WEIGHTS = re.compile(r"^[ \t]*EDGE_WEIGHT_SECTION[ \t:]*$((?:\n[-+.\deE \t]*$)*)\n?", re.MULTILINE)
_NUMBERS = re.compile(r"[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?")
SOLOMON_COLUMNS = 7
"""Number, x, y, demand, ready time, due date, service time."""


def instance_paths(folder: Path) -> list[Path]:
    """The instance files of a folder and of those in it, by name."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".vrp", ".txt") and path.is_file())


def read_raw(path: Path) -> tuple[Raw, bool]:
    """What an instance says, keys as VRPLIB has them in lower case, ``edge_weight`` as an array of shape (n, n); and
    whether it is one of Solomon's form. Raises ValueError, KeyError, TypeError or RuntimeError when it is none of both.
    """
    text = _text(path)
    return (
        (_vrplib(text), False)
        if re.search(r"^\s*\w+_SECTION", text, re.IGNORECASE | re.MULTILINE)
        else (_solomon(text), True)
    )


def read_solution(path: Path) -> Raw | None:
    """The ``.sol`` beside an instance (``routes`` as lists of places, ``cost``), or None where none can be read."""
    beside = _beside(path, f"{path.stem}.sol")
    if beside is None:
        return None
    try:
        solution: Raw = parse_solution(_text(beside))
        solution["cost"] = float(solution["cost"])
    except (ValueError, KeyError, TypeError, IndexError):
        return None
    return solution


def read_records(path: Path) -> Mapping[str, Any]:
    """The entries of the ``best-known.json`` beside an instance, names in capitals; a bare number is a cost. Nothing
    where there is none that can be read.
    """
    beside = _beside(path, "best-known.json")
    try:
        known = json.loads(_text(beside)) if beside else {}
    except ValueError:
        known = {}
    entries = known.items() if isinstance(known, dict) else ()
    return {
        name.upper(): entry if isinstance(entry, dict) else {"best_known_cost": entry}
        for name, entry in entries
        if isinstance(entry, dict | int | float)
    }


def _beside(path: Path, name: str) -> Path | None:
    """The file of that name in the same folder, however it is capitalised."""
    return next((other for other in sorted(path.parent.iterdir()) if other.name.lower() == name.lower()), None)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8-sig", errors="replace")


def _vrplib(text: str) -> Raw:
    text = _SECTION.sub(lambda found: found[0].upper(), text)
    weights = _WEIGHTS.search(text)
    raw: Raw = parse_vrplib(_WEIGHTS.sub("", text, count=1), compute_edge_weights=False)
    size = int(raw["dimension"])
    for key in ("node_coord", "demand", "time_window"):
        if key in raw and len(raw[key]) != size:
            raise ValueError(f"{len(raw[key])} lines in {key.upper()}_SECTION for a dimension of {size}")
    kind, form = str(raw["edge_weight_type"]).upper(), str(raw.get("edge_weight_format", "")).upper()
    numbers = np.array(weights[1].split(), dtype=float) if weights else np.array([])
    raw["edge_weight"] = _matrix(form, numbers, size) if kind == "EXPLICIT" else _distances(kind, raw["node_coord"])
    return raw


def _distances(kind: str, places: Array) -> Array:
    # Not by the quicker scalar product: it is off by so much that what is cut off at one decimal comes out wrong.
    x, y = (np.asarray(places, dtype=float)[:, axis] for axis in (0, 1))
    lines: Array = np.hypot(x[:, None] - x, y[:, None] - y)
    match kind:
        case "EUC_2D":
            return lines
        case "FLOOR_2D":
            return np.floor(lines)
        case "CEIL_2D":
            return np.ceil(lines)
        case "EXACT_2D":
            return np.round(1000 * lines)
    raise ValueError(f"distances of type {kind}")


def _matrix(form: str, numbers: Array, size: int) -> Array:
    """A matrix from its numbers, on however many lines they stand. What it says from a place to itself is dropped."""
    ways = np.zeros((size, size))
    if form == "FULL_MATRIX":
        cells = np.ones((size, size), dtype=bool)
    else:
        # A triangle by rows; what is a lower one by columns is an upper one by rows, mirrored.
        cells = np.tri(size, k=0 if "DIAG" in form else -1, dtype=bool)
        if form in ("UPPER_ROW", "UPPER_DIAG_ROW", "LOWER_COL", "LOWER_DIAG_COL"):
            cells = cells.T
        elif form not in ("LOWER_ROW", "LOWER_DIAG_ROW", "UPPER_COL", "UPPER_DIAG_COL"):
            raise ValueError(f"a matrix of form {form or 'unknown'}")
    if len(numbers) != cells.sum():
        raise ValueError(f"{len(numbers)} distances where a {form} of {size} places has {cells.sum()}")
    ways[cells] = numbers
    if form != "FULL_MATRIX":
        ways = np.maximum(ways, ways.T)
    np.fill_diagonal(ways, 0)
    return ways


def _solomon(text: str) -> Raw:
    """The fleet is the first line of two numbers, places are lines of seven; the hub is the first."""
    rows = [[float(number) for number in line.split()] for line in text.splitlines() if _is_row(line)]
    fleet = next((row for row in rows if len(row) == 2), None)
    table = [row for row in rows if len(row) == SOLOMON_COLUMNS]
    if fleet is None or not table:
        raise ValueError("neither of VRPLIB's form nor of Solomon's")
    if [row[0] for row in table] != [*range(len(table))] or len(table) + 1 != len(rows):
        raise ValueError("customers that are not numbered from 0 in lines of seven numbers")
    data = np.array(table)
    return {
        "vehicles": int(fleet[0]),
        "capacity": fleet[1],
        "demand": data[:, 3],
        "time_window": data[:, 4:6],
        "service_time": data[:, 6],
        "edge_weight": _distances("EUC_2D", data[:, 1:3]),
    }


def _is_row(line: str) -> bool:
    words = line.split()
    return bool(words) and all(_NUMBERS.fullmatch(word) for word in words)
