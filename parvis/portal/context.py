"""What every page's frame needs: the town, the languages, where this visitor may go."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from parvis.core.time import day_of
from parvis.joining.queue import count_for_now
from parvis.market.closures import Notice, notice_of
from parvis.market.cookies import Summary, basket_summary
from parvis.market.models import MarketClosure
from parvis.people.access import roles_in
from parvis.people.models import Role


@dataclass(frozen=True, slots=True)
class Way:
    """One entry of the main navigation; ``role`` None is for everybody, ``signed_in`` for any account.

    ``also`` is the beginning of other addresses where one is still there.
    """

    name: str
    label: Promise
    icon: str
    role: str | None = None
    signed_in: bool = False
    also: str = ""


WAYS = (
    Way("home", _("Today"), "sun"),
    Way("shops", _("Shops"), "store"),
    Way("products", _("Shelves"), "shopping-basket"),
    Way("map", _("Map"), "map", also="/places/"),
    Way("news", _("News"), "newspaper"),
    Way("orders", _("Orders"), "receipt", signed_in=True),
    Way("merchant", _("My shop"), "clipboard-list", role=Role.Kind.MERCHANT),
    Way("my-news", _("My news"), "megaphone", role=Role.Kind.MERCHANT),
    Way("hub", _("Depot"), "warehouse", role=Role.Kind.HUB),
    Way("dispatch", _("Rounds"), "route", role=Role.Kind.DISPATCHER),
    Way("agent-figures", _("Bikes in figures"), "chart-line", role=Role.Kind.DISPATCHER),
    Way("rider", _("My round"), "bike", role=Role.Kind.RIDER),
    Way("agent", _("Market"), "chart-column", role=Role.Kind.AGENT),
)

# What a phone's bar shows beside its menu, with a fourth: the first place where one works, or one's orders.
PINNED = ("home", "shops", "products")

# The sections of an agent's work: tabs on every page below /agent/.
AGENT_WAYS = (
    Way("agent", _("Market"), "chart-column"),
    Way("agent-figures", _("Bikes in figures"), "chart-line"),
    Way("agent-agreements", _("Shared bikes"), "handshake"),
    Way("agent-closing", _("Days off"), "calendar-x"),
    Way("agent-cycles", _("Cycles"), "calendar-sync"),
    Way("agent-directory", _("Directory"), "book-marked"),
    Way("callbacks", _("New shops"), "store"),
    Way("agent-news", _("News"), "newspaper"),
    Way("agent-vouchers", _("Vouchers"), "ticket"),
    Way("agent-fees", _("Commission and bikes"), "percent"),
    Way("agent-fund", _("Support fund"), "hand-coins"),
    Way("agent-reconciliation", _("Online payments"), "scale"),
    Way("agent-accounts", _("Bank accounts"), "landmark"),
    Way("agent-words", _("Words"), "spell-check"),
    Way("agent-quiet", _("Quiet hours"), "bell-off"),
)

FOOTER = (
    ("about", _("About this market")),
    ("join", _("Sell on the market")),
    ("fund", _("Support fund")),
    ("figures", _("The market in figures")),
    ("legal", _("Legal notice")),
    ("privacy", _("Personal data")),
    ("accessibility", _("Accessibility")),
    ("api-page", _("Data for developers")),
)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of ``core/base.html``; works on error pages, where town and user may be missing.

    What costs a query (roles, basket) is a function: it is asked only by frames that draw it.
    """
    town = getattr(request, "town", None)
    offered = [*town.languages, "en"] if town else [code for code, _ in settings.LANGUAGES]
    return {
        "town": town,
        "account_url": reverse("me") if town else "",
        "languages": [(code, name) for code, name in settings.LANGUAGES if code in offered],
        "demo": settings.DEMO,
        "nav": _once(lambda: _nav(request)) if town else [],
        "subnav": _once(lambda: _agent_nav(request)) if town and request.path.startswith("/agent/") else [],
        "market_notice": _once(lambda: _market_notice(town)) if town else None,
        "basket_summary": _once(lambda: _summary(request)),
        "basket_count": (lambda: _summary(request).count) if town else None,
        "footer_links": [{"url": reverse(name), "label": label} for name, label in FOOTER] if town else [],
    }


def _once[T](ask: Callable[[], T]) -> Callable[[], T]:
    answers: list[T] = []

    def answer() -> T:
        if not answers:
            answers.append(ask())
        return answers[0]

    return answer


def _summary(request: Any) -> Summary:
    return basket_summary(request) if getattr(request, "town", None) and hasattr(request, "user") else Summary()


def _market_notice(town: Any) -> Notice | None:
    """The days on which the market is closed, now or announced: asked by the frame of its pages only."""
    at = timezone.now()
    return notice_of(list(MarketClosure.objects.ahead(town, day_of(at, town.zone))), at, town.zone)


def _nav(request: Any) -> list[dict[str, Any]]:
    """Where this visitor may go, with the current place marked, and what stays in view on a phone pinned."""
    user = getattr(request, "user", None)
    signed_in = bool(user and user.is_authenticated)
    roles = roles_in(request) if signed_in else set()
    open_to = [way for way in WAYS if (not way.role or way.role in roles) and (signed_in or not way.signed_in)]
    pinned = {*PINNED, next((way.name for way in open_to if way.role), "orders")}
    items = []
    for way in open_to:
        try:
            url = reverse(way.name)
        except NoReverseMatch:  # a room without pages yet
            continue
        below = tuple(start for start in (url, way.also) if start and start != "/")
        current = request.path == url or request.path.startswith(below)
        items.append(
            {"url": url, "label": way.label, "icon": way.icon, "current": current, "pinned": way.name in pinned}
        )
    return items


def _agent_nav(request: Any) -> list[dict[str, Any]]:
    """An agent's sections, where there is more than one; the longest address that fits is the current one."""
    if not hasattr(request, "user") or Role.Kind.AGENT not in roles_in(request):
        return []
    urls = {}
    for way in AGENT_WAYS:
        with suppress(NoReverseMatch):  # a room without pages yet
            urls[reverse(way.name)] = way
    here = max((url for url in urls if request.path.startswith(url)), key=len, default="")
    counts = {"callbacks": count_for_now(request.town, timezone.now()) or None}
    return [
        {
            "url": url,
            "label": way.label,
            "icon": way.icon,
            "current": url == here,
            "count": counts.get(way.name),
        }
        for url, way in urls.items()
    ]
