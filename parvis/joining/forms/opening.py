"""The short questions of a shop's first hour, one a page; and what an agent writes about its checklist."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from parvis.joining.forms.asking import read_contact
from parvis.market.models import Modality, Shop
from parvis.people.iban import BadIban, read_iban

_WRONG_IBAN = {
    "letters": _("An IBAN begins with two letters and two digits, like FR76 or BE71."),
    "country": _("We cannot pay into accounts of this country."),
    "length": _("This IBAN has too few or too many letters and digits."),
    "key": _("There is a mistake in this IBAN: its digits do not fit each other."),
}
WAYS = {
    Modality.Kind.COLLECT: _("They collect it at the shop"),
    Modality.Kind.BIKE: _("The market's bikes bring it"),
    Modality.Kind.SHOP: _("We bring it ourselves"),
    Modality.Kind.POST: _("We send it by post"),
}


class WaysForm(forms.Form):
    """Which ways to serve; fees and minimum amounts can wait."""

    ways = forms.MultipleChoiceField(
        label=_("How do buyers get what they ordered?"),
        choices=list(WAYS.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one way, else nobody can order.")},
    )

    def __init__(self, shop: Shop, *args: Any, has_hub: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {way.kind: way for way in Modality.objects.filter(shop=shop)}
        field = self.fields["ways"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(kind, words) for kind, words in WAYS.items() if has_hub or kind != Modality.Kind.BIKE]
        self.initial.setdefault("ways", [kind for kind, way in self.known.items() if way.active])

    def values(self) -> dict[str, dict[str, Any]]:
        """What ``set_ways`` writes: only whether each way is served."""
        chosen = self.cleaned_data["ways"]
        return {str(kind): {"active": kind in chosen} for kind in WAYS if kind in chosen or kind in self.known}


class BankForm(forms.Form):
    """Where the shop is paid."""

    iban = forms.CharField(
        label=_("IBAN"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
        help_text=_("You find it in your bank's app or on a statement."),
    )
    holder = forms.CharField(label=_("Name of the account"), max_length=140)

    def clean_iban(self) -> str:
        """Checked, without spaces."""
        try:
            return read_iban(self.cleaned_data["iban"])
        except BadIban as wrong:
            raise forms.ValidationError(_WRONG_IBAN[wrong.reason], code=wrong.reason) from None


class WaiveForm(forms.Form):
    """Why a shop may open without an item."""

    reason = forms.CharField(label=_("Why may it open without it?"), max_length=240)


class InviteForm(forms.Form):
    """Where the next invitation goes."""

    email = forms.CharField(label=_("E-mail of the person who runs the shop"), max_length=254)
    name = forms.CharField(label=_("Name of that person"), max_length=120, required=False)

    def clean_email(self) -> str:
        """In small letters."""
        text = self.cleaned_data["email"].strip()
        return read_contact(text if "@" in text else f"{text}@", "")[1]
