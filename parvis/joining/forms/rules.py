"""What a town decides about joining."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from parvis.core.text import fold
from parvis.joining.checklist import ITEMS, Item
from parvis.joining.models import Requirement, Rules

if TYPE_CHECKING:
    _RulesBase = forms.ModelForm[Rules]
else:
    _RulesBase = forms.ModelForm
MOST_OWN = 10


class RulesForm(_RulesBase):
    """How soon the town calls, who opens a shop, what it accepts."""

    class Meta:
        model = Rules
        fields = ["call_within_days", "opens", "invitation_days", "terms"]
        widgets = {"opens": forms.RadioSelect, "terms": forms.Textarea(attrs={"rows": 8})}
        help_texts = {
            "call_within_days": _("Shops read it when they ask; what is later is shown as late."),
            "terms": _("Left empty, the standard terms. When you change them, shops that have not opened accept anew."),
        }


class ListForm(forms.Form):
    """The checklist: each item required, optional or not asked; and one more of the town's own."""

    own = forms.CharField(
        label=_("One more thing to be done"),
        max_length=120,
        required=False,
        help_text=_("For example: visit of the hygiene service. An agent notes it."),
    )

    def __init__(self, items: list[tuple[Item, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = items
        for item, standing in items:
            self.fields[item.key] = forms.ChoiceField(
                label=str(item.label), choices=Requirement.Standing.choices, initial=standing, required=True
            )
        self.order_fields([*(item.key for item, _standing in items), "own"])

    def clean_own(self) -> str:
        """A few, and each once."""
        text: str = " ".join(self.cleaned_data["own"].split())
        if text and sum(item.key not in ITEMS for item, _standing in self.items) >= MOST_OWN:
            raise forms.ValidationError(_("Ten things of your own are enough."), code="many")
        return text

    def standings(self) -> dict[str, tuple[str, str]]:
        """For each key its label (of the town's own) and standing."""
        data = self.cleaned_data
        found = {
            item.key: ("" if item.key in ITEMS else str(item.label), data[item.key]) for item, _standing in self.items
        }
        if data["own"]:
            key = f"own-{slugify(fold(data['own']))[:24] or 'item'}"
            found[key] = (data["own"], Requirement.Standing.REQUIRED)
        return found
