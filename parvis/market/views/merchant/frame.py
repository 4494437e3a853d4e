"""What all pages of a shop share: its tabs and how many orders wait."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from parvis.market.models import Part, Shop
from parvis.market.worklist import FORGOTTEN, unanswered
from parvis.people.requests import PersonRequest


def _url_of(name: str, slug: str) -> str:
    """The address of a page, or "" where no room serves it."""
    try:
        return reverse(name, args=[slug])
    except NoReverseMatch:
        return ""


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
        ("returns", _("Returns"), "undo-2", None),
    ]
    subnav = [  # orders that wait are seen on a phone too, whatever section is open
        _tab(
            label,
            reverse(f"merchant-{name}", args=[shop.slug]),
            icon,
            count,
            current=name == current,
            pinned=bool(count),
        )
        for name, label, icon, count in tabs
    ]
    entry = reverse("place-edit", args=[shop.place.slug])
    subnav.append(_tab(_("Entry in the directory"), entry, "map-pin"))
    if not shop.is_open and (opening := _url_of("opening", shop.slug)):
        # What is left before the shop opens, kept by a room above; first, as long as there is something left.
        here = current == "opening"
        subnav.insert(0, _tab(_("Opening"), opening, "store", current=here, pinned=True))
    return render(request, template, {"shop": shop, "subnav": subnav, **(context or {})}, status=status)


def _tab(
    label: str, url: str, icon: str, count: int | None = None, *, current: bool = False, pinned: bool = False
) -> dict[str, Any]:
    """A tab as ``core/components/tabs.html`` takes it."""
    return {"label": label, "url": url, "icon": icon, "count": count, "current": current, "pinned": pinned}
