"""What a new shop need not decide on its first day: how shops of its trade usually serve, and how long they prepare."""

from parvis.market.models import Modality

_BY_POST = frozenset({"bookshop", "toys", "tea-coffee", "chocolate", "wine", "household", "clothing", "beauty"})
_MINUTES = {
    "bakery": 30,
    "greengrocer": 45,
    "butcher": 60,
    "fishmonger": 60,
    "delicatessen": 60,
    "florist": 90,
    "bookshop": 30,
}
USUAL_POST_CENTS = 690


def ways_of(trade: str, *, has_hub: bool) -> dict[str, bool]:
    """Each way to serve, and whether a shop of ``trade`` begins with it. The town's bikes need a depot."""
    return {
        Modality.Kind.COLLECT: True,
        Modality.Kind.BIKE: has_hub,
        Modality.Kind.SHOP: False,
        Modality.Kind.POST: trade in _BY_POST,
    }


def minutes_of(trade: str) -> int:
    """How long an order usually takes to prepare."""
    return _MINUTES.get(trade, 60)
