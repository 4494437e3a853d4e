"""Looking at payments again: when news of the provider names one, every minute for those that are due, every night.

Whatever was lost (an answer, a web hook, the process itself) is found here; ``Payment.next_look_at`` says when.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from parvis.core import audit
from parvis.market.actions.payment_answers import absorb, lock_payment
from parvis.market.actions.payments import advance
from parvis.market.clients import GiveUp, TryLater
from parvis.market.models import Payment, ProviderCall
from parvis.market.paying.offering import client_of

MOST = 200


def look(payment_id: UUID, *, at: datetime) -> None:
    """Ask the provider how a payment stands, then make every step that is missing."""
    payment = Payment.objects.select_related("town").get(pk=payment_id)
    if payment.session:
        try:
            seen = client_of(payment.town, payment.provider).look(payment.session)
        except (TryLater, GiveUp):
            pass  # the next round asks again; calls keep their own patience
        else:
            with transaction.atomic():
                absorb(lock_payment(payment_id), seen, at)
    advance(payment_id, at=at)


def tend(*, at: datetime) -> None:
    """Look at every payment whose time has come: the periodic task, and the way back after anything was lost."""
    for pk in list(Payment.objects.due(at).values_list("pk", flat=True)[:MOST]):
        look(pk, at=at)


def ask_again(call: ProviderCall, *, at: datetime, by: Any = None) -> bool:
    """Somebody has mended what made the provider refuse: the same thing, under the same key, once more.

    A provider may remember the refusal of a key for a day; then it refuses again.
    """
    ProviderCall.objects.filter(pk=call.pk).exclude(given_up_at=None).update(given_up_at=None, next_try_at=at)
    audit.record("ask_again", call, at=at, town_id=call.town_id, actor=by)
    advance(call.payment_id, at=at)
    return ProviderCall.objects.filter(pk=call.pk).exclude(done_at=None).exists()
