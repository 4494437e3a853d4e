"""Charts as SVG, made on the server: Vega-Lite says what, its own renderer draws. Beside each stands its table.

A chart is drawn for a PAGE (colours are those of the town's theme, light or dark) or for PAPER. On a page it is one
picture to a screen reader, named by ``label``: the numbers are in the table. The text of people is data here and
never markup. The first drawing of a process takes the better part of a second, the others some hundredths.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from json import dumps
from typing import Any

import vl_convert
from django.utils.formats import get_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

_SIZE = re.compile(r'^<svg([^>]*?) width="(\d+)" height="(\d+)"')


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours and letters: ``series`` from the best to the worst, told apart by their lightness too."""

    ink: str
    soft: str
    line: str
    series: tuple[str, ...]
    font: str


PAGE = Theme(
    ink="var(--ink)",
    soft="var(--ink-soft)",
    line="var(--line)",
    series=("var(--accent)", "var(--sun)", "var(--brick)", "var(--line-strong)"),
    font="Atkinson Hyperlegible Next Variable, sans-serif",
)
PAPER = Theme(
    ink="#1e2421",
    soft="#555b53",
    line="#ddd5c6",
    series=("#0e5a4a", "#edb13a", "#b4432b", "#827a6b"),
    font="Libertinus Serif",
)


@dataclass(frozen=True, slots=True)
class Between:
    """One value with its range, of one series at one place of the axis."""

    place: str
    series: str
    middle: float
    low: float
    high: float


def stacked(
    rows: Sequence[tuple[str, Sequence[float]]],
    series: Sequence[str],
    *,
    label: str,
    title: str = "",
    theme: Theme = PAGE,
    width: int = 560,
    height: int = 200,
) -> SafeString:
    """A bar for each row, cut into ``series`` from the ground up; ``title`` says what is counted."""
    values = [
        {"place": place, "series": name, "n": n, "order": order}
        for place, counts in rows
        for order, (name, n) in enumerate(zip(series, counts, strict=True))
    ]
    spec = {
        "data": {"values": values},
        "mark": {"type": "bar", "cornerRadius": 1},
        "encoding": {
            "x": {"field": "place", "type": "ordinal", "sort": None, "title": None, "axis": _words()},
            "y": {"field": "n", "type": "quantitative", "title": title or None, "stack": "zero"},
            "color": _colour(series, theme),
            "order": {"field": "order"},
        },
        "width": width,
        "height": height,
    }
    return draw(spec, label=label, theme=theme)


def ranges(
    points: Sequence[Between],
    *,
    label: str,
    title: str = "",
    zero: float | None = None,
    theme: Theme = PAGE,
    width: int = 560,
    height: int = 220,
) -> SafeString:
    """A dot with its range for each point, series side by side; a line at ``zero`` where one matters."""
    places = list(dict.fromkeys(point.place for point in points))
    series = list(dict.fromkeys(point.series for point in points))
    values = [{"place": p.place, "series": p.series, "n": p.middle, "low": p.low, "high": p.high} for p in points]
    x = {"field": "place", "type": "ordinal", "sort": places, "title": None, "axis": _words()}
    beside = {"field": "series", "sort": series}
    y = {"type": "quantitative", "title": title or None, "scale": {"zero": zero is not None, "nice": True}}
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "rule", "strokeWidth": 5, "strokeCap": "round", "opacity": 0.45},
            "encoding": {"y": {"field": "low", **y}, "y2": {"field": "high"}},
        },
        {"mark": {"type": "point", "filled": True, "size": 70, "opacity": 1}, "encoding": {"y": {"field": "n", **y}}},
    ]
    for layer in layers:
        layer["encoding"] |= {"x": x, "xOffset": beside, "color": _colour(series, theme)}
    if zero is not None:
        layers.append(
            {"data": {"values": [{}]}, "mark": {"type": "rule", "color": theme.ink}, "encoding": {"y": {"datum": zero}}}
        )
    return draw(
        {"data": {"values": values}, "layer": layers, "width": width, "height": height}, label=label, theme=theme
    )


def _words() -> dict[str, Any]:
    return {"labelAngle": 0, "labelOverlap": True, "labelPadding": 6}


def _colour(series: Sequence[str], theme: Theme) -> dict[str, Any]:
    """Each series its colour, named above the chart where there is more than one."""
    legend = {"title": None, "orient": "top", "symbolType": "square"} if len(series) > 1 else None
    return {
        "field": "series",
        "type": "nominal",
        "scale": {"domain": list(series), "range": list(theme.series[: len(series)])},
        "legend": legend,
    }


def draw(spec: Mapping[str, Any], *, label: str, theme: Theme) -> SafeString:
    """The SVG of a Vega-Lite specification in the colours of ``theme``; it grows and shrinks with its page."""
    whole = {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "config": _config(theme), **spec}
    found = _SIZE.sub(
        lambda m: f'<svg{m[1]} role="img" aria-label="{escape(label)}"',
        _drawn(dumps(whole, sort_keys=True), *_marks()),
        count=1,
    )
    return mark_safe(found)  # noqa: S308 - Vega escapes the texts of its data, the label is escaped here


@lru_cache(maxsize=64)
def _drawn(spec: str, decimal: str, thousands: str) -> str:
    """The same numbers are drawn once in a language."""
    marks = {"decimal": decimal, "thousands": thousands, "grouping": [3], "currency": ["", ""]}
    return str(vl_convert.vegalite_to_svg(spec, format_locale=marks))


def _marks() -> tuple[str, str]:
    """The decimal mark of the active language and what stands between thousands."""
    decimal, thousands = (get_format(name, use_l10n=True) for name in ("DECIMAL_SEPARATOR", "THOUSAND_SEPARATOR"))
    return str(decimal), str(thousands)


def _config(theme: Theme) -> dict[str, Any]:
    return {
        "background": "transparent",
        "font": theme.font,
        "view": {"stroke": None},
        "axis": {
            "labelColor": theme.ink,
            "titleColor": theme.soft,
            "labelFontSize": 13,
            "titleFontSize": 13,
            "titleFontWeight": "normal",
            "gridColor": theme.line,
            "domainColor": theme.soft,
            "tickColor": theme.line,
        },
        "legend": {"labelColor": theme.ink, "labelFontSize": 13},
    }
