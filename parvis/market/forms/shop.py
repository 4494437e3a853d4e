"""What a merchant tells about the shop: its ways to serve, words and picture. Its hours are those of its place."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _

from parvis.core.amounts import AmountField
from parvis.core.forms import PictureField
from parvis.market.models import Modality, Shop


class WayForm(forms.Form):
    """One way to serve. The fee of the town's bikes is the town's."""

    active = forms.BooleanField(required=False)
    fee = AmountField(label=_("Fee"), required=False)
    minimum = AmountField(label=_("Minimum order"), required=False)
    note = forms.CharField(label=_("What buyers read"), max_length=160, required=False)

    def __init__(self, way: Modality, data: Mapping[str, Any] | None = None) -> None:
        initial = {
            "active": way.active,
            "fee": way.fee_cents or None,
            "minimum": way.minimum_cents or None,
            "note": way.note,
        }
        super().__init__(data, prefix=way.kind, initial=initial)
        self.way = way
        by_bike = way.kind == Modality.Kind.BIKE  # the town's bikes, or a neighbour's that ride for it
        self.fields["active"].label = (
            _("Delivered by the market's bikes") if by_bike else str(way.get_kind_display()).capitalize()
        )
        if way.kind in {Modality.Kind.BIKE, Modality.Kind.COLLECT}:
            del self.fields["fee"]

    def values(self) -> dict[str, Any]:
        """What the action writes."""
        data = self.cleaned_data
        values = {"active": data["active"], "minimum_cents": data["minimum"] or 0, "note": data["note"].strip()}
        return values | ({"fee_cents": data["fee"] or 0} if "fee" in self.fields else {})


class AboutForm(forms.Form):
    """Words and picture of the shop."""

    tagline = forms.CharField(label=_("One line about the shop"), max_length=140, required=False)
    description = forms.CharField(
        label=_("About the shop"),
        max_length=3000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What you make, where it comes from, who you are."),
    )
    picture = PictureField(label=_("Picture of the shop"), required=False)

    def __init__(self, shop: Shop, data: Mapping[str, Any] | None = None, files: Any = None) -> None:
        names = ("tagline", "description")
        super().__init__(data, files, initial={name: getattr(shop, name) for name in names})

    def changes(self) -> dict[str, Any]:
        """What the action writes; the picture only when there is a new one."""
        data = self.cleaned_data
        changes = {name: data[name] for name in ("tagline", "description")}
        if isinstance(data["picture"], ContentFile):
            changes["picture"] = data["picture"]
        return changes
