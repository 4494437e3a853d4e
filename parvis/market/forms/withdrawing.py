"""What a buyer writes to withdraw, and a shop to refuse: as little as the law allows to ask."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from parvis.market.models import Order
from parvis.market.returning import ReturnLine, Returns


class WithdrawalForm(forms.Form):
    """Which goods go back. Name and mail address are known and may be changed; no reason is asked."""

    name = forms.CharField(label=_("Your name"), max_length=120)
    email = forms.EmailField(label=_("Where we confirm that it has arrived"))
    words = forms.CharField(
        label=_("A word for the shop"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("You do not have to give a reason."),
    )
    once = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, returns: Returns, order: Order, once: str, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial={"name": order.name, "email": order.email, "once": once})
        self.returns = returns
        for row in returns.lines:
            if row.left:
                self.fields[self.name_of(row)] = forms.IntegerField(
                    label=row.line.name,
                    min_value=0,
                    max_value=row.left,
                    initial=0,
                    required=False,
                    error_messages={"invalid": _("Write a whole number.")},
                )

    @staticmethod
    def name_of(row: ReturnLine) -> str:
        """The name of a line's field."""
        return f"line-{row.line.pk}"

    def rows(self) -> list[dict[str, Any]]:
        """Each line that may go back with its field, and those that may not with the reason."""
        return [{"row": row, "field": self[self.name_of(row)] if row.left else None} for row in self.returns.lines]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not self.quantities():
            raise forms.ValidationError(_("Choose what you send back."), code="nothing")
        return data

    def quantities(self) -> dict[UUID, int]:
        """What goes back, by line."""
        given = {row.line.pk: self.cleaned_data.get(self.name_of(row)) for row in self.returns.lines if row.left}
        return {pk: quantity for pk, quantity in given.items() if quantity}


class RefuseReturnForm(forms.Form):
    """Why a shop does not refund."""

    reason = forms.CharField(
        label=_("Why?"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The buyer reads it. For example: the seal is broken, the goods have not come back in 30 days."),
        error_messages={"required": _("Write a reason: the buyer will read it.")},
    )
