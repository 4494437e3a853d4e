"""A rider, signed in, with a round of eight doors that left two hours ago; and what the server knows of it afterwards.

Run inside of the server's own settings (``manage.py shell``): the story that the test tells lies in the ninety minutes
before now, because a server's clock cannot be moved.
"""

import json
from datetime import datetime, timedelta
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
from parvis.delivery.models import (
    BagEvent,
    Crate,
    Delivery,
    DeliveryEvent,
    Hub,
    Plan,
    Round,
    Stop,
    Window,
)
from parvis.delivery.pickups import STRAIGHT, PickUp
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
    window = builders.make_window(hub, now - timedelta(hours=2), hours=4)
    round_ = _round(hub, "Taupe", now, now - timedelta(hours=2), now, person)
    held = set(Crate.objects.filter(town=town, released_at=None).values_list("number", flat=True))
    free = [number for number in range(100, 450) if number not in held]
    for number in range(1, DOORS + 1):
        delivery = _booked(window, number, "rue de la Cave", now)
        for bag in delivery.bags.all():
            scan_bag_in(town=town, code=bag.code, at=now - timedelta(hours=3))
        pack(delivery=delivery, crate=free[number], at=now - timedelta(minutes=150))
        when = now - timedelta(minutes=110 - 10 * number)
        Stop.objects.create(town=town, round=round_, delivery=delivery, position=number, arrive_at=when, leave_at=when)
    leave_hub(round_=round_, at=now - timedelta(hours=2), by=person)
    return {"session": _session(person), "round": str(round_.pk), "stops": [str(s.pk) for s in round_.stops.all()]}


def make_shops(slug: str) -> dict[str, Any]:
    """A round that has left with nothing: two deliveries wait at their shops. The second has two bags."""
    town, now = Town.objects.get(slug=slug), timezone.now()
    person = builders.make_person("Rachel Boutique", f"shops-{now.timestamp():.0f}@example.org")
    builders.give_role(person, town, Role.Kind.RIDER)
    hub = builders.make_hub(town, name=f"Dépôt {now.timestamp():.0f}", fetches=True)
    window = builders.make_window(hub, now - timedelta(hours=1), hours=4)
    left = now - timedelta(minutes=30)
    round_ = _round(hub, "Navette", now, left, now, person)
    codes = []
    for number in (1, 2):
        shop = PickUp(
            f"{number} place des Boutiques, 92130 {town.name}",
            Point(town.lon + 0.002 * number, town.lat),
            now - timedelta(hours=5),
            now + timedelta(hours=5),
        )
        ref = f"shops-{now.timestamp():.0f}-{number}"
        delivery = book_delivery(
            town=town,
            window_id=window.pk,
            name=f"Client {number}",
            phone="06 11 22 33 44",
            address=f"{number} rue du Détour, 92130 {town.name}",
            point=Point(town.lon + 0.002 * number, town.lat + 0.001),
            reference=f"S{number:03}",
            bags=[BagSpec(f"Boutique {number}", ref, 1500, 8000, "01 46 00 00 01", pickup=shop)] * number,
            at=now - timedelta(hours=4),
        )
        codes.append([bag.code for bag in delivery.bags.all()])
        when = now + timedelta(minutes=10 * number)
        Stop.objects.create(
            town=town,
            round=round_,
            delivery=delivery,
            position=number,
            arrive_at=when,
            leave_at=when,
            option=STRAIGHT,
            fetch_at=when - timedelta(minutes=5),
        )
    leave_hub(round_=round_, at=left, by=person)
    return {"session": _session(person), "round": str(round_.pk), "codes": codes}


def make_waiting(slug: str) -> dict[str, Any]:
    """A round at the hub that leaves in half an hour, whatever the hour is: of its three doors, one waits for its bag."""
    town, now = Town.objects.get(slug=slug), timezone.now()
    hub = builders.make_hub(town, name=f"Quai {now.timestamp():.0f}")
    window = builders.make_window(hub, now + timedelta(minutes=30), hours=4)
    round_ = _round(hub, "Quai", now, now + timedelta(minutes=30), now + timedelta(minutes=90))
    for number in (1, 2, 3):
        delivery = _booked(window, number, "rue du Quai", now)
        for bag in delivery.bags.all() if number < 3 else ():
            scan_bag_in(town=town, code=bag.code, at=now - timedelta(hours=3))
        when = now + timedelta(minutes=30 + 10 * number)
        Stop.objects.create(town=town, round=round_, delivery=delivery, position=number, arrive_at=when, leave_at=when)
    return {"round": str(round_.pk)}


def _round(
    hub: Hub, bike: str, now: datetime, departs_at: datetime, returns_at: datetime, rider: Person | None = None
) -> Round:
    """A round of a published plan of today, on a bike of its own."""
    day = day_of(now, hub.town.zone)
    plan = Plan.objects.create(
        town=hub.town, hub=hub, day=day, version=1, state="published", made_at=now, published_at=now
    )
    return Round.objects.create(
        town=hub.town,
        plan=plan,
        bike=builders.make_bike(hub, bike),
        rider=rider,
        number=1,
        departs_at=departs_at,
        returns_at=returns_at,
        metres=5200,
        grams=1,
        millilitres=1,
    )


def _booked(window: Window, number: int, street: str, now: datetime) -> Delivery:
    """A delivery of one bag, booked five hours ago."""
    town = window.town
    return book_delivery(
        town=town,
        window_id=window.pk,
        name=f"Client {number}",
        phone="06 11 22 33 44",
        address=f"{number} {street}, 92130 {town.name}",
        note=f"Code {number}{number}{number}A, étage {number}",
        point=Point(town.lon + 0.001 * number, town.lat + 0.0005 * number),
        reference=f"C{number:03}",
        bags=[BagSpec("La Mie du Parvis", f"{street}-{now.timestamp():.3f}-{number}", 1500, 8000)],
        at=now - timedelta(hours=5),
    )


def fetched(round_id: str) -> list[list[str]]:
    """What was written of each delivery of a round, in order: events of its bags, then its own."""
    stops = Stop.objects.filter(round=UUID(round_id)).order_by("position")
    return [
        [
            *BagEvent.objects.filter(bag__delivery=stop.delivery_id)
            .order_by("at", "id")
            .values_list("kind", flat=True),
            *DeliveryEvent.objects.filter(delivery=stop.delivery_id)
            .order_by("at", "id")
            .values_list("kind", flat=True),
        ]
        for stop in stops
    ]


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


def sign_out(session: str) -> dict[str, Any]:
    """The session ends in the middle of the shift, as when a password was changed; another one for the same person, and
    one of a colleague.
    """
    kept = SessionStore(session_key=session)
    person = Person.objects.get(pk=UUID(kept[SESSION_KEY]))
    other = builders.make_person("Rémi Relève", f"relief-{timezone.now().timestamp():.0f}@example.org")
    role = person.roles.filter(kind=Role.Kind.RIDER).first()
    assert role
    assert role.town
    builders.give_role(other, role.town, Role.Kind.RIDER)
    kept.delete()
    return {"same": _session(person), "other": _session(other)}


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
