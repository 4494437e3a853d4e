"""Every ink on every ground it is used on: 4.5 to 1 at least, in light and dark, in the colours of each town."""

import re
from functools import cache
from pathlib import Path

import pytest

STATIC = Path(__file__).parent.parent / "static" / "core"
THEMES = [None, *sorted(STATIC.glob("themes/*.css"))]
GROUNDS = ["stone", "paper", "sunk"]
READ = 4.5  # WCAG 1.4.3, text
SEEN = 3.0  # WCAG 1.4.11, edges and marks

TEXT = [
    *[(ink, ground) for ink in ("ink", "ink-soft", "accent", "accent-strong") for ground in GROUNDS],
    *[(ink, "accent-wash") for ink in ("ink", "ink-soft", "accent", "accent-strong")],
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("on-header", "header"),
    *[(f"{tone}-ink", f"{tone}-wash") for tone in ("go", "wait", "warn", "over")],
    *[("ink", f"{tone}-wash") for tone in ("go", "wait", "warn")],
    *[(ink, ground) for ink in ("go-ink", "warn-ink") for ground in ("stone", "paper")],
    ("on-brick", "brick"),
    ("warn-wash", "warn-ink"),
    ("on-sun", "sun"),
    ("accent", "paving"),
    *[("on-route", f"route-{number}") for number in range(1, 7)],
    ("stone", "ink"),
    ("paper", "ink-soft"),
]
MARKS = [
    *[("line-strong", ground) for ground in GROUNDS],
    *[("brick", ground) for ground in ("stone", "paper")],
    *[("focus", ground) for ground in ("stone", "paper", "sunk", "accent-wash")],
    ("sun", "header"),
    *[(f"route-{number}", ground) for number in range(1, 7) for ground in ("land", "road")],
]


def _values(text: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]{3,6})\b", text))


@cache
def palette(theme: Path | None, dark: bool) -> dict[str, str]:
    """The colours in force, as the browser would end up with them."""
    values: dict[str, str] = {}
    for file in [STATIC / "css" / "tokens.css", *([theme] if theme else [])]:
        light, _, night = file.read_text().partition("@media (prefers-color-scheme: dark)")
        values |= _values(light)
        if dark:
            values |= _values(night)
    return values


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2."""
    low, high = sorted([_luminance(one), _luminance(other)])
    return (high + 0.05) / (low + 0.05)


def test_the_measure_itself() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.stem if theme else "parvis")
def test_pairs_can_be_read(theme: Path | None, dark: bool) -> None:
    colours = palette(theme, dark)
    weak = [
        f"{ink} on {ground}: {contrast(colours[ink], colours[ground]):.2f}"
        for pairs, least in ((TEXT, READ), (MARKS, SEEN))
        for ink, ground in pairs
        if contrast(colours[ink], colours[ground]) < least
    ]
    assert not weak, "\n".join(weak)
