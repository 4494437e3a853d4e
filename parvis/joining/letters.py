"""What a new shop is told by mail, in its language; each letter has a key and leaves once."""

from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from parvis.core import outbox
from parvis.joining.models import Invitation, Opening
from parvis.market.models import Shop
from parvis.people.models import Organisation, Person, Role
from parvis.towns.links import town_url
from parvis.towns.models import Town


def invitation(invitation: Invitation, secret: str, language: str) -> None:
    """The link that makes somebody the merchant of a shop. The secret stands in this letter and nowhere else."""
    opening = invitation.opening
    _send(
        f"invitation:{invitation.pk}",
        "joining/mail/invitation.txt",
        opening.town,
        invitation.email,
        language,
        name=invitation.name,
        shop=opening.shop,
        until=invitation.expires_at,
        url=town_url(opening.town, reverse("invitation", args=[secret])),
    )


def shop_opened(opening: Opening) -> None:
    """The shop is on the market."""
    shop, town = opening.shop, opening.town
    for person in people_of(shop.organisation):
        _send(
            f"shop-opened:{opening.pk}:{person.pk}",
            "joining/mail/opened.txt",
            town,
            person.email,
            person.language,
            shop=shop,
            shop_url=town_url(town, reverse("shop", args=[shop.slug])),
            orders_url=town_url(town, reverse("merchant-orders", args=[shop.slug])),
        )


def account_changed(shop: Shop, key: str, by: Person) -> None:
    """Money goes to another account from now on: whoever speaks for the shop must hear of it, and the shop itself."""
    told = {person.email.lower(): person.language for person in people_of(shop.organisation)}
    if shop.organisation.email:
        told.setdefault(shop.organisation.email.lower(), "")
    for email, language in told.items():
        name = "joining/mail/account_changed.txt"
        _send(f"account-changed:{key}:{email}", name, shop.town, email, language, shop=shop, by=str(by))


def people_of(organisation: Organisation) -> list[Person]:
    """Who speaks for it, in the order in which they came."""
    roles = Role.objects.filter(organisation=organisation, kind=Role.Kind.MERCHANT, person__is_active=True)
    return [role.person for role in roles.select_related("person").order_by("pk")]


def _send(key: str, template: str, town: Town, to: str, language: str, **context: Any) -> None:
    if not outbox.is_wanted(to):
        return
    with translation.override(language or town.default_language), timezone.override(town.zone):
        text = render_to_string(template, {"town": town} | context)
    subject, _, body = text.strip().partition("\n")
    outbox.send_mail(key=key, to=to, subject=subject, body=body.strip() + "\n", town_id=town.pk)
