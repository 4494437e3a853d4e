"""What the bikes spare the air against a van, as a range: grams of CO₂e from metres ridden. Pure.

A VAN is counted twice, cautiously and fully.
- ``VAN_LOW``: 183.8 g CO₂ a kilometre, the average of all vans newly registered in Europe in 2022, electric ones
  included, on the test bench and at the exhaust (European Environment Agency; European Commission, Climate Action,
  news of 18 March 2024). Vans in the street are older and burn more: this is the least that can be said.
- ``VAN_HIGH``: 269 g CO₂e, what the French fleet of vans burns, 8.5 litres of fuel a 100 km (Commissariat général au
  développement durable, 2005, all vans of less than 3.5 t), at 3.17 kg CO₂e a litre of diesel with what comes before
  the pump (0.66 + 2.51; French order of 26 April 2017 on the carbon information of transport services, annex).

The WAY of a van is not known, so it is part of the range: ``WAY_LOW`` of the bikes' kilometres (a van need not come
back to the hub to load again; with one-way streets left out, this is the least), or as much as the bikes
(``WAY_HIGH``: a van that turns around one-way streets and looks for a place to stop drives at least that). ``parvis
simulate month`` measures the first on the town's own streets and says it in its report.

A BIKE with a motor takes ``BIKE_WH_PER_KM`` (a loaded cargo bike; an assumption, makers say 15 to 30), at 48 g CO₂e
a kWh in France and 420 g elsewhere in Europe (the same order of 2017; grids have become cleaner since, so this too
is cautious). Making vehicles and batteries is left out on both sides.
"""

from dataclasses import dataclass
from fractions import Fraction

from parvis.core.money import round_half_up

VAN_LOW = Fraction("183.8")
VAN_HIGH = Fraction("8.5") * Fraction("31.7")  # litres a 100 km × grams a litre / 100
WAY_LOW = Fraction("0.7")
WAY_HIGH = Fraction(1)
BIKE_WH_PER_KM = 30
GRID = {"FR": 48}  # grams a kWh
GRID_ELSEWHERE = 420


@dataclass(frozen=True, slots=True)
class Spared:
    """Grams of CO₂e that a van would have put into the air beyond what the bikes did: at least, and at most."""

    low: int
    high: int

    def __add__(self, other: "Spared") -> "Spared":
        return Spared(self.low + other.low, self.high + other.high)


def bike_grams_per_km(country: str) -> Fraction:
    """What charging a bike costs the air for each kilometre, in a country of two letters."""
    return Fraction(BIKE_WH_PER_KM * GRID.get(country, GRID_ELSEWHERE), 1000)


def spared(metres: int, country: str, *, way_low: Fraction = WAY_LOW) -> Spared:
    """What bikes that rode so many metres spared, in grams. ``way_low`` is a van's way where it was measured."""
    kilometres, bike = Fraction(metres, 1000), bike_grams_per_km(country)
    return Spared(
        round_half_up(kilometres * (VAN_LOW * way_low - bike)), round_half_up(kilometres * (VAN_HIGH * WAY_HIGH - bike))
    )
