"""What the planning room says in codes, said to people: why a plan is refused, why a delivery is left out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from parvis.core.words import say_clock
from parvis.delivery.models import Delivery, Shift
from parvis.delivery.planning import Plan, Problem, Stop, Violation
from parvis.delivery.skills import why_not


@dataclass(frozen=True, slots=True)
class Names:
    """What the ids and seconds of a plan are called: its midnight in UTC, its town's zone, its rows by id."""

    midnight: datetime
    zone: ZoneInfo
    deliveries: Mapping[str, Delivery]
    shifts: Mapping[str, Shift]


def unserved_reason(code: str) -> str:
    """Why a delivery is on no round."""
    return {
        "no_bike": _("No bike is free any more."),
        "too_heavy": _("It is heavier than any bike may carry."),
        "too_bulky": _("It is bulkier than any bike may carry."),
        "too_cold": _("It fills more cold boxes than any bike has."),
        "no_skill": _("No bike on shift can carry this."),
        "too_long_aboard": _("No bike can be there before what is cold gets warm."),
        "too_many_crates": _("It fills more crates than any bike may carry."),
        "out_of_range": _("It is further than any bike may still ride."),
        "window_unreachable": _("No bike can be there in its window, or back before its shift ends."),
        "no_capacity": _("All bikes are full."),
    }.get(code, _("It is not planned yet."))


def violation_sentence(violation: Violation, problem: Problem, plan: Plan, names: Names) -> str:
    """What would go wrong, with the names that people know and the times that clocks of the town show."""
    shift = names.shifts.get(violation.bike_id or "")
    bike = str(shift.bike) if shift else _("a bike that is no longer there")
    delivery = names.deliveries.get(violation.drop_id or "")
    code = delivery.code if delivery else "?"
    drop, stop = problem.drop.get(violation.drop_id or ""), _stop(plan, violation.drop_id)

    def clock(seconds: int) -> str:
        return say_clock(names.midnight + timedelta(seconds=seconds))

    with timezone.override(names.zone):
        if violation.kind == "late" and drop and stop and delivery:
            return _("%(code)s would be reached at %(time)s: too late for its window until %(end)s.") % {
                "code": code,
                "time": clock(stop.start),
                "end": say_clock(delivery.window.ends_at),
            }
        if violation.kind == "unskilled" and drop and shift:
            return _("%(code)s: %(why)s") % {"code": code, "why": why_not(bike, shift.bike.skills, drop.needs)}
        if violation.kind == "not_ready" and drop:
            return _("The bags of %(code)s are at the hub at %(time)s only, after the bike has left.") % {
                "code": code,
                "time": clock(drop.ready_at),
            }
        if violation.kind == "after_shift" and shift:
            return _("%(bike)s would be back at %(time)s, after its shift ends at %(end)s.") % {
                "bike": bike,
                "time": clock(max(trip.returns for trip in plan.trips_of(str(shift.pk)))),
                "end": say_clock(shift.ends_at),
            }
    return _by_kind(violation.kind, bike, code)


def _by_kind(kind: str, bike: str, code: str) -> str:
    sentences = {
        "overload_grams": _("This is heavier than %(bike)s may carry."),
        "overload_millilitres": _("This does not fit on %(bike)s."),
        "overload_crates": _("This is more crates than %(bike)s may carry."),
        "overload_cold": _("%(bike)s has not so many cold boxes."),
        "unskilled": _("%(bike)s cannot carry %(code)s."),
        "too_long_aboard": _("%(code)s would get warm on the way."),
        "in_rest": _("%(bike)s would be on the road in the break of its rider."),
        "over_range": _("%(bike)s would ride further than its battery lasts."),
        "overlap": _("%(bike)s would not be back in time for its next round."),
        "no_reload": _("%(bike)s would not be back in time for its next round."),
        "too_many_trips": _("%(bike)s would ride more rounds than it may."),
        "unknown_bike": _("A round is on %(bike)s. Plan again."),
        "unknown_drop": _("A round stops at a delivery that is no longer there. Plan again."),
        "unknown_option": _("%(code)s cannot be brought as planned any more. Plan again."),
        "lost": _("%(code)s is on no round. Plan again."),
        "served_twice": _("%(code)s is on two rounds. Plan again."),
        "before_now": _("A round should have left already. Plan again."),
    }
    return sentences.get(kind, _("The plan does not add up. Plan again.")) % {"bike": bike, "code": code}


def _stop(plan: Plan, drop_id: str | None) -> Stop | None:
    return next((stop for trip in plan.trips for stop in trip.stops if stop.drop_id == drop_id), None)
