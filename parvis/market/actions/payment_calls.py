"""Speaking to the provider: each call under the lock of its row, and what its answer changes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.db import transaction

from parvis.core import audit
from parvis.market import ledger_online
from parvis.market.actions.payment_answers import absorb, lock_payment, look_at, withdraw, write
from parvis.market.clients import Asked, Back, Client, GiveUp, Seen, TryLater
from parvis.market.models import Part, PaymentEvent, ProviderCall
from parvis.market.paying.next_steps import Verb
from parvis.market.paying.offering import client_of

SLOWEST = timedelta(hours=1)
Kind = PaymentEvent.Kind


def make_call(call: ProviderCall, *, at: datetime) -> bool:
    """Ask the provider for one thing, under the lock of its row; True when it is done.

    That it is being tried is committed first: whoever finds a row tried before, without an answer, knows that the
    answer may have been lost.
    """
    with transaction.atomic():
        trying = ProviderCall.objects.select_for_update(skip_locked=True).filter(pk=call.pk).first()
        if trying is None or not trying.is_open:  # somebody else speaks to the provider, or has
            return False
        trying.attempts += 1
        trying.save(update_fields=["attempts"])
    with transaction.atomic():
        locked = ProviderCall.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=call.pk)
        found = locked.select_related("payment__town", "payment__order", "part__shop").first()
        if found is None or not found.is_open:
            return False
        try:
            client = client_of(found.payment.town, found.payment.provider)
            seen = _VERBS[found.verb](client, found)
        except TryLater as error:
            wait = min(timedelta(seconds=15 * 2 ** min(found.attempts, 10)), SLOWEST)
            found.error, found.next_try_at = str(error)[:300], at + wait
            look_at(lock_payment(found.payment_id), found.next_try_at)
        except GiveUp as error:
            found.error, found.given_up_at = str(error)[:300], at
            _refused(found, at)
        else:
            found.error, found.done_at = "", at
            payment = lock_payment(found.payment_id)
            if found.part is not None:
                sign = -1 if found.verb == Verb.REVERSE else 1
                ledger_online.post_payout(found.part, found.key, sign * found.amount_cents, at=at)
            for pk, _account, cents in found.back:
                part = Part.objects.select_related("order", "shop").get(pk=pk)
                ledger_online.post_payout(part, f"{found.key}:{pk}", -cents, at=at)
            if found.verb == Verb.OPEN:
                payment.session = found.reference
                payment.save(update_fields=["session"])
            if seen is not None:
                absorb(payment, seen, at)
        found.save()
    return found.done_at is not None


def _refused(call: ProviderCall, at: datetime) -> None:
    """The provider will not do it. Without a page nobody can pay; everything else is for somebody to look at."""
    audit.record("provider_refuses", call, at=at, town_id=call.town_id, wanted=call.verb, error=call.error)
    if call.verb == Verb.OPEN:
        payment = lock_payment(call.payment_id)
        write(payment, Kind.FAILED, "failed", 0, at, call.error)
        withdraw(payment, at)


def _open(client: Client, call: ProviderCall) -> Seen | None:
    said, payment = call.request, call.payment
    opened = client.open(
        Asked(
            key=call.key,
            payment=str(payment.pk),
            order=payment.order.code,
            title=said["title"],
            cents=call.amount_cents,
            currency=said["currency"],
            language=said["language"],
            back_url=said["back_url"],
            news_url=said["news_url"],
            closes_at=datetime.fromtimestamp(said["closes_at"], tz=UTC),
        )
    )
    call.reference, call.result = opened.session, {"url": opened.url}
    return None


def _close(client: Client, call: ProviderCall) -> Seen | None:
    return client.close(call.key, call.payment.session)


def _capture(client: Client, call: ProviderCall) -> Seen | None:
    return client.capture(call.key, call.payment.session, call.payment.reference, call.amount_cents)


def _cancel(client: Client, call: ProviderCall) -> Seen | None:
    return client.cancel(call.key, call.payment.session, call.payment.reference)


def _refund(client: Client, call: ProviderCall) -> Seen | None:
    back = tuple(Back(account, cents) for _part, account, cents in call.back)
    return client.refund(call.key, call.payment.session, call.payment.reference, call.amount_cents, back)


def _transfer(client: Client, call: ProviderCall) -> Seen | None:
    payment, group = call.payment, call.payment.order.code
    tried = client.sent(call.key, group=group, charge=payment.charge) if call.attempts > 1 else ""
    call.reference = tried or client.transfer(
        call.key,
        account=call.request["account"],
        cents=call.amount_cents,
        currency=call.request["currency"],
        group=group,
        charge=payment.charge,
    )
    return None


def _reverse(client: Client, call: ProviderCall) -> Seen | None:
    transfer, payment = call.request["transfer"], call.payment
    known = {"group": payment.order.code, "charge": payment.charge, "transfer": transfer}
    tried = client.sent(call.key, **known) if call.attempts > 1 else ""
    call.reference = tried or client.reverse(call.key, transfer, call.amount_cents)
    return None


_VERBS: dict[str, Callable[[Client, ProviderCall], Seen | None]] = {
    Verb.OPEN: _open,
    Verb.CLOSE: _close,
    Verb.CAPTURE: _capture,
    Verb.CANCEL: _cancel,
    Verb.REFUND: _refund,
    Verb.TRANSFER: _transfer,
    Verb.REVERSE: _reverse,
}
