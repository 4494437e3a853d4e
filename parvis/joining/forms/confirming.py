"""What an agent writes down when a shop says yes: all that is needed to make it and to invite who runs it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from parvis.joining.actions.opening import NewShop
from parvis.joining.forms.asking import read_contact, read_number
from parvis.joining.models import Preregistration
from parvis.market.trades import TRADES


class ConfirmForm(forms.Form):
    """Most of it stands there already: from the entry, or from what the shop typed."""

    shop_name = forms.CharField(label=_("Name of the shop"), max_length=120)
    trade = forms.ChoiceField(
        label=_("Trade"), choices=[("", "–"), *((key, kind.label) for key, kind in TRADES.items())]
    )
    email = forms.CharField(
        label=_("E-mail of the person who runs the shop"), max_length=254, help_text=_("The invitation goes there.")
    )
    contact = forms.CharField(label=_("Name of that person"), max_length=120, required=False)
    address = forms.CharField(
        label=_("Address"), max_length=240, required=False, help_text=_("A door that the town knows.")
    )
    registration_number = forms.CharField(label=_("Registration number"), max_length=40, required=False)
    note = forms.CharField(label=_("Note"), max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, asked: Preregistration, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked, place = asked, asked.place
        self.country = asked.town.country
        self.initial.setdefault("shop_name", asked.shop_name or (place.name if place else ""))
        self.initial.setdefault("email", asked.email or (place.email if place else ""))
        self.initial.setdefault("contact", asked.contact)
        self.initial.setdefault("registration_number", asked.registration_number)
        if place is not None:
            del self.fields["address"]
            self.initial.setdefault("trade", place.category if place.category in TRADES else "other")

    def clean_email(self) -> str:
        """In small letters."""
        text = self.cleaned_data["email"].strip()
        return read_contact(text if "@" in text else f"{text}@", self.country)[1]

    def clean_registration_number(self) -> str:
        """As registers write it."""
        text = self.cleaned_data["registration_number"].strip()
        return read_number(text, self.country) if text else ""

    def new_shop(self) -> NewShop:
        """What the action needs."""
        data = self.cleaned_data
        return NewShop(
            name=data["shop_name"],
            trade=data["trade"],
            place=self.asked.place,
            address=data.get("address", ""),
            registration_number=data["registration_number"],
            email=data["email"],
            phone=self.asked.phone,
        )
