"""A rider, signed in, with a round of eight doors that left two hours ago; and what the server knows of it afterwards.

Run inside of the server's own settings (``manage.py shell``): the story that the test tells lies in the ninety minutes
before now, because a server's clock cannot be moved.
"""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from PIL import Image

from parvis.core.geo import Point
from parvis.core.time import day_of
from parvis.delivery.actions import BagSpec, book_delivery, hand_over, leave_hub, pack, scan_bag_in
from parvis.delivery.models import BagEvent, Crate, DeliveryEvent, Plan, Round, Stop
from parvis.demo import builders
from parvis.people.models import Person, Role
from parvis.towns.models import Town

DOORS = 8


def make(slug: str) -> dict[str, Any]:
    """Make it; the key of the rider's session, the round's id, and the stops in their order."""
    town, now = Town.objects.get(slug=slug), timezone.now()
    person = builders.make_person("Rachel Cave", f"cave-{now.timestamp():.0f}@example.org")
    builders.give_role(person, town, Role.Kind.RIDER)
    hub = builders.make_hub(town, name="Dépôt du sous-sol")
    bike = builders.make_bike(hub, "Taupe")
    window = builders.make_window(hub, now - timedelta(hours=2), hours=4)
    plan = Plan.objects.create(
        town=town, hub=hub, day=day_of(now, town.zone), version=1, state="published", made_at=now, published_at=now
    )
    round_ = Round.objects.create(
        town=town,
        plan=plan,
        bike=bike,
        rider=person,
        number=1,
        departs_at=now - timedelta(hours=2),
        returns_at=now,
        metres=5200,
        grams=1,
        millilitres=1,
    )
    held = set(Crate.objects.filter(town=town, released_at=None).values_list("number", flat=True))
    free = [number for number in range(100, 450) if number not in held]
    for number in range(1, DOORS + 1):
        delivery = book_delivery(
            town=town,
            window_id=window.pk,
            name=f"Client {number}",
            phone="06 11 22 33 44",
            address=f"{number} rue de la Cave, 92130 {town.name}",
            note=f"Code {number}{number}{number}A, étage {number}",
            point=Point(town.lon + 0.001 * number, town.lat + 0.0005 * number),
            reference=f"C{number:03}",
            bags=[BagSpec("La Mie du Parvis", f"cave-{now.timestamp():.0f}-{number}", 1500, 8000)],
            at=now - timedelta(hours=5),
        )
        for bag in delivery.bags.all():
            scan_bag_in(town=town, code=bag.code, at=now - timedelta(hours=3))
        pack(delivery=delivery, crate=free[number], at=now - timedelta(minutes=150))
        when = now - timedelta(minutes=110 - 10 * number)
        Stop.objects.create(town=town, round=round_, delivery=delivery, position=number, arrive_at=when, leave_at=when)
    leave_hub(round_=round_, at=now - timedelta(hours=2), by=person)
    return {"session": _session(person), "round": str(round_.pk), "stops": [str(s.pk) for s in round_.stops.all()]}


def change(round_id: str) -> dict[str, Any]:
    """What others do while the rider has no network: the second door is done by somebody, the third leaves the round."""
    stops = list(Stop.objects.filter(round=UUID(round_id)).order_by("position"))
    hand_over(stop=stops[1], at=timezone.now(), recipient="Hakim, au dépôt")
    street = stops[2].delivery.address.partition(",")[0]
    stops[2].delete()
    return {"code": stops[1].delivery.code, "street": street}


def _session(person: Person) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def told(round_id: str) -> dict[str, Any]:
    """Everything that was written about the round since it left: events of its doors, of its bags, its return."""
    round_ = Round.objects.get(pk=UUID(round_id))
    numbers = dict(round_.stops.values_list("delivery_id", "position"))
    kinds = ["tried", "delivered", "failed"]
    events = DeliveryEvent.objects.filter(delivery__in=numbers, kind__in=kinds).order_by("at", "id")
    bags = BagEvent.objects.filter(bag__delivery__in=numbers, kind__in=["delivered", "returned"])
    return {
        "events": [
            {
                "door": numbers[event.delivery_id],
                "kind": event.kind,
                "at": event.at.timestamp(),
                "heard": event.recorded_at.timestamp(),
                "recipient": event.detail.get("recipient", ""),
                "neighbour": event.detail.get("neighbour", False),
                "colour": _colour(event),
            }
            for event in events
        ],
        "bags": sorted([numbers[bag.bag.delivery_id], bag.kind] for bag in bags.select_related("bag")),
        "back": round_.back_at.timestamp() if round_.back_at else None,
    }


def _colour(event: DeliveryEvent) -> list[int] | None:
    """The colour in the middle of the photo that was kept with an event."""
    if not event.photo:
        return None
    with event.photo.open() as file, Image.open(file) as picture:
        return list(picture.convert("RGB").getpixel((picture.width // 2, picture.height // 2)))  # type: ignore[arg-type]


def say(answer: dict[str, Any]) -> None:
    """The last line of what the process writes."""
    print(json.dumps(answer))
