"""What an agent types of commission and bikes."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.core.amounts import AmountField
from parvis.core.forms import DayField
from parvis.core.money import round_half_up
from parvis.core.words import say_rate
from parvis.market.defaults import RATES
from parvis.market.fees import InForce
from parvis.market.models import Shop
from parvis.towns.models import Town

MOST_PERCENT = 50


def _percent(label: Any, **kwargs: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        min_value=0,
        max_value=MOST_PERCENT,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        **kwargs,
    )


def _basis_points(percent: Any) -> int:
    return round_half_up(Fraction(percent) * 100)


def _start() -> DayField:
    return DayField(
        label=gettext_lazy("It holds from"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy(
            "What costs shops more needs 15 days of notice. Orders already placed stay as they are."
        ),
    )


class FeesForm(forms.Form):
    """The town's terms from a day on; boxes begin with what holds."""

    commission = _percent(gettext_lazy("Commission in per cent of the goods without VAT"))
    vat_bp = forms.TypedChoiceField(label=gettext_lazy("VAT on the commission"), coerce=int)
    buyer_cents = AmountField(label=gettext_lazy("A delivery by bike costs the buyer"))
    free_from_cents = AmountField(
        label=gettext_lazy("Free for the buyer from this amount of goods"),
        required=False,
        help_text=gettext_lazy("Empty: never free."),
    )
    shops_cents = AmountField(
        label=gettext_lazy("The shops of one delivery pay together"),
        required=False,
        help_text=gettext_lazy("VAT included; shared by what each sold."),
    )
    shops_bear_free = forms.BooleanField(
        label=gettext_lazy("Where the buyer pays nothing, the shops pay that together too"), required=False
    )
    cost_cents = AmountField(
        label=gettext_lazy("One delivery costs the town in all"),
        required=False,
        help_text=gettext_lazy("Only to say what is left to the town."),
    )
    starts_on = _start()

    def __init__(
        self, town: Town, held: InForce, first_day: date, data: Mapping[str, Any] | None = None, prefix: str = "fees"
    ) -> None:
        terms = held.terms
        initial = {
            "commission": Decimal(terms.commission_bp or 0) / 100,
            "vat_bp": terms.vat_bp,
            "buyer_cents": terms.buyer_cents,
            "free_from_cents": terms.free_from_cents,
            "shops_cents": terms.shops_cents,
            "shops_bear_free": terms.shops_bear_free,
            "cost_cents": terms.cost_cents,
            "starts_on": first_day,
        }
        super().__init__(data, initial=initial, prefix=prefix)
        rates = sorted({0, terms.vat_bp, *RATES.get(town.country, ())}, reverse=True)
        vat = self.fields["vat_bp"]
        assert isinstance(vat, forms.ChoiceField)
        vat.choices = [(rate, say_rate(rate)) for rate in rates]

    def values(self) -> dict[str, Any]:
        """What ``set_fees`` takes beside the day."""
        data = self.cleaned_data
        named = ("vat_bp", "buyer_cents", "free_from_cents", "shops_bear_free")
        return {
            "commission_bp": _basis_points(data["commission"]),
            **{name: data[name] for name in named},
            "shops_cents": data["shops_cents"] or 0,
            "cost_cents": data["cost_cents"] or 0,
        }


class ExceptionForm(forms.Form):
    """One shop's own commission from a day on."""

    shop = forms.ModelChoiceField(label=gettext_lazy("Shop"), queryset=Shop.objects.none())
    commission = _percent(
        gettext_lazy("Its commission in per cent"),
        required=False,
        help_text=gettext_lazy("Empty: like all other shops again."),
    )
    starts_on = _start()

    def __init__(
        self, town: Town, first_day: date, data: Mapping[str, Any] | None = None, prefix: str = "exception"
    ) -> None:
        super().__init__(data, initial={"starts_on": first_day}, prefix=prefix)
        shop = self.fields["shop"]
        assert isinstance(shop, forms.ModelChoiceField)
        shop.queryset = Shop.objects.filter(town=town).order_by("name")
        shop.empty_label = _("Choose a shop")

    @property
    def commission_bp(self) -> int | None:
        """In basis points; None: like all shops."""
        typed = self.cleaned_data["commission"]
        return None if typed is None else _basis_points(typed)
