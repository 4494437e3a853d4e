"""Days that are not as usual: closed, or open at hours of their own."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from parvis.core.forms import DayField
from parvis.places.forms.boxes import DayBoxes, time_field
from parvis.places.weekly import Day


def _date_field(label: Any, *, required: bool = True, help_text: Any = "") -> DayField:
    return DayField(label=label, required=required, help_text=help_text, widget=forms.DateInput(attrs={"type": "date"}))


class ClosureForm(forms.Form):
    """Days off; without a last day it is one day."""

    first_day = _date_field(_("First day closed"))
    last_day = _date_field(_("Last day closed"), required=False, help_text=_("Leave it empty for one day."))
    reason = forms.CharField(label=_("What customers read"), max_length=120, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first_day"), data.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day comes before the first."))
        if first and not last:
            data["last_day"] = first
        return data


class SpecialForm(forms.Form):
    """Open on one date at hours of its own, whatever the week says."""

    _boxes = DayBoxes("special", "", 1)
    day = _date_field(_("Day"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first, last = self._boxes.names()[0]
        self.fields[first] = time_field(None, _("Opens at"))
        self.fields[last] = time_field(None, _("Closes at"))
        for name in (first, last):
            self.fields[name].required = True

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors:
            try:
                data["hours"] = self._boxes.read(data)
            except ValueError as error:
                self.add_error(self._boxes.names()[0][1], str(error))
        return data

    def values(self) -> tuple[date, Day]:
        """The day and its hours, once the form is valid."""
        return self.cleaned_data["day"], self.cleaned_data["hours"]
