"""The desk's front page: who waits for an answer and since when, then what is worth a look."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from parvis.core.words import say_day, say_duration
from parvis.people.access import require_role
from parvis.people.models import Role
from parvis.people.requests import PersonRequest
from parvis.places.actions.claims import open_claims
from parvis.places.claims import FOR_AGENT, Standing
from parvis.places.desk import Counts, counts_of, gone
from parvis.places.models import Claim, Report
from parvis.places.views.desk.frame import CONFLICTS, HOME, desk_page, url_of
from parvis.towns.models import Town

MOST_WAITING = 8
DAY_S = 24 * 60 * 60


@require_safe
@require_role(Role.Kind.AGENT)
def home(request: PersonRequest) -> HttpResponse:
    """Who waits for me, and since when?"""
    at = timezone.now()
    waiting = _waiting(request.town, at)
    counts = counts_of(request.town, at)
    context = {
        "waiting": waiting[:MOST_WAITING],
        "gone_count": gone(request.town).count(),
        "lists": _lists(counts),
    }
    return desk_page(request, "places/desk/home.html", HOME, context, at, counts=counts)


def since(then: datetime, at: datetime) -> str:
    """``since 14:05 (2 h 10)`` today, ``since Monday 23 November (3 days)`` before."""
    seconds = (at - then).total_seconds()
    if seconds < DAY_S:
        return _("for %(duration)s") % {"duration": say_duration(max(60, seconds))}
    return _("since %(day)s") % {"day": say_day(then)}


def claim_words(claim: Claim) -> str:
    """What an agent has to do about it."""
    standing = claim.state.standing  # type: ignore[attr-defined]
    if standing is Standing.PROVED:
        return _("Right code; somebody else has a say")
    if standing is Standing.SENT:
        return _("The claimant has the code or waits for it")
    return {
        Claim.Way.LETTER: _("A letter to send"),
        Claim.Way.PHONE: _("A call to make"),
        Claim.Way.NUMBER: _("A number to compare"),
    }[Claim.Way(claim.way)]


def _waiting(town: Town, at: datetime) -> list[dict[str, Any]]:
    rows = [
        {
            "since": claim.state.since,  # type: ignore[attr-defined]
            "title": claim.place.name,
            "text": claim_words(claim),
            "icon": "key-round",
            "href": reverse("directory-claim", args=[claim.pk]),
        }
        for claim in open_claims(town, at)
        if claim.state.standing in FOR_AGENT  # type: ignore[attr-defined]
    ]
    for report in Report.objects.waiting(town).select_related("place")[: MOST_WAITING * 4]:
        rows.append(
            {
                "since": report.at,
                "title": report.place.name,
                "text": _("A resident: %(what)s") % {"what": report.get_kind_display()},
                "icon": "flag",
                "href": reverse("directory-report", args=[report.pk]),
            }
        )
    rows.sort(key=lambda row: row["since"])
    return [row | {"meta": since(row["since"], at)} for row in rows]


def _lists(counts: Counts) -> list[dict[str, Any]]:
    """What is worth a look, with how much of it there is."""
    rows = [
        (CONFLICTS, counts.conflicts, "git-compare", _("Where the town and an import disagree")),
        ("directory-hours", counts.hours, "clock-alert", _("Hours that no machine understands")),
        ("directory-incomplete", counts.incomplete, "circle-question-mark", _("Without a kind or an address")),
        ("directory-twins", counts.twins, "copy", _("Perhaps written down twice")),
        ("directory-stale", counts.stale, "calendar-x", _("Not checked for six months")),
    ]
    return [
        {"count": count, "icon": icon, "title": title, "url": url}
        for name, count, icon, title in rows
        if (url := url_of(name))
    ]
