"""A month's money as lines of words and cents: what page, PDF and CSV say alike. The last line is the sum."""

from django.utils.translation import gettext as _

from parvis.market.fee_papers import fee_name
from parvis.market.shop_account import AccountMonth
from parvis.market.statement import Statement

type Rows = list[tuple[str, int]]


def paid_rows(statement: Statement) -> Rows:
    """What buyers owed, what was sold, how it was paid, what they still owe."""
    rows = [
        (_("Still to be paid when the month began"), statement.owed_before),
        (_("Sold, VAT included"), statement.gross_sold),
        (_("Refused, missing or sent back after the sale"), statement.gross_back),
        (_("Paid at your counter or to your courier"), -statement.own_till),
        (_("Paid to the town's riders"), -statement.town_till),
        (_("Paid online"), -statement.online),
        (_("Paid with vouchers"), -statement.vouchers),
    ]
    kept = [row for number, row in enumerate(rows) if row[1] or number in {0, 1}]
    return [*kept, (_("Still to be paid by buyers"), statement.owed_after)]


def account_rows(account: AccountMonth) -> Rows:
    """What the town held for the shop, what came in, what it was charged and paid, what is carried forward."""
    rows = [
        (_("Riders took for you"), account.takings[0]),
        (_("Riders' takings given back to buyers"), account.takings[1]),
        (_("Buyers paid online"), account.online[0]),
        (_("Given back to buyers online"), account.online[1]),
        (_("Vouchers"), account.vouchers),
        *((f"{fee_name(line.kind)}, {_('with VAT')}", -line.cents) for line in account.fees),
        (_("Handed on by the provider"), -sum(p.cents for p in account.payouts if p.online)),
        (_("Paid between the town and you"), -sum(p.cents for p in account.payouts if not p.online)),
    ]
    return [
        (_("Brought forward: the town owed you"), account.before.balance),
        *(row for row in rows if row[1]),
        (_("Carried forward: the town owes you"), account.carried),
    ]
