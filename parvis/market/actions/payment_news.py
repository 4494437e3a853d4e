"""News of a provider (web hooks): kept first, handled later. Late, twice, in any order: each one only makes us ask."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from parvis.core.ids import new_id
from parvis.market.actions import payment_looks
from parvis.market.models import MerchantAccount, Payment, ProviderEvent
from parvis.market.paying.offering import client_of
from parvis.towns.models import Town

MOST = 200


def take(town: Town, provider: str, body: bytes, signature: str, *, at: datetime) -> ProviderEvent | None:
    """Keep a piece of news; None when it is known already, or when nobody has signed it and it is about nothing here.

    Raises GiveUp for a message that cannot be the provider's, NoKey where the town has no such provider.
    """
    client = client_of(town, provider)
    news = client.news(body, signature)
    number = news.event_id
    if not client.abilities.signs_news:
        waiting = ProviderEvent.objects.filter(town=town, provider=provider, about=news.about, handled_at=None)
        if waiting.exists() or not _payments(town, news.about):
            return None  # the one that waits makes us ask as well; what is about nothing makes nobody ask
        number = f"{next(iter(news.about.values()))}:{new_id()}"  # the same words come at each change
    with transaction.atomic():
        event, new = ProviderEvent.objects.get_or_create(
            town=town,
            provider=provider,
            event_id=number,
            defaults={"kind": news.kind[:80], "about": news.about, "received_at": at},
        )
        if new:
            from parvis.market.tasks import handle_news

            handle_news.defer(event_id=str(event.pk))
    return event if new else None


def handle(event_id: UUID, *, at: datetime) -> None:
    """Ask the provider about whatever the news names. What it says about itself is not believed."""
    event = ProviderEvent.objects.select_related("town").filter(pk=event_id, handled_at=None).first()
    if event is None:
        return
    if (account := event.about.get("account")) and event.kind.startswith("account."):
        from parvis.market.actions.accounts import look_at_account

        known = MerchantAccount.objects.filter(town=event.town, provider=event.provider, reference=account).first()
        if known is not None:
            look_at_account(known, at=at)
    for pk in _payments(event.town, event.about):
        Payment.objects.filter(pk=pk).update(next_look_at=at)  # so that the periodic task asks, should we be stopped
        payment_looks.look(pk, at=at)
    ProviderEvent.objects.filter(pk=event.pk).update(handled_at=at)


def handle_waiting(*, at: datetime) -> None:
    """News whose job was lost."""
    waiting = ProviderEvent.objects.filter(handled_at=None).order_by("received_at")
    for pk in list(waiting.values_list("pk", flat=True)[:MOST]):
        handle(pk, at=at)


def _payments(town: Town, about: dict[str, str]) -> list[UUID]:
    named = Q(pk__in=[])
    if about.get("payment"):
        named |= Q(pk=about["payment"])
    names = (
        ("session", "session"),
        ("checkout.session", "session"),
        ("payment_intent", "reference"),
        ("charge", "charge"),
    )
    for name, field in names:
        if about.get(name):
            named |= Q(**{field: about[name]})
    try:
        return list(Payment.objects.filter(named, town=town).values_list("pk", flat=True))
    except ValidationError:  # somebody wrote something else into the payment's own notes at the provider
        return []
