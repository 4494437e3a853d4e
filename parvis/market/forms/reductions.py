"""A lower price for some days, as a merchant types it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from parvis.core.amounts import AmountField
from parvis.core.forms import DayField

_DAY = {"type": "date"}


class ReductionForm(forms.Form):
    """The price and its days."""

    cents = AmountField(label=_("Price for these days"))
    first_day = DayField(label=_("From this day"), widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"))
    last_day = DayField(label=_("Until, this day included"), widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"))

    def __init__(self, today: date, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial={"first_day": today})
