"""Charts: named, in one colour scheme or the other, and never with the markup of people's words."""

from xml.etree import ElementTree

import pytest
from django.utils import translation

from parvis.core.charts import PAGE, PAPER, Between, ranges, stacked

ROWS = [("S 45", (90, 5, 3)), ("<b>S 46", (80, 9, 1))]
SERIES = ["Kept", "Late & more", "Not brought"]


def texts(svg: str) -> list[str]:
    """What the picture says."""
    return [node.text or "" for node in _tree(svg).iter("{http://www.w3.org/2000/svg}text")]


def _tree(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314 - what we have drawn ourselves


@pytest.mark.parametrize("theme", [PAGE, PAPER])
def test_bars_in_pieces(theme):
    svg = stacked(ROWS, SERIES, label='Week "45" & on', title="Deliveries", theme=theme)
    root = _tree(svg)
    assert root.get("role") == "img"
    assert root.get("aria-label") == 'Week "45" & on'
    assert root.get("width") is None, "it grows with its page"
    assert {"S 45", "<b>S 46", "Deliveries", *SERIES} <= set(texts(svg))
    assert "<b>" not in svg
    assert "style=" not in svg, "the content security policy allows no inline style"
    assert all(colour in svg for colour in theme.series[:3])


@pytest.mark.parametrize(("language", "thousand"), [("fr", "1\u00a0000"), ("nl", "1.000"), ("en", "1,000")])
def test_numbers_are_those_of_the_language(language, thousand):
    points = [Between("40", "2 bikes", 1000.0, -1200.0, 1900.0)]
    with translation.override(language):
        said = [text.replace("\u202f", "\u00a0") for text in texts(ranges(points, label="left", zero=0.0))]
    assert thousand in said
    assert any(text.startswith("−") for text in said)


def test_a_range_has_its_middle_and_its_ends():
    points = [Between("40", "2 bikes", 97.0, 95.0, 99.0), Between("40", "3 bikes", 98.0, 96.0, 99.0)]
    svg = ranges(points, label="kept", title="%", zero=0.0)
    assert {"40", "2 bikes", "3 bikes"} <= set(texts(svg))
    assert svg == ranges(points, label="kept", title="%", zero=0.0)


def test_one_series_needs_no_key():
    assert "Kept" not in texts(stacked([("a", (1,))], ["Kept"], label="x"))
