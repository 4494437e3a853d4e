"""Ways to bring goods in bulk, and what is still to be said of them."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from parvis.core.amounts import AmountField
from parvis.market.goods.difference import Incomplete

KEEP, HIDE = "keep", "hide"


class TableForm(forms.Form):
    """A file of goods."""

    file = forms.FileField(
        label=_("Your file"), help_text=_("CSV or Excel (.xlsx), from your till, your site or your own list.")
    )
    missing = forms.ChoiceField(
        label=_("Your goods that the file does not hold"),
        choices=[(KEEP, _("stay on sale")), (HIDE, _("are hidden: the file is my whole shop"))],
        initial=KEEP,
        required=False,
        widget=forms.RadioSelect,
    )

    @property
    def hides(self) -> bool:
        """Whether what is missing is to be hidden."""
        return bool(self.cleaned_data["missing"] == HIDE)


class EansForm(forms.Form):
    """EANs, one a line."""

    eans = forms.CharField(
        label=_("EANs, one a line"),
        required=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Type, paste or scan them. A price may stand behind: 3183810003007 3,20."),
    )


class OneEanForm(forms.Form):
    """One more EAN."""

    ean = forms.CharField(
        label=_("One more EAN"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "autofocus": True}),
    )


class ManyFiles(forms.ClearableFileInput):
    """A box that takes several files."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files; each is read by whoever asked for them."""

    widget = ManyFiles(attrs={"accept": "image/*"})

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(ManyFilesField, self).clean(file, initial) for file in files or [None]]


class PhotosForm(forms.Form):
    """Pictures of goods, many at once."""

    photos = ManyFilesField(
        label=_("Pictures of your goods"),
        help_text=_("40 at once. A picture called tarte-aux-pommes.jpg is named so."),
    )


class WebsiteForm(forms.Form):
    """The address of the shop's own site, or a page of it that was saved."""

    address = forms.CharField(
        label=_("Address of your site"),
        required=False,
        max_length=200,
        help_text=_("The page that lists your goods. Only your own site."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "url"}),
    )
    file = forms.FileField(
        label=_("Or a page that you saved"), required=False, help_text=_("An HTML file, 5 MB at most.")
    )

    def clean_address(self) -> str:
        """People leave the beginning away."""
        address: str = self.cleaned_data["address"].strip()
        return address if not address or "://" in address or ":" in address.split("/")[0] else f"https://{address}"

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        data = super().clean() or {}
        if not self.errors and not data.get("address") and not data.get("file"):
            raise forms.ValidationError(_("Write the address of your site, or choose a page that you saved."))
        return data


class WaitingForm(forms.Form):
    """The name and the price of one row that waits for them. An empty price says: later."""

    name = forms.CharField(label=_("Name"), max_length=140, required=False)
    price = AmountField(label=_("Price"), required=False)

    def __init__(self, row: Incomplete, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, prefix=f"r{row.row}", initial={"name": row.name})
        self.row = row

    def clean_price(self) -> int | None:
        """A price of nothing is a slip of the finger."""
        cents: int | None = self.cleaned_data["price"]
        if cents is not None and cents <= 0:
            raise forms.ValidationError(_("Write a price above zero."), code="amount")
        return cents

    def clean(self) -> dict[str, Any]:
        """A price without a name sells nothing."""
        data = super().clean() or {}
        if data.get("price") and not data.get("name", "").strip():
            self.add_error("name", _("Write what it is."))
        return data

    def said(self) -> dict[str, Any]:
        """What was typed, as values of the row."""
        said: dict[str, Any] = {}
        if name := " ".join(self.cleaned_data["name"].split()):
            said["name"] = name
        if self.cleaned_data["price"]:
            said["price_cents"] = self.cleaned_data["price"]
        return said
