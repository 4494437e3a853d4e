"""What an agent types for a support fund; each form carries a key, so that sent twice it is done once."""

from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.core.amounts import AmountField
from parvis.core.forms import DayField
from parvis.market.models import Fund, FundLine, FundPromise
from parvis.towns.models import Town


class KeyedForm(forms.Form):
    """A form that is done once."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, town: Town, prefix: str | None = None) -> None:
        self.town = town
        super().__init__(data, prefix=prefix, initial={"key": uuid4()})

    def clean_cents(self) -> int:
        cents = int(self.cleaned_data["cents"])
        if cents <= 0:
            raise ValidationError(_("Write an amount above zero."))
        return cents


class FundForm(KeyedForm):
    """A new fund."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    about = forms.CharField(
        label=gettext_lazy("What it is for"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    decision = forms.CharField(
        label=gettext_lazy("Decided by"),
        max_length=160,
        help_text=gettext_lazy("For example: council of 24 September, point 12."),
    )
    decided_on = DayField(
        label=gettext_lazy("Decided on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class LineForm(KeyedForm):
    """A new line of a fund."""

    fund = forms.ModelChoiceField(Fund.objects.none(), label=gettext_lazy("Fund"))
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    about = forms.CharField(label=gettext_lazy("What it pays"), max_length=300, required=False)
    cents = AmountField(label=gettext_lazy("Amount given"))

    def __init__(self, data: Any = None, *, town: Town, prefix: str | None = None) -> None:
        super().__init__(data, town=town, prefix=prefix)
        fund = self.fields["fund"]
        assert isinstance(fund, forms.ModelChoiceField)
        fund.queryset = Fund.objects.filter(town=town)
        fund.initial = fund.queryset.first()


class GiveForm(KeyedForm):
    """More money for a line."""

    line = forms.ModelChoiceField(FundLine.objects.none(), label=gettext_lazy("Line"))
    cents = AmountField(label=gettext_lazy("Amount given"))
    words = forms.CharField(label=gettext_lazy("Decided by"), max_length=160)

    def __init__(self, data: Any = None, *, town: Town, prefix: str | None = None) -> None:
        super().__init__(data, town=town, prefix=prefix)
        line = self.fields["line"]
        assert isinstance(line, forms.ModelChoiceField)
        line.queryset = FundLine.objects.filter(town=town)


class PromiseForm(GiveForm):
    """Money promised to somebody."""

    cents = AmountField(label=gettext_lazy("Amount promised"))
    words = forms.CharField(
        label=gettext_lazy("To whom and for what"),
        max_length=160,
        help_text=gettext_lazy("Everybody can read it: write no name of a private person."),
    )


class EndForm(KeyedForm):
    """What is left of a promise is not needed."""

    promise = forms.ModelChoiceField(FundPromise.objects.none(), label=gettext_lazy("Promise"))
    words = forms.CharField(label=gettext_lazy("Why"), max_length=100, required=False)

    def __init__(self, data: Any = None, *, town: Town, prefix: str | None = None) -> None:
        super().__init__(data, town=town, prefix=prefix)
        promise = self.fields["promise"]
        assert isinstance(promise, forms.ModelChoiceField)
        promise.queryset = FundPromise.objects.filter(town=town, left_cents__gt=0)


class PayForm(EndForm):
    """A payment of a promise."""

    cents = AmountField(label=gettext_lazy("Amount paid"))
    words = forms.CharField(
        label=gettext_lazy("Transfer"), max_length=100, required=False, help_text=gettext_lazy("Its date or number.")
    )
