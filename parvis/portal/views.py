"""The pages of the portal."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from parvis.bulletin.listing import latest
from parvis.core.time import day_of
from parvis.core.words import say_clock
from parvis.delivery.models import Window
from parvis.market.closures import notice_of
from parvis.market.fees import market_on
from parvis.market.listing import newest, shelves, shop_cards, trades_of
from parvis.market.rulebook import closures_ahead
from parvis.market.slots import next_rides
from parvis.market.when import near_moment, near_span
from parvis.portal.gallery import gallery_context
from parvis.towns.models import Town
from parvis.towns.requests import TownRequest

BIKE_WINDOWS = 3
SHOPS_SHOWN = 8


@login_not_required
@require_safe
def home(request: TownRequest) -> HttpResponse:
    """What is good and open near me now."""
    at, town = timezone.now(), request.town
    cards = shop_cards(town, at)
    open_now = [card for card in cards if card.opening.is_open and card.shop.takes_orders]
    closures = closures_ahead(town, at)
    windows = next_rides(town, at, closures)[:BIKE_WINDOWS]
    context = {
        "at": at,
        "open_count": len(open_now),
        "shop_count": len(cards),
        "shops": cards[:SHOPS_SHOWN],
        "all_open": len(open_now) >= SHOPS_SHOWN,
        "market_notice": notice_of(closures, at, town.zone),
        "windows": [_bike_window(window, at) for window in windows],
        "market": market_on(town, day_of(at, town.zone)),
        "products": newest(town, cards),
        "shelves": shelves(town),
        "trades": trades_of(cards),
        "news": latest(town, at),
    }
    return render(request, "portal/home.html", context)


@dataclass(frozen=True, slots=True)
class BikeWindow:
    """When bikes come, and until when one may order for it, in words."""

    words: str
    closes: str


def _bike_window(window: Window, at: datetime) -> BikeWindow:
    """The last moment to order is said without its day when it is the window's own day."""
    closes, starts = timezone.localtime(window.closes_at), timezone.localtime(window.starts_at)
    until = say_clock(closes) if closes.date() == starts.date() else near_moment(window.closes_at, at)
    return BikeWindow(near_span(window.starts_at, window.ends_at, at), until)


@login_not_required
@require_safe
def words(request: TownRequest, name: str) -> HttpResponse:
    """A page of text: about, legal notice, personal data, accessibility."""
    return render(request, f"portal/{name}.html", {})


@login_not_required
def towns(request: HttpRequest) -> HttpResponse:
    """The towns of this installation."""
    return render(request, "portal/towns.html", {"towns": Town.objects.order_by("name")})


@login_not_required
def gallery(request: TownRequest) -> HttpResponse:
    """Every component with its states; a page of demonstration towns only."""
    if not request.town.is_demo:
        raise Http404
    return render(request, "portal/gallery.html", gallery_context(request.town))


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language chosen in the footer and go back to where the visitor was."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    response = HttpResponseRedirect(target)
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 86400, samesite="Lax")
    return response


def _error(request: HttpRequest, status: int) -> HttpResponse:
    return render(request, f"portal/errors/{status}.html", {}, status=status)


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """400: what was sent cannot be read."""
    return _error(request, 400)


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """403: this form is too old or comes from elsewhere."""
    return _error(request, 403)


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """404: no such page in this town, or not for you."""
    return _error(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault; said without a context processor, a session or the database, so that it cannot fail again."""
    page = render_to_string("portal/errors/500.html", {"town": getattr(request, "town", None)})
    return HttpResponse(page, status=500)
