"""One day of a grid: pairs of time boxes, and a box to tick when it is closed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from parvis.places.weekly import CLOSED, LATEST, MIDNIGHT, Day, Span, drawable


def time_field(minute: int | None, label: Any = "") -> forms.TimeField:
    """A time of the day; a browser shows a clock, and by hand ``9h30`` is understood too."""
    shown = None if minute is None else f"{minute // 60 % 24:02d}:{minute % 60:02d}"
    return forms.TimeField(
        label=label,
        required=False,
        initial=shown,
        input_formats=["%H:%M", "%H:%M:%S", "%Hh%M", "%H h %M", "%H.%M", "%Hh", "%H"],
        error_messages={"invalid": _("Write a time like 9:00.")},
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "step": "300"}),
    )


@dataclass(frozen=True, slots=True)
class DayBoxes:
    """The boxes of one day, named ``<key>-0-from``, ``<key>-0-to``, ``<key>-closed``.

    Where nothing is written, a day of the usual week is closed; any other day is as usual (``may_be_usual``).
    """

    key: str
    label: str
    spans: int
    may_be_usual: bool = False
    usual: str = ""
    last: bool = False  # no days after it to copy to

    def names(self) -> list[tuple[str, str]]:
        """The pairs of boxes."""
        return [(f"{self.key}-{n}-from", f"{self.key}-{n}-to") for n in range(self.spans)]

    @property
    def closed_name(self) -> str:
        """The box to tick."""
        return f"{self.key}-closed"

    def fields(self, day: Day | None, *, tick: bool) -> dict[str, forms.Field]:
        """The boxes as they stand for ``day``; ``tick`` where an empty day is known to be closed."""
        found: dict[str, forms.Field] = {}
        for number, (first, last) in enumerate(self.names()):
            span = day[number] if day and number < len(day) else None
            found[first] = time_field(span.start if span else None)
            found[last] = time_field(span.end if span else None)
        found[self.closed_name] = forms.BooleanField(
            label=_("Closed"), required=False, initial=tick and day is not None and not day
        )
        return found

    def read(self, data: Mapping[str, Any]) -> Day | None:
        """What was typed. Raises ValueError with a sentence."""
        if data.get(self.closed_name):
            return CLOSED
        if any(name not in data for pair in self.names() for name in pair):
            return CLOSED  # a time was refused already, with its own sentence
        spans = [
            _span(data[first], data[last])
            for first, last in self.names()
            if data.get(first) is not None or data.get(last) is not None
        ]
        if not spans:
            return None if self.may_be_usual else CLOSED
        day = tuple(sorted(spans))
        if not drawable(day):
            raise ValueError(_("Leave a pause between the two."))
        return day


def _span(start: time | None, end: time | None) -> Span:
    if start is None or end is None:
        raise ValueError(_("Write both an opening and a closing time."))
    first, last = _minutes(start), _minutes(end)
    if last == 0 or last < first:
        last += MIDNIGHT
    if first == last or last > LATEST:
        raise ValueError(_("Closing comes after opening, or early the next morning."))
    return Span(first, last)


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute
