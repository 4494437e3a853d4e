"""What the dispatcher draws or types: a street that is closed, from when to when."""

import json
from datetime import datetime
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.core.forms import DayField
from parvis.core.geo import Point
from parvis.core.time import day_bounds
from parvis.delivery.actions.streets import circle
from parvis.towns.forms import door_of
from parvis.towns.models import Town


class RoadClosureForm(forms.Form):
    """An area, drawn on the map or around an address, and how long nobody rides there."""

    name = forms.CharField(label=gettext_lazy("What is happening there"), max_length=120)
    corners = forms.CharField(
        label=gettext_lazy("What is closed"), required=False, widget=forms.HiddenInput, max_length=4000
    )
    address = forms.CharField(
        label=gettext_lazy("Around this address"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Or draw the area on the map: tap its corners one after the other."),
    )
    metres = forms.IntegerField(
        label=gettext_lazy("Metres around it"),
        min_value=10,
        max_value=500,
        initial=50,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    first_day = DayField(label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    last_day = DayField(
        label=gettext_lazy("Until and including"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Leave it empty if nobody knows: open it on this page when the street is free."),
    )

    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Only on these days"),
        choices=WEEKDAYS.items(),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Tick none if it is every day."),
    )
    from_time = forms.TimeField(
        label=gettext_lazy("Closed from"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("Leave both hours empty if it is all day."),
    )
    to_time = forms.TimeField(
        label=gettext_lazy("Until"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )

    def __init__(self, *args: Any, town: Town, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.town = town

    @property
    def has_hours(self) -> bool:
        """Whether somebody has typed days or hours: they are shown then, with what is wrong with them."""
        return any(self[name].value() for name in ("weekdays", "from_time", "to_time"))

    def clean_corners(self) -> list[Point]:
        """The corners drawn: a list of [longitude, latitude], or nothing."""
        text = self.cleaned_data["corners"]
        if not text:
            return []
        try:
            return [Point(float(lon), float(lat)) for lon, lat in json.loads(text)]
        except (ValueError, TypeError):
            raise forms.ValidationError(_("The drawing could not be read. Draw it again."), code="drawing") from None

    def clean(self) -> dict[str, Any]:
        """An area either way; the last day is not before the first."""
        data = super().clean() or {}
        if not data.get("corners") and "corners" not in self.errors:
            self._around(data)
        first, last = data.get("first_day"), data.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day lies before the first."))
        opens, ends = data.get("from_time"), data.get("to_time")
        if not {"from_time", "to_time"} & set(self.errors) and (opens is None) != (ends is None):
            self.add_error("to_time" if ends is None else "from_time", _("Give both hours, or none."))
        elif opens is not None and opens == ends:
            self.add_error("to_time", _("It begins and ends at the same hour: leave both empty if it is all day."))
        return data

    def _around(self, data: dict[str, Any]) -> None:
        text = data.get("address", "").strip()
        if not text:
            self.add_error("address", _("Draw the area on the map, or type an address."))
            return
        try:
            data["corners"] = circle(door_of(self.town, text).point, data.get("metres") or 50)
        except forms.ValidationError as unknown:
            self.add_error("address", unknown)

    def values(self, at: datetime) -> dict[str, Any]:
        """What ``actions.close_road`` takes; a closure from today begins now."""
        data = self.cleaned_data
        ends_at = day_bounds(data["last_day"], self.town.zone)[1] if data["last_day"] else None
        start = day_bounds(data["first_day"], self.town.zone)[0]
        return {
            "name": data["name"],
            "corners": data["corners"],
            "starts_at": start if ends_at is not None and ends_at <= at else max(start, at),
            "ends_at": ends_at,
            "weekdays": data["weekdays"],
            "hours": (data["from_time"], data["to_time"]) if data["from_time"] else None,
        }
