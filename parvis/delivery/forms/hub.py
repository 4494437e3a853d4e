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


class PackForm(forms.Form):
    """Into which crates the bags of one delivery go."""

    crates = CratesField(
        label=gettext_lazy("Crate"),
        max_length=40,
        help_text=gettext_lazy("The number on the crate; several numbers for a big delivery."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "enterkeyhint": "done"}),
    )
