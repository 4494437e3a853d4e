"""How goods are brought: by cargo bike or another way; which ways each takes, and how quickly. One literal table.

Valhalla's words are those of its bicycle and pedestrian costing (https://valhalla.github.io/valhalla/api/turn-by-turn/
api-reference/#costing-models). Stairs are closed to all wheels when the tiles are made, and steep streets are for
pushing (``core.osm.files``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What goods are brought with."""

    CARGO = "cargo", _("Cargo bike")
    LIGHT = "light", _("Two-wheeled bike with bags")
    TRAILER = "trailer", _("Three wheels, or a bike with a trailer")
    FOOT = "foot", _("On foot, with a hand cart")


@dataclass(frozen=True)
class Manner:
    """How one kind goes: the router's costing with its options, and its pace where only straight lines are known."""

    costing: str
    options: Mapping[str, Any]
    metres_per_second: float


# All are electric but the walker. Flat streets rather than short cuts over cobbles, no ferry.
_BIKE = {"bicycle_type": "City", "use_living_streets": 0.6, "use_ferry": 0.0}
MANNERS: Mapping[str, Manner] = {
    Kind.CARGO: Manner(
        "bicycle",
        _BIKE | {"cycling_speed": 16.0, "use_hills": 0.3, "use_roads": 0.4, "avoid_bad_surfaces": 0.7},
        14_000 / 3_600,
    ),
    Kind.LIGHT: Manner(
        "bicycle",
        _BIKE | {"cycling_speed": 18.0, "use_hills": 0.6, "use_roads": 0.5, "avoid_bad_surfaces": 0.4},
        16_000 / 3_600,
    ),
    # Wide and heavy: the carriageway rather than paths between posts, and no cobbles at all.
    Kind.TRAILER: Manner(
        "bicycle",
        _BIKE | {"cycling_speed": 13.0, "use_hills": 0.1, "use_roads": 0.6, "avoid_bad_surfaces": 0.95},
        11_500 / 3_600,
    ),
    Kind.FOOT: Manner(
        "pedestrian",
        {"walking_speed": 4.5, "step_penalty": 20, "use_ferry": 0.0, "max_distance": 100_000},
        4_500 / 3_600,
    ),
}


def profile_of(kind: str) -> str:
    """The name of a kind's ways in a problem of the planning room: "" for those of the cargo bike, which all share."""
    return "" if kind == Kind.CARGO else str(kind)


def kind_of(profile: str) -> Kind:
    """The kind whose ways a problem calls so; the cargo bike for one that nobody knows."""
    return Kind(profile) if profile in Kind.values else Kind.CARGO
