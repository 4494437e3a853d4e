"""What a shop of the market says of itself in the directory: how it serves, kept right by the market.

The directory's own editor shows these services without their boxes: otherwise an entry could promise a delivery
that no basket offers. The portal, which knows both rooms, tells the editor so.
"""

from datetime import datetime
from typing import Any

from parvis.market.models import Modality, Shop
from parvis.places.actions.entries import change_place
from parvis.places.models import Change, Place

SERVICES: dict[str, str] = {
    Modality.Kind.COLLECT: "click-collect",
    Modality.Kind.SHOP: "own-delivery",
    Modality.Kind.POST: "post",
    Modality.Kind.BIKE: "bike-delivery",
}
KEPT = frozenset(SERVICES.values())


def shop_at(place: Place) -> Shop | None:
    """The shop of the market that stands here, open or not; None where the place only stands in the directory."""
    return Shop.objects.filter(town_id=place.town_id, place=place).first()


def services_of(shop: Shop) -> list[str]:
    """The services of its place, with those that the market keeps as they are now."""
    active = (
        set(Modality.objects.filter(shop=shop, active=True).values_list("kind", flat=True)) if shop.is_open else set()
    )
    kept = [service for kind, service in SERVICES.items() if kind in active]
    return [*kept, *(service for service in shop.place.services if service not in KEPT)]


def speaks_for_place(shop: Shop) -> bool:
    """Whether the shop's people look after its entry: not any more once another shop has taken it over."""
    return shop.place.organisation_id in {None, shop.organisation_id}


def keep_services(*, shop: Shop, at: datetime, by: Any = None) -> Change | None:
    """Write to the shop's place how it serves now; None when it says so already, or is another shop's by now."""
    shop.place.refresh_from_db(fields=["services", "organisation"])
    if not speaks_for_place(shop):
        return None
    services = services_of(shop)
    if set(services) == set(shop.place.services):
        return None
    return change_place(
        place=shop.place, values={"services": services}, origin=Change.Origin.SHOP, at=at, by=by, way="market"
    )
