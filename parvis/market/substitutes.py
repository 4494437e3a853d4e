"""When a shop may give something else, and at what price: the buyer's word at checkout, and never dearer."""

from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _

from parvis.market.models import Line, Order
from parvis.market.weighing import weighed_cents


@dataclass(frozen=True, slots=True)
class Budget:
    """What is missing of a line would have cost so many cents, its deposits included."""

    cents: int

    def fits(self, instead: Line) -> bool:
        """Whether the substitute at its own price costs no more."""
        return instead.cents + instead.deposit_total <= self.cents

    def price_of(self, instead: Line) -> int | None:
        """The price of one, or of a kilo, so that the substitute costs no more; None where that cannot be."""
        left = self.cents - instead.deposit_total
        if left < 0 or (left == 0 and instead.cents > 0):
            return None
        if instead.cents <= left:
            return instead.unit_price_cents
        if not instead.by_weight:
            return left // instead.quantity or None
        price = int(Fraction(left * 1000, instead.weighs))
        assert weighed_cents(price, instead.weighs) <= left
        return price or None


def must_ask(order: Order, budget: Budget, instead: Line) -> str:
    """Why the buyer must be asked before (with ``%(name)s`` and ``%(other)s``), or nothing."""
    if order.if_missing == Order.IfMissing.LEAVE:
        return _("The buyer wants to go without %(name)s rather than get something else. Call before you replace it.")
    if order.if_missing == Order.IfMissing.CALL:
        return _("The buyer wants to be called before %(name)s is replaced.")
    if not budget.fits(instead):
        return _("%(other)s costs more than %(name)s. Ask the buyer; it is billed at the price of what was ordered.")
    return ""
