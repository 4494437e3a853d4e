"""How a shop wants to be asked each month."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from parvis.core.phones import mobile_of


class WishForm(forms.Form):
    """By mail, by text message, or not at all."""

    by_mail = forms.BooleanField(label=_("By mail"), required=False)
    by_sms = forms.BooleanField(label=_("By text message"), required=False)
    phone = forms.CharField(
        label=_("Mobile number"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        help_text=_("For this question only; deleted when you switch text messages off."),
    )

    def __init__(self, *args: Any, country: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country = country

    def clean(self) -> dict[str, Any]:
        """A text message needs a mobile number."""
        data = super().clean() or {}
        typed = data.get("phone", "").strip()
        data["phone"] = mobile_of(typed, self.country)
        if data.get("by_sms") and not data["phone"]:
            wrong = _("This is no mobile number that we can write to.") if typed else _("Write your mobile number.")
            self.add_error("phone", wrong)
        return data
