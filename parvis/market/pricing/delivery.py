"""Who bears what a delivery by the town's bikes costs: the buyer, the shops together, the town the rest."""

from collections.abc import Sequence
from dataclasses import dataclass

from parvis.core.money import split


@dataclass(frozen=True, slots=True)
class FeeRule:
    """A town's rule, in cents: ``cost`` of a delivery in all, what the buyer pays, what the shops bear together.

    From ``free_from`` of goods by bike the buyer pays nothing; ``shops_bear_free`` says that the shops take over then.
    Raises ValueError for amounts below zero. A cost below what is paid for it (or unknown, 0) leaves the town nothing.
    """

    buyer: int
    shops: int = 0
    cost: int = 0
    free_from: int | None = None
    shops_bear_free: bool = False

    def __post_init__(self) -> None:
        if min(self.buyer, self.shops, self.cost, self.free_from or 0) < 0:
            raise ValueError("nobody is paid for being delivered to")


@dataclass(frozen=True, slots=True)
class FeeShares:
    """One delivery's cost as it is borne; ``shops`` in the order in which they were given."""

    buyer: int
    shops: tuple[int, ...]
    town: int
    is_free: bool = False

    @property
    def cents(self) -> int:
        """The whole."""
        return self.buyer + sum(self.shops) + self.town


def share_fee(rule: FeeRule, goods: Sequence[int]) -> FeeShares:
    """Share one delivery of these shops' goods (cents of each). Shops share by what they sold, to the cent.

    >>> share_fee(FeeRule(buyer=0, shops=1000, cost=1000), [500, 500, 500]).shops
    (334, 333, 333)
    """
    whole = sum(goods)
    if whole <= 0:
        return FeeShares(0, (0,) * len(goods), 0)
    free = rule.free_from is not None and whole >= rule.free_from
    buyer = 0 if free else rule.buyer
    together = rule.shops + (rule.buyer if free and rule.shops_bear_free else 0)
    return FeeShares(buyer, tuple(split(together, goods)), max(0, rule.cost - buyer - together), free)
