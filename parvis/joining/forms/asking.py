"""Two boxes are enough to be called: which shop, and how to reach it."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from parvis.core.phones import BadNumber, read_phone
from parvis.joining.actions.calls import Asked
from parvis.people.registration import BadRegistration, read_registration
from parvis.places.models import Place
from parvis.towns.models import Town

# Letters that stand before or after a registration number; whatever else has letters is a name.
_NUMBER = re.compile(r"(?:SIRET|SIREN|BCE|KBO|TVA|BTW|IDE|UID|VAT|N[°ºO]?|BE|CHE)*[\s.:\-/]*[\d\s.\-/\u00a0]{9,}", re.I)
_WRONG = {
    "length": _("This number has too few or too many digits."),
    "letters": _("This number has letters where digits belong."),
    "key": _("There is a mistake in this number: its last digits do not fit the others."),
    "country": _("Numbers of this country cannot be checked here."),
}
SHOP_LABELS = {
    "FR": _("Name of your shop, or its SIRET"),
    "BE": _("Name of your shop, or its BCE number"),
    "CH": _("Name of your shop, or its IDE number"),
}


def read_shop(text: str, country: str) -> tuple[str, str]:
    """``(name, number)``: one of them is what was typed. Raises ValidationError for a number with a mistake."""
    text = " ".join(text.split())
    if not _NUMBER.fullmatch(text):
        if not re.search(r"\w", text):
            raise ValidationError(_("Write the name over your door."), code="name")
        return text, ""
    bare = re.sub(r"^(?:SIRET|SIREN|BCE|KBO|IDE|UID|VAT|N[°ºO]?)[\s.:\-/]*", "", text, flags=re.I)
    return "", read_number(bare, country)


def read_number(text: str, country: str) -> str:
    """A registration number as registers write it. Raises ValidationError with what is wrong."""
    try:
        return read_registration(text, country).number
    except BadRegistration as wrong:
        raise ValidationError(_WRONG[wrong.reason], code=wrong.reason) from None


def read_contact(text: str, country: str) -> tuple[str, str]:
    """``(phone, mail)``: one of them is what was typed. Raises ValidationError."""
    text = text.strip()
    if "@" in text:
        try:
            validate_email(text)
        except ValidationError:
            raise ValidationError(_("This is no e-mail address that we can write to."), code="email") from None
        return "", text[:254].lower()
    try:
        return read_phone(text, country).e164, ""
    except BadNumber:
        raise ValidationError(_("This is no telephone number that we can call."), code="phone") from None


class AskForm(forms.Form):
    """Which shop, and how to reach it. ``website`` is a trap for machines: people do not see it."""

    shop = forms.CharField(
        label=_("Name of your shop, or its registration number"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    contact = forms.CharField(
        label=_("Your telephone number or e-mail"),
        max_length=254,
        help_text=_("Only so that the town hall can call you back."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "spellcheck": "false", "autocapitalize": "off"}),
    )
    website = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, town: Town, place: Place | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country = town.country
        self.fields["shop"].label = SHOP_LABELS.get(town.country, self.fields["shop"].label)
        if place is not None:
            self.initial.setdefault("shop", place.name)

    def clean_shop(self) -> tuple[str, str]:
        """``(name, number)``."""
        return read_shop(self.cleaned_data["shop"], self.country)

    def clean_contact(self) -> tuple[str, str]:
        """``(phone, mail)``."""
        return read_contact(self.cleaned_data["contact"], self.country)

    @property
    def is_of_a_machine(self) -> bool:
        """Whether the box that people do not see was filled."""
        return bool(self.cleaned_data.get("website"))

    def asked(self) -> Asked:
        """What the action writes."""
        name, number = self.cleaned_data["shop"]
        phone, email = self.cleaned_data["contact"]
        return Asked(name, number, phone, email)
