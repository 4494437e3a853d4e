"""What a shop says while it fills a bag: how many, how many grams, what instead. As little as possible is typed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from parvis.market.actions.preparing import Offer, Substitute, offered_instead, too_heavy
from parvis.market.models import Line, Part

WHOLE = _("Write a whole number.")


class PrepareForm(forms.Form):
    """How much of each line is in the bag; a number left empty means all of it, a weight must be written."""

    def __init__(self, part: Part, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.part = part
        self.lines = [line for line in part.lines.all() if line.replaces_id is None]
        self.shelf: dict[str, Offer] = {}
        for line in self.lines:
            if line.by_weight:
                self.fields[f"grams-{line.pk}"] = _whole(line.full_name)
            else:
                self.fields[f"line-{line.pk}"] = _whole(line.full_name, most=line.quantity, initial=line.quantity)

    def offer(self) -> None:
        """Ask the shop's shelf once for what may stand for something missing, and add the fields for it."""
        self.shelf = {offer.key: offer for offer in offered_instead(self.part)}
        for line in self.lines:
            others = [(key, offer.name) for key, offer in self.shelf.items() if offer.product.pk != line.product_id]
            self.fields[f"other-{line.pk}"] = forms.ChoiceField(
                label=_("Instead"), choices=[("", ""), *others], required=False
            )
            self.fields[f"count-{line.pk}"] = _whole(_("How many, or how many grams"), most=20_000)
            self.fields[f"agreed-{line.pk}"] = forms.BooleanField(label=_("I have asked the buyer"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for line in self.lines:
            grams = data.get(f"grams-{line.pk}")
            if line.by_weight and grams is not None and grams > line.most_grams:
                self.add_error(f"grams-{line.pk}", too_heavy(line))
            if data.get(f"other-{line.pk}") and not data.get(f"count-{line.pk}"):
                self.add_error(f"count-{line.pk}", _("Say how much the buyer gets instead."))
        return data

    def rows(self) -> list[dict[str, Any]]:
        """Each line with its fields, for the page."""
        return [self._row(line) for line in self.lines]

    def _row(self, line: Line) -> dict[str, Any]:
        names = {name: f"{name}-{line.pk}" for name in ("other", "count", "agreed")}
        fields: dict[str, BoundField] = {name: self[key] for name, key in names.items() if key in self.fields}
        chosen = str(fields["other"].value() or "") if fields else ""
        return {
            "line": line,
            "field": self[f"grams-{line.pk}" if line.by_weight else f"line-{line.pk}"],
            "instead": fields,
            "near": self._near(line, chosen),
            "replacing": bool(chosen) or any(field.errors for field in fields.values()),
        }

    def _near(self, line: Line, chosen: str) -> list[tuple[str, Offer, bool]]:
        """What may stand for a line, its own shelf first, with whether it is chosen."""
        goods = [offer.product for offer in self.shelf.values()]
        own = next((product.category for product in goods if product.pk == line.product_id), "")
        others = [(key, offer) for key, offer in self.shelf.items() if offer.product.pk != line.product_id]
        others.sort(key=lambda item: item[1].product.category != own)
        return [(key, offer, key == chosen) for key, offer in others]

    def quantities(self) -> dict[UUID, int]:
        """What was counted, by line."""
        return self._given("line")

    def grams(self) -> dict[UUID, int]:
        """What was weighed, by line."""
        return self._given("grams")

    def _given(self, kind: str) -> dict[UUID, int]:
        found = {line.pk: self.cleaned_data.get(f"{kind}-{line.pk}") for line in self.lines}
        return {pk: number for pk, number in found.items() if number is not None}

    def substitutes(self) -> dict[UUID, Substitute]:
        """What stands for what is missing, by line."""
        found = {}
        for line in self.lines:
            if not (other := self.cleaned_data.get(f"other-{line.pk}")):
                continue
            count = self.cleaned_data.get(f"count-{line.pk}") or 0
            offer = self.shelf[other]
            weighed = offer.by_weight
            found[line.pk] = Substitute(
                product_id=offer.product.pk,
                option_id=offer.option.pk if offer.option else None,
                quantity=0 if weighed else count,
                grams=count if weighed else 0,
                agreed=bool(self.cleaned_data.get(f"agreed-{line.pk}")),
            )
        return found


def _whole(label: Any, *, most: int = 200_000, initial: int | None = None) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=most,
        initial=initial,
        required=False,
        error_messages={"invalid": WHOLE},
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
