"""What an agent writes down about a call."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from parvis.core.forms import within_reason
from parvis.joining.actions.calls import Asked
from parvis.joining.forms.asking import read_contact, read_number
from parvis.joining.models import CallEvent, Preregistration

Kind = CallEvent.Kind
OUTCOMES: dict[str, Promise] = {
    Kind.NOT_REACHED: _("Nobody answered"),
    Kind.LATER: _("Call again at an agreed time"),
    Kind.REACHED: _("Reached, thinks about it"),
    Kind.NOT_INTERESTED: _("Not interested"),
    Kind.DUPLICATE: _("Asked twice: the other one counts"),
}


class OutcomeForm(forms.Form):
    """What came of a call, when the next one is, and what was said."""

    outcome = forms.ChoiceField(label=_("What came of it?"), choices=list(OUTCOMES.items()), widget=forms.RadioSelect)
    next_at = forms.DateTimeField(
        label=_("Next call"),
        required=False,
        validators=[within_reason],
        help_text=_("Left empty, the next working day."),
        error_messages={"invalid": _("Write a day and a time.")},
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "300"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M", "%d.%m.%Y %H:%M"],
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only what helps the next call: the shop may ask to read it."),
    )

    def clean(self) -> dict[str, Any]:
        """An agreed time needs the time."""
        data = super().clean() or {}
        if data.get("outcome") == Kind.LATER and not data.get("next_at") and "next_at" not in self.errors:
            self.add_error("next_at", _("Say when the shop wants to be called."))
        return data


class DetailsForm(forms.Form):
    """What the agent heard on the telephone."""

    shop_name = forms.CharField(label=_("Name of the shop"), max_length=120)
    contact = forms.CharField(label=_("Whom to ask for"), max_length=120, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=30, required=False)
    email = forms.CharField(label=_("E-mail"), max_length=254, required=False)
    registration_number = forms.CharField(label=_("Registration number"), max_length=40, required=False)

    def __init__(self, asked: Preregistration, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country = asked.town.country
        for name in self.fields:
            self.initial.setdefault(name, getattr(asked, name))

    def clean_phone(self) -> str:
        """In E.164."""
        text = self.cleaned_data["phone"].strip()
        return read_contact(text.replace("@", ""), self.country)[0] if text else ""

    def clean_email(self) -> str:
        """In small letters."""
        text = self.cleaned_data["email"].strip()
        return read_contact(text if "@" in text else f"{text}@", self.country)[1] if text else ""

    def clean_registration_number(self) -> str:
        """As registers write it."""
        text = self.cleaned_data["registration_number"].strip()
        return read_number(text, self.country) if text else ""

    def clean(self) -> dict[str, Any]:
        """Without a telephone or a mail nobody can be reached."""
        data = super().clean() or {}
        if not self.errors and not data.get("phone") and not data.get("email"):
            self.add_error("phone", _("Keep a telephone number or an e-mail."))
        return data

    def asked(self) -> Asked:
        """What the action writes."""
        data = self.cleaned_data
        return Asked(data["shop_name"], data["registration_number"], data["phone"], data["email"])
