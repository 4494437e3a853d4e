"""Every night the provider's own account is copied, and each difference from the ledger is named."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat

from parvis.core import audit
from parvis.market import ledger_online
from parvis.market.actions import payment_looks
from parvis.market.actions.accounts import look_at_account
from parvis.market.clients import GiveUp, TryLater
from parvis.market.models import LedgerTransaction, MerchantAccount, Payment, ProviderMovement
from parvis.market.paying.offering import client_of, providers_of
from parvis.towns.models import Town

OVERLAP = timedelta(days=3)  # a line may appear a little after its own time
FIRST = timedelta(days=90)
REACH = timedelta(days=60)


def reconcile_all_towns(*, at: datetime) -> None:
    """Copy the account of each town that is paid online, and look again at whatever may miss a step."""
    for town in Town.objects.filter(slug__in={*settings.STRIPE_KEYS, *settings.MOLLIE_KEYS}):
        with suppress(TryLater, GiveUp):  # tomorrow's night copies what is missing
            copy_movements(town, at=at)
        for account in MerchantAccount.objects.filter(town=town, charges_enabled=False).select_related("town"):
            with suppress(TryLater, GiveUp):
                look_at_account(account, at=at)
        for pk in Payment.objects.filter(town=town, asked_at__gte=at - REACH).values_list("pk", flat=True):
            payment_looks.look(pk, at=at)


def copy_movements(town: Town, *, at: datetime, by: Any = None) -> int:
    """Copy what is new in the account at each of the town's providers; how many lines.

    What a provider keeps for its work is posted from these lines where it does not say so beside the payment.
    Raises TryLater or GiveUp as the provider does.
    """
    new = sum(_copy(town, provider, at) for provider in providers_of(town))
    if providers_of(town):
        _post_to_bank(town)
        audit.record("copy_movements", town, at=at, town_id=town.pk, actor=by, lines=new)
    return new


def _copy(town: Town, provider: str, at: datetime) -> int:
    client = client_of(town, provider)
    known = ProviderMovement.objects.filter(town=town, provider=provider).order_by("-at").first()
    lines = list(client.movements(known.at - OVERLAP if known else at - FIRST))
    new = 0
    for line in lines:
        payment = _payment_of(town, line.sources)
        with transaction.atomic():
            _movement, created = ProviderMovement.objects.get_or_create(
                town=town,
                provider=provider,
                reference=line.reference,
                defaults={
                    "kind": line.kind,
                    "amount_cents": line.cents,
                    "fee_cents": line.fee_cents,
                    "at": line.at,
                    "source": line.sources[0] if line.sources else "",
                    "payment": payment,
                },
            )
            if created and payment and line.fee_cents and not client.abilities.says_fees:
                ledger_online.post_cost(payment, line.fee_cents, line=line.reference, at=at)
        new += created
    return new


def _post_to_bank(town: Town) -> None:
    """Payouts to the town's bank and the provider's own fees, as far as they are copied and not posted yet."""
    key = Concat(Value("provider-line:"), Cast(OuterRef("pk"), CharField()), output_field=CharField())
    lines = ProviderMovement.objects.filter(town=town, kind__in=ledger_online.BANK | ledger_online.OWN_FEES)
    for line in lines.exclude(Exists(LedgerTransaction.objects.filter(key=key))).select_related("town").order_by("at"):
        ledger_online.post_to_bank(line)


def _payment_of(town: Town, sources: tuple[str, ...]) -> Payment | None:
    """The payment that a line belongs to, by any of the numbers that it names."""
    return (
        Payment.objects.filter(town=town, reference__in=sources).first()
        or Payment.objects.filter(town=town, charge__in=sources).first()
        or Payment.objects.filter(town=town, calls__reference__in=sources).first()
    )
