"""Who runs the market, as an agent types it."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from parvis.market.models import Operator
from parvis.people.registration import BadRegistration, read_registration
from parvis.towns.models import Town

if TYPE_CHECKING:
    _Base = forms.ModelForm[Operator]
else:
    _Base = forms.ModelForm


class OperatorForm(_Base):
    """Legal name, address and numbers, as invoices must name them (directive 2006/112/EC, article 226 (3), (5))."""

    class Meta:
        model = Operator
        fields = ("name", "address", "registration_number", "vat_number", "tin")
        labels = {"name": _("Legal name"), "address": _("Address")}
        help_texts = {
            "registration_number": _("SIRET in France, BCE number in Belgium, IDE in Switzerland."),
            "vat_number": _("Empty where the operator charges no VAT."),
            "tin": _("For the yearly report to the tax office (DAC7)."),
        }

    def __init__(self, town: Town, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.town = self.instance.town = town
        self.fields["address"].required = True

    def clean_registration_number(self) -> str:
        typed: str = self.cleaned_data["registration_number"].strip()
        if not typed:
            return ""
        try:
            return read_registration(typed, self.town.country).number
        except BadRegistration:
            raise forms.ValidationError(_("This number has a mistake. Look at it again.")) from None

    def clean_vat_number(self) -> str:
        return "".join(self.cleaned_data["vat_number"].split()).upper()
