"""All the hours of a place in one form: the usual week, holidays, seasons, and the rules that no grid can draw.

What is not in the form cannot be lost by it: the rules that no grid draws are kept by the value itself, and leave
it only when their box is ticked.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import time
from typing import Any

from django import forms
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from parvis.core.words import say_span
from parvis.places import seasons
from parvis.places.actions.hours import CHANGED_MEANWHILE
from parvis.places.forms.boxes import DayBoxes
from parvis.places.hours import is_readable
from parvis.places.rules_in_words import say_rules
from parvis.places.seasons import Period, Turn
from parvis.places.weekly import DAYS, USUAL_SPANS, Day
from parvis.places.whole_hours import Hours, Season

MOST_SEASONS = 6
LONGEST = 500  # what the column holds
_MONTHS = [("", "–"), *((str(number), name) for number, name in MONTHS.items())]
NEW_SEASON = Season("", (None,) * len(DAYS))


class SeasonBoxes:
    """The names of one season's boxes."""

    def __init__(self, number: int, season: Season, hours: Hours, spans: int) -> None:
        self.number, self.season, self.key = number, season, f"s{number}"
        self.period = seasons.single(season.selector) if season.selector else None
        self.has_period = self.period is not None or not season.selector
        self.rows = [
            DayBoxes(
                f"{self.key}-d{day}",
                str(WEEKDAYS[day]),
                spans,
                may_be_usual=True,
                usual=say_day_hours(hours.week[day]),
                last=day == len(DAYS) - 1,
            )
            for day in range(len(DAYS))
        ]

    def fields(self) -> dict[str, forms.Field]:
        """Its boxes: the first and the last day of the year, seven days, and one to remove it."""
        first, last = self.period or (None, None)
        found: dict[str, forms.Field] = {}
        if self.has_period:
            found |= _turn_fields(f"{self.key}-first", first) | _turn_fields(f"{self.key}-last", last)
        for number, row in enumerate(self.rows):
            found |= row.fields(self.season.days[number], tick=True)
        found[f"{self.key}-drop"] = forms.BooleanField(label=_("Remove this season"), required=False)
        return found

    def read_selector(self, data: Mapping[str, Any]) -> str:
        """The days of the year; as they stood when they are the same. Raises ValueError with a sentence."""
        if not self.has_period:
            return self.season.selector
        turns = [_read_turn(data, f"{self.key}-{end}") for end in ("first", "last")]
        period = Period(turns[0], turns[1])
        return self.season.selector if period == self.period else seasons.write_period(period)


def _turn_fields(key: str, turn: Turn | None) -> dict[str, forms.Field]:
    day = forms.IntegerField(
        label=_("Day"), required=False, min_value=1, max_value=31, initial=turn.day if turn else None,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    month = forms.ChoiceField(label=_("Month"), required=False, choices=_MONTHS, initial=turn.month if turn else "")
    return {f"{key}-day": day, f"{key}-month": month}


def _read_turn(data: Mapping[str, Any], key: str) -> Turn:
    day, month = data.get(f"{key}-day"), data.get(f"{key}-month")
    if not day or not month:
        raise ValueError(_("Say from which day to which day the season lasts."))
    if day > seasons.LONGEST[int(month) - 1]:
        raise ValueError(_("This month has no such day."))
    return Turn(int(month), int(day))


def say_day_hours(day: Day) -> str:
    """``9:00–12:30, 14:00–19:00``, or closed."""
    clocks = [say_span(_clock(span.start), _clock(span.end)) for span in day]
    return ", ".join(clocks) or str(_("Closed"))


def _clock(minute: int) -> time:
    return time(minute // 60 % 24, minute % 60)


class HoursForm(forms.Form):
    """The grid of ``kept`` and its seasons; ``document()`` is what the form says, the rest of ``kept`` untouched."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, text: str, kept: Hours) -> None:
        super().__init__(data)
        self.kept, self.text = kept, text
        count = _count(data, len(kept.seasons)) if data is not None else len(kept.seasons)
        drawn = [*kept.seasons, *[NEW_SEASON] * max(0, count - len(kept.seasons))]
        every = [*kept.week, kept.holidays or (), *(d or () for s in drawn for d in s.days)]
        spans = max([USUAL_SPANS, *map(len, every)])
        self.known = bool(text)
        self.days = [
            DayBoxes(f"d{day}", str(WEEKDAYS[day]), spans, last=day == len(DAYS) - 1) for day in range(len(DAYS))
        ]
        self.holidays = DayBoxes("h", str(_("Public holidays")), spans, may_be_usual=True, last=True)
        self.seasons = [SeasonBoxes(number, season, kept, spans) for number, season in enumerate(drawn)]
        for number, row in enumerate(self.days):
            self.fields |= row.fields(kept.week[number], tick=any(kept.week))
        self.fields |= self.holidays.fields(kept.holidays, tick=True)
        for season in self.seasons:
            self.fields |= season.fields()
        rules = [(rule, _words(rule)) for rule in kept.undrawn]
        self.fields["drop"] = forms.MultipleChoiceField(
            label=_("Remove"), required=False, choices=rules, widget=forms.CheckboxSelectMultiple
        )

    @property
    def seen(self) -> str:
        """The hours that the form was drawn from, sent along with it."""
        return str(self.data.get("seen", self.text)) if self.is_bound else self.text

    @property
    def is_late(self) -> bool:
        """Somebody has changed the hours while the form was open."""
        return self.is_bound and self.seen != self.text

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The usual week for the page."""
        return [self._row(row) for row in self.days]

    @property
    def holiday_row(self) -> dict[str, Any]:
        """Public holidays for the page."""
        return self._row(self.holidays) | {"usual": _("Empty: as on other days")}

    @property
    def season_blocks(self) -> list[dict[str, Any]]:
        """Each season for the page: its boxes, its grid, what is wrong with it."""
        return [
            {
                "number": season.number,
                "key": season.key,
                "words": "" if season.has_period else _words(f"{season.season.selector} off").partition(":")[0],
                "period": [
                    (label, self[f"{season.key}-{end}-day"], self[f"{season.key}-{end}-month"])
                    for end, label in (("first", _("From")), ("last", _("To")))
                ]
                if season.has_period
                else [],
                "errors": self._wrong(*(n for n in season.fields() if "-first-" in n or "-last-" in n)),
                "rows": [self._row(row) for row in season.rows],
                "drop": self[f"{season.key}-drop"],
            }
            for season in self.seasons
        ]

    def _row(self, row: DayBoxes) -> dict[str, Any]:
        pairs = row.names()
        return {
            "key": row.key,
            "label": row.label,
            "spans": [{"start": self[first], "end": self[last]} for first, last in pairs],
            "closed": self[row.closed_name],
            "usual": gettext("Empty: as usual (%(hours)s)") % {"hours": row.usual} if row.usual else "",
            "open": any(self[name].value() for pair in pairs[1:] for name in pair),
            "copies": not row.last,
            "errors": self._wrong(*(name for pair in pairs for name in pair)),
        }

    def _wrong(self, *names: str) -> list[str]:
        return list(dict.fromkeys(str(error) for name in names for error in self.errors.get(name, [])))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        week = [self._read(row, data) for row in self.days]
        holidays = self._read(self.holidays, data)
        said = [self._read_season(season, data) for season in self.seasons if not data.get(f"{season.key}-drop")]
        if not self.errors:
            base = self.kept.without(data.get("drop", []))
            days = tuple(day or () for day in week)
            drawn = tuple(season for season in said if season is not None)
            data["document"] = replace(base, week=days, holidays=holidays, seasons=drawn)
        return data

    def _read(self, row: DayBoxes, data: Mapping[str, Any]) -> Day | None:
        try:
            return row.read(data)
        except ValueError as error:
            self.add_error(row.names()[0][0], str(error))
            return None

    def _read_season(self, boxes: SeasonBoxes, data: Mapping[str, Any]) -> Season | None:
        """A season that was asked for and left empty is none."""
        days = tuple(self._read(row, data) for row in boxes.rows)
        untouched = not boxes.season.selector and not any(data.get(name) for name in boxes.fields())
        if untouched:
            return None
        try:
            return Season(boxes.read_selector(data), days)
        except ValueError as error:
            self.add_error(f"{boxes.key}-first-day", str(error))
            return None

    def document(self) -> Hours:
        """What the form says, once it is valid."""
        document: Hours = self.cleaned_data["document"]
        return document

    def copied(self, source: str) -> "HoursForm":
        """The same form, unsaved, with one day's boxes repeated on the days after it."""
        grids = [self.days, *(season.rows for season in self.seasons)]
        data = {key: self.data[key] for key in self.data} | {"drop": _list(self.data, "drop")}
        for rows in grids:
            keys = [row.key for row in rows]
            if source in keys:
                start = keys.index(source)
                for row in rows[start + 1 :]:
                    _copy(data, rows[start], row)
        return HoursForm(_Posted(data), text=self.text, kept=self.kept)

    def with_season(self) -> "HoursForm":
        """The same form, unsaved, with the boxes of one season more."""
        data = {key: self.data[key] for key in self.data} | {"drop": _list(self.data, "drop")}
        data["seasons"] = str(min(MOST_SEASONS, len(self.seasons) + 1))
        return HoursForm(_Posted(data), text=self.text, kept=self.kept)


class _Posted(dict[str, Any]):
    """Posted values as a form reads them."""

    def getlist(self, key: str) -> list[Any]:
        """Every value of a name."""
        held = self.get(key, [])
        return held if isinstance(held, list) else [held]


def _list(data: Any, name: str) -> list[str]:
    return list(data.getlist(name)) if hasattr(data, "getlist") else list(data.get(name, []))


def _copy(data: dict[str, Any], source: DayBoxes, target: DayBoxes) -> None:
    for (first, last), (to_first, to_last) in zip(source.names(), target.names(), strict=True):
        data[to_first], data[to_last] = data.get(first, ""), data.get(last, "")
    if data.get(source.closed_name):
        data[target.closed_name] = "on"
    else:
        data.pop(target.closed_name, None)


def _count(data: Mapping[str, Any], least: int) -> int:
    written = str(data.get("seasons", ""))
    return min(MOST_SEASONS, int(written)) if written.isascii() and written.isdecimal() and len(written) < 4 else least


def _words(rule: str) -> str:
    return "; ".join(say_rules(rule)) or rule


class HoursTextForm(forms.Form):
    """The same hours in the words of OpenStreetMap, for those who know them."""

    opening_hours = forms.CharField(
        label=_("Opening hours"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("Written as on OpenStreetMap, for example: Mo-Fr 09:00-12:30,14:00-19:00; Aug off"),
    )

    def __init__(self, data: Any = None, *, text: str) -> None:
        super().__init__(data, initial={"opening_hours": text})
        self.text = text

    @property
    def seen(self) -> str:
        """What the next press will have seen: the hours as they stand now, which the page then shows or tells of."""
        return self.text

    def clean(self) -> dict[str, Any]:
        """Not what was written over hours that somebody changed while the form was open."""
        if str(self.data.get("seen", self.text)).split() != self.text.split():
            self.add_error(None, CHANGED_MEANWHILE)
        return super().clean() or {}

    def clean_opening_hours(self) -> str:
        """Only what a parser understands."""
        text = " ".join(str(self.cleaned_data["opening_hours"]).split())
        if text and not is_readable(text):
            raise forms.ValidationError(_("We do not understand these hours. Compare with the example above."))
        return text
