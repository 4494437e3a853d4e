"""When and how somebody wants to be rung."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from parvis.core.phones import mobile_of
from parvis.market.models import Telling
from parvis.market.models.telling import quiet_of

HOURS = [(hour, f"{hour}:00") for hour in range(24)]
NEVER = _("What happens meanwhile is told afterwards, if it still matters. Twice the same hour: never.")


class TellingForm(forms.Form):
    """Text messages, and the hours in which nothing rings."""

    by_sms = forms.BooleanField(label=_("Send me text messages"), required=False)
    phone = forms.CharField(
        label=_("Mobile number"), max_length=30, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    quiet_from = forms.TypedChoiceField(label=_("Nothing rings from"), coerce=int, empty_value=None, required=False)
    quiet_until = forms.TypedChoiceField(
        label=_("Quiet until"), coerce=int, empty_value=None, required=False, help_text=NEVER
    )

    def __init__(self, telling: Telling, phone: str, country: str, data: Mapping[str, Any] | None = None) -> None:
        initial = {
            "by_sms": telling.by_sms,
            "phone": telling.phone or phone,
            "quiet_from": telling.quiet_from,
            "quiet_until": telling.quiet_until,
        }
        super().__init__(data, initial=initial)
        self.country = country
        town = quiet_of(telling.town)
        for name, hour in (("quiet_from", town.start), ("quiet_until", town.end)):
            field = self.fields[name]
            assert isinstance(field, forms.TypedChoiceField)
            field.choices = [("", _("as the town (%(hour)s)") % {"hour": f"{hour}:00"}), *HOURS]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        number = mobile_of(data.get("phone", ""), self.country)
        if data.get("by_sms") and not number:
            self.add_error("phone", _("Write a mobile number that can receive text messages."))
        data["phone"] = number if data.get("by_sms") else ""
        if (data.get("quiet_from") is None) != (data.get("quiet_until") is None) and not self.errors:
            missing = "quiet_from" if data.get("quiet_from") is None else "quiet_until"
            self.add_error(missing, _("Choose both hours, or neither."))
        return data


class TownQuietForm(forms.Form):
    """The hours in which nothing rings in a town, for whoever chose no others."""

    quiet_from = forms.TypedChoiceField(label=_("Nothing rings from"), choices=HOURS, coerce=int)
    quiet_until = forms.TypedChoiceField(label=_("Quiet until"), choices=HOURS, coerce=int, help_text=NEVER)
