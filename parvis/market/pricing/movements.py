"""The two sides of each movement of money, as account names and cents that add up to zero: pure, posted by ``ledger``.

Debits are positive, credits negative. What each account holds stands in ``parvis/market/models/ledger.py``.
"""

from collections.abc import Mapping

from parvis.market.pricing.commission import Commission
from parvis.market.pricing.totals import Total

Entries = dict[str, int]
NO_LINE = "town"  # a voucher that no fund pays is paid from the town's budget


def sale(*, buyer: str, seller: str, vat: str, total: Total) -> Entries:
    """Something was sold: the buyer owes it, the seller has earned it without its VAT."""
    return {buyer: total.cents, seller: -total.net, vat: -total.vat_cents}


def corrected(*, buyer: str, seller: str, vat: str, before: Total, after: Total) -> Entries:
    """Less (or more) was sold than was posted: the difference of two totals, each reckoned from its lines.

    Never a rounding of the difference itself: what was posted plus what corrects it is exactly the second total.
    """
    return {
        buyer: after.cents - before.cents,
        seller: before.net - after.net,
        vat: before.vat_cents - after.vat_cents,
    }


def payment(*, buyer: str, till: str, cents: int) -> Entries:
    """The buyer has paid into a till."""
    return {till: cents, buyer: -cents}


def voucher(*, buyer: str, shop: str, cents: int, line: str = "") -> Entries:
    """A voucher pays for the buyer: the town owes it to the shop; a fund's line turns its promise into a debt."""
    entries = {f"voucher:{shop}:{line or NO_LINE}": cents, buyer: -cents}
    if line:
        entries |= {f"fund:{line}:promised": cents, f"fund:{line}:due": -cents}
    return entries


def shop_paid(*, shop: str, by_line: Mapping[str, int], takings: int = 0, fees: int = 0) -> Entries:
    """The town pays what it holds for a shop: for vouchers, of each line so much, and what its riders took.

    What the shop owes for commission and bikes is kept of it; below zero to the bank, the shop has paid the rest.
    """
    entries = {f"bank:{shop}": sum(by_line.values()) + takings - fees, "till:town": -takings}
    entries |= {f"kept:{shop}": fees, f"owes:{shop}": -fees, "bank:town": fees}
    for line, cents in by_line.items():
        entries[f"voucher:{shop}:{line}"] = -cents
        if line != NO_LINE:
            entries |= {f"fund:{line}:due": cents, f"fund:{line}:paid": -cents}
    return entries


def fund_moves(*, line: str, cents: int, from_stage: str, to_stage: str) -> Entries:
    """Money of a fund's line goes from one stage to the next: free, promised, due, paid."""
    return {f"fund:{line}:{from_stage}": cents, f"fund:{line}:{to_stage}": -cents}


def allotted(*, line: str, cents: int) -> Entries:
    """The council gives a line money from its budget."""
    return {"town:budget": cents, f"fund:{line}:free": -cents}


def commission(*, shop: str, fee: Commission) -> Entries:
    """The town's fee on a sale: the shop owes it with its VAT."""
    return {f"owes:{shop}": fee.cents, "town:commission": -fee.net, "vat:town": -fee.vat}


def delivery_share(*, shop: str, total: Total) -> Entries:
    """A shop's share of a delivery by bike, VAT inside: the shop owes it to the town."""
    return {f"owes:{shop}": total.cents, "town:delivery": -total.net, "vat:town": -total.vat_cents}


def kept(*, shop: str, cents: int) -> Entries:
    """The town keeps what a shop owes it of the money held for the shop: money moves, and so does the debt."""
    moved = {"online:town": cents, f"online:{shop}": -cents}
    return moved | {f"kept:{shop}": cents, f"owes:{shop}": -cents}


def opposite(entries: Mapping[str, int]) -> Entries:
    """The movement that undoes another."""
    return {account: -cents for account, cents in entries.items()}
