"""What the planning room says in codes, said to people: why a plan is refused, why a delivery is left out."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from parvis.delivery.models import Delivery, Shift
from parvis.delivery.planning import Plan, Problem, Stop, Violation


def clock(seconds: int, midnight: datetime) -> str:
    """The time of day, as the town's clock shows it, of a moment of the planning room."""
    return date_format(timezone.localtime(midnight + timedelta(seconds=seconds)), "TIME_FORMAT")


def unserved_reason(code: str) -> str:
    """Why a delivery is on no round."""
    return {
        "no_bike": _("No bike is free any more."),
        "too_heavy": _("It is heavier than any bike may carry."),
        "too_bulky": _("It is bulkier than any bike may carry."),
        "too_many_crates": _("It fills more crates than any bike may carry."),
        "out_of_range": _("It is further than any bike may still ride."),
        "window_unreachable": _("No bike can be there in its window, or back before its shift ends."),
        "no_capacity": _("All bikes are full."),
    }.get(code, _("It is not planned yet."))


def violation_sentence(
    violation: Violation,
    problem: Problem,
    plan: Plan,
    midnight: datetime,
    deliveries: Mapping[str, Delivery],
    shifts: Mapping[str, Shift],
) -> str:
    """What would go wrong, with the names and times that people know."""
    shift = shifts.get(violation.bike_id or "")
    bike = str(shift.bike) if shift else _("a bike that is no longer there")
    delivery = deliveries.get(violation.drop_id or "")
    code = delivery.code if delivery else "?"
    drop, stop = problem.drop.get(violation.drop_id or ""), _stop(plan, violation.drop_id)
    if violation.kind == "late" and drop and stop:
        return _("%(code)s would be reached at %(time)s; that is too late for its window until %(end)s.") % {
            "code": code,
            "time": clock(stop.start, midnight),
            "end": date_format(timezone.localtime(delivery.window.ends_at), "TIME_FORMAT")
            if delivery
            else clock(drop.latest, midnight),
        }
    if violation.kind == "not_ready" and drop:
        return _("The bags of %(code)s are at the hub at %(time)s, after the bike has left.") % {
            "code": code,
            "time": clock(drop.ready_at, midnight),
        }
    if violation.kind == "after_shift" and shift:
        return _("%(bike)s would be back at %(time)s, after its shift ends at %(end)s.") % {
            "bike": bike,
            "time": clock(max(trip.returns for trip in plan.trips_of(str(shift.pk))), midnight),
            "end": date_format(timezone.localtime(shift.ends_at), "TIME_FORMAT"),
        }
    return _by_kind(violation.kind, bike, code)


def _by_kind(kind: str, bike: str, code: str) -> str:
    names = {"bike": bike, "code": code}
    sentences = {
        "overload_grams": _("This is heavier than %(bike)s may carry."),
        "overload_millilitres": _("This does not fit on %(bike)s."),
        "overload_crates": _("This is more crates than %(bike)s may carry."),
        "over_range": _("%(bike)s would ride further than its battery lasts."),
        "overlap": _("%(bike)s would not be back in time for its next round."),
        "no_reload": _("%(bike)s would not be back in time for its next round."),
        "too_many_trips": _("%(bike)s would ride more rounds than it may."),
        "unknown_bike": _("A round is on %(bike)s. Plan again."),
        "unknown_drop": _("A round stops at a delivery that is no longer there. Plan again."),
        "lost": _("%(code)s is on no round. Plan again."),
        "served_twice": _("%(code)s is on two rounds. Plan again."),
        "before_now": _("A round should have left already. Plan again."),
    }
    return sentences.get(kind, _("The plan does not add up. Plan again.")) % names


def _stop(plan: Plan, drop_id: str | None) -> Stop | None:
    return next((stop for trip in plan.trips for stop in trip.stops if stop.drop_id == drop_id), None)
