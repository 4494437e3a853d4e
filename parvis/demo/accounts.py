"""Where some shops of the demonstration are paid, one of them since yesterday: what the agent's list has to show."""

from datetime import datetime, timedelta

from parvis.market.models import Shop
from parvis.people.actions import keep_bank_account
from parvis.people.models import BankAccount, Role
from parvis.towns.models import Town

# The examples of SWIFT's registry of IBANs: nobody's accounts.
IBANS = {"FR": "FR1420041010050500013M02606", "BE": "BE68539007547034"}
OTHER = "NL91ABNA0417164300"


def write_accounts(town: Town, *, at: datetime) -> None:
    """Every shop that somebody speaks for has an account; the first of them another one since yesterday. Once."""
    if town.country not in IBANS or BankAccount.objects.filter(town=town).exists():
        return
    roles = Role.objects.filter(town=town, kind=Role.Kind.MERCHANT, person__is_demo=True).select_related("person")
    for number, role in enumerate(roles.exclude(organisation=None).select_related("organisation").order_by("pk")):
        shop = Shop.objects.filter(organisation=role.organisation_id, is_open=True).first()
        if shop is None or role.organisation is None:
            continue
        numbers = [(IBANS[town.country], 90), (OTHER, 1)] if number == 0 else [(IBANS[town.country], 90)]
        for iban, days in numbers:
            keep_bank_account(
                organisation=role.organisation,
                holder=shop.name,
                iban=iban,
                at=at - timedelta(days=days),
                by=role.person,
            )
