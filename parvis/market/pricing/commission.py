"""What the town keeps of a sale, if it keeps anything: a rate on the goods without VAT, and VAT on the fee apart.

The commission is a service of the town to the shop, with an invoice and a VAT of its own; it changes neither what the
buyer pays nor the VAT inside it. (Directive 2006/112/EC, article 73: the buyer's price is the shop's taxable amount;
article 28 does not apply, since the town sells in the shop's name.)
"""

from dataclasses import dataclass
from fractions import Fraction

from parvis.core.money import round_half_up


@dataclass(frozen=True, slots=True)
class Commission:
    """The town's fee without VAT, and the VAT on it, in cents."""

    net: int
    vat: int

    @property
    def cents(self) -> int:
        """What the shop owes for it."""
        return self.net + self.vat


def commission_on(net_cents: int, *, rate_bp: int, vat_bp: int) -> Commission:
    """The commission on goods of ``net_cents`` without VAT; rates in basis points, each rounded half up once.

    >>> commission_on(1000, rate_bp=300, vat_bp=2000)
    Commission(net=30, vat=6)
    """
    net = round_half_up(Fraction(net_cents * rate_bp, 10_000))
    return Commission(net, round_half_up(Fraction(net * vat_bp, 10_000)))
