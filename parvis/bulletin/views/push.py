"""Notices in the browser: allowing them, ending them, and the small worker that shows them."""

import json
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from parvis.bulletin.access import follower_for, remember, thing_for
from parvis.bulletin.actions import following
from parvis.bulletin.flood import must_be_few
from parvis.bulletin.models import Follower, PushSubscription
from parvis.core.clients.push import is_browser
from parvis.core.errors import Refusal
from parvis.core.workers import worker_script
from parvis.people.addresses import client_address
from parvis.towns.requests import TownRequest

MOST_BYTES = 4000


@login_not_required
@require_safe
def worker(request: TownRequest) -> HttpResponse:
    """The service worker: at the root of the town's host, so that its notices open any page."""
    return worker_script("bulletin/js/news-worker.js")


def _sent(request: TownRequest) -> dict[str, Any]:
    """The browser's subscription as JSON; {} for anything else."""
    if len(request.body) > MOST_BYTES:
        return {}
    try:
        sent = json.loads(request.body)
    except ValueError:
        return {}
    return sent if isinstance(sent, dict) else {}


def _plain(value: Any) -> str:
    return value.replace("\x00", "") if isinstance(value, str) else ""


def _keys(sent: dict[str, Any]) -> dict[str, str] | None:
    """Endpoint and keys, when they can be a browser's."""
    keys = sent.get("keys")
    values = {"endpoint": sent.get("endpoint")} | (keys if isinstance(keys, dict) else {})
    known = {name: str(values.get(name) or "") for name in ("endpoint", "p256dh", "auth")}
    return known if is_browser(**known) else None


@login_not_required
@require_POST
def allow(request: TownRequest) -> HttpResponse:
    """This browser may be told of what is followed, and of what its page shows."""
    sent, at = _sent(request), timezone.now()
    keys = _keys(sent)
    if keys is None:
        return JsonResponse({"said": _("This browser cannot be told. Nothing has changed.")}, status=422)
    thing = thing_for(request, sent)
    try:
        with transaction.atomic():  # who is refused leaves no follower behind
            follower = follower_for(request) or _newcomer(request)
            following.follow(follower=follower, thing=thing, at=at)
            following.allow_browser(follower=follower, at=at, **keys)
    except Refusal as refusal:
        return JsonResponse({"said": str(refusal)}, status=422)
    response = JsonResponse({"said": _("This device tells you when there is something new.")})
    if follower.person_id is None:
        remember(response, follower)
    return response


def _newcomer(request: TownRequest) -> Follower:
    """Somebody who follows nothing yet: told by the browser, not by mail."""
    at, town = timezone.now(), request.town
    if not request.user.is_authenticated:
        must_be_few(town, client_address(request), at)
        return following.follower_of_browser(town=town, language=str(request.LANGUAGE_CODE), at=at)
    return following.follower_of_person(town=town, person=request.user, at=at, digest=Follower.Digest.NONE)


@login_not_required
@require_POST
def end(request: TownRequest) -> HttpResponse:
    """This browser is told no more; its secret endpoint is what names it."""
    endpoint = _plain(_sent(request).get("endpoint"))
    browser = PushSubscription.objects.filter(town=request.town, endpoint=endpoint).select_related("follower").first()
    if browser is not None:
        following.forget_browser(browser=browser)
    return JsonResponse({"said": _("This device is quiet again.")})


@csrf_exempt  # a worker has no page and no token; the old endpoint, which only the browser knows, is the permission
@login_not_required
@require_POST
def renew(request: TownRequest) -> HttpResponse:
    """The browser has changed its subscription by itself."""
    sent = _sent(request)
    old = PushSubscription.objects.filter(town=request.town, endpoint=_plain(sent.get("old")))
    browser, keys = old.select_related("follower").first(), _keys(sent)
    if browser is None or keys is None:
        return HttpResponse(status=404)
    follower = browser.follower
    try:
        following.allow_browser(follower=follower, at=timezone.now(), **keys)
    except Refusal:
        return HttpResponse(status=404)
    if keys["endpoint"] != browser.endpoint:
        browser.delete()
    return HttpResponse(status=204)
