"""What all pages of a shop share: its tabs and how many orders wait."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from parvis.market.models import Part, Shop
from parvis.market.worklist import FORGOTTEN, unanswered
from parvis.people.requests import PersonRequest


def shop_page(
    request: PersonRequest,
    shop: Shop,
    template: str,
    current: str,
    context: dict[str, Any] | None = None,
    *,
    waiting: int | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render a page of ``shop`` under its tab ``current``; ``waiting`` is counted unless the page knows it."""
    if waiting is None:
        waiting = unanswered(Part.objects.filter(shop=shop, due_at__gte=timezone.now() - FORGOTTEN)).count()
    tabs = [
        ("orders", _("Orders"), "clipboard-list", waiting or None),
        ("products", _("Goods"), "shopping-basket", None),
        ("hours", _("Hours"), "clock", None),
        ("rules", _("Ordering rules"), "calendar-clock", None),
        ("ways", _("Ways to serve"), "bike", None),
        ("about", _("The shop"), "store", None),
        ("money", _("Money"), "receipt-text", None),
    ]
    subnav = [
        {
            "label": label,
            "url": reverse(f"merchant-{name}", args=[shop.slug]),
            "icon": icon,
            "count": count,
            "current": name == current,
        }
        for name, label, icon, count in tabs
    ]
    entry = reverse("place-edit", args=[shop.place.slug])
    subnav.append(
        {"label": _("Entry in the directory"), "url": entry, "icon": "map-pin", "count": None, "current": False}
    )
    return render(request, template, {"shop": shop, "subnav": subnav, **(context or {})}, status=status)
