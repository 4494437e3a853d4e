"""What the online parts of an order cost as things stand, and for whom: read from rows loaded ``with_story``."""

from parvis.market.amounts_due import owed
from parvis.market.models import Modality, Order, Part
from parvis.market.part_fees import fees_of
from parvis.market.states import PartState

UNSETTLED = {PartState.RESERVED, PartState.PLACED, PartState.ACCEPTED}
GIVEN_UP = {PartState.REFUSED, PartState.CANCELLED}


def online_parts(order: Order) -> list[Part]:
    """The parts that are paid through the provider."""
    return [part for part in order.parts.all() if part.online]


def fee_is_online(order: Order) -> bool:
    """The bikes' fee goes with the payment when something paid online was to come by bike."""
    return any(part.kind == Modality.Kind.BIKE for part in online_parts(order))


def online_fee_cents(order: Order) -> int:
    """The bikes' fee as far as it is paid online."""
    return owed(order).bike_fee_cents if fee_is_online(order) else 0


def online_cents(order: Order) -> int:
    """What the buyer owes online in all as things stand: the amount to take in the end."""
    return sum(online_shares(order).values())


def most_online_cents(order: Order) -> int:
    """The amount to authorise: what is weighed may come to more than was asked, within the tolerance agreed to."""
    now, kept = owed(order), [part for part in online_parts(order) if part.state not in GIVEN_UP]
    return online_cents(order) + sum(part.most_cents - now.of(part).total.cents for part in kept)


def online_shares(order: Order) -> dict[str, int]:
    """The same, by the account that it is for: each shop, then the town for its bikes."""
    now = owed(order)
    shares = {f"online:{part.shop.slug}": now.of(part).cents for part in online_parts(order)}
    fee = online_fee_cents(order)
    return {account: cents for account, cents in (shares | {"online:town": fee}).items() if cents}


def is_settled(order: Order) -> bool:
    """Every online part is prepared, or will never be."""
    return all(part.state not in UNSETTLED for part in online_parts(order))


def is_given_up(order: Order) -> bool:
    """No online part is left."""
    return all(part.state in GIVEN_UP for part in online_parts(order))


def handed_over(part: Part) -> bool:
    """The goods are in the buyer's hands, or in the post."""
    return part.state == PartState.DONE or (part.kind == Modality.Kind.POST and part.state == PartState.SENT)


def kept_of(order: Order, part: Part) -> int:
    """What the town keeps of a part for its commission and the bikes: what is owed, at most what was paid online."""
    return min(fees_of(order, part).cents, owed(order).of(part).cents) if handed_over(part) else 0


def due_to_shop(order: Order, part: Part) -> int:
    """What is handed on to a shop once its goods are handed over: its part, less what it owes the town for it."""
    return owed(order).of(part).cents - kept_of(order, part) if handed_over(part) else 0
