"""Two neighbouring towns, one with bikes, one without; and the evening that was planned, ridden while nobody looked.

Run inside of the server's own settings (``manage.py shell``). Their own towns, so that the demonstration stays as it is.
"""

from datetime import time, timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from e2e.rider_world import _session, say
from parvis.core.time import day_of, moment
from parvis.delivery.actions import bring_back, hand_over, leave_hub, pack, scan_bag_in
from parvis.delivery.models import Agreement, Bag, BagEvent, DeliveryEvent, Plan, Round, Shift, Stop, Window
from parvis.demo import builders
from parvis.people.models import Person, Role
from parvis.towns.models import Town

__all__ = ["make", "ride", "say"]


def make() -> dict[str, Any]:
    """The slugs of host, guest and a third town, and a session of each person."""
    now = timezone.now()
    key = f"{now.timestamp():.0f}"
    host = builders.make_town(f"haute-{key}", name=f"Rive-Haute {key}", theme="issy")
    near = {"lon": host.lon + 0.01, "lat": host.lat + 0.005, "theme": "issy"}
    guest = builders.make_town(f"basse-{key}", name=f"Rive-Basse {key}", **near)
    third = builders.make_town(f"autre-{key}", name=f"Autre-Rive {key}", **near)

    hub = builders.make_hub(host)
    tomorrow = now.astimezone(host.zone).date() + timedelta(days=1)
    builders.make_shift(
        builders.make_bike(hub, "Loutre"), _person("Rita Haute", host, Role.Kind.RIDER), now + timedelta(days=1)
    )
    builders.make_window(hub, moment(tomorrow, time(17), host.zone))

    owner = _person("Benoît Fournil", guest)
    shop = builders.make_shop(guest, "Fournil d’en bas", owner=owner)
    builders.make_product(shop)
    builders.make_address(guest, "12", "rue de la Gare", postcode="92999")
    people = {
        "host_agent": _person("Hélène Haute", host, Role.Kind.AGENT),
        "host_hub": _person("Hugo Haute", host, Role.Kind.HUB),
        "host_dispatcher": _person("Dora Haute", host, Role.Kind.DISPATCHER),
        "guest_agent": _person("Gilles Basse", guest, Role.Kind.AGENT),
        "guest_merchant": owner,
        "guest_resident": _person("Rosa Basse", guest),
        "third_agent": _person("Théo Autre", third, Role.Kind.AGENT),
    }
    towns = {"host": host, "guest": guest, "third": third}
    return {
        "sessions": {name: _session(person) for name, person in people.items()},
        "slugs": {name: town.slug for name, town in towns.items()},
        "names": {name: town.name for name, town in towns.items()},
    }


def _person(name: str, town: Town, kind: Role.Kind | None = None) -> Person:
    person = builders.make_person(name, f"{name.split()[0].lower()}@{town.slug}.example")
    if kind is not None:
        builders.give_role(person, town, kind)
    return person


def ride(slug: str) -> str:
    """What the plan of tomorrow says is done; then all of it lies two days back. The month of that day, as ``2026-11``."""
    host = Town.objects.get(slug=slug)
    [round_] = Round.objects.filter(town=host, plan__state=Plan.State.PUBLISHED)
    left = round_.departs_at
    for bag in Bag.objects.filter(town=host):
        scan_bag_in(town=host, code=bag.code, at=left - timedelta(minutes=30))
    for number, stop in enumerate(round_.stops.all(), start=1):
        pack(delivery=stop.delivery, crate=number, at=left - timedelta(minutes=20))
    leave_hub(round_=round_, at=left, by=None)
    for stop in round_.stops.all():
        hand_over(stop=stop, at=stop.arrive_at, recipient="Rosa")
    bring_back(round_=round_, at=round_.returns_at)
    _two_days_later(host)
    return f"{day_of(left - timedelta(days=2), host.zone):%Y-%m}"


def _two_days_later(host: Town) -> None:
    """A server's clock cannot be moved: what happened is moved instead."""
    ago = timedelta(days=2)
    moments = [
        (Window, ["starts_at", "ends_at", "closes_at", "goods_due_at"]),
        (Shift, ["starts_at", "ends_at"]),
        (Round, ["departs_at", "returns_at", "left_at", "back_at"]),
        (Stop, ["arrive_at", "leave_at"]),
        (BagEvent, ["at"]),
        (DeliveryEvent, ["at"]),
        (Agreement, ["proposed_at", "signed_at"]),
    ]
    for model, names in moments:
        model._default_manager.filter(town=host).update(**{name: F(name) - ago for name in names})
    for row, names in ((Plan, ["day"]), (Agreement, ["starts_on", "voted_on"])):
        for found in row._default_manager.filter(town=host):
            for name in names:
                setattr(found, name, getattr(found, name) - ago)
            found.save(update_fields=names)
