"""What things cost: pure functions of amounts, the only place where money is reckoned.

``totals`` adds up lines, ``discounts`` lowers them, ``vouchers`` says what a voucher pays, ``delivery`` who bears the
bikes, ``commission`` what the town keeps, ``movements`` the two sides of each movement, ``steps`` says it all in words.
"""

from parvis.market.pricing import movements
from parvis.market.pricing.commission import Commission, commission_on
from parvis.market.pricing.delivery import FeeRule, FeeShares, share_fee
from parvis.market.pricing.discounts import discounted
from parvis.market.pricing.steps import Step
from parvis.market.pricing.totals import DEPOSIT_VAT_BP, Priced, Total, bike_fee, total_of
from parvis.market.pricing.vouchers import Terms, paid_now, shares_of

__all__ = [
    "DEPOSIT_VAT_BP",
    "Commission",
    "FeeRule",
    "FeeShares",
    "Priced",
    "Step",
    "Terms",
    "Total",
    "bike_fee",
    "commission_on",
    "discounted",
    "movements",
    "paid_now",
    "share_fee",
    "shares_of",
    "total_of",
]
