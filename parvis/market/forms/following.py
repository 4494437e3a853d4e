"""What whoever waits for a bike may say: with whom to leave it, another time, how it went."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from parvis.delivery.models import Delivery, Window
from parvis.market.when import near_day


class DoorForm(forms.Form):
    """With whom, or where, the goods may be left."""

    who = forms.ChoiceField(
        label=_("If I do not open"),
        required=False,
        choices=[("", _("Only to me, or somebody at my door")), *Delivery.LeaveWith.choices],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Which neighbour, which door"),
        required=False,
        max_length=120,
        help_text=_("The rider reads it: a name, a floor, a code."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class CommentForm(forms.Form):
    """A few words beside the number."""

    comment = forms.CharField(
        label=_("A few words, if you like"),
        required=False,
        max_length=500,
        help_text=_("Read by the depot and the shops of this order."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AlsoForm(forms.Form):
    """A second time that suits as well; nothing where only the first does."""

    window = forms.UUIDField(required=False)

    def __init__(self, times: Sequence[Window], *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.times = times

    def clean_window(self) -> UUID | None:
        """One of those listed."""
        wanted: UUID | None = self.cleaned_data["window"]
        if wanted is not None and wanted not in {window.pk for window in self.times}:
            raise forms.ValidationError(_("This time cannot be added any more."))
        return wanted


class ChangeForm(forms.Form):
    """One of the times that can still be promised."""

    window = forms.UUIDField(error_messages={"required": _("Choose a time."), "invalid": _("Choose a time.")})

    def __init__(self, times: Sequence[Window], *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.times = times

    def clean_window(self) -> UUID:
        """One of those listed; another one is full or closed meanwhile."""
        wanted: UUID = self.cleaned_data["window"]
        if wanted not in {window.pk for window in self.times}:
            raise forms.ValidationError(_("This delivery time is full. Please choose another one."))
        return wanted

    def choices(self, at: datetime) -> list[dict[str, Any]]:
        """What ``market/times_form.html`` draws: each time with its day in words, and whether it was chosen."""
        chosen = str(self.data.get("window", "")) if self.is_bound else ""
        return [
            {"window": window, "day": near_day(window.starts_at, at), "checked": str(window.pk) == chosen}
            for window in self.times
        ]


class CallForm(forms.Form):
    """Who calls: a code that they read out, or who they say they are."""

    q = forms.CharField(
        label=_("Code of the order, name or telephone"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "type": "search"}),
    )
