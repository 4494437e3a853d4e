"""The agent's form: from which day to which the market is closed, and what people read in each language of the town."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.core.forms import DayField
from parvis.towns.models import Town

LANGUAGES: dict[str, Any] = dict(settings.LANGUAGES)  # names that speak the language of the page


def _day(label: Any, *, required: bool = True, help_text: Any = "") -> DayField:
    return DayField(label=label, required=required, help_text=help_text, widget=forms.DateInput(attrs={"type": "date"}))


class MarketClosureForm(forms.Form):
    """Days and words; without a last day it is one day."""

    first_day = _day(gettext_lazy("First day closed"))
    last_day = _day(
        gettext_lazy("Last day closed"), required=False, help_text=gettext_lazy("Leave it empty for one day.")
    )
    shown_from = _day(
        gettext_lazy("Shown on the pages from"),
        required=False,
        help_text=gettext_lazy("Leave it empty for two weeks before."),
    )

    def __init__(self, town: Town, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.town = town
        several = len(town.languages) > 1
        for language in town.languages or [town.default_language]:
            label = _("What people read")
            self.fields[f"message-{language}"] = forms.CharField(
                label=f"{label} ({LANGUAGES[language]})" if several and language in LANGUAGES else label,
                max_length=200,
                error_messages={"required": _("Write a sentence for the people who wanted to order.")},
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last, shown = (data.get(name) for name in ("first_day", "last_day", "shown_from"))
        if first and last and last < first:
            self.add_error("last_day", _("The last day comes before the first."))
        if first and not last and "last_day" not in self.errors:
            data["last_day"] = first
        if first and shown and shown > first:
            self.add_error("shown_from", _("Show it before the market closes."))
        return data

    def values(self) -> dict[str, Any]:
        """What ``close_market`` takes."""
        data = self.cleaned_data
        days: dict[str, date | None] = {name: data[name] for name in ("first_day", "last_day", "shown_from")}
        messages = {
            name.removeprefix("message-"): str(data[name]).strip() for name in data if name.startswith("message-")
        }
        return {**days, "messages": messages}
