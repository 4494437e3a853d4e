"""A merchant's own goods: a name and a price are enough."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.files.base import ContentFile
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import gettext_lazy as _

from parvis.core.amounts import AmountField
from parvis.core.forms import PictureField
from parvis.core.pictures import LARGE
from parvis.core.words import say_rate
from parvis.market.allergens import ALLERGENS
from parvis.market.defaults import RATES, usual_for, usual_vat
from parvis.market.models import Capacity, Product, Shop
from parvis.market.returning import CHOICES
from parvis.market.trades import CATEGORIES

if TYPE_CHECKING:
    _ProductBase = forms.ModelForm[Product]
else:
    _ProductBase = forms.ModelForm


WEIGHING_TRADES = {"butcher", "fishmonger", "cheese", "delicatessen", "greengrocer"}


def stock_change(was: int | None, now: int | None) -> tuple[dict[str, Any], int]:
    """What a typed stock means: ``(changes, stock_by)``.

    The merchant saw ``was`` and typed ``now``. Between two numbers the difference counts, because something may
    have been sold meanwhile; to start or stop counting is said as such.
    """
    if was == now:
        return {}, 0
    if was is None or now is None:
        return {"stock": now}, 0
    return {}, now - was


class ProductForm(_ProductBase):
    """Add or change a product. ``changes()`` is what really changed, for the action."""

    price = AmountField(label=_("Price, VAT included"))
    new_picture = PictureField(
        label=_("Picture"), required=False, help_text=_("Take it by daylight, from close by."), side=LARGE, sized=True
    )
    drop_picture = forms.BooleanField(label=_("Remove the picture"), required=False)
    category = forms.ChoiceField(
        label=_("Shelf"), choices=[(key, kind.label) for key, kind in CATEGORIES.items()], required=False
    )
    vat_bp = forms.TypedChoiceField(label=_("VAT rate"), coerce=int, empty_value=None, required=False)
    grams = forms.IntegerField(label=_("Weight of one, in grams"), min_value=1, max_value=200_000, required=False)
    millilitres = forms.IntegerField(
        label=_("Volume of one, in millilitres"),
        min_value=1,
        max_value=400_000,
        required=False,
        help_text=_("What it takes up on the bike; 1000 is a litre bottle."),
    )
    stock = forms.IntegerField(
        label=_("In stock"),
        min_value=0,
        max_value=100_000,
        required=False,
        show_hidden_initial=True,
        help_text=_("Leave empty if you do not count it."),
    )

    sold_by = forms.ChoiceField(label=_("How it is sold"), choices=Product.Sale.choices, required=False)
    tolerance_percent = forms.IntegerField(
        label=_("Heavier than asked by at most, in per cent"),
        min_value=0,
        max_value=30,
        required=False,
        help_text=_("What you weigh is billed up to this; 10 if you leave it empty."),
    )
    deposit_cents = AmountField(
        label=_("Deposit on the bottle or jar"), required=False, help_text=_("Added to the price, without VAT.")
    )
    temperature = forms.ChoiceField(label=_("Temperature"), choices=Product.Temperature.choices, required=False)
    allergens_said = forms.BooleanField(
        label=_("I have looked: everything that must be named is ticked below"), required=False
    )
    allergens = forms.MultipleChoiceField(
        label=_("Allergens in it"),
        choices=list(ALLERGENS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    season_from = forms.TypedChoiceField(label=_("Sold from"), coerce=int, empty_value=None, required=False)
    season_to = forms.TypedChoiceField(label=_("Sold to the end of"), coerce=int, empty_value=None, required=False)
    sale_days = forms.TypedMultipleChoiceField(
        label=_("Only on these days"), coerce=int, widget=forms.CheckboxSelectMultiple, required=False
    )
    order_days_before = forms.IntegerField(
        label=_("To be ordered so many days before"), min_value=0, max_value=30, required=False
    )
    order_until = forms.TimeField(
        label=_("Until what time"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": _("Write a time like 12:00.")},
    )
    returning = forms.ChoiceField(
        label=_("Can it be sent back?"),
        choices=list(CHOICES.items()),
        required=False,
        help_text=_("Buyers have 14 days to change their mind, except for what the law leaves out."),
    )

    class Meta:
        model = Product
        fields = [
            *("name", "unit", "description", "category", "vat_bp", "grams", "millilitres", "work", "hidden"),
            *("sold_by", "tolerance_percent", "deposit_cents", "temperature", "allergens"),
            *("season_from", "season_to", "sale_days", "order_days_before", "order_until"),
            "returning",
        ]
        labels = {"unit": _("Sold by"), "hidden": _("Hidden from buyers"), "name": _("Name")}
        help_texts = {"unit": _("For example: the piece, 500 g, the bunch."), "category": ""}
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}

    MORE = ("unit", "stock", "description", "category", "vat_bp", "grams", "millilitres", "work", "returning", "hidden")
    WEIGHED = ("sold_by", "tolerance_percent")
    FOOD = ("allergens_said", "allergens", "temperature", "deposit_cents")
    WHEN = ("season_from", "season_to", "sale_days", "order_days_before", "order_until")

    def __init__(self, shop: Shop, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shop = shop
        self.is_new = self.instance._state.adding
        country = shop.town.country
        usual = usual_for(shop.trade, country)
        rates = list(RATES.get(country, RATES["FR"]))
        if self.instance.vat_bp not in rates and not self.is_new:
            rates.append(self.instance.vat_bp)
        field = self.fields["vat_bp"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [(rate, say_rate(rate)) for rate in rates]
        if not Capacity.objects.filter(shop=shop, counts=Capacity.Counts.POINTS).exists():
            del self.fields["work"]  # nobody counts them
        for name in ("season_from", "season_to"):
            month = self.fields[name]
            assert isinstance(month, forms.TypedChoiceField)
            month.choices = [("", _("All year")), *((number, str(label)) for number, label in MONTHS.items())]
        days = self.fields["sale_days"]
        assert isinstance(days, forms.TypedMultipleChoiceField)
        days.choices = [(number, str(label)) for number, label in WEEKDAYS.items()]
        self.initial["allergens_said"] = self.instance.allergens is not None
        if not self.instance.deposit_cents:
            self.initial["deposit_cents"] = None
        if self.is_new:
            self.initial.update(category=usual.category, vat_bp=usual.vat_bp, grams=usual.grams)
            self.initial.update(millilitres=usual.millilitres, stock=None, hidden=False)
            del self.fields["hidden"], self.fields["drop_picture"]
        else:
            self.initial["price"] = self.instance.price_cents
            if not self.instance.picture:
                del self.fields["drop_picture"]

    def more(self) -> list[forms.BoundField]:
        """The fields that may stay as they are."""
        return [self[name] for name in self.MORE if name in self.fields]

    @property
    def more_is_wrong(self) -> bool:
        """Whether one of them must be looked at, so that they are shown open."""
        return any(self[name].errors for name in self.MORE if name in self.fields)

    def folded(self) -> list[dict[str, Any]]:
        """What only some trades need, each group folded until it holds something: the trade's own first."""
        groups = [
            (_("By weight"), self.WEIGHED, self.instance.by_weight),
            (_("Allergens, cold, deposit"), self.FOOD, self._food_is_used),
            (_("Season, days and orders in advance"), self.WHEN, self._when_is_used),
        ]
        if self.shop.trade not in WEIGHING_TRADES:
            groups = [*groups[1:], groups[0]]
        return [
            {
                "title": title,
                "fields": [self[name] for name in names],
                "open": (used and not self.is_new) or any(self[name].errors for name in names),
            }
            for title, names, used in groups
        ]

    @property
    def _food_is_used(self) -> bool:
        product = self.instance
        return bool(product.allergens or product.deposit_cents or product.temperature != Product.Temperature.AMBIENT)

    @property
    def _when_is_used(self) -> bool:
        return not self.instance.season.always

    def clean(self) -> dict[str, Any]:
        """Answers left empty keep their usual value; a season has two months."""
        data = super().clean() or {}
        data["sold_by"] = data.get("sold_by") or Product.Sale.PIECE
        data["temperature"] = data.get("temperature") or Product.Temperature.AMBIENT
        if data.get("tolerance_percent") is None:
            data["tolerance_percent"] = 10
        data["deposit_cents"] = data.get("deposit_cents") or 0
        data["order_days_before"] = data.get("order_days_before") or 0
        said = data.pop("allergens_said", False) or bool(data.get("allergens"))
        data["allergens"] = list(data.get("allergens") or []) if said else None
        if bool(data.get("season_from")) != bool(data.get("season_to")):
            missing = "season_to" if data.get("season_from") else "season_from"
            self.add_error(missing, _("Choose both months, or neither."))
        return data

    def clean_price(self) -> int:
        """A price of nothing is a slip of the finger."""
        cents: int = self.cleaned_data["price"]
        if cents <= 0:
            raise forms.ValidationError(_("Write a price above zero."), code="amount")
        return cents

    def _post_clean(self) -> None:
        """The row is written by the action; the instance stays as it was read."""

    def changes(self) -> dict[str, Any]:
        """Fields of the model with their new values; defaults of the trade where nothing was typed."""
        data = self.cleaned_data
        usual = usual_for(self.shop.trade, self.shop.town.country)
        names = set(self.changed_data) if not self.is_new else {*self.fields}
        if "allergens_said" in names:
            names.add("allergens")
        changes = {name: data[name] for name in self.Meta.fields if name in names and name in data}
        changes["price_cents"] = data["price"]
        if "category" in changes:
            changes["category"] = data["category"] or usual.category
        if "vat_bp" in changes and data["vat_bp"] is None:
            shelf = changes.get("category", usual.category)
            changes["vat_bp"] = usual_vat(shelf, self.shop.town.country, self.shop.trade)
        for name, value in (("grams", usual.grams), ("millilitres", usual.millilitres)):
            if name in changes and not changes[name]:
                changes[name] = value
        if isinstance(data.get("new_picture"), ContentFile):
            changes["picture"] = data["new_picture"]
        elif data.get("drop_picture"):
            changes["picture"] = ""
        return changes

    def stock_changes(self) -> tuple[dict[str, Any], int]:
        """As ``stock_change``: from what the page showed to what was typed."""
        seen = self.data.get(self.add_initial_prefix("stock"), "")
        was = int(seen) if seen.isdigit() else None
        return stock_change(None if self.is_new else was, self.cleaned_data["stock"])


class QuickForm(forms.Form):
    """Price and stock of one row of the list. ``stock_was`` tells what the merchant had seen."""

    price = AmountField(label=_("Price"))
    stock = forms.IntegerField(label=_("In stock"), min_value=0, max_value=100_000, required=False)
    stock_was = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, product: Product, data: Mapping[str, Any] | None = None) -> None:
        initial = {"price": product.price_cents, "stock": product.stock, "stock_was": product.stock}
        super().__init__(data, initial=initial, auto_id=f"%s-{product.pk}")
        self.product = product

    def clean_price(self) -> int:
        """As in the large form."""
        cents: int = self.cleaned_data["price"]
        if cents <= 0:
            raise forms.ValidationError(_("Write a price above zero."), code="amount")
        return cents

    def changes(self) -> tuple[dict[str, Any], int]:
        """What changed, and by how much the stock did."""
        changes, stock_by = stock_change(self.cleaned_data["stock_was"], self.cleaned_data["stock"])
        if self.cleaned_data["price"] != self.product.price_cents:
            changes["price_cents"] = self.cleaned_data["price"]
        return changes, stock_by
