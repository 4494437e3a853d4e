"""The bikes, the shifts and the windows: what the fleet can do, and when."""

from collections import Counter
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.core.time import day_bounds, moment
from parvis.core.words import say_clock
from parvis.delivery.actions.breaks import break_of
from parvis.delivery.actions.custody import record_bags
from parvis.delivery.actions.positions import forget_position
from parvis.delivery.actions.rows import trips_by_round
from parvis.delivery.models import Bag, BagEvent, Bike, Hub, Plan, Round, Shift, Window
from parvis.delivery.models.promises import NIGHT_ENDS, of_days
from parvis.delivery.planning import Problem
from parvis.delivery.states import BagState
from parvis.delivery.workday import working_day
from parvis.people.models import Person, Role


@transaction.atomic
def mark_bike_broken(*, bike: Bike, by: Any, at: datetime) -> None:
    """The bike rides no more until it is repaired. Saying it twice is harmless."""
    bike = Bike.objects.select_for_update().get(pk=bike.pk)
    if bike.broken_at is None:
        bike.broken_at = at
        bike.save(update_fields=["broken_at"])
        audit.record("mark_bike_broken", bike, at=at, town_id=bike.town_id, actor=by)


@transaction.atomic
def mark_bike_repaired(*, bike: Bike, by: Any, at: datetime) -> None:
    """The bike may be planned again, and everything counts on it. Twice is harmless."""
    bike = Bike.objects.select_for_update().get(pk=bike.pk)
    if bike.broken_at is not None:
        bike.broken_at = bike.back_on = None
        bike.save(update_fields=["broken_at", "back_on"])
        audit.record("mark_bike_repaired", bike, at=at, town_id=bike.town_id, actor=by)


@transaction.atomic
def expect_bike_back(*, bike: Bike, day: date | None, by: Any, at: datetime) -> None:
    """A broken bike shall ride again from the town's ``day`` on: from then on plans and promises count on it.

    None: nobody knows, and nothing counts on it until it is repaired. Raises Refusal for a day that is not ahead (while
    the riders of an evening are out, the day that has begun is ahead of theirs), and for a bike that rides.
    """
    bike = Bike.objects.select_for_update(of=("self",)).select_related("hub__town").get(pk=bike.pk)
    if bike.broken_at is None:
        raise Refusal(_("%(bike)s rides: it is not out of order.") % {"bike": bike})
    if day is not None and day <= working_day(bike.hub, at):
        raise Refusal(_("Choose a day after today. If it rides again today, say that it is repaired."))
    if bike.back_on != day:
        bike.back_on = day
        bike.save(update_fields=["back_on"])
        audit.record("expect_bike_back", bike, at=at, town_id=bike.town_id, actor=by, day=str(day or ""))


@transaction.atomic
def recover_goods(*, bike: Bike, by: Any, at: datetime) -> int:
    """What the broken bike carried is at the hub again; how many bags that were. Twice is harmless.

    Its rounds are over: whoever takes the goods out next does so on a round of their own.
    """
    rounds = list(
        Round.objects.select_for_update().filter(bike=bike, back_at=None).exclude(left_at=None).order_by("pk")
    )
    bags = _aboard(bike.town_id, {str(round_.pk) for round_ in rounds})
    record_bags(bags, BagEvent.Kind.RETURNED, at=at, by=by, bike=str(bike.pk))
    for round_ in rounds:
        round_.back_at = at
        round_.save(update_fields=["back_at"])
        forget_position(town_id=round_.town_id, rider_id=round_.rider_id)
    audit.record("recover_goods", bike, at=at, town_id=bike.town_id, actor=by, bags=len(bags))
    return len(bags)


@transaction.atomic
def set_cold_boxes(*, hub: Hub, cold_minutes: int, cold_from: int, by: Any, at: datetime) -> None:
    """How long the cold boxes of a hub keep cold, and from which number on a box is one."""
    hub.cold_minutes, hub.cold_from = cold_minutes, cold_from
    hub.save(update_fields=["cold_minutes", "cold_from"])
    audit.record("set_cold_boxes", hub, at=at, town_id=hub.town_id, actor=by, minutes=cold_minutes, first=cold_from)


def carried_by(hub: Hub) -> dict[UUID, int]:
    """How many bags each broken bike of the hub still carries, by the bike's id."""
    rounds = Round.objects.filter(bike__hub=hub, bike__broken_at__isnull=False, back_at=None).exclude(left_at=None)
    bikes = {str(pk): bike for pk, bike in rounds.values_list("pk", "bike_id")}
    return dict(Counter(bikes[_last_round(bag)] for bag in _aboard(hub.town_id, bikes.keys())))


def _aboard(town_id: UUID, rounds: Collection[str]) -> list[Bag]:
    """The bags that left with these rounds and are on their bikes."""
    if not rounds:
        return []
    loaded = BagEvent.objects.filter(town=town_id, kind=BagEvent.Kind.LOADED, detail__round__in=list(rounds))
    bags = Bag.objects.filter(pk__in=loaded.values("bag_id"), cancelled_at=None).prefetch_related("events")
    return [bag for bag in bags if bag.state == BagState.LOADED and _last_round(bag) in rounds]


def _last_round(bag: Bag) -> str:
    """The id of the round that took the bag last."""
    loaded = [event for event in bag.events.all() if event.kind == BagEvent.Kind.LOADED]
    return str(loaded[-1].detail.get("round")) if loaded else ""


@transaction.atomic
def add_shift(
    *,
    bike: Bike,
    rider: Person,
    starts_at: datetime,
    ends_at: datetime,
    by: Any,
    at: datetime,
    break_at: datetime | None = None,
) -> Shift:
    """A rider on a bike, with the break that the law asks for: at ``break_at``, or where it hurts least.

    The bike's row is locked, then the rider's role: two dispatchers never give one of them to two shifts at a time.
    Raises Refusal when either is taken, when the rider has no such role here, or when the law allows no such shift.
    """
    Bike.objects.select_for_update().get(pk=bike.pk)
    riding = Role.objects.select_for_update().filter(town=bike.town_id, person=rider, kind=Role.Kind.RIDER)
    if ends_at <= starts_at:
        raise Refusal(_("A shift ends after it starts."))
    if not list(riding.order_by("pk").values_list("pk")):
        raise Refusal(_("%(name)s does not ride for this town.") % {"name": rider})
    at_the_time = Shift.objects.filter(town=bike.town_id, starts_at__lt=ends_at, ends_at__gt=starts_at)
    if at_the_time.filter(bike=bike).exists():
        raise Refusal(_("%(bike)s has another shift at that time.") % {"bike": bike})
    if at_the_time.filter(rider=rider).exists():
        raise Refusal(_("%(name)s rides another bike at that time.") % {"name": rider})
    rest = break_of(bike.hub, rider, (starts_at, ends_at), break_at)
    shift = Shift.objects.create(
        town_id=bike.town_id,
        bike=bike,
        rider=rider,
        starts_at=starts_at,
        ends_at=ends_at,
        break_starts_at=rest[0] if rest else None,
        break_minutes=(rest[1] - rest[0]) // timedelta(minutes=1) if rest else 0,
    )
    audit.record("add_shift", shift, at=at, town_id=bike.town_id, actor=by)
    return shift


@transaction.atomic
def remove_shift(*, shift: Shift, by: Any, at: datetime) -> None:
    """Take a shift out; twice is harmless. Raises Refusal when a round of it has left: its record is kept."""
    if not list(Shift.objects.select_for_update().filter(pk=shift.pk).values_list("pk")):
        return  # a bike that leaves meanwhile waits, and finds it gone
    ridden = Round.objects.filter(plan__state=Plan.State.PUBLISHED).of_shift(shift).exclude(left_at=None)
    if ridden.exists():
        raise Refusal(_("A round of this shift has left. It cannot be removed any more."))
    audit.record("remove_shift", shift, at=at, town_id=shift.town_id, actor=by)
    shift.delete()


@transaction.atomic
def save_window(
    *,
    hub: Hub,
    window: Window | None,
    starts_at: datetime,
    ends_at: datetime,
    closes_at: datetime,
    goods_due_at: datetime,
    capacity: int,
    by: Any,
    at: datetime,
    night: bool = False,
) -> Window:
    """Make a delivery window, or change one. Hours that people have booked do not move. One of the ``night`` begins
    after midnight and is brought by the riders of the evening before.

    Raises Refusal when they would, when another window starts at the same time, when ``capacity`` is below what is
    booked, or when the moments are out of order. The hub's row is locked: two dispatchers make one window.
    """
    _lock_hub(hub)
    if night and starts_at.astimezone(hub.town.zone).time() >= NIGHT_ENDS:
        raise Refusal(
            _("The night ends at %(time)s: a later window is of the day that follows.")
            % {"time": say_clock(NIGHT_ENDS)}
        )
    if not closes_at <= goods_due_at <= starts_at < ends_at:
        raise Refusal(_("Orders close first, then goods are due, then the window begins and ends."))
    booked = 0
    if window is not None:
        window = Window.objects.select_for_update().get(pk=window.pk)
        booked = window.deliveries.filter(cancelled_at=None).count()
        if booked and (window.starts_at, window.ends_at, window.night) != (starts_at, ends_at, night):
            raise Refusal(_("Somebody has booked this window: its hours can no longer change."))
    if capacity < booked:
        raise Refusal(_("%(count)s deliveries are booked already: the limit cannot be lower.") % {"count": booked})
    same = Window.objects.filter(hub=hub, starts_at=starts_at).first()
    if same is not None and same != window:
        raise Refusal(_("Another window begins at that time."))
    values: dict[str, Any] = {"ends_at": ends_at, "closes_at": closes_at, "goods_due_at": goods_due_at}
    values |= {"capacity": capacity, "night": night}
    if window is None:
        window = Window.objects.create(town_id=hub.town_id, hub=hub, starts_at=starts_at, **values)
    else:
        for name, value in {"starts_at": starts_at, **values}.items():
            setattr(window, name, value)
        window.save()
    audit.record("save_window", window, at=at, town_id=hub.town_id, actor=by, capacity=capacity)
    return window


@transaction.atomic
def repeat_windows(*, hub: Hub, day: date, days: int, by: Any, at: datetime) -> int:
    """The delivery windows of ``day`` again on each of the next ``days`` days that has none; how many were made.

    The town's clock shows the same hours, also across a change to summer time; an hour that is missing in that night,
    and a window that would begin with another one, are left out. The hub's row is locked: asked twice at once, each day
    has its windows once.
    """
    _lock_hub(hub)
    zone = hub.town.zone
    made: list[Window] = []
    pattern = list(Window.objects.filter(of_days(day, day, zone), hub=hub))
    taken = set(
        Window.objects.filter(hub=hub, starts_at__gte=day_bounds(day, zone)[1]).values_list("starts_at", flat=True)
    )
    for ahead in (day + timedelta(days=n) for n in range(1, days + 1)):
        if Window.objects.filter(of_days(ahead, ahead, zone), hub=hub).exists():
            continue

        def moved(then: datetime, ahead: date = ahead) -> datetime:
            local = then.astimezone(zone)
            return moment(local.date() + (ahead - day), local.time(), zone)

        for window in pattern:
            new = Window(
                town_id=hub.town_id,
                hub=hub,
                starts_at=moved(window.starts_at),
                ends_at=moved(window.ends_at),
                closes_at=moved(window.closes_at),
                goods_due_at=moved(window.goods_due_at),
                capacity=window.capacity,
                night=window.night,
            )
            if new.starts_at not in taken and new.closes_at <= new.goods_due_at <= new.starts_at < new.ends_at:
                taken.add(new.starts_at)
                made.append(new)
    Window.objects.bulk_create(made)
    audit.record("repeat_windows", hub, at=at, town_id=hub.town_id, actor=by, windows=len(made))
    return len(made)


def _lock_hub(hub: Hub) -> None:
    """Whoever makes windows of a hub waits for the one before."""
    Hub.objects.select_for_update(no_key=True).get(pk=hub.pk)


def ride_after_all(round_: Round, *, at: datetime, by: Any = None) -> None:
    """A round leaves: the shift that it was planned in stands, though it may have been taken out since.

    Who is on the road works; without a shift the day could not be planned again around them. Call it behind the locks
    of plan and round.
    """
    plan = round_.plan
    trip = trips_by_round(plan).get(str(round_.pk)) if plan.solution.get("rounds") else None
    bike = Problem.from_json(plan.problem).bike.get(trip.bike_id) if trip is not None else None
    if bike is None or round_.rider_id is None:
        return
    if list(Shift.objects.select_for_update().filter(pk=UUID(bike.id)).values_list("pk")):
        return
    midnight = day_bounds(plan.day, plan.hub.town.zone)[0]
    shift = Shift.objects.create(
        pk=UUID(bike.id),
        town_id=round_.town_id,
        bike_id=round_.bike_id,
        rider_id=round_.rider_id,
        starts_at=midnight + timedelta(seconds=bike.shift_start),
        ends_at=midnight + timedelta(seconds=bike.shift_end),
    )
    audit.record("ride_after_all", shift, at=at, town_id=round_.town_id, actor=by)
