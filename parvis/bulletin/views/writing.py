"""A shop's own news, from a phone in twenty seconds; the town's agent writes here for the town."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from parvis.bulletin.access import is_agent, my_places, my_post, my_posts
from parvis.bulletin.actions.posts import change_post, publish_post, withdraw_post
from parvis.bulletin.forms import PostForm
from parvis.bulletin.listing import cards_of
from parvis.bulletin.models import Post
from parvis.bulletin.phrases import Said, say_standing
from parvis.core.errors import Refusal
from parvis.people.access import require_role
from parvis.people.models import Role
from parvis.people.requests import PersonRequest
from parvis.places.models import Place

LISTED = 20
TOWN = "town"


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.Kind.MERCHANT, Role.Kind.AGENT)
def mine(request: PersonRequest) -> HttpResponse:
    """Write news, and see one's own."""
    places = my_places(request)
    choices = [(place.slug, place.name) for place in places]
    if is_agent(request):
        choices.append((TOWN, _("The town of %(town)s") % {"town": request.town.name}))
    if request.method == "POST" and choices:
        return _publish(request, places, choices)
    wanted = request.GET.get("place", "")
    form = PostForm(places=choices, place=wanted if wanted in dict(choices) else "")
    return _page(request, form, choices)


def _publish(request: PersonRequest, places: list[Place], choices: list[tuple[str, str]]) -> HttpResponse:
    form = PostForm(request.POST, request.FILES, places=choices)
    if not form.is_valid():
        return _page(request, form, choices, status=422)
    slug = form.cleaned_data.get("place") or choices[0][0]
    place = next((place for place in places if place.slug == slug), None)
    try:
        post = publish_post(
            town=request.town,
            place=place,
            author=request.user,
            words=form.words(),
            at=timezone.now(),
            language=_language(request),
        )
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return _page(request, form, choices, status=422)
    if post.shown_at:
        messages.success(request, _("Everybody can read it now. You can change it for fifteen minutes."))
    else:
        messages.success(request, _("It is sent. The town looks at it before it is shown."))
    return redirect("my-news")


def _language(request: PersonRequest) -> str:
    """The language of the page in which it was written, where the town speaks it."""
    return request.LANGUAGE_CODE if request.LANGUAGE_CODE in request.town.languages else ""


def _page(request: PersonRequest, form: PostForm, choices: list[tuple[str, str]], *, status: int = 200) -> HttpResponse:
    at = timezone.now()
    posts = Post.objects.filter(my_posts(request), town=request.town).for_cards().prefetch_related("events")
    rows: list[dict[str, Any]] = []
    for card in cards_of(request.town, posts.order_by("-created_at", "-pk")[:LISTED], at):
        said: Said = say_standing(card.post.standing)
        rows.append({"card": card, "said": said, "can_change": card.post.can_be_changed(at)})
    lost = bool(form.errors and request.FILES)
    context = {"form": form, "rows": rows, "choices": choices, "picture_lost": lost}
    return render(request, "bulletin/mine.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.Kind.MERCHANT, Role.Kind.AGENT)
def change(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Other words, within fifteen minutes."""
    at, post = timezone.now(), my_post(request, pk)
    if request.method != "POST":
        if not post.can_be_changed(at):
            messages.error(request, _("People have read it by now. Withdraw it and write another one."))
            return redirect("my-news")
        return render(request, "bulletin/change.html", {"form": PostForm(post=post), "post": post})
    form = PostForm(request.POST, request.FILES, post=post)
    if form.is_valid():
        try:
            changed = change_post(post=post, words=form.words(), by=request.user, at=at)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            waits = _("It is changed. The town looks at it before it is shown.")
            messages.success(request, _("It is changed.") if changed.shown_at else waits)
            return redirect("my-news")
    return render(request, "bulletin/change.html", {"form": form, "post": post}, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.Kind.MERCHANT, Role.Kind.AGENT)
def withdraw(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Take one's own post back; asked once more before."""
    post = my_post(request, pk)
    if request.method != "POST":
        return render(request, "bulletin/withdraw.html", {"post": post})
    try:
        withdraw_post(post=post, by=request.user, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It is withdrawn. Nobody reads it any more."))
    return redirect("my-news")
