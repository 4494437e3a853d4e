"""The town's feed for readers of news; the address takes the same questions as the page."""

import hashlib
from datetime import datetime

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from parvis.bulletin.feeds import KINDS, Channel
from parvis.bulletin.listing import Asked, asked_in, cards_of, find_posts
from parvis.bulletin.models import PostEvent
from parvis.towns.models import Town
from parvis.towns.requests import TownRequest

LENGTH = 30  # posts


@login_not_required
@require_safe
def feed(request: TownRequest, kind: str) -> HttpResponse:
    """The newest thirty posts as RSS, Atom or JSON; 304 for who has them already.

    In the town's first language, whoever asks: it is one document for all readers.
    """
    town = request.town
    write, content_type = KINDS[kind]
    with translation.override(town.default_language):
        asked = asked_in(town, request.GET)
        if asked is None:
            raise Http404
        at = timezone.now()
        posts = [card.post for card in cards_of(town, find_posts(town, asked, at)[:LENGTH], at)]
        marks = "".join(f"{post.pk}{post.changed_at}{post.shown_at}{post.sender}" for post in posts)
        etag = f'"{hashlib.sha256(f"{kind}{request.get_full_path()}{marks}".encode()).hexdigest()[:32]}"'
        changed = _last_event(town)
        last_modified = int(changed.timestamp()) if changed else None
        answer = get_conditional_response(request, etag=etag, last_modified=last_modified)
        if answer is None or answer.status_code != 304:
            text = write(_channel(request, asked, kind), posts)
            answer = HttpResponse(text, content_type=content_type)
    answer.headers["ETag"] = etag
    if last_modified is not None:
        answer.headers["Last-Modified"] = http_date(last_modified)
    answer.headers["Cache-Control"] = "public, max-age=120"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


def _last_event(town: Town) -> datetime | None:
    """Anything that happened: a withdrawal changes the feed too, and makes its newest post an older one."""
    return PostEvent.objects.filter(town=town).order_by("-at").values_list("at", flat=True).first()


def _channel(request: HttpRequest, asked: Asked, kind: str) -> Channel:
    town: Town = request.town  # type: ignore[attr-defined]
    query = f"?{asked.query}" if asked.query else ""
    return Channel(
        title=f"{asked.title} – {town.name}",
        description=_("What the shops and the town of %(town)s say, in a few words.") % {"town": town.name},
        language=town.default_language,
        page_url=request.build_absolute_uri(reverse("news") + query),
        feed_url=request.build_absolute_uri(reverse(f"news-{kind}") + query),
        absolute=request.build_absolute_uri,
        link=lambda post: request.build_absolute_uri(reverse("news-post", args=[post.pk])),
    )
