"""What a merchant types: as little as possible, forgiven where it can be."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from parvis.market.models import Part

REASONS = {
    "sold-out": _("Sold out"),
    "busy": _("Too many orders at this time"),
    "closed": _("The shop is closed"),
    "other": _("Another reason"),
}


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


class PrepareForm(forms.Form):
    """How many of each line are in the bag; what is left empty is all there."""

    def __init__(self, part: Part, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.lines = list(part.lines.all())
        for line in self.lines:
            self.fields[self.name_of(line.pk)] = forms.IntegerField(
                label=line.name,
                min_value=0,
                max_value=line.quantity,
                initial=line.quantity,
                required=False,
                error_messages={"invalid": _("Write a whole number.")},
                widget=forms.NumberInput(attrs={"data_stepper": True, "inputmode": "numeric"}),
            )

    @staticmethod
    def name_of(pk: UUID) -> str:
        """The name of a line's field."""
        return f"line-{pk}"

    def rows(self) -> list[dict[str, Any]]:
        """Each line with its field, for the page."""
        return [{"line": line, "field": self[self.name_of(line.pk)]} for line in self.lines]

    def quantities(self) -> dict[UUID, int]:
        """What was prepared, by line."""
        given = {line.pk: self.cleaned_data.get(self.name_of(line.pk)) for line in self.lines}
        return {pk: quantity for pk, quantity in given.items() if quantity is not None}
