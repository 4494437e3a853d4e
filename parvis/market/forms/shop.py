"""What a merchant tells about the shop: its week, closures, ways to serve, words and picture."""

from collections.abc import Mapping
from datetime import time
from typing import Any

from django import forms
from django.core.files.base import ContentFile
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from parvis.core.amounts import AmountField
from parvis.core.forms import PictureField
from parvis.market.models import Modality, Shop
from parvis.places.hours import is_readable
from parvis.places.weekly import DAYS, MIDNIGHT, SPANS_A_DAY, Span, Week

NO_WEEK = Week(((),) * len(DAYS))


class WeekForm(forms.Form):
    """The grid: two spans a day, empty where the shop is closed. ``00:00`` at the end is midnight."""

    not_on_holidays = forms.BooleanField(label=_("Closed on public holidays"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, week: Week = NO_WEEK) -> None:
        super().__init__(data, initial={"not_on_holidays": week.not_on_holidays})
        for day in range(len(DAYS)):
            for number in range(SPANS_A_DAY):
                span = week.days[day][number] if number < len(week.days[day]) else None
                self._box(day, number, "from", span.start if span else None)
                self._box(day, number, "to", span.end if span else None)

    def _box(self, day: int, number: int, end: str, minute: int | None) -> None:
        shown = None if minute is None else f"{minute // 60 % 24:02d}:{minute % 60:02d}"
        self.fields[f"d{day}-{number}-{end}"] = forms.TimeField(
            required=False,
            initial=shown,
            input_formats=["%H:%M", "%H:%M:%S", "%Hh%M", "%H h %M"],
            error_messages={"invalid": _("Write a time like 9:00.")},
            widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "step": "300"}),
        )

    def rows(self) -> list[dict[str, Any]]:
        """Each day with its boxes and what is wrong with it, for the page."""
        rows = []
        for day in range(len(DAYS)):
            names = [[f"d{day}-{number}-{end}" for end in ("from", "to")] for number in range(SPANS_A_DAY)]
            wrong = [error for pair in names for name in pair for error in self.errors.get(name, [])]
            rows.append(
                {
                    "number": day,
                    "label": WEEKDAYS[day],
                    "spans": [{"start": self[first], "end": self[last]} for first, last in names],
                    "errors": list(dict.fromkeys(wrong)),
                }
            )
        return rows

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        days = []
        for day in range(len(DAYS)):
            try:
                days.append(self._day(data, day))
            except ValueError as error:
                self.add_error(f"d{day}-0-from", str(error))
        if not self.errors:
            data["week"] = Week(tuple(days), bool(data.get("not_on_holidays")))
        return data

    def _day(self, data: Mapping[str, Any], day: int) -> tuple[Span, ...]:
        spans = []
        for number in range(SPANS_A_DAY):
            start, end = data.get(f"d{day}-{number}-from"), data.get(f"d{day}-{number}-to")
            if start is None and end is None:
                continue
            if start is None or end is None:
                raise ValueError(_("Write both an opening and a closing time."))
            first, last = _minutes(start), _minutes(end) or MIDNIGHT
            if last <= first:
                raise ValueError(_("Closing comes after opening, before midnight."))
            spans.append(Span(first, last))
        spans.sort()
        if len(spans) == SPANS_A_DAY and spans[0].end >= spans[1].start:
            raise ValueError(_("Leave a pause between the two."))
        return tuple(spans)

    def copied(self, source: int) -> "WeekForm":
        """The same form, unsaved, with one day's boxes repeated on all days after it."""
        data = {key: self.data[key] for key in self.data}
        for day in range(source + 1, len(DAYS)):
            for number in range(SPANS_A_DAY):
                for end in ("from", "to"):
                    data[f"d{day}-{number}-{end}"] = data.get(f"d{source}-{number}-{end}", "")
        return WeekForm(data)


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


class HoursTextForm(forms.Form):
    """Hours that the grid cannot show, in the words of OpenStreetMap."""

    opening_hours = forms.CharField(
        label=_("Opening hours"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("Written as on OpenStreetMap, for example: Mo-Fr 09:00-12:30,14:00-19:00; Aug off"),
    )

    def clean_opening_hours(self) -> str:
        """Only what a parser understands."""
        text = " ".join(str(self.cleaned_data["opening_hours"]).split())
        if text and not is_readable(text):
            raise forms.ValidationError(_("We do not understand these hours. Compare with the example above."))
        return text


class ClosureForm(forms.Form):
    """Days off."""

    first_day = forms.DateField(label=_("First day closed"), widget=forms.DateInput(attrs={"type": "date"}))
    last_day = forms.DateField(label=_("Last day closed"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(label=_("What customers read"), max_length=120, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first_day"), data.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day comes before the first."))
        return data


class WayForm(forms.Form):
    """One way to serve. The fee of the town's bikes is the town's."""

    active = forms.BooleanField(required=False)
    fee = AmountField(label=_("Fee"), required=False)
    minimum = AmountField(label=_("Minimum order"), required=False)
    note = forms.CharField(label=_("What buyers read"), max_length=160, required=False)

    def __init__(self, way: Modality, data: Mapping[str, Any] | None = None) -> None:
        initial = {
            "active": way.active,
            "fee": way.fee_cents or None,
            "minimum": way.minimum_cents or None,
            "note": way.note,
        }
        super().__init__(data, prefix=way.kind, initial=initial)
        self.way = way
        self.fields["active"].label = str(way.get_kind_display()).capitalize()
        if way.kind in {Modality.Kind.BIKE, Modality.Kind.COLLECT}:
            del self.fields["fee"]

    def values(self) -> dict[str, Any]:
        """What the action writes."""
        data = self.cleaned_data
        values = {"active": data["active"], "minimum_cents": data["minimum"] or 0, "note": data["note"].strip()}
        return values | ({"fee_cents": data["fee"] or 0} if "fee" in self.fields else {})


class AboutForm(forms.Form):
    """Words and picture of the shop."""

    tagline = forms.CharField(label=_("One line about the shop"), max_length=140, required=False)
    description = forms.CharField(
        label=_("About the shop"),
        max_length=3000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What you make, where it comes from, who you are."),
    )
    preparation_minutes = forms.IntegerField(
        label=_("Minutes to prepare an order"),
        min_value=5,
        max_value=2880,
        help_text=_("Buyers are told when their order can be ready."),
    )
    picture = PictureField(label=_("Picture of the shop"), required=False)

    def __init__(self, shop: Shop, data: Mapping[str, Any] | None = None, files: Any = None) -> None:
        names = ("tagline", "description", "preparation_minutes")
        super().__init__(data, files, initial={name: getattr(shop, name) for name in names})

    def changes(self) -> dict[str, Any]:
        """What the action writes; the picture only when there is a new one."""
        data = self.cleaned_data
        changes = {name: data[name] for name in ("tagline", "description", "preparation_minutes")}
        if isinstance(data["picture"], ContentFile):
            changes["picture"] = data["picture"]
        return changes
