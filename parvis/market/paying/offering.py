"""Who can be paid online: a town with a key of a provider, and shops with an account there that it has checked."""

from collections.abc import Iterable
from uuid import UUID

from django.conf import settings

from parvis.market.clients import Client
from parvis.market.models import MerchantAccount, Provider, Shop
from parvis.towns.models import Town


def provider_of(town: Town) -> str:
    """The provider whose key the installation holds for this town; empty where everything is paid on the spot."""
    return Provider.STRIPE if settings.STRIPE_KEYS.get(town.slug) else ""


def client_of(town: Town, provider: str) -> Client:
    """The way to the town's account at a provider."""
    from parvis.market.clients.stripe import StripeClient  # heavy, and most towns never need it

    if provider == Provider.STRIPE and town.slug in settings.STRIPE_KEYS:
        return StripeClient(settings.STRIPE_KEYS[town.slug], settings.STRIPE_HOOK_SECRETS.get(town.slug, ""))
    raise LookupError(f"{town.slug} has no key of {provider}")


def paid_online(town: Town, shops: Iterable[Shop]) -> set[UUID]:
    """Those of ``shops`` that can be paid online."""
    provider = provider_of(town)
    if not provider:
        return set()
    shops = list(shops)
    ready = MerchantAccount.objects.filter(
        town=town, provider=provider, charges_enabled=True, organisation__in=[shop.organisation_id for shop in shops]
    )
    organisations = set(ready.values_list("organisation", flat=True))
    return {shop.pk for shop in shops if shop.organisation_id in organisations}
