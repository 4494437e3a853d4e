"""The agent's queue: what waits to be shown, what readers reported, what appeared and nobody has looked at."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from parvis.bulletin.access import post_to_judge
from parvis.bulletin.actions.posts import approve_post, refuse_post, set_rule, withdraw_post
from parvis.bulletin.cards import Card, say_since
from parvis.bulletin.listing import cards_of
from parvis.bulletin.models import Newsroom, Post
from parvis.bulletin.phrases import say_why
from parvis.bulletin.standing import State
from parvis.core.errors import Refusal
from parvis.core.words import say_duration
from parvis.people.access import require_role
from parvis.people.models import Role
from parvis.people.requests import PersonRequest

LISTED = 60


@dataclass(frozen=True, slots=True)
class Waiting:
    """One post of the queue."""

    card: Card
    why: str
    since: str
    waited: str
    shown_before: bool
    typed: str = ""

    @property
    def reports(self) -> tuple[str, ...]:
        """What readers wrote."""
        return self.card.post.standing.reports


@require_safe
@require_role(Role.Kind.AGENT)
def queue(request: PersonRequest) -> HttpResponse:
    """Who waits for me, and since when."""
    return _page(request)


def _page(request: PersonRequest, *, status: int = 200, typed: tuple[UUID, str] | None = None) -> HttpResponse:
    at, town = timezone.now(), request.town
    looks_first = Newsroom.objects.filter(town=town, looks_first=True).exists()
    posts = Post.objects.waiting(town).select_related("place", "author").prefetch_related("events")[:LISTED]
    rows = [_row(card, at, looks_first, typed) for card in cards_of(town, posts, at)]
    sections = [
        ("waiting", _("Not shown yet"), [row for row in rows if not row.shown_before]),
        ("reported", _("Reported by readers"), [row for row in rows if row.shown_before and row.reports]),
        ("new", _("Shown, to look at"), [row for row in rows if row.shown_before and not row.reports]),
    ]
    context = {
        "sections": [section for section in sections if section[2]],
        "held": sum(row.card.post.shown_at is None for row in rows),
        "count": len(rows),
        "looks_first": looks_first,
    }
    return render(request, "bulletin/agent/queue.html", context, status=status)


def _row(card: Card, at: datetime, looks_first: bool, typed: tuple[UUID, str] | None) -> Waiting:
    post = card.post
    since = post.waits_since or at
    return Waiting(
        card=card,
        why=say_why(post, looks_first=looks_first),
        since=say_since(since, at),
        waited=say_duration((at - since).total_seconds()),
        shown_before=post.standing.state in {State.SHOWN, State.HIDDEN},
        typed=typed[1] if typed and typed[0] == post.pk else "",
    )


@require_POST
@require_role(Role.Kind.AGENT)
def judge(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Publish, refuse or withdraw one post."""
    at, post = timezone.now(), post_to_judge(request, pk)
    reason, verb = request.POST.get("reason", ""), request.POST.get("verb", "")
    try:
        if verb == "approve":
            approve_post(post=post, by=request.user, at=at)
            said = _("It is shown.")
        elif verb == "refuse":
            refuse_post(post=post, reason=reason, by=request.user, at=at)
            said = _("It is not shown. The shop reads why.")
        elif verb == "withdraw":
            withdraw_post(post=post, reason=reason, by=request.user, at=at, by_town=True)
            said = _("It is withdrawn. The shop reads why.")
        else:
            return redirect("agent-news")
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return _page(request, status=422, typed=(pk, reason))
    messages.success(request, said)
    return redirect("agent-news")


@require_POST
@require_role(Role.Kind.AGENT)
def rule(request: PersonRequest) -> HttpResponse:
    """Whether every post of a shop waits."""
    looks_first = request.POST.get("looks_first") == "yes"
    set_rule(town=request.town, looks_first=looks_first, by=request.user, at=timezone.now())
    messages.success(
        request,
        _("From now on every post waits for you.")
        if looks_first
        else _("From now on posts of known shops appear at once."),
    )
    return redirect("agent-news")
