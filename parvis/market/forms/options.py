"""What a buyer chooses about a product: up to three questions with up to eight answers each."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from parvis.core.amounts import AmountField
from parvis.market.actions.options import GroupWish, OptionWish
from parvis.market.models import Product

GROUPS = 3
OPTIONS = 8


class OptionsForm(forms.Form):
    """Boxes with what there is; an empty name takes an answer away, an empty question all of its answers."""

    def __init__(self, product: Product, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        known = list(product.groups.prefetch_related("options"))
        for g in range(GROUPS):
            group = known[g] if g < len(known) else None
            options = list(group.options.all()) if group else []
            self.fields[f"group-{g}"] = forms.CharField(
                label=_("What is chosen"), max_length=40, required=False, initial=group.name if group else "",
                help_text=_("For example: size, cut, slices.") if g == 0 else "",
            )  # fmt: skip
            for o in range(OPTIONS):
                option = options[o] if o < len(options) else None
                self.fields[f"name-{g}-{o}"] = forms.CharField(
                    label=_("Answer %(number)s") % {"number": o + 1}, max_length=40, required=False,
                    initial=option.name if option else "",
                )  # fmt: skip
                self.fields[f"more-{g}-{o}"] = AmountField(
                    label=_("Costs more by"), required=False,
                    initial=option.surcharge_cents if option and option.surcharge_cents else None,
                )  # fmt: skip
                self.fields[f"stock-{g}-{o}"] = forms.IntegerField(
                    label=_("In stock"), min_value=0, max_value=100_000, required=False,
                    initial=option.stock if option else None,
                )  # fmt: skip

    def rows(self) -> list[dict[str, Any]]:
        """Each question with its answers, for the page; questions without a name are folded."""
        return [
            {
                "group": self[f"group-{g}"],
                "options": [
                    {kind: self[f"{kind}-{g}-{o}"] for kind in ("name", "more", "stock")} for o in range(OPTIONS)
                ],
                "open": g == 0 or bool(self[f"group-{g}"].value()) or self._is_wrong(g),
            }
            for g in range(GROUPS)
        ]

    def _is_wrong(self, g: int) -> bool:
        return any(name == f"group-{g}" or name.split("-")[1:2] == [str(g)] for name in self.errors)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        questions: set[str] = set()
        for g in range(GROUPS):
            question = data.get(f"group-{g}", "").strip()
            answers = [data.get(f"name-{g}-{o}", "").strip() for o in range(OPTIONS)]
            if any(answers) and not question:
                self.add_error(f"group-{g}", _("Write what is chosen: the size, the cut."))
            if question and not any(answers):
                self.add_error(f"name-{g}-0", _("Write at least one answer."))
            if question and question.lower() in questions:
                self.add_error(f"group-{g}", _("This question stands above already."))
            questions.add(question.lower())
            for o, answer in enumerate(answers):
                if answer and answer.lower() in (before.lower() for before in answers[:o]):
                    self.add_error(f"name-{g}-{o}", _("This answer stands above already."))
        return data

    def wishes(self) -> list[GroupWish]:
        """What the product's questions are from now on."""
        data = self.cleaned_data
        return [
            GroupWish(
                data[f"group-{g}"].strip(),
                tuple(
                    OptionWish(name, data[f"more-{g}-{o}"] or 0, data[f"stock-{g}-{o}"])
                    for o in range(OPTIONS)
                    if (name := data[f"name-{g}-{o}"].strip())
                ),
            )
            for g in range(GROUPS)
            if data[f"group-{g}"].strip()
        ]
