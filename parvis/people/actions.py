"""What changes an organisation."""

from datetime import datetime

from django.db import transaction

from parvis.core import audit
from parvis.people.iban import read_iban
from parvis.people.models import BankAccount, Organisation, Person


@transaction.atomic
def keep_bank_account(*, organisation: Organisation, holder: str, iban: str, at: datetime, by: Person) -> bool:
    """From now on ``organisation`` is paid there. True when another account was known before.

    Raises BadIban. The organisation is locked, so that two browsers leave one account.
    """
    iban = read_iban(iban)
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    known = BankAccount.objects.filter(organisation=organisation, replaced_at=None).first()
    if known is not None and (known.iban, known.holder) == (iban, holder):
        return False
    BankAccount.objects.filter(organisation=organisation, replaced_at=None).update(replaced_at=at)
    account = BankAccount.objects.create(
        town_id=organisation.town_id, organisation=organisation, holder=holder, iban=iban, at=at, by=by
    )
    audit.record("organisation.account", account, at=at, town_id=organisation.town_id, actor=by)
    return known is not None and known.iban != iban
