"""The orders of a demonstration day: one literal table of who gets what, and how far it has come by now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from parvis.delivery.models import Delivery
from parvis.demo.hours import Times
from parvis.demo.simulation.fates import Work
from parvis.market.models import Line, Part

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Tale:
    """One order. ``when`` names its window (past, present, later, tomorrow) or is "" without a bike.

    ``steps`` says how far each shop's part has come: done, at_hub, ready, accepted, placed, refused, cancelled,
    short (done, but something was missing), collected, sent, received. ``mine`` is the resident's own order.
    """

    when: str
    steps: tuple[str, ...]
    way: str = "bike"
    door: str = ""
    mine: bool = False
    packed: bool = False
    ago: int = 180  # minutes since it was placed, where no window says it


TALES = (
    Tale("present", ("done", "done", "done"), mine=True),
    Tale("present", ("done", "done")),
    Tale("past", ("short", "done")),
    Tale("later", ("at_hub", "ready", "accepted")),
    Tale("present", ("done",)),
    Tale("past", ("done",), door="Personne à l’adresse."),
    Tale("present", ("done", "short")),
    Tale("later", ("placed", "refused"), mine=True),
    Tale("", ("ready",), way="collect", mine=True),
    Tale("present", ("done",)),
    Tale("", ("placed",), way="collect", ago=12),
    Tale("", ("collected",), way="collect", ago=260),
    Tale("later", ("at_hub", "at_hub"), packed=True),
    Tale("", ("sent",), way="post", ago=300),
    Tale("", ("cancelled",), way="collect", ago=120),
    Tale("tomorrow", ("accepted", "placed")),
    # a small town's day ends here
    Tale("past", ("done", "done")),
    Tale("present", ("done", "done")),
    Tale("", ("sent",), way="shop", ago=240),
    Tale("later", ("at_hub", "accepted")),
    Tale("tomorrow", ("placed",), mine=True),
    Tale("past", ("done",)),
    Tale("", ("accepted",), way="collect", ago=75),
    Tale("", ("received",), way="shop", ago=320),
)

YESTERDAY = (
    Tale("evening", ("done", "done"), mine=True),
    Tale("evening", ("done",)),
    Tale("evening", ("short",)),
    Tale("evening", ("done", "done", "done")),
    Tale("", ("collected",), way="collect", mine=True),
    Tale("", ("collected",), way="collect"),
    Tale("", ("refused",), way="collect"),
    # enough deliveries for a week that the public figures may tell
    Tale("evening", ("done",)),
    Tale("evening", ("done", "done")),
    Tale("evening", ("done",), door="Personne à l’adresse."),
    Tale("evening", ("short", "done")),
    Tale("evening", ("done",)),
    Tale("evening", ("done",)),
    Tale("evening", ("done",)),
)

NEIGHBOURS_TODAY = (
    Tale("present", ("done",), mine=True),
    Tale("past", ("done", "done")),
    Tale("later", ("accepted",)),
    Tale("", ("ready",), way="collect", ago=90),
    Tale("tomorrow", ("placed",), mine=True),
)
NEIGHBOURS_YESTERDAY = (
    Tale("evening", ("done", "done")),
    Tale("evening", ("done",)),
    Tale("evening", ("done",), mine=True),
    Tale("evening", ("done", "done")),
)
"""Of a neighbour whose buyers are served by the same bikes."""


class Script:
    """Fates as the tales have them; bikes ride as planned."""

    def __init__(self, tales: dict[int, Tale], now: datetime) -> None:
        self.tales, self.now = tales, now
        self._seen: dict[int, int] = {}

    def work(self, part: Part, lines: list[Line], number: int) -> Work:
        """The parts of an order take the steps of its tale in turn."""
        tale = self.tales[number]
        position = self._seen.get(number, 0)
        self._seen[number] = position + 1
        step = tale.steps[position % len(tale.steps)]
        missing = {0: 1} if step == "short" and (len(lines) > 1 or lines[0].quantity > 1) else {}
        return _work(step, part.placed_at, part.due_at, self.now, missing)

    def ride(self, seconds: int, number: int) -> int:
        """As planned."""
        return seconds

    def service(self, seconds: int, number: int) -> int:
        """As planned."""
        return seconds

    def door(self, delivery: Delivery, number: int) -> str:
        """As told."""
        tale = self.tales.get(number)
        return tale.door if tale else ""

    def slips(self, kind: str, number: int) -> bool:
        """Never."""
        return False


def _work(step: str, placed: datetime, due: datetime, now: datetime, missing: dict[int, int]) -> Work:
    answered = placed + 9 * MINUTE
    match step:
        case "done" | "short":
            return Work(answered, due - 35 * MINUTE, due - 15 * MINUTE, missing=missing)
        case "at_hub":
            return Work(answered, min(due, now) - 40 * MINUTE, min(due, now) - 25 * MINUTE)
        case "ready":
            return Work(answered, now - 15 * MINUTE)
        case "accepted":
            return Work(answered)
        case "refused":
            return Work(answered, refusal="Plus rien sur l’étal ce soir, désolés.")
        case "cancelled":
            return Work(None, cancelled=placed + 6 * MINUTE)
        case "collected" | "received" | "sent":
            out = placed + 90 * MINUTE
            done = out + 45 * MINUTE if step == "received" else None
            return Work(answered, placed + 40 * MINUTE, out, done)
    return Work(None)


def tales_for(times: Times, tales: Sequence[Tale]) -> list[Tale]:
    """The tales; those whose window does not exist this close to midnight become tomorrow's."""
    known = {"present", "tomorrow", ""}
    known |= {"past"} if times.past else set()
    known |= {"later"} if times.later else set()
    return [tale if tale.when in known else _tomorrow(tale) for tale in tales]


def _tomorrow(tale: Tale) -> Tale:
    steps = tuple("placed" if step in {"done", "short", "at_hub", "ready"} else step for step in tale.steps)
    return Tale("tomorrow", steps, mine=tale.mine)
