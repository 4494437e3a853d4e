"""One tap of a person at work: which one it is, so that it counts once, and when their own clock saw it.

Without a network a tap waits on the phone (``core/js/queue.js``) and arrives later, perhaps twice. The moment at which
the server hears of it stays the moment of the event, and the phone's own time is kept beside it; where people act
away from the network (a rider), the event is written at ``Tap.when``.

A phone's clock may be wrong. At each answer of the server the phone measures by how much it is behind
(``core/js/clock.js``), and a tap carries the measure that was known when it was tapped: a clock that is put right
before the tap is sent changes nothing.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.dateparse import parse_datetime

from parvis.core.ids import new_id


@dataclass(frozen=True, slots=True)
class Tap:
    """``key`` is a UUID, or "" where the tap is not recognised a second time; ``at`` is the phone's time, in UTC.

    ``behind`` is what must be added to the phone's time to have the server's; None where nobody measured it.
    """

    key: str = ""
    at: datetime | None = None
    behind: timedelta | None = None

    def when(self, now: datetime, *, since: datetime | None = None) -> datetime:
        """When it was tapped, by the server's clock: never after ``now``, never before ``since``.

        ``now`` if the phone's time or what it is worth is not known.
        """
        if self.at is None or self.behind is None:
            return now
        moment = min(self.at + self.behind, now)
        return min(max(moment, since), now) if since else moment


NO_TAP = Tap()


def new_tap() -> str:
    """The key of a form that is being shown."""
    return str(new_id())


class TapForm(forms.Form):
    """The hidden boxes of a form that may wait on a phone; nonsense in them is no mistake of the person."""

    key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    tapped_at = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    clock_behind = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

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

    def clean_clock_behind(self) -> str:
        """Whole milliseconds, less than a century, or "" for anything else."""
        said = self.cleaned_data["clock_behind"]
        return said if re.fullmatch(r"-?[0-9]{1,12}", said, re.ASCII) else ""


def tap_of(data: Any) -> Tap:
    """The tap that was sent with a form."""
    form = TapForm(data)
    form.is_valid()
    said = parse_datetime(form.cleaned_data.get("tapped_at", ""))
    behind = form.cleaned_data.get("clock_behind", "")
    return Tap(
        form.cleaned_data.get("key", ""),
        said if said and said.tzinfo and 1970 < said.year < 9000 else None,
        timedelta(milliseconds=int(behind)) if behind else None,
    )
