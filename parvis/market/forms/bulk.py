"""Many goods on one page: a price each, a row each, or so much per cent for all."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from parvis.core.amounts import AmountField
from parvis.core.words import say_rate
from parvis.market.actions.bulk import Clash
from parvis.market.actions.many import Move
from parvis.market.defaults import RATES
from parvis.market.forms.goods import stock_change
from parvis.market.goods.repricing import CENT, FIVE, NINETY, NINETY_NINE, TEN
from parvis.market.goods.trade_lists import Listed
from parvis.market.models import Product
from parvis.market.trades import CATEGORIES


def _above_zero(cents: int | None) -> None:
    if cents is not None and cents <= 0:
        raise forms.ValidationError(_("Write a price above zero."), code="amount")


class PriceListForm(forms.Form):
    """A box for the price of each usual product; what stays empty is not sold."""

    def __init__(self, items: Iterable[Listed], data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.items = {f"price-{item.key}": item for item in items}
        for name, item in self.items.items():
            self.fields[name] = AmountField(label=item.name, required=False, validators=[])

    def clean(self) -> dict[str, Any]:
        """A price of nothing is a slip of the finger."""
        data = super().clean() or {}
        for name, cents in list(data.items()):
            try:
                _above_zero(cents)
            except forms.ValidationError as error:
                self.add_error(name, error)
        return data

    def goods(self) -> list[dict[str, Any]]:
        """The products with a price."""
        priced = ((item, self.cleaned_data.get(name)) for name, item in self.items.items())
        return [item.values() | {"price_cents": cents} for item, cents in priced if cents]


class RowForm(forms.Form):
    """One row of the table of goods. ``was`` is what the page showed."""

    price = AmountField(label=_("Price"))
    stock = forms.IntegerField(label=_("In stock"), min_value=0, max_value=100_000, required=False)
    vat_bp = forms.TypedChoiceField(label=_("VAT"), coerce=int)
    category = forms.ChoiceField(label=_("Shelf"), choices=[(key, kind.label) for key, kind in CATEGORIES.items()])
    hidden = forms.BooleanField(label=_("Hidden"), required=False)
    was = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)

    def __init__(self, product: Product, country: str, data: Mapping[str, Any] | None = None) -> None:
        self.product = product
        initial: dict[str, Any] = {"price": product.price_cents, "stock": product.stock, "vat_bp": product.vat_bp}
        initial |= {"category": product.category, "hidden": product.hidden, "was": pack(product)}
        super().__init__(data, prefix=str(product.pk), initial=initial)
        rates = sorted({*RATES.get(country, RATES["FR"]), product.vat_bp}, reverse=True)
        vat = self.fields["vat_bp"]
        assert isinstance(vat, forms.ChoiceField)
        vat.choices = [(rate, say_rate(rate)) for rate in rates]

    def clean_price(self) -> int:
        """As everywhere."""
        _above_zero(self.cleaned_data["price"])
        cents: int = self.cleaned_data["price"]
        return cents

    def move(self) -> Move | None:
        """What the merchant changed from what the page showed; None for a row as it was."""
        seen = unpack(self.cleaned_data["was"]) or unpack(pack(self.product))
        assert seen is not None
        data = self.cleaned_data
        typed = {"price_cents": data["price"], "vat_bp": data["vat_bp"]}
        typed |= {"category": data["category"], "hidden": data["hidden"]}
        after = {name: value for name, value in typed.items() if value != seen[name]}
        changes, stock_by = stock_change(seen["stock"], data["stock"])
        after |= changes
        if not after and not stock_by:
            return None
        return Move(str(self.product.pk), {name: seen[name] for name in after}, after, stock_by)

    def say(self, clash: Clash) -> None:
        """Somebody else was here: the sentence stands beside what was typed, and saving again takes it."""
        name = "price" if clash.field == "price_cents" else clash.field
        self.add_error(name, _("Somebody changed this meanwhile. Save again to write yours over it."))


def pack(product: Product) -> str:
    """What a row shows, in one hidden box."""
    stock = "" if product.stock is None else product.stock
    return f"{product.price_cents}|{stock}|{product.vat_bp}|{product.category}|{int(product.hidden)}"


def unpack(text: str) -> dict[str, Any] | None:
    """The inverse of ``pack``; None for what is none."""
    parts = text.split("|")
    if len(parts) != 5:
        return None
    price, stock, vat, category, hidden = parts
    if not all(number.isascii() and number.isdigit() and len(number) < 10 for number in (price, vat, stock or "0")):
        return None
    return {
        "price_cents": int(price),
        "stock": int(stock) if stock else None,
        "vat_bp": int(vat),
        "category": category,
        "hidden": hidden == "1",
    }


class RepriceForm(forms.Form):
    """So much per cent more or less for a shelf or for everything, and how prices shall end."""

    percent = forms.DecimalField(
        label=_("Per cent"),
        min_value=-90,
        max_value=300,
        max_digits=6,
        decimal_places=2,
        localize=True,
        help_text=_("3 makes everything 3% dearer, -10 makes it 10% cheaper."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    shelf = forms.ChoiceField(label=_("Which goods"), required=False)
    rounding = forms.ChoiceField(
        label=_("Round to"),
        choices=[
            (FIVE, _("5 cents")),
            (TEN, _("10 cents")),
            (CENT, _("the cent")),
            (NINETY, _("prices in .90")),
            (NINETY_NINE, _("prices in .99")),
        ],
        initial=FIVE,
    )
    mark = forms.CharField(widget=forms.HiddenInput, required=False, max_length=32)

    def __init__(self, shelves: Iterable[str], data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        shelf = self.fields["shelf"]
        assert isinstance(shelf, forms.ChoiceField)
        known = [(key, CATEGORIES[key].label) for key in CATEGORIES if key in set(shelves)]
        shelf.choices = [("", _("All my goods")), *known]

    def clean_percent(self) -> Fraction:
        """Nought per cent changes nothing."""
        percent = self.cleaned_data["percent"]
        if not percent:
            raise forms.ValidationError(_("Write how many per cent."), code="percent")
        return Fraction(percent)

    def wanted(self) -> dict[str, Any]:
        """What the action is asked for."""
        return {name: self.cleaned_data[name] for name in ("percent", "rounding", "shelf")}
