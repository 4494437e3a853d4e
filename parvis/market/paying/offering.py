"""Who can be paid online: a town with a key of a provider, and shops with an account there that it has checked."""

from collections.abc import Iterable
from uuid import UUID

from django.conf import settings

from parvis.market.clients import Client, TryLater
from parvis.market.models import Market, MerchantAccount, Provider, Shop
from parvis.towns.models import Town


def providers_of(town: Town) -> list[str]:
    """The providers whose keys the installation holds for this town; none where everything is paid on the spot."""
    keys = ((Provider.STRIPE, settings.STRIPE_KEYS), (Provider.MOLLIE, settings.MOLLIE_KEYS))
    return [provider.value for provider, held in keys if held.get(town.slug)]


def provider_of(town: Town) -> str:
    """The provider of new payments: the one that the town's agents have chosen, if it has several. Empty: none."""
    held = providers_of(town)
    if len(held) < 2:
        return "".join(held)
    chosen = Market.objects.filter(town=town).values_list("provider", flat=True).first()
    return chosen if chosen in held else held[0]


class NoKey(TryLater):
    """The installation holds no key of this provider for the town: not now, or not any more."""


def client_of(town: Town, provider: str) -> Client:
    """The way to the town's account at a provider. Raises NoKey."""
    # both are heavy, and most towns never need them
    if provider == Provider.STRIPE and settings.STRIPE_KEYS.get(town.slug):
        from parvis.market.clients.stripe import StripeClient

        return StripeClient(settings.STRIPE_KEYS[town.slug], settings.STRIPE_HOOK_SECRETS.get(town.slug, ""))
    if provider == Provider.MOLLIE and settings.MOLLIE_KEYS.get(town.slug):
        from parvis.market.clients.mollie import MollieClient

        return MollieClient(
            settings.MOLLIE_KEYS[town.slug],
            currency=town.currency,
            profile=settings.MOLLIE_PROFILES.get(town.slug, ""),
            app=settings.MOLLIE_APPS.get(town.slug, ""),
        )
    raise NoKey(f"no key of {provider}")


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
