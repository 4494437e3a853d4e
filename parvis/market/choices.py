"""How each shop of a basket can serve, and what that costs: what the checkout page shows and ``place_order`` checks.

One description of a basket, made once, read by page and verb alike.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from parvis.delivery.skills import piece_needs, together
from parvis.market.models import Basket, BasketLine, Market, Modality, Product, Shop
from parvis.market.pricing import Priced, Total, bike_fee, total_of


@dataclass(frozen=True, slots=True)
class ShopBasket:
    """One shop's share of a basket, in the order in which things were added."""

    shop: Shop
    lines: tuple[BasketLine, ...]
    modalities: tuple[Modality, ...]

    @property
    def goods_cents(self) -> int:
        """What the goods cost; about, where some are weighed."""
        return sum(line.cents for line in self.lines)

    @property
    def deposits(self) -> int:
        """The deposits on bottles and jars."""
        return sum(line.deposit_cents for line in self.lines)

    @property
    def weighed(self) -> bool:
        """Whether something is sold by weight, so that the amount is still about."""
        return any(line.product.by_weight for line in self.lines)

    @property
    def offered(self) -> tuple[Modality, ...]:
        """The modalities whose minimum this basket reaches."""
        return tuple(m for m in self.modalities if self.short_of(m) == 0)

    def short_of(self, modality: Modality) -> int:
        """What is missing to reach the smallest order of the shop, and of this way to serve."""
        return max(0, self.shop.minimum_cents - self.goods_cents, modality.minimum_cents - self.goods_cents)

    @property
    def points(self) -> int:
        """Points of work to prepare the goods."""
        return sum(line.product.work * line.quantity for line in self.lines)

    @property
    def grams(self) -> int:
        """Weight of the goods."""
        return sum(line.product.grams * line.quantity for line in self.lines)

    @property
    def millilitres(self) -> int:
        """Volume of the goods."""
        return sum(line.product.millilitres * line.quantity for line in self.lines)

    @property
    def temperature(self) -> str:
        """The coldest that something in it needs: one frozen thing makes the bag a frozen one."""
        order = list(Product.Temperature.values)
        return max((line.product.temperature for line in self.lines), key=order.index, default=order[0])

    @property
    def needs(self) -> tuple[str, ...]:
        """What its pieces ask of a bike."""
        return together(piece_needs(line.product.grams, line.product.millilitres) for line in self.lines)

    def total(self, modality: Modality | None = None) -> Total:
        """Goods, and the shop's own fee for a modality (the bikes' fee belongs to the order)."""
        goods = [Priced(line.cents, line.product.vat_bp) for line in self.lines]
        fees = []
        if modality is not None and modality.kind != Modality.Kind.BIKE and modality.fee_cents:
            fees = [Priced(modality.fee_cents, modality.fee_vat_bp)]
        return total_of(goods, fees, self.deposits)


@dataclass(frozen=True, slots=True)
class Quote:
    """The whole basket with one modality chosen for each shop: what the buyer pays, to whom, and why."""

    shops: tuple[ShopBasket, ...]
    chosen: Mapping[UUID, Modality] = field(default_factory=dict)
    fee: Priced = field(default_factory=lambda: Priced(0, 0))

    @property
    def total(self) -> Total:
        """Everything."""
        parts = [share.total(self.chosen.get(share.shop.pk)) for share in self.shops]
        fees = [self.fee] if self.fee.cents else []
        return sum(parts, total_of([], fees))

    @property
    def goods(self) -> dict[UUID, int]:
        """What the goods cost, in cents by shop: what vouchers may pay."""
        return {share.shop.pk: share.total().goods for share in self.shops}

    @property
    def bike_goods(self) -> int:
        """What the goods cost that come by bike."""
        return sum(share.goods_cents for share in self.shops if _by_bike(self.chosen.get(share.shop.pk)))

    @property
    def by_bike(self) -> bool:
        """Whether at least one shop's goods come by bike."""
        return any(_by_bike(modality) for modality in self.chosen.values())

    @property
    def to_a_door(self) -> bool:
        """Whether an address is needed."""
        return any(m.kind != Modality.Kind.COLLECT for m in self.chosen.values())


def _by_bike(modality: Modality | None) -> bool:
    return modality is not None and modality.kind == Modality.Kind.BIKE


def shares(basket: Basket) -> tuple[ShopBasket, ...]:
    """A basket (loaded ``with_lines``) shop by shop, in the order of the first thing added."""
    by_shop: dict[Shop, list[BasketLine]] = {}
    for line in basket.lines.all():
        line.product.shop.town = basket.town  # one row for all shops
        by_shop.setdefault(line.product.shop, []).append(line)
    return tuple(
        ShopBasket(shop, tuple(lines), tuple(m for m in _sorted(shop.modalities.all()) if m.active))
        for shop, lines in by_shop.items()
    )


def _sorted(modalities: Iterable[Modality]) -> list[Modality]:
    order = [Modality.Kind.BIKE, Modality.Kind.COLLECT, Modality.Kind.SHOP, Modality.Kind.POST]
    return sorted(modalities, key=lambda m: order.index(Modality.Kind(m.kind)))


def quote(basket_shares: tuple[ShopBasket, ...], chosen: Mapping[UUID, Modality], market: Market) -> Quote:
    """Price a basket; ``chosen`` maps a shop's id to the modality the buyer wants."""
    asked = Quote(basket_shares, chosen)
    fee = bike_fee(asked.bike_goods, fee_cents=market.bike_fee_cents, free_from_cents=market.bike_free_from_cents)
    return replace(asked, fee=Priced(fee, market.bike_fee_vat_bp))
