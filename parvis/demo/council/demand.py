"""Who orders, when and how much: invented, by rules that stand here and in the report.

- WEEK: with a mean of 1 over six days, Friday and Saturday are the busiest; Sunday is closed.
- A DAY differs from its like by ``DAY_SIGMA`` (weather, a match, the end of the month), and the number of orders is
  then drawn as independent people make it (Poisson).
- A BASKET holds as many articles as one of 9,835 real baskets of a grocery (Hahsler et al., "Groceries", 4.4 on
  average), here by its deciles; each article weighs 125 g to 1 kg and takes 1.2 to 2.4 ml a gram, as the goods of
  ``parvis simulate`` do. One shop for up to three articles, one more for each three, five at most, as many again by
  chance.
- ORDERS COME from the day before until booking closes; of those for a later window, seven in ten in the hours before
  it.
"""

from dataclasses import dataclass
from math import exp
from random import Random

from parvis.demo.council.scene import HOUR, Scene

WEEK = (0.80, 0.85, 0.95, 0.95, 1.20, 1.25)  # Monday to Saturday
DAY_SIGMA = 0.12
ARTICLES = ((1, 22), (2, 16), (3, 13), (4, 10), (5, 9), (6, 7), (7, 6), (8, 4), (9, 4), (11, 4), (14, 3), (19, 2))
GRAMS = (125, 200, 250, 330, 400, 500, 750, 1000)
MOST_SHOPS = 5
SOON = 0.7  # of orders for a later window: placed since an hour before the one before


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants. ``placed`` in seconds from midnight, below zero on the day before; ``span`` the window."""

    number: int
    placed: int
    place: int
    grams: int
    millilitres: int
    bags: int
    span: int

    @property
    def id(self) -> str:
        """Its name in a plan."""
        return f"{self.number:04d}"


def orders_of(scene: Scene, mean: float, day: int, seed: int) -> list[Order]:
    """The orders of day number ``day`` (0 is a Monday) of a demand of ``mean`` a day, in the order of the clock."""
    draw = Random(f"{seed} day {day}")
    lively = exp(draw.gauss(0.0, DAY_SIGMA) - DAY_SIGMA**2 / 2)
    count = _poisson(mean * WEEK[day % len(WEEK)] * lively, draw)
    # Each order has its own stream: a busier day has the orders of a calm one, and more.
    found = [_order(scene, number, Random(f"{seed} day {day} order {number}")) for number in range(count)]
    return sorted(found, key=lambda order: (order.placed, order.number))


def _order(scene: Scene, number: int, draw: Random) -> Order:
    articles = draw.choices([n for n, _ in ARTICLES], [weight for _, weight in ARTICLES])[0]
    weights = [draw.choice(GRAMS) for _ in range(articles)]
    span = draw.randrange(len(scene.spans))
    return Order(
        number=number,
        placed=_moment(scene, span, draw),
        place=draw.randint(1, scene.doors),
        grams=sum(weights),
        millilitres=sum(round(grams * draw.uniform(1.2, 2.4)) for grams in weights),
        bags=draw.randint(1, min(MOST_SHOPS, 1 + articles // 3)),
        span=span,
    )


def _moment(scene: Scene, span: int, draw: Random) -> int:
    earliest = scene.spans[0].starts - 25 * HOUR
    if span > 0 and draw.random() < SOON:
        earliest = scene.spans[span - 1].starts - HOUR
    latest = scene.spans[span].closes - 300
    return round(draw.uniform(min(earliest, latest), latest))


def _poisson(mean: float, draw: Random) -> int:
    """Arrivals of independent people, counted one after the other (exact, and quick enough for hundreds)."""
    count, clock = 0, draw.expovariate(1.0)
    while clock < mean:
        count, clock = count + 1, clock + draw.expovariate(1.0)
    return count
