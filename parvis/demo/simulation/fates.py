"""What happens to people: asked by the day, answered by chance or by a script."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Protocol

from parvis.delivery.models import Delivery
from parvis.market.models import Line, Modality, Part

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Work:
    """What a shop does with a part. None means: not today.

    ``answered`` is when it accepts (or refuses, with ``refusal``), ``ready`` when the goods are packed without what is
    ``missing`` (units short, by position of the line), ``out`` when they reach the hub, leave or are collected.
    """

    answered: datetime | None
    ready: datetime | None = None
    out: datetime | None = None
    done: datetime | None = None
    refusal: str = ""
    cancelled: datetime | None = None
    missing: dict[int, int] = field(default_factory=dict)


class Fates(Protocol):
    """What the day asks. ``number`` is the order's place in the day: the same number meets the same fate."""

    def work(self, part: Part, lines: list[Line], number: int) -> Work:
        """How the shop fares with a part."""
        ...

    def ride(self, seconds: int, number: int) -> int:
        """Real riding time for a planned one, to the door of an order (-1: back to the hub)."""
        ...

    def service(self, seconds: int, number: int) -> int:
        """Real time at the door for a planned one."""
        ...

    def door(self, delivery: Delivery, number: int) -> str:
        """Why nobody takes the goods, or ""."""
        ...

    def slips(self, kind: str, number: int) -> bool:
        """Whether a hand slips: a ``code`` mistyped, scanned ``twice``, a wrong ``crate``, bags ``mixed`` up."""
        ...


@dataclass(frozen=True, slots=True)
class Odds:
    """How often things go wrong."""

    late: float = 0.05
    refused: float = 0.01
    short: float = 0.03
    nobody_home: float = 0.02
    mistyped: float = 0.02
    scanned_twice: float = 0.03
    wrong_crate: float = 0.03
    mixed_up: float = 0.02
    ride_sigma: float = 0.22  # of the logarithm of real over planned riding time
    service_sigma: float = 0.30


REFUSALS = ("Plus de pain aujourd’hui.", "Nous fermons plus tôt aujourd’hui.", "L’arrivage n’est pas venu.")
NOBODY = ("Personne à l’adresse.", "Pas de réponse à la sonnette.", "Code d’entrée refusé.")


class Chance:
    """Fates drawn from a seed. Each question has its own stream, so an answer never depends on the others."""

    def __init__(self, seed: int, odds: Odds | None = None) -> None:
        self.seed, self.odds = seed, odds or Odds()
        self._rides = 0

    def _draw(self, *key: object) -> Random:
        return Random(" ".join(map(str, (self.seed, *key))))

    def work(self, part: Part, lines: list[Line], number: int) -> Work:
        """A shop answers within the hour, works towards the moment due, and is sometimes late or short."""
        draw = self._draw("work", number, part.shop.slug)
        odds = self.odds
        answered = _answered(part, draw)
        if draw.random() < odds.refused:
            return Work(answered, refusal=draw.choice(REFUSALS))
        missing = {i: 1 for i, line in enumerate(lines) if draw.random() < odds.short}
        if missing and len(missing) == len(lines) and all(line.quantity == 1 for line in lines):
            return Work(answered, refusal="Tout est parti ce matin.")
        if part.kind != Modality.Kind.BIKE:
            ready = answered + draw.uniform(15, 60) * MINUTE
            out = ready + draw.uniform(30, 240) * MINUTE
            return Work(answered, ready, out, out + draw.uniform(20, 90) * MINUTE, missing=missing)
        if draw.random() < odds.late:
            ready = part.due_at + min(150.0, draw.expovariate(1 / 40)) * MINUTE
            return Work(answered, ready, ready + draw.uniform(3, 15) * MINUTE, missing=missing)
        out = max(answered + 20 * MINUTE, part.due_at - draw.uniform(2, 110) * MINUTE)
        return Work(answered, max(answered, out - draw.uniform(8, 20) * MINUTE), out, missing=missing)

    def ride(self, seconds: int, number: int) -> int:
        """Log-normal around the plan."""
        self._rides += 1
        return round(seconds * self._draw("ride", number, self._rides).lognormvariate(0.0, self.odds.ride_sigma))

    def service(self, seconds: int, number: int) -> int:
        """Log-normal, shorter than planned half of the time."""
        return round(seconds * self._draw("service", number).lognormvariate(-0.05, self.odds.service_sigma))

    def door(self, delivery: Delivery, number: int) -> str:
        """Sometimes nobody is home."""
        draw = self._draw("door", number)
        return draw.choice(NOBODY) if draw.random() < self.odds.nobody_home else ""

    def slips(self, kind: str, number: int) -> bool:
        """Hands slip independently of each other."""
        odds = {
            "code": self.odds.mistyped,
            "twice": self.odds.scanned_twice,
            "crate": self.odds.wrong_crate,
            "mixed": self.odds.mixed_up,
        }
        return self._draw("slip", kind, number).random() < odds[kind]


def _answered(part: Part, draw: Random) -> datetime:
    """Within the hour, but at least an hour before the goods are due and never before they were ordered."""
    soon = part.placed_at + draw.uniform(2, 55) * MINUTE
    return max(part.placed_at + MINUTE, min(soon, part.due_at - 60 * MINUTE))
