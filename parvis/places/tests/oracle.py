"""A small reader of another project's table of cases, which lies beside the project and is never copied into it.

It knows as much JavaScript as that file needs: strings put together, arrays, comments and calls; the rest is skipped.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")  # the clock of every case
_TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*|/\*.*?\*/)|(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(?P<word>[\w$.]+)|(?P<mark>.)""",
    re.DOTALL,
)
_ESCAPES = {"n": "\n", "t": "\t"}


@dataclass(frozen=True, slots=True)
class Other:
    """Something that is neither text nor an array: a number, a name, an object."""

    said: str


@dataclass(frozen=True, slots=True)
class Case:
    """Values that all mean the same intervals between two moments, at a place."""

    line: int
    name: str
    values: tuple[str, ...]
    begin: datetime
    end: datetime
    intervals: tuple[tuple[datetime, datetime, bool], ...]  # the last: whether only perhaps open
    place: str
    mode: str  # "" for opening hours; points in time and such have others


class _Reader:
    def __init__(self, text: str, at: int, names: dict[str, str]) -> None:
        self.text, self.at, self.names = text, at, names
        self.kind, self.said = "", ""
        self.step()

    def step(self) -> None:
        while True:
            found = _TOKEN.match(self.text, self.at)
            if found is None:
                self.kind, self.said = "end", ""
                return
            self.at = found.end()
            if found.lastgroup != "space":
                self.kind, self.said = found.lastgroup or "", found[0]
                return

    def arguments(self) -> list[Any]:
        """From after the opening bracket of a call to its closing one."""
        return self._list(")")

    def _list(self, closing: str) -> list[Any]:
        found: list[Any] = []
        while self.said != closing or self.kind == "text":
            if self.kind == "end":
                raise ValueError("the file ends within a list")
            if self.said == "," and self.kind == "mark":
                self.step()
                continue
            found.append(self._expression())
        self.step()
        return found

    def _expression(self) -> Any:
        parts = [self._value()]
        while self.kind == "mark" and self.said not in ",])}:":
            sign = self.said
            self.step()
            parts += [Other(sign), self._value()]
        if all(isinstance(part, str) or part == Other("+") for part in parts):
            return "".join(part for part in parts if isinstance(part, str))
        return parts[0] if len(parts) == 1 else Other(" ".join(str(part) for part in parts))

    def _value(self) -> Any:
        kind, said = self.kind, self.said
        self.step()
        if kind == "text":
            return re.sub(r"\\(.)", lambda f: _ESCAPES.get(f[1], f[1]), said[1:-1], flags=re.DOTALL)
        if said == "[":
            return self._list("]")
        if said == "{":
            return Other("{" + self._skip("{", "}"))
        if said == "(":
            return Other("(" + self._skip("(", ")"))
        if kind == "word" and said == "new":
            return self._value()
        if kind == "word" and self.said == "(" and self.kind == "mark":
            self.step()
            inside = self._list(")")
            return inside[0] if said == "ignored" and len(inside) > 1 else Other(f"{said}()")  # else: not theirs either
        return self.names.get(said, Other(said)) if kind == "word" else Other(said)

    def _skip(self, opening: str, closing: str) -> str:
        start, depth = self.at - len(self.said), 1
        while depth:
            if self.kind == "end":
                raise ValueError("the file ends within brackets")
            if self.kind == "mark":
                depth += (self.said == opening) - (self.said == closing)
            self.step()
        return self.text[start : self.at - len(self.said)].strip()


def read_cases(path: Path) -> tuple[list[Case], list[str]]:
    """The cases that say intervals, and the values that must not be understood."""
    text = path.read_text(encoding="utf-8")
    names: dict[str, str] = dict(re.findall(r"^const (\w+) = '([^']*)';", text, re.MULTILINE))
    cases = []
    for call in re.finditer(r"^\s*test\.addTest\(", text, re.MULTILINE):
        case = _case(_Reader(text, call.end(), names).arguments(), text.count("\n", 0, call.start()) + 1)
        if case is not None:
            cases.append(case)
    wrong: list[str] = []
    for call in re.finditer(r"^\s*test\.addShouldFail\(", text, re.MULTILINE):
        values = _Reader(text, call.end(), names).arguments()[1]
        wrong += [value for value in ([values] if isinstance(values, str) else values) if isinstance(value, str)]
    return cases, wrong


def _case(arguments: list[Any], line: int) -> Case | None:
    """None for a case whose moments are worked out by the program that it tests, or that says none."""
    name, values, begin, end, intervals, *others = arguments
    is_said = isinstance(begin, str) and isinstance(end, str) and isinstance(intervals, list)
    if not is_said or ["something else", ""] in intervals:
        return None
    place = next((o.said for o in others[2:] if isinstance(o, Other) and o.said.startswith(("nominatim", "{"))), "{}")
    mode = next((o.said for o in others[4:] if isinstance(o, Other)), "")
    return Case(
        line,
        str(name),
        tuple(value for value in ([values] if isinstance(values, str) else values) if isinstance(value, str)),
        moment(begin),
        moment(end),
        tuple((moment(i[0]), moment(i[1]), len(i) > 2 and i[2] == Other("true")) for i in intervals),
        place,
        mode,
    )


def moment(text: str) -> datetime:
    """``2012-10-01 9:00``, ``2012.10.01 10:00``, with or without a time or seconds, in Berlin."""
    found = re.match(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?:[ T](\d{1,2}):(\d\d)(?::(\d\d))?)?", text)
    if found is None:
        raise ValueError(f"not a moment: {text}")
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    past = timedelta(days=day - 1, hours=hour, minutes=minute, seconds=second)  # the 31st of June is the 1st of July
    return (datetime(year, month, 1) + past).replace(tzinfo=BERLIN)
