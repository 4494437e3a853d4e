"""What a merchant types: as little as possible, forgiven where it can be."""

from typing import Any

from django import forms
from django.utils import translation
from django.utils.translation import gettext_lazy as _

REASONS = {
    "sold-out": _("Sold out"),
    "busy": _("Too many orders at this time"),
    "closed": _("The shop is closed"),
    "other": _("Another reason"),
}


class AskForm(forms.Form):
    """Why a shop asks for another time; nothing is a reason too."""

    reason = forms.CharField(
        label=_("Why?"),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class RefuseForm(forms.Form):
    """Why a shop says no. The buyer reads it in their own language."""

    choice = forms.ChoiceField(label=_("Why?"), choices=list(REASONS.items()), widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("A word for the buyer"),
        max_length=150,
        required=False,
        help_text=_("For example: the flour did not come this morning."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("choice") == "other" and not data.get("text", "").strip():
            self.add_error("text", _("Write a reason: the buyer will read it."))
        return data

    def reason(self, language: str) -> str:
        """The whole reason as the buyer reads it."""
        choice, text = self.cleaned_data["choice"], self.cleaned_data["text"].strip()
        with translation.override(language):
            chosen = "" if choice == "other" else str(REASONS[choice])
        return f"{chosen}. {text}" if chosen and text else chosen or text
