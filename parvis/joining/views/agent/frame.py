"""What the agent's pages of joining share: their tabs with counts, and how moments are said."""

import re
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from parvis.core.words import say_clock, say_day, say_duration
from parvis.joining.models import Opening
from parvis.joining.queue import count_for_now
from parvis.people.requests import PersonRequest

DAY_S = 24 * 60 * 60


def joining_page(
    request: PersonRequest, template: str, current: str, context: dict[str, Any], at: datetime, *, status: int = 200
) -> HttpResponse:
    """A page of the agent, under its tabs; ``current`` is the name of the page's address."""
    tabs = [
        ("callbacks", _("Calls"), count_for_now(request.town, at)),
        ("openings", _("On their way"), Opening.objects.under_way(request.town).count()),
        ("joining-rules", _("Rules"), 0),
    ]
    subnav = [
        {"label": label, "url": reverse(name), "count": count or "", "current": name == current}
        for name, label, count in tabs
    ]
    return render(request, template, {"subnav": subnav, "at": at} | context, status=status)


def say_when(moment: datetime) -> str:
    """``Tuesday 1 December, 18:00``."""
    return f"{say_day(moment)}, {say_clock(moment)}"


def say_since(then: datetime, at: datetime) -> str:
    """``for the last 2 h 10`` today, ``since Monday 23 November`` before."""
    seconds = (at - then).total_seconds()
    if seconds < DAY_S:
        return _("for the last %(duration)s") % {"duration": say_duration(max(60, seconds))}
    return _("since %(day)s") % {"day": say_day(then)}


def say_phone(e164: str) -> str:
    """``01 99 00 12 34`` as people of France say it, ``+32 470 00 00 91`` elsewhere; "" for none."""
    if e164.startswith("+33") and len(e164) == 12:
        return " ".join(re.findall("..", f"0{e164[3:]}"))
    digits = e164[3:]
    head = len(digits) - 6
    return f"{e164[:3]} {digits[:head]} {' '.join(re.findall('..', digits[head:]))}" if head > 0 else e164
