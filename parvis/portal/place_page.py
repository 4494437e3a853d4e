"""The page of a place, composed: what the directory knows, what the place sells on the market, what it says.

Only the portal knows all three rooms. It also tells the directory's editor which services the market keeps right.
"""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from parvis.bulletin.listing import posts_of
from parvis.market.directory import KEPT, shop_at
from parvis.market.listing import ProductCard, for_cards
from parvis.market.models import Product, Shop
from parvis.people.access import organisations_of
from parvis.people.requests import PersonRequest
from parvis.places.access import my_place
from parvis.places.claims import may_be_claimed
from parvis.places.merged import follow_merged
from parvis.places.models import Place
from parvis.places.pages import place_context
from parvis.places.views import editor, history
from parvis.towns.requests import TownRequest

PRODUCTS_SHOWN = 4


@login_not_required
@require_safe
@follow_merged
def place(request: TownRequest, slug: str) -> HttpResponse:
    """One place: is it open now, what is it, where does it stand, what does it sell, what is new, who says so."""
    at = timezone.now()
    context = place_context(request, slug, at)
    found: Place = context["place"]
    market = _market(found)
    links = context["links"] | {"join": "" if market["shop"] else _join_url(found)}
    context |= market | {"links": links, "news": posts_of(found, at)}
    return render(request, "portal/place.html", context)


def _join_url(place: Place) -> str:
    """Where its people say that they would like to sell here; nowhere for what is nobody's shop."""
    return f"{reverse('join')}?place={place.slug}" if may_be_claimed(place.category) else ""


def _market(place: Place) -> dict[str, Any]:
    """The shop of the market that stands here, with its newest goods; nothing where it does not sell."""
    shop = Shop.objects.open_in(place.town).filter(place=place).first()
    if shop is None:
        return {"shop": None, "products": []}
    goods = for_cards(Product.objects.on_sale(place.town).filter(shop=shop)).order_by("-created_at", "pk")
    return {"shop": shop, "products": [ProductCard(product, shop_shown=False) for product in goods[:PRODUCTS_SHOWN]]}


def edit(request: PersonRequest, slug: str) -> HttpResponse:
    """The first page of the directory's editor, with the way to the shop on the market for those who run it."""
    shop = shop_at(my_place(request, slug))
    mine = shop is not None and organisations_of(request).filter(pk=shop.organisation_id).exists()
    return editor.edit(request, slug, shop_url=reverse("merchant-orders", args=[shop.slug]) if shop and mine else "")


def edit_services(request: PersonRequest, slug: str) -> HttpResponse:
    """What the place offers; how its shop on the market serves is changed there."""
    shop = shop_at(my_place(request, slug))
    if shop is None:
        return editor.services(request, slug)
    mine = organisations_of(request).filter(pk=shop.organisation_id).exists()
    return editor.services(
        request, slug, kept=KEPT, kept_url=reverse("merchant-ways", args=[shop.slug]) if mine else ""
    )


def undo(request: PersonRequest, slug: str, pk: UUID) -> HttpResponse:
    """Bring back what stood before a change, save how the shop on the market serves: no basket would offer it."""
    shop = shop_at(my_place(request, slug))
    return history.undo(request, slug, pk, kept=KEPT if shop else ())
