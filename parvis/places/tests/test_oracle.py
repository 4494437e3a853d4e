"""Our hours beside another project's table of cases: every construct that ``docs/hours.md`` claims agrees with it.

The file is somebody else's and lies beside the project; without it this is skipped. The table in the document holds
the counts, and is compared with what is found.
"""

import re
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from parvis.core.geo import Point
from parvis.places.hours import is_readable, open_stretches
from parvis.places.tests.oracle import BERLIN, Case, read_cases

ORACLE = settings.DATA_DIR / "opening-hours" / "opening_hours.js-tests.js"
DOCUMENT = Path(settings.BASE_DIR) / "docs" / "hours.md"
SUN = r"sun(rise|set)|dawn|dusk|daylight"
A_MINUTE_OR_TWO = timedelta(minutes=2)  # two ways of working out where the sun stands

pytestmark = pytest.mark.skipif(not ORACLE.exists(), reason="the table of cases is not at hand (PARVIS_DATA)")

# The first that fits a value is its construct. Names are those of the table in docs/hours.md.
_FULL_DATE = r"\b\w{3} \d{1,2}\b"
CONSTRUCTS: list[tuple[str, str]] = [
    ("school holidays", r"\bSH\b|chul|erien"),
    (
        "public holidays among some days, or beside them",
        r"PH:? ?(Mo|Tu|We|Th|Fr|Sa|Su|[-+]\d)|(Mo|Tu|We|Th|Fr|Sa|Su):? PH|holiday",
    ),
    ("holidays of other countries", r"\bPH\b"),
    ("open end", r"\+(?!\d|Sa|Su|Mo)"),
    ("sunrise, sunset, dawn, dusk meeting a fixed hour", rf"(\d:\d\d-({SUN}))|({SUN})-\d"),
    ("sunrise, sunset, dawn, dusk", SUN),
    ("Easter as an end of a range", r"easter.*-.*easter|easter-|-easter|easter [-+]\d+ days?-"),
    ("Easter", r"easter"),
    ("dates moved to a weekday", r"\d ?[-+] ?(Mo|Tu|We|Th|Fr|Sa|Su)\b|\] [-+]\d+ days|[a-z] ?-\d+ days"),
    ("weekday of the month as an end of a range", r"\]-\w|-\w{3} \w\w\["),
    ("periods (every second day)", r"\d/\d+\b(?!.*week)(?<!7)"),
    ("a fallback followed by other rules", r"\|\|.*;(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)"),
    ("fallback", r"\|\|"),
    ("weeks", r"\bweek\b"),
    ("weekdays of the month", r"\["),
    ("years", r"\b(19|20)\d\d\b"),
    ("days of the month", _FULL_DATE),
    ("months", r"\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b"),
    ("comments and unknown", r"\"|unknown"),
    ("nights", r"NIGHT"),
    ("closed hours and days", r"\b(off|closed)\b"),
    ("additional rules", r"\d, [A-Z]"),
    ("weekdays and hours", r""),
]
WITHOUT_WORDS = re.compile(r'"[^"]*"')


def construct(case: Case, value: str) -> str:
    """The name of what is special in a value."""
    if case.mode:
        return "points in time, values of other keys"
    if case.name.startswith("Error tolerance") or not is_readable(value):
        return "not in the written form"
    bare = WITHOUT_WORDS.sub('""', value)
    if "PH" in bare and case.place.startswith("nominatim_by_loc.fr"):
        return "public holidays of France"
    if re.search(SUN, bare) and case.place == "{}":
        return "the sun without a place"
    if cuts_a_night(bare):
        return "a later rule that cuts the night before"
    night = re.search(r"\d+:\d\d-(\d+):\d\d", bare) and has_night(bare)
    for name, pattern in CONSTRUCTS:
        if name == "nights":
            if night:
                return name
        elif re.search(pattern, bare):
            return name
    raise AssertionError(value)


def has_night(value: str) -> bool:
    """Whether hours run past midnight."""
    spans = re.findall(r"(\d+):(\d\d)-(\d+):(\d\d)", value)
    return any(
        (int(c), int(d)) <= (int(a), int(b)) or (int(c) >= 24 and (c, d) != ("24", "00")) for a, b, c, d in spans
    )


def cuts_a_night(value: str) -> bool:
    """Several rules, the first with a night: other programs end it at midnight where the next day has a rule too."""
    rules = [rule.strip() for rule in value.split(";") if rule.strip()]
    return len(rules) > 1 and any(has_night(rule) for rule in rules) and "||" not in value


def country_and_point(place: str) -> tuple[str, Point | None]:
    """Where a case lies; regions of a country are not told apart here."""
    if place == "nominatim_default":
        return "DE", Point(9.7937133, 49.5400039)
    if place == "nominatim_sunrise_below":
        return "NO", Point(9.8269589, 60.5467949)
    found = re.match(r"nominatim_by_loc\.(\w\w)", place)
    return (found[1].upper(), None) if found else ("", None)


def joined(spans: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Spans that touch as one."""
    whole: list[tuple[datetime, datetime]] = []
    for start, end in sorted(spans):
        if whole and whole[-1][1] >= start:
            whole[-1] = (whole[-1][0], max(whole[-1][1], end))
        elif start < end:
            whole.append((start, end))
    return whole


def agrees(case: Case, value: str) -> bool:
    """Whether our open stretches are those of the case."""
    country, point = country_and_point(case.place)
    expected = joined([(a.astimezone(UTC), b.astimezone(UTC)) for a, b, perhaps in case.intervals if not perhaps])
    between = (case.begin.astimezone(UTC), case.end.astimezone(UTC))
    found = joined(open_stretches(value, (), between, BERLIN, country, point))
    if re.search(SUN, value):
        near = [
            abs(a - b) <= A_MINUTE_OR_TWO
            for x, y in zip(found, expected, strict=False)
            for a, b in zip(x, y, strict=True)
        ]
        return len(found) == len(expected) and all(near)
    return found == expected


@pytest.fixture(scope="module")
def results() -> tuple[Counter[str], Counter[str], dict[str, list[str]]]:
    """By construct: how many values, how many that agree, and those that do not."""
    values, same, different = Counter[str](), Counter[str](), defaultdict[str, list[str]](list)
    for case in read_cases(ORACLE)[0]:
        for value in case.values:
            name = construct(case, value)
            values[name] += 1
            if agrees(case, value):
                same[name] += 1
            else:
                different[name].append(f"line {case.line}: {value}")
    return values, same, different


def documented() -> dict[str, tuple[bool, int, int]]:
    """The table of the document: whether claimed, how many values, how many agree."""
    rows = re.findall(r"^\| ([^|]+?) \| (yes|no)[^|]* \| (\d+) \| (\d+) \|", DOCUMENT.read_text(), re.MULTILINE)
    return {name: (claim == "yes", int(values), int(same)) for name, claim, values, same in rows}


def test_the_file_is_read_whole():
    cases, wrong = read_cases(ORACLE)
    assert len(cases) >= 320
    assert sum(len(case.values) for case in cases) >= 690
    assert len(wrong) >= 150


def test_every_claimed_construct_agrees(results):
    _values, _same, different = results
    claimed = [name for name, (is_claimed, _, _) in documented().items() if is_claimed]
    assert len(claimed) >= 10
    assert {name: different[name] for name in claimed if different[name]} == {}


def test_the_document_says_what_is_found(results):
    values, same, _different = results
    assert {name: (n, m) for name, (_, n, m) in documented().items()} == {n: (values[n], same[n]) for n in values}


def test_values_that_must_fail_are_counted():
    _cases, wrong = read_cases(ORACLE)
    read = [value for value in wrong if is_readable(value, "DE")]
    said = re.search(r"(\d+) of (\d+) values that must fail", DOCUMENT.read_text())
    assert said is not None
    assert (int(said[1]), int(said[2])) == (len(wrong) - len(read), len(wrong))
