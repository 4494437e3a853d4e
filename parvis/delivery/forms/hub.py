"""What the hub types: a code on a bag, the numbers of crates; and which window it looks at."""

import re
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.delivery.skills import ASKS

HIGHEST_CRATE = 999


def shown(query: QueryDict) -> dict[str, Any]:
    """``day`` and ``window`` of an address, as ``HubDay.load`` takes them; what cannot be read counts as absent."""
    window: UUID | str | None = query.get("window")
    if window != "day":
        try:
            window = UUID(str(window))
        except ValueError:
            window = None
    return {"day": _day(query.get("day", "")), "window": window}


def _day(text: str) -> date | None:
    try:
        day = parse_date(text)
    except ValueError:  # well formed, but no such day
        return None
    return day if day and 2000 <= day.year < 2200 else None


class CratesField(forms.CharField):
    """Numbers of crates, however they are set apart: ``7``, ``7, 8``, ``7 8``."""

    def clean(self, value: Any) -> list[int]:
        """The numbers in the order typed, each once."""
        text = super().clean(value)
        parts = re.split(r"[\s,;+]+", text)
        if not all(re.fullmatch(r"[0-9]{1,3}", part) and int(part) > 0 for part in parts):
            raise ValidationError(
                _("Write the number on the crate, between 1 and %(highest)s.") % {"highest": HIGHEST_CRATE}
            )
        return list(dict.fromkeys(int(part) for part in parts))


class LeaveForm(forms.Form):
    """Why a bike leaves without a delivery that is on its round."""

    why = forms.ChoiceField(
        label=gettext_lazy("Why it stays here"),
        choices=[
            ("late", gettext_lazy("The bag has not come, and the other doors cannot wait")),
            ("lost", gettext_lazy("The bag cannot be found")),
            ("room", gettext_lazy("It does not fit on the bike")),
            ("other", gettext_lazy("Another reason")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say why the bike leaves without it.")},
    )
    words = forms.CharField(
        label=gettext_lazy("In your words"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        """Another reason needs words."""
        data = super().clean() or self.cleaned_data
        if data.get("why") == "other" and not data.get("words"):
            self.add_error("words", _("Write what happened."))
        return data

    @property
    def reason(self) -> str:
        """The reason as the dispatcher reads it, in the words of whoever gave it; nothing while none was given."""
        if not self.is_bound or not self.is_valid():
            return ""
        why, words = self.cleaned_data["why"], self.cleaned_data["words"]
        said = "" if why == "other" else str(dict(self.fields["why"].choices)[why])  # type: ignore[attr-defined]
        return ". ".join(part for part in (said, words) if part)


class NeedsForm(forms.Form):
    """What a bag asks of a bike."""

    needs = forms.MultipleChoiceField(
        label=gettext_lazy("What this bag asks for"),
        choices=list(ASKS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class PackForm(forms.Form):
    """Into which crates the bags of one delivery go."""

    crates = CratesField(
        label=gettext_lazy("Crate"),
        max_length=40,
        help_text=gettext_lazy("The number on the crate; several numbers for a big delivery."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "enterkeyhint": "done"}),
    )
