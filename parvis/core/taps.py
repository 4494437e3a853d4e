"""One tap of a person at work: which one it is, so that it counts once, and when their own clock saw it.

Without a network a tap waits on the phone (``core/js/queue.js``) and arrives later, perhaps twice. The moment at which
the server hears of it stays the moment of the event; the phone's own time is kept beside it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.dateparse import parse_datetime

from parvis.core.ids import new_id


@dataclass(frozen=True, slots=True)
class Tap:
    """``key`` is a UUID, or "" where the tap is not recognised a second time; ``at`` is the phone's time, in UTC."""

    key: str = ""
    at: datetime | None = None


NO_TAP = Tap()


def new_tap() -> str:
    """The key of a form that is being shown."""
    return str(new_id())


class TapForm(forms.Form):
    """The two hidden boxes of a form that may wait on a phone; nonsense in them is no mistake of the person."""

    key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    tapped_at = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def clean_key(self) -> str:
        """A UUID, or "" for anything else: then the tap is not recognised a second time, and that is all."""
        try:
            return str(UUID(self.cleaned_data["key"]))
        except ValueError:
            return ""

    def clean_tapped_at(self) -> str:
        """A moment in ISO 8601, or "" for anything else."""
        try:
            return self.cleaned_data["tapped_at"] if parse_datetime(self.cleaned_data["tapped_at"]) else ""
        except ValueError:
            return ""


def tap_of(data: Any) -> Tap:
    """The tap that was sent with a form."""
    form = TapForm(data)
    form.is_valid()
    said = parse_datetime(form.cleaned_data.get("tapped_at", ""))
    return Tap(form.cleaned_data.get("key", ""), said if said and said.tzinfo else None)
