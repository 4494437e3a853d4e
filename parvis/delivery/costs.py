"""What a day of bikes costs, in cents: riders, hub, bikes. Pure; the town sets the rates (``RunningCosts``).

The rates that stand until a town sets its own are ASSUMPTIONS, written on every page that shows what comes of them:
- a rider's or a hub worker's hour costs the employer 20 €: the French minimum wage is 12.02 € gross an hour in 2026;
  with contributions after the general reduction, paid leave, sick days and cover this comes to about 17 €, and a
  town's régie or a cooperative pays somewhat more than the least;
- receiving, sorting and packing one delivery at the hub takes 6 minutes of somebody's time;
- a cargo bike costs 9 € for each day on which it rides: 6,500 € over five years of 300 days, and 1,400 € a year for
  insurance, a place to stand and the workshop's hours;
- and 12 cents a kilometre for tyres, brakes, battery and 30 Wh of current.
Rent of the hub and the people who run the market are no part of it: a council knows those better than we do.
"""

from dataclasses import dataclass
from fractions import Fraction

from parvis.core.money import round_half_up


@dataclass(frozen=True, slots=True)
class Rates:
    """Cents for an hour, a day, a kilometre; minutes of the hub for a delivery."""

    rider_hour: int = 20_00
    hub_hour: int = 20_00
    hub_minutes: int = 6
    bike_day: int = 9_00
    bike_km: int = 12


@dataclass(frozen=True, slots=True)
class Cost:
    """Each kind in whole cents, rounded once for a day, so that kinds add up to days and days to months."""

    riders: int = 0
    hub: int = 0
    bikes: int = 0

    @property
    def cents(self) -> int:
        """All of it."""
        return self.riders + self.hub + self.bikes

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.riders + other.riders, self.hub + other.hub, self.bikes + other.bikes)


def cost_of_day(rates: Rates, *, rider_seconds: int, bikes: int, metres: int, drops: int) -> Cost:
    """What a day cost: paid time of riders (riding or not), bikes on shift, metres, deliveries through the hub."""
    return Cost(
        riders=round_half_up(Fraction(rider_seconds * rates.rider_hour, 3600)),
        hub=round_half_up(Fraction(drops * rates.hub_minutes * rates.hub_hour, 60)),
        bikes=bikes * rates.bike_day + round_half_up(Fraction(metres * rates.bike_km, 1000)),
    )


def each(cents: int, drops: int) -> int | None:
    """Cents for one delivery, half up; None where there was none."""
    return round_half_up(Fraction(cents, drops)) if drops else None
