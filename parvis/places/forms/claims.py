"""What somebody fills in who says that an entry is theirs, and what an agent answers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from parvis.core.phones import BadNumber, read_phone
from parvis.people.registration import BadRegistration, read_registration
from parvis.places.models import Claim, Place

_WAYS = {
    Claim.Way.LETTER: _("By a letter to %(address)s: it brings you a code"),
    Claim.Way.PHONE: _("By a call of the town hall to %(phone)s: you hear a code"),
    Claim.Way.NUMBER: _("By the registration number of your business: an agent compares it with the register"),
}
_WRONG = {
    "length": _("This number has too few or too many digits."),
    "letters": _("This number has letters where digits belong."),
    "key": _("There is a mistake in this number: its last digits do not fit the others."),
    "country": _("Numbers of this country cannot be checked here."),
}
_LABELS = {"FR": _("SIRET (14 digits)"), "BE": _("BCE number (10 digits)"), "CH": _("IDE number (CHE and 9 digits)")}


class ClaimForm(forms.Form):
    """Which proof, whose business, how to reach the claimant. Only the ways that the entry allows are offered."""

    way = forms.ChoiceField(label=_("How can we check that it is yours?"), widget=forms.RadioSelect)
    business = forms.CharField(label=_("Name of your business"), max_length=160)
    registration_number = forms.CharField(label=_("Registration number"), max_length=40, required=False)
    phone = forms.CharField(
        label=_("Your telephone number"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        help_text=_("Only for the town hall, if it has a question."),
    )

    def __init__(self, *args: Any, place: Place, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country = place.town.country
        way = self.fields["way"]
        assert isinstance(way, forms.ChoiceField)
        said = {"address": place.address, "phone": place.phone}
        way.choices = [(way, str(label) % said) for way, label in _WAYS.items() if _is_open(way, place)]
        self.fields["registration_number"].label = _LABELS.get(self.country, _("Registration number"))
        self.initial.setdefault("business", place.name)
        if len(way.choices) == 1:
            self.initial.setdefault("way", way.choices[0][0])

    def clean_registration_number(self) -> str:
        """The number as registers write it."""
        text: str = self.cleaned_data["registration_number"].strip()
        if not text:
            return ""
        try:
            return read_registration(text, self.country).number
        except BadRegistration as wrong:
            raise forms.ValidationError(_WRONG[wrong.reason], code=wrong.reason) from None

    def clean_phone(self) -> str:
        """The number in E.164."""
        text: str = self.cleaned_data["phone"].strip()
        if not text:
            return ""
        try:
            return read_phone(text, self.country).e164
        except BadNumber:
            raise forms.ValidationError(_("This is no telephone number that we can call."), code="phone") from None

    def clean(self) -> dict[str, Any]:
        """A check by the number needs the number."""
        data = super().clean() or {}
        number = "registration_number"
        if data.get("way") == Claim.Way.NUMBER and not data.get(number) and number not in self.errors:
            self.add_error(number, _("Write the number, or choose another way."))
        return data


class CodeForm(forms.Form):
    """The code of the letter or the call."""

    code = forms.CharField(
        label=_("Your code"),
        max_length=40,
        help_text=_("Eight letters and figures. Small or capital, with or without spaces."),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


class RefuseForm(forms.Form):
    """Why an agent says no."""

    reason = forms.CharField(
        label=_("Why?"),
        max_length=240,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The claimant reads these words."),
    )


def _is_open(way: str, place: Place) -> bool:
    return {Claim.Way.LETTER: bool(place.address), Claim.Way.PHONE: bool(place.phone)}.get(Claim.Way(way), True)
