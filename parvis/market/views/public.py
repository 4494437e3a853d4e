"""Shops and products, for everybody."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, When
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from parvis.core.time import day_of
from parvis.market.access import product_for, shop_for
from parvis.market.fees import market_on
from parvis.market.listing import ProductCard, Shelf, for_cards, serves_by, shelves, shop_card, shop_cards, trades_of
from parvis.market.models import Market, Product, Reduction
from parvis.market.opening import week_of
from parvis.market.phrases import amounts_of, facts_of
from parvis.market.promises import next_turn
from parvis.market.rulebook import closures_ahead, rules_of
from parvis.market.slots import next_window
from parvis.market.trades import CATEGORIES
from parvis.market.ways import PAYING, WAYS
from parvis.market.when import near_span
from parvis.towns.requests import TownRequest

PER_PAGE = 48
SHELF_ORDER = Case(*(When(category=key, then=number) for number, key in enumerate(CATEGORIES)), default=99)


@login_not_required
@require_safe
def shops(request: TownRequest) -> HttpResponse:
    """All shops: by trade, open now, by way of serving; words that mean nothing are left out of the filter."""
    cards = shop_cards(request.town, timezone.now())
    trades = trades_of(cards)
    trade = _known(request.GET.get("trade"), (t.key for t in trades))
    way = _known(request.GET.get("way"), WAYS)
    open_now = request.GET.get("open") == "1"
    filters = {"trade": trade, "way": way, "open": "1" if open_now else ""}
    shown = [
        card
        for card in cards
        if (not trade or card.shop.trade == trade)
        and (not way or serves_by(card, way))
        and (not open_now or card.opening.is_open)
    ]
    context = {
        "page": Paginator(shown, PER_PAGE).get_page(request.GET.get("page")),
        "query": _query(filters),
        "trade": next((t for t in trades if t.key == trade), None),
        "trade_pills": _pills(trades, trade, filters, "trade", _("All trades")),
        "way_pills": [
            {
                "label": _("Open now"),
                "icon": "clock",
                "url": _link({**filters, "open": "" if open_now else "1"}),
                "current": open_now,
            },
            *(
                {
                    "label": kind.label,
                    "icon": kind.icon,
                    "url": _link({**filters, "way": "" if way == key else key}),
                    "current": way == key,
                }
                for key, kind in WAYS.items()
            ),
        ],
        "filtered": bool(trade or way or open_now),
    }
    return render(request, "market/shops.html", context)


@login_not_required
@require_safe
def shop(request: TownRequest, slug: str) -> HttpResponse:
    """One shop: open or not, how it serves, its goods shelf by shelf."""
    at = timezone.now()
    found = shop_for(request, slug)
    on_sale = Product.objects.filter(shop=found, hidden=False)
    counts = dict(on_sale.order_by().values_list("category").annotate(count=Count("pk")))
    stocked = [Shelf(key, kind.label, kind.icon, counts[key]) for key, kind in CATEGORIES.items() if counts.get(key)]
    category = _known(request.GET.get("category"), counts)
    products = for_cards(on_sale.filter(category=category) if category else on_sale).order_by(SHELF_ORDER, "name")
    page = Paginator(products, PER_PAGE).get_page(request.GET.get("page"))
    closures = closures_ahead(request.town, at)
    rules = rules_of(request.town, [found], at, closures)[found.pk]
    turn = next_turn(rules, at)
    window = next_window(rules, at, closures)
    filters = {"category": category}
    context = {
        "shop": found,
        "card": shop_card(found, request.town, at),
        "serving": _serving(found.modalities.all(), market_on(request.town, day_of(at, request.town.zone))),
        "turn": turn,
        "week": week_of(found.place, request.town, at),
        "next_bike": near_span(window.starts_at, window.ends_at, at) if window else "",
        "next_rider": window.town.name if window and window.town_id != request.town.pk else "",
        "page": page,
        "groups": _by_shelf(page, at),
        "query": _query(filters),
        "pills": _pills(stocked, category, filters, "category", _("Everything")) if len(stocked) > 1 else [],
    }
    return render(request, "market/shop.html", context)


@login_not_required
@require_safe
def products(request: TownRequest) -> HttpResponse:
    """All products, shelf by shelf."""
    at = timezone.now()
    stocked = shelves(request.town)
    category = _known(request.GET.get("category"), (s.key for s in stocked))
    on_sale = Product.objects.on_sale(request.town)
    found = for_cards(on_sale.filter(category=category) if category else on_sale).order_by("name", "pk")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    filters = {"category": category}
    context = {
        "page": page,
        "cards": [ProductCard(product, at=at) for product in page],
        "shelf": next((s for s in stocked if s.key == category), None),
        "pills": _pills(stocked, category, filters, "category", _("All shelves")),
        "query": _query(filters),
    }
    return render(request, "market/products.html", context)


@login_not_required
@require_safe
def product(request: TownRequest, shop_slug: str, slug: str) -> HttpResponse:
    """One product, its shop, and what else the shop has."""
    at = timezone.now()
    found = product_for(request, shop_slug, slug)
    found.town = request.town
    others = Product.objects.filter(shop=found.shop, hidden=False).exclude(pk=found.pk).exclude(stock=0)
    card = ProductCard(found, at=at)
    same_shelf_first = Case(When(category=found.category, then=0), default=1)
    context = {
        "product": found,
        "card": card,
        "reduced": Reduction.objects.filter(product=found, ended_at=None).exclude(begun_at=None).first()
        if card.was
        else None,
        "groups": found.groups.prefetch_related("options"),
        "facts": facts_of(found, request.town.zone, at),
        "amounts": amounts_of(found),
        "shelf": CATEGORIES.get(found.category, CATEGORIES["other"]),
        "shop_card": shop_card(found.shop, request.town, at),
        "most": min(99, found.stock if found.stock is not None else 99),
        "others": [
            ProductCard(other, shop_shown=False, at=at)
            for other in for_cards(others).order_by(same_shelf_first, "name")[:4]
        ],
    }
    return render(request, "market/product.html", context)


def _known(value: str | None, known: Iterable[str]) -> str:
    return value if value and value in set(known) else ""


def _query(filters: dict[str, str]) -> str:
    """The rest of the address for pagination: ``trade=wine&``."""
    kept = {key: value for key, value in filters.items() if value}
    return f"{urlencode(kept)}&" if kept else ""


def _link(filters: dict[str, str]) -> str:
    kept = {key: value for key, value in filters.items() if value}
    return f"?{urlencode(kept)}" if kept else "?"


def _pills(
    items: Iterable[Shelf], chosen: str, filters: dict[str, str], name: str, everything: str
) -> list[dict[str, Any]]:
    first = {"label": everything, "url": _link({**filters, name: ""}), "current": not chosen, "icon": ""}
    rest = (
        {"label": i.label, "icon": i.icon, "url": _link({**filters, name: i.key}), "current": i.key == chosen}
        for i in items
    )
    return [first, *rest]


def _by_shelf(page: Page[Product], at: datetime) -> list[dict[str, Any]]:
    groups: list[dict[str, Any]] = []
    for found in page:
        if not groups or groups[-1]["key"] != found.category:
            kind = CATEGORIES.get(found.category, CATEGORIES["other"])
            groups.append({"key": found.category, "label": kind.label, "cards": []})
        groups[-1]["cards"].append(ProductCard(found, shop_shown=False, at=at))
    return groups


def _serving(modalities: Iterable[Any], market: Market) -> list[dict[str, Any]]:
    """Each way a shop serves: label, fee in cents, minimum, what it means, in the order of ``WAYS``."""
    active = {m.kind: m for m in modalities if m.active}
    return [
        {
            "way": way,
            "kind": kind,
            "fee_cents": market.bike_fee_cents if kind == "bike" else active[kind].fee_cents,
            "free_from_cents": market.bike_free_from_cents if kind == "bike" else None,
            "minimum_cents": max(active[kind].minimum_cents, active[kind].shop.minimum_cents),
            "note": active[kind].note or PAYING[kind],
        }
        for kind, way in WAYS.items()
        if kind in active
    ]
