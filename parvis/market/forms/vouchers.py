"""What an agent types for a campaign of vouchers."""

import re
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.core.amounts import AmountField
from parvis.core.forms import DayField
from parvis.market.models import FundLine, Shop, VoucherCampaign
from parvis.towns.models import Town

if TYPE_CHECKING:
    _CampaignBase = forms.ModelForm[VoucherCampaign]
else:
    _CampaignBase = forms.ModelForm

DAY = {"type": "date"}


class CampaignForm(_CampaignBase):
    """A campaign; value and payer stay what they are once a voucher was made."""

    value_cents = AmountField(label=gettext_lazy("Value of one voucher"))
    minimum_cents = AmountField(
        label=gettext_lazy("From this amount of goods"),
        required=False,
        help_text=gettext_lazy("Empty: from the first cent. Then several vouchers of this campaign serve together."),
    )

    class Meta:
        model = VoucherCampaign
        fields = (
            "name",
            "about",
            "value_cents",
            "minimum_cents",
            "first_day",
            "last_day",
            "single_use",
            "line",
            "shops",
        )
        field_classes = {"first_day": DayField, "last_day": DayField}
        widgets = {
            "about": forms.Textarea(attrs={"rows": 3}),
            "first_day": forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
            "last_day": forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
            "shops": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args: Any, town: Town, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.town, self.instance.town = town, town
        line, shops = self.fields["line"], self.fields["shops"]
        assert isinstance(line, forms.ModelChoiceField)
        assert isinstance(shops, forms.ModelMultipleChoiceField)
        line.queryset = FundLine.objects.filter(town=town)
        line.empty_label = _("The town's budget")
        shops.queryset = Shop.objects.open_in(town).order_by("name")
        shops.required = False
        shops.help_text = _("None ticked: all shops, those to come too.")
        if not self.instance._state.adding and self.instance.vouchers.exists():
            for name in ("value_cents", "line"):
                self.fields[name].disabled = True
                self.fields[name].help_text = _("Stays what it is: vouchers were made.")

    def clean_value_cents(self) -> int:
        value = int(self.cleaned_data["value_cents"])
        if value <= 0:
            raise ValidationError(_("Write an amount above zero."))
        return value

    def clean_minimum_cents(self) -> int:
        return int(self.cleaned_data["minimum_cents"] or 0)

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"]).strip()
        if VoucherCampaign.objects.filter(town=self.town, name=name).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("There is already a campaign of this name."))
        return name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first_day"), data.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day comes after the first."))
        return data


class IssueForm(forms.Form):
    """How many vouchers for whoever holds them, and to which addresses one each."""

    batch = forms.UUIDField(widget=forms.HiddenInput)
    count = forms.IntegerField(
        label=gettext_lazy("Vouchers to print, for whoever holds them"),
        required=False,
        min_value=0,
        max_value=500,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": gettext_lazy("Write a whole number.")},
    )
    emails = forms.CharField(
        label=gettext_lazy("One voucher by mail to each of these addresses"),
        required=False,
        max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
        help_text=gettext_lazy("One address a line. Only this person can use it."),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"batch": uuid4()})

    def clean_emails(self) -> list[str]:
        emails = [piece for piece in re.split(r"[\s,;]+", self.cleaned_data["emails"]) if piece]
        for email in emails:
            try:
                validate_email(email)
            except ValidationError:
                raise ValidationError(_("%(text)s is no mail address.") % {"text": email[:60]}) from None
        return emails

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("count") and not data.get("emails"):
            self.add_error("count", _("Say how many vouchers, or to whom."))
        return data
