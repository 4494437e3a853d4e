"""The board in words, figures and a drawing."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from parvis.core.svgmap import Marker, Route, TownMap, draw
from parvis.core.words import say_clock, say_day, say_distance, say_labelled
from parvis.delivery.board import Board, BoardRound, BoardStop
from parvis.delivery.states import DeliveryState
from parvis.towns.models import Town


def answer(shown: Board) -> str:
    """The page's question answered in a line."""
    if not shown.deliveries:
        return _("No delivery is booked")
    if shown.plan is None:
        return ngettext(
            "%(count)s delivery waits for a plan", "%(count)s deliveries wait for a plan", len(shown.deliveries)
        ) % {"count": len(shown.deliveries)}
    if shown.unplaced:
        return ngettext(
            "%(count)s delivery is on no round", "%(count)s deliveries are on no round", len(shown.unplaced)
        ) % {"count": len(shown.unplaced)}
    at_risk = len({round_.round.pk for round_, _said in shown.risks})
    if at_risk:
        return ngettext("%(count)s round is at risk", "%(count)s rounds are at risk", at_risk) % {"count": at_risk}
    if lost := len(shown.lost):
        return ngettext("%(count)s bag is lost", "%(count)s bags are lost", lost) % {"count": lost}
    failed = shown.states[DeliveryState.FAILED]
    if all(stop.ended for round_ in shown.rounds for stop in round_.stops):
        if not failed:
            return _("Every delivery of the day is done")
        return ngettext(
            "The day is done, %(count)s delivery failed", "The day is done, %(count)s deliveries failed", failed
        ) % {"count": failed}
    if not failed:
        return _("Every delivery is on time")
    return ngettext(
        "%(count)s delivery failed, the others are on time",
        "%(count)s deliveries failed, the others are on time",
        failed,
    ) % {"count": failed}


def figures(shown: Board) -> list[dict[str, Any]]:
    """The day in numbers, for the component of that name."""
    states, unplaced = shown.states, len(shown.unplaced)
    return [
        {"label": _("deliveries"), "value": len(shown.deliveries)},
        {"label": _("ready at the hub"), "value": shown.ready},
        {"label": _("on a round"), "value": len(shown.placed)},
        {"label": _("on no round"), "value": unplaced, "tone": "warn" if unplaced and shown.plan else ""},
        {"label": _("on the way"), "value": states[DeliveryState.ON_THE_WAY]},
        {
            "label": pgettext("how many deliveries", "handed over"),
            "value": states[DeliveryState.DELIVERED],
            "tone": "go" if states[DeliveryState.DELIVERED] else "",
            "note": _("and %(count)s failed") % {"count": states[DeliveryState.FAILED]}
            if states[DeliveryState.FAILED]
            else "",
        },
        {"label": _("to ride"), "value": say_distance(shown.metres)},
    ]


def draw_board(shown: Board, town: Town) -> TownMap:
    """Rounds in their colours, stops by number, and what is on no round; each leads to its delivery."""
    hub = shown.hub
    markers = [Marker(hub.lon, hub.lat, hub.name, label="⌂", tone="hub")]
    for left in shown.unplaced:
        point, title = left.delivery.point, say_labelled(f"{left.delivery.code}, {left.delivery.address}", left.reason)
        markers.append(Marker(point.lon, point.lat, title, label="!", tone="warn", href=_place_url(left.delivery.code)))
    for round_ in shown.rounds:
        markers += [_marker(round_, stop) for stop in round_.stops]
    return draw(
        title=_("Rounds of %(day)s") % {"day": say_day(shown.day)},
        description=_("The list of rounds below says the same in words."),
        boundary=town.boundary,
        backdrop=town.backdrop,
        routes=[
            Route(round_.round.geometry["coordinates"], round_.colour)
            for round_ in shown.rounds
            if round_.round.geometry
        ],
        markers=markers,
        near=True,
    )


def _marker(round_: BoardRound, stop: BoardStop) -> Marker:
    names = {
        "round": round_.round.number,
        "stop": stop.stop.position,
        "address": stop.delivery.address,
        "time": say_clock(stop.expected_at),
    }
    return Marker(
        stop.delivery.lon,
        stop.delivery.lat,
        title=_("Round %(round)s, stop %(stop)s: %(address)s, %(time)s") % names,
        label="✓" if stop.ended else str(stop.stop.position),
        route=round_.colour,
        href=_place_url(stop.delivery.code),
    )


def _place_url(code: str) -> str:
    return reverse("dispatch-place", args=[code])
