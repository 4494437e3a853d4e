"""What anybody reads: the feed, one post; and the page that reports one."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from parvis.bulletin.access import follower_for, is_agent, post_for
from parvis.bulletin.actions.posts import report_post
from parvis.bulletin.cards import Card
from parvis.bulletin.forms import ReportForm
from parvis.bulletin.listing import TOWN, Asked, asked_in, cards_of, find_posts, groups_with_news, streets_with_news
from parvis.bulletin.models import Post
from parvis.core.clients.vapid import public_key
from parvis.people.addresses import client_address
from parvis.places.categories import GROUPS
from parvis.towns.requests import TownRequest

PER_PAGE = 12


@login_not_required
@require_safe
def news(request: TownRequest) -> HttpResponse:
    """The town's feed, newest first: by street, by shop, by trade, or what is on now and soon."""
    at, town = timezone.now(), request.town
    asked = asked_in(town, request.GET)
    if asked is None:
        raise Http404
    page = Paginator(find_posts(town, asked, at), PER_PAGE).get_page(request.GET.get("page"))
    follower = follower_for(request)
    context = {
        "asked": asked,
        "page": page,
        "cards": cards_of(town, page.object_list, at),
        "pills": _pills(asked, groups_with_news(town)),
        "streets": [] if asked.place else streets_with_news(town, at),
        "query": f"{asked.query}&" if asked.query else "",
        "feed_query": f"?{asked.query}" if asked.query else "",
        "following": follower is not None and _follows(follower, asked),
        "follower": follower,
        "push_key": public_key(),
        "waiting": Post.objects.waiting(town).count() if is_agent(request) else 0,
    }
    return render(request, "bulletin/news.html", context)


def _follows(follower: Any, asked: Asked) -> bool:
    return bool(follower.follows.filter(place=asked.place, street=asked.street).exists())


def _pills(asked: Asked, groups: set[str]) -> list[dict[str, Any]]:
    """Everything, now and soon, the town, and the trades that have news; what is asked besides is kept."""
    kept = {key: value for key, value in asked.thing.items() if key == "street"}
    here = reverse("news")

    def pill(label: Any, **more: str) -> dict[str, Any]:
        query = urlencode(kept | more)
        current = (asked.group, asked.soon) == (more.get("group", ""), more.get("when") == "soon")
        return {"label": label, "url": f"{here}?{query}" if query else here, "current": current}

    pills = [pill(_("Everything")), pill(_("Now and soon"), when="soon")]
    if TOWN in groups and not kept:
        pills.append(pill(_("The town"), group=TOWN))
    return pills + [pill(label, group=key) for key, label in GROUPS.items() if key in groups]


@login_not_required
@require_safe
def post(request: TownRequest, pk: UUID) -> HttpResponse:
    """One post."""
    at = timezone.now()
    found = post_for(request, pk)
    follower = follower_for(request)
    asked = Asked(place=found.place)
    context = {
        "card": Card(found, at),
        "post": found,
        "asked": asked,
        "following": follower is not None and _follows(follower, asked),
    }
    return render(request, "bulletin/post.html", context)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: TownRequest, pk: UUID) -> HttpResponse:
    """Somebody says what is wrong with a post; the town's agent reads it."""
    found = post_for(request, pk)
    form = ReportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        report_post(post=found, note=form.cleaned_data["note"], reporter=_reporter(request, found), at=timezone.now())
        messages.success(request, _("Thank you. The town looks at it."))
        return redirect("news")
    status = 422 if form.errors else 200
    return render(request, "bulletin/report.html", {"form": form, "post": found}, status=status)


def _reporter(request: TownRequest, post: Post) -> str:
    """A fingerprint that counts each reader once for this post and says nothing else about them."""
    who = str(request.user.pk) if request.user.is_authenticated else client_address(request)
    return salted_hmac("bulletin.report", f"{post.pk}:{who}", algorithm="sha256").hexdigest()[:43]
