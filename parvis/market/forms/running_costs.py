"""What the bikes cost, as an agent types it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from parvis.core.amounts import AmountField
from parvis.core.forms import DayField
from parvis.delivery.costs import Rates


class CostsForm(forms.Form):
    """Rates from a day on; boxes begin with what holds."""

    rider_hour_cents = AmountField(
        label=_("One hour of a rider"),
        help_text=_("What it costs the employer: pay, contributions, paid leave. Every hour of a shift counts."),
    )
    hub_hour_cents = AmountField(label=_("One hour of work at the depot"))
    hub_minutes = forms.IntegerField(
        label=_("Minutes at the depot for one delivery"),
        min_value=0,
        max_value=120,
        help_text=_("Receiving, sorting and packing, all bags together."),
    )
    bike_day_cents = AmountField(
        label=_("One bike for one day"), help_text=_("Bought or rented, insured, kept and repaired.")
    )
    bike_km_cents = AmountField(label=_("One kilometre"), help_text=_("Tyres, brakes, battery and current."))
    starts_on = DayField(
        label=_("It holds from"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("A day that is past is possible: its figures are worked out again."),
    )

    def __init__(self, held: Rates, first_day: date, data: Mapping[str, Any] | None = None) -> None:
        initial = {
            "rider_hour_cents": held.rider_hour,
            "hub_hour_cents": held.hub_hour,
            "hub_minutes": held.hub_minutes,
            "bike_day_cents": held.bike_day,
            "bike_km_cents": held.bike_km,
            "starts_on": first_day,
        }
        super().__init__(data, initial=initial)

    def values(self) -> dict[str, int]:
        """The fields of ``RunningCosts``."""
        return {name: self.cleaned_data[name] for name in self.fields if name != "starts_on"}
