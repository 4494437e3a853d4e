"""Small days for the tests of the dispatcher: some bikes, some doors around the hub, bags that arrive."""

from collections.abc import Sequence
from datetime import datetime, time
from math import cos, sin

from parvis.core.geo import Point
from parvis.delivery import actions
from parvis.delivery.models import Bike, Delivery, Hub, Plan, Round, Window
from parvis.delivery.planning import Plan as Solution
from parvis.delivery.planning import Problem, Violation, verify
from parvis.demo import builders
from parvis.people.models import Role


def add_bikes(hub: Hub, at: datetime, *names: str, **extra: object) -> list[Bike]:
    """Bikes, each with a rider of its own on shift from 9 to 21 h."""
    bikes = []
    for name in names:
        rider = builders.make_person(f"Rider of {name}")
        builders.give_role(rider, hub.town, Role.Kind.RIDER)
        bike = builders.make_bike(hub, name, **extra)
        builders.make_shift(bike, rider, at, time(9), time(21))
        bikes.append(bike)
    return bikes


def book(window: Window, count: int, at: datetime, *, grams: int = 4000, millilitres: int = 20_000) -> list[Delivery]:
    """Deliveries on a ring around the hub, of one bag each."""
    hub = window.hub
    booked = []
    for i in range(count):
        angle, far = i * 2.4, 0.004 + 0.0007 * (i % 9)
        booked.append(
            actions.book_delivery(
                town=hub.town,
                window_id=window.pk,
                reference=f"P-{i + 1}",
                name=f"Buyer {i + 1}",
                phone="",
                address=f"{i + 1} rue du Parvis",
                point=Point(hub.lon + far * cos(angle), hub.lat + far * 0.7 * sin(angle)),
                bags=[actions.BagSpec("Boulangerie", f"part-{i + 1}", grams, millilitres)],
                at=at,
            )
        )
    return booked


def bring(deliveries: Sequence[Delivery], at: datetime, *, pack: bool = False) -> None:
    """All bags are scanned in at the hub, and packed in a crate each if asked."""
    for number, delivery in enumerate(deliveries, start=1):
        for bag in delivery.bags.all():
            actions.scan_bag_in(town=delivery.town, code=bag.code, at=at)
        if pack:
            Hub.objects.update(cold_from=30_000)  # the numbers below are out of the way of real ones
            actions.pack(delivery=delivery, crate=1000 * at.hour + 20 * at.minute + number, at=at)


def solution_of(plan: Plan) -> tuple[Problem, Solution]:
    """What is stored of a plan, as the planning room has it."""
    plan.refresh_from_db()
    return Problem.from_json(plan.problem), Solution.from_json(plan.solution)


def broken_rules(plan: Plan) -> list[Violation]:
    """What the verifier says of the stored plan."""
    return verify(*solution_of(plan))


def orders(plan: Plan) -> dict[str, list[str]]:
    """The codes of the stops of each round, by bike and departure."""
    return {
        f"{r.bike} {r.departs_at:%H:%M:%S}": [stop.delivery.code for stop in r.stops.all()]
        for r in Round.objects.filter(plan=plan).prefetch_related("stops__delivery").select_related("bike")
    }
