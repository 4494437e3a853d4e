"""Why is this stop where it is? The other places of a stop, what each costs, and what stands against it."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from parvis.core.words import say_distance, say_duration, say_weight
from parvis.delivery.access import delivery_for, hub_of
from parvis.delivery.actions.problems import shifts_of
from parvis.delivery.actions.rows import trips_by_round
from parvis.delivery.actions.suiting import ALSO
from parvis.delivery.board import Board, BoardRound
from parvis.delivery.models import Delivery
from parvis.delivery.pickups import STRAIGHT
from parvis.delivery.planning import Alternative, Problem, Reason, explain
from parvis.delivery.planning import Plan as Solution
from parvis.delivery.skills import who_can, why_not
from parvis.delivery.views.dispatch import LOOKING, dispatch_page
from parvis.people.access import require_role
from parvis.people.requests import PersonRequest

OTHER_ROUNDS = 8  # the cheapest other rounds are told, not all


@require_role(*LOOKING)
@require_GET
def why(request: PersonRequest, code: str) -> HttpResponse:
    """The stop of one delivery, and a row for each other place it could have. 404 for one that is on no round."""
    at, delivery = timezone.now(), delivery_for(request, code)
    day = delivery.window.day_in(request.town.zone)
    shown = Board.load(hub_of(request), day, at)
    current = shown.placed.get(delivery.pk)
    stop = next((s for s in current.stops if s.delivery.pk == delivery.pk), None) if current else None
    if current is None or stop is None:
        raise Http404
    context = {
        "delivery": delivery,
        "current": current,
        "stop": stop,
        "rows": _rows(shown, delivery),
        "only": who_can(
            [(str(shift.bike), shift.bike.skills) for shift in shifts_of(shown.hub, day, at)], delivery.needs
        ),
        "columns": [
            {"label": _("Other place")},
            {"label": _("To ride"), "num": True},
            {"label": _("On the way"), "num": True},
            {"label": _("What stands against it")},
        ],
    }
    return dispatch_page(request, "delivery/dispatch/why.html", "dispatch", day, context)


def _rows(shown: Board, delivery: Delivery) -> list[list[str]]:
    """The other places in words: where, how much more to ride, how much longer, what stands against it."""
    assert shown.plan is not None
    trips = trips_by_round(shown.plan)
    by_id = {str(round_.round.pk): round_ for round_ in shown.rounds}
    rounds = [by_id[id] for id in trips]
    stay = [trip for trip, round_ in zip(trips.values(), rounds, strict=True) if not round_.may_change]
    problem = replace(Problem.from_json(shown.plan.problem), fixed=tuple(stay))
    told = explain(problem, Solution.from_json(shown.plan.solution), str(delivery.pk))
    own = [other for other in told.alternatives if other.kind != "trip"]
    elsewhere = [other for other in told.alternatives if other.kind == "trip"][:OTHER_ROUNDS]
    codes = {str(known.pk): known.code for known in shown.deliveries}
    rows = []
    for other in (*own, *elsewhere):
        round_ = rounds[other.trip]
        against = _against(other.reason, round_, codes, delivery)
        rows.append(
            [
                _where(other, round_, told.option),
                _more(other.metres, say_distance),
                _more(other.seconds, say_duration),
                against,
            ]
        )
    return rows


def _where(other: Alternative, round_: BoardRound, now: str) -> str:
    """The place: beside the one it has, an end of its round, or a stop of another round."""
    names = {"position": other.position, "number": round_.round.number, "bike": round_.bike}
    return {
        "earlier": _("One place earlier"),
        "later": _("One place later"),
        "first": _("First of its round"),
        "last": _("Last of its round"),
        "trip": _("Round %(number)s, %(bike)s, as stop %(position)s"),
        "option": {
            STRAIGHT: _("Straight from its shop: round %(number)s, %(bike)s, as stop %(position)s"),
            ALSO: _("At the second time that suits: round %(number)s, %(bike)s, as stop %(position)s"),
        }.get(other.option)
        or (
            _("By the hub: round %(number)s, %(bike)s, as stop %(position)s")
            if now == STRAIGHT
            else _("At the time chosen first: round %(number)s, %(bike)s, as stop %(position)s")
        ),
    }[other.kind] % names


def _more(amount: int, say: Callable[[float], str]) -> str:
    """``+1,4 km``, ``−12 min``, or that nothing changes."""
    if amount == 0:
        return _("the same")
    return f"{'+' if amount > 0 else '−'}{say(abs(amount))}"


def _against(reason: Reason, round_: BoardRound, codes: Mapping[str, str], delivery: Delivery) -> str:
    """What stands against a place, with its number."""
    if reason.code == "unskilled" and (said := why_not(round_.bike, round_.bike.skills, delivery.needs)):
        return said
    names = {
        "bike": round_.bike,
        "code": codes.get(reason.drop_id or "", "?"),
        "time": say_duration(reason.amount),
        "way": say_distance(reason.amount),
        "weight": say_weight(reason.amount),
        "litres": -(-reason.amount // 1000),
        "count": reason.amount,
    }
    sentences = {
        "opens": _("The window of %(code)s opens later: the bike would wait %(time)s longer."),
        "longer": _("It is %(way)s more to ride."),
        "slower": _("The bike would be out %(time)s longer."),
        "errand": _("The shop would have to bring it to the hub."),
        "no_worse": _("Nothing: it costs no more there."),
        "late": _("%(code)s would be reached %(time)s after its window."),
        "overload_grams": _("%(bike)s would carry %(weight)s too much."),
        "overload_millilitres": _("%(litres)s litres would not fit on %(bike)s."),
        "overload_crates": _("%(bike)s would carry too many crates: %(count)s."),
        "overload_cold_crates": _("%(bike)s has too few cold boxes."),
        "after_shift": _("%(bike)s would be back %(time)s after its shift."),
        "over_range": _("%(bike)s would ride %(way)s further than its battery lasts."),
        "unknown_option": _("Its shop was told that a rider comes."),
        "not_ready": _("Its bags would not be at the hub in time for this round."),
        "no_reload": _("%(bike)s would be %(time)s short before its next round."),
    }
    return sentences.get(reason.code, _("A rule of the plan would be broken.")) % names
