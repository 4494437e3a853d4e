"""A merchant's account at the provider: made once for each organisation, filled on the provider's page."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.market.clients import Merchant
from parvis.market.models import Market, MerchantAccount, Shop
from parvis.market.paying.offering import client_of, provider_of, providers_of
from parvis.people.models import Organisation
from parvis.towns.models import Town


def open_account(*, shop: Shop, at: datetime, by: Any = None) -> MerchantAccount:
    """The account of a shop's organisation, made at the provider if there is none.

    The key is the organisation: asked twice, or stopped before the answer was written, it is the same account.
    Raises TryLater or GiveUp as the provider does.
    """
    provider, merchant = provider_of(shop.town), _merchant(shop.organisation, shop.town.country, by)
    known = MerchantAccount.objects.filter(organisation=shop.organisation_id, provider=provider).first()
    if known is not None:
        return known
    made = client_of(shop.town, provider).open_account(merchant)
    with transaction.atomic():
        account, new = MerchantAccount.objects.get_or_create(
            organisation=shop.organisation,
            provider=provider,
            defaults={"town_id": shop.town_id, "reference": made.reference, "checked_at": at},
        )
        if new:
            audit.record("open_account", account, at=at, town_id=shop.town_id, actor=by)
    return account


def _merchant(organisation: Organisation, country: str, by: Any = None) -> Merchant:
    """Who is to be paid, as a provider asks for it."""
    return Merchant(
        key=f"account:{organisation.pk}",
        name=organisation.name,
        email=organisation.email or getattr(by, "email", ""),
        country=country,
        number=organisation.registration_number,
        person=getattr(by, "name", ""),
    )


def account_url(account: MerchantAccount, back_url: str, by: Any = None) -> str:
    """Where the merchant tells the provider who they are. Raises TryLater or GiveUp."""
    merchant = _merchant(account.organisation, account.town.country, by)
    return client_of(account.town, account.provider).account_url(account.reference, back_url, merchant)


def look_at_account(account: MerchantAccount, *, at: datetime) -> MerchantAccount:
    """Ask the provider whether the merchant can be paid, and under which number. Raises TryLater or GiveUp."""
    merchant = _merchant(account.organisation, account.town.country)
    seen = client_of(account.town, account.provider).account(account.reference, merchant)
    if seen.charges_enabled != account.charges_enabled:
        audit.record("account_checked", account, at=at, town_id=account.town_id, enabled=seen.charges_enabled)
    account.reference, account.charges_enabled, account.checked_at = seen.reference, seen.charges_enabled, at
    account.save(update_fields=["reference", "charges_enabled", "checked_at"])
    return account


@transaction.atomic
def choose_provider(*, town: Town, provider: str, at: datetime, by: Any = None) -> None:
    """New payments of the town go through this provider; those that have begun stay with theirs.

    Raises Refusal for one whose key the installation does not hold.
    """
    if provider not in providers_of(town):
        raise Refusal(_("Choose one of the providers."))
    if Market.objects.filter(town=town).exclude(provider=provider).update(provider=provider):
        audit.record("choose_provider", town, at=at, town_id=town.pk, actor=by, provider=provider)
