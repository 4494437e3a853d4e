"""Online payment, exactly once. Each thing wanted of the provider is a row before it is a request.

``advance`` locks the payment, compares what should be with what is (``paying.next_steps``), writes down the step that
is missing and commits; then it locks that row, speaks to the provider and writes what came of it. Whoever is stopped
between any two of these finds the rest by calling ``advance`` again. Only what the provider says becomes an event.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.market import ledger_online
from parvis.market.actions.parts import tell_shops, withdraw_parts
from parvis.market.clients import Asked, Client, GiveUp, Seen, TryLater
from parvis.market.models import MerchantAccount, Order, Part, PartEvent, Payment, PaymentEvent, ProviderCall
from parvis.market.paying.amounts import (
    due_to_shop,
    is_given_up,
    is_settled,
    most_online_cents,
    online_cents,
    online_parts,
)
from parvis.market.paying.next_steps import Share, Standing, Step, Verb, next_step
from parvis.market.paying.offering import client_of, provider_of
from parvis.market.paying.states import PaymentState
from parvis.towns.links import town_url

MOST_STEPS = 20  # of one payment in one go
PAGE_STAYS = timedelta(minutes=45)  # beyond the reservation, so that asking again for the same page stays possible
PATIENCE = timedelta(minutes=10)  # after the reservation, for a provider that does not answer
LOOK_AGAIN = timedelta(minutes=1)
LOOK_LATER = timedelta(hours=1)
LEAST_CENTS = 50  # providers take no less
SLOWEST = timedelta(hours=1)
Kind = PaymentEvent.Kind


def ask_payment(order: Order, *, at: datetime) -> Payment:
    """Ask the buyer of an order that was just placed to pay its online parts; nobody else hears of it until then.

    Call it in the transaction that places the order.
    """
    order = Order.objects.with_story().select_related("town").get(pk=order.pk)
    if online_cents(order) < LEAST_CENTS:
        raise Refusal(_("This is too little to be paid online. Choose to pay when you have it."))
    payment = Payment.objects.create(
        town=order.town,
        order=order,
        provider=provider_of(order.town),
        amount_cents=most_online_cents(order),
        asked_at=at,
        expires_at=at + timedelta(minutes=settings.PAYMENT_MINUTES),
        next_look_at=at,
    )
    audit.record("ask_payment", payment, at=at, town_id=order.town_id, cents=payment.amount_cents)
    return payment


def settle_order(order_id: UUID, *, at: datetime) -> None:
    """Do what each payment of an order needs now."""
    for pk in Payment.objects.filter(order=order_id).values_list("pk", flat=True):
        advance(pk, at=at)


def advance(payment_id: UUID, *, at: datetime) -> None:
    """Make every step that is missing, as far as the provider answers."""
    for _step in range(MOST_STEPS):
        call = _plan(payment_id, at)
        if call is None or not make_call(call, at=at):
            return


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
                _absorb(_locked(payment_id), seen, at)
    advance(payment_id, at=at)


def tend(*, at: datetime) -> None:
    """Look at every payment whose time has come: the periodic task, and the way back after anything was lost."""
    for pk in list(Payment.objects.due(at).values_list("pk", flat=True)[:200]):
        look(pk, at=at)


@transaction.atomic
def try_again(order: Order, *, at: datetime) -> Payment:
    """Another attempt where the last one came to nothing while goods are still wanted. Raises Refusal otherwise."""
    last = Payment.objects.select_for_update().filter(order=order).order_by("-attempt").first()
    if last is None:
        raise Refusal(_("This order is paid on the spot."))
    fresh = _order_of(last)
    if last.state not in {PaymentState.CANCELLED, PaymentState.FAILED} or is_given_up(fresh):
        return last
    return Payment.objects.create(
        town_id=last.town_id,
        order=order,
        attempt=last.attempt + 1,
        provider=last.provider,
        amount_cents=most_online_cents(fresh),
        asked_at=at,
        expires_at=at + timedelta(minutes=settings.PAYMENT_MINUTES),
        next_look_at=at,
    )


def _locked(payment_id: UUID) -> Payment:
    Payment.objects.select_for_update().get(pk=payment_id)
    return Payment.objects.with_story().select_related("town").get(pk=payment_id)


def _order_of(payment: Payment) -> Order:
    return Order.objects.with_story().select_related("town").get(pk=payment.order_id)


# What is wanted


@transaction.atomic
def _plan(payment_id: UUID, at: datetime) -> ProviderCall | None:
    """The call to make now: one without an answer, or the step that is missing, written down. Else say when to look."""
    payment = _locked(payment_id)
    _let_go_of_goods(payment, at)
    calls = list(payment.calls.all())
    waiting = next((call for call in calls if call.is_open), None)
    if waiting is not None:
        if waiting.next_try_at <= at:
            return waiting
        _look_at(payment, waiting.next_try_at)
        return None
    order = _order_of(payment)
    standing = _standing(payment, order, calls)
    step = next_step(standing, at)
    if step is None or any(call.key == step.key for call in calls):  # given up once: somebody must look, see the page
        _look_at(payment, _next_look(standing, order, at))
        return None
    return ProviderCall.objects.create(
        town_id=payment.town_id,
        payment=payment,
        part=next((part for part in online_parts(order) if str(part.pk) == step.part), None),
        verb=step.verb,
        key=step.key,
        amount_cents=step.cents,
        request=_request(step, payment, order, at),
        wanted_at=at,
        next_try_at=at,
    )


def _look_at(payment: Payment, when: datetime | None) -> None:
    payment.next_look_at = when
    payment.save(update_fields=["next_look_at"])


def _next_look(standing: Standing, order: Order, at: datetime) -> datetime | None:
    if standing.state == PaymentState.AWAITING:
        return at + LOOK_AGAIN
    if standing.state in {PaymentState.CANCELLED, PaymentState.FAILED}:
        return None
    under_way = any(not part.state.is_over for part in online_parts(order))
    return at + LOOK_LATER if under_way or standing.state == PaymentState.AUTHORISED else None


def _let_go_of_goods(payment: Payment, at: datetime) -> None:
    """The reservation is over. A page that may still be paid is closed first, unless the provider stays away."""
    if payment.state != PaymentState.AWAITING or at < payment.expires_at:
        return
    opening = [call for call in payment.calls.all() if call.verb == Verb.OPEN]
    if not any(call.attempts for call in opening):  # no page can exist
        ProviderCall.objects.filter(pk__in=[call.pk for call in opening]).update(given_up_at=at)
        _write(payment, Kind.CANCELLED, "cancelled", 0, at)
        payment.refresh_from_db()
        _withdraw(payment, at)
    elif at >= payment.expires_at + PATIENCE:
        _withdraw(payment, at)  # whoever pays now after all gets the money back: next_step cancels it


def _withdraw(payment: Payment, at: datetime) -> None:
    with translation.override(payment.order.language):
        reason = _("not paid in time")
    withdraw_parts(Part.objects.filter(order=payment.order_id), at=at, reason=reason)


def _standing(payment: Payment, order: Order, calls: list[ProviderCall]) -> Standing:
    authorised = next((event for event in payment.events.all() if event.kind == Kind.AUTHORISED), None)
    done = {call.verb for call in calls if call.done_at}
    return Standing(
        payment=str(payment.pk),
        state=payment.state,
        sums=payment.sums,
        asked_cents=payment.amount_cents,
        owed_cents=online_cents(order),
        settled=is_settled(order),
        given_up=is_given_up(order),
        opened=Verb.OPEN in done,
        closed=Verb.CLOSE in done,
        expires_at=payment.expires_at,
        authorised_at=authorised.at if authorised else None,
        capture_before=payment.capture_before,
        shares=tuple(_share(payment, order, part, calls) for part in online_parts(order)),
    )


def _share(payment: Payment, order: Order, part: Part, calls: list[ProviderCall]) -> Share:
    moves = [call for call in calls if call.part_id == part.pk and call.done_at]
    sent = sum(-call.amount_cents if call.verb == Verb.REVERSE else call.amount_cents for call in moves)
    account = _account_of(payment, part)
    return Share(str(part.pk), due_to_shop(order, part), sent, len(moves), account is not None)


def _account_of(payment: Payment, part: Part) -> MerchantAccount | None:
    found = MerchantAccount.objects.filter(
        town_id=payment.town_id, organisation=part.shop.organisation_id, provider=payment.provider
    )
    return found.filter(charges_enabled=True).first()


def _request(step: Step, payment: Payment, order: Order, at: datetime) -> dict[str, Any]:
    """What the provider must be told, kept so that asking again is asking the very same."""
    if step.verb == Verb.OPEN:
        with translation.override(order.language):
            title = _("Order %(code)s, %(town)s") % {"code": order.code, "town": order.town.name}
        return {
            "title": title,
            "currency": order.town.currency,
            "language": order.language,
            "back_url": town_url(order.town, f"/orders/{order.code}/?key={order.secret}"),
            "news_url": town_url(order.town, f"/payments/{payment.provider}/"),
            "closes_at": (max(at, payment.expires_at) + PAGE_STAYS).timestamp(),
        }
    if step.verb == Verb.TRANSFER:
        part = next(part for part in online_parts(order) if str(part.pk) == step.part)
        account = _account_of(payment, part)
        return {"account": account.reference if account else "", "currency": order.town.currency}
    if step.verb == Verb.REVERSE:
        sent = [c for c in payment.calls.all() if str(c.part_id) == step.part and c.verb == Verb.TRANSFER and c.done_at]
        return {"transfer": sent[-1].reference}
    return {}


# What is asked for


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
            _look_at(_locked(found.payment_id), found.next_try_at)
        except GiveUp as error:
            found.error, found.given_up_at = str(error)[:300], at
            _refused(found, at)
        else:
            found.error, found.done_at = "", at
            payment = _locked(found.payment_id)
            if found.part is not None:
                sign = -1 if found.verb == Verb.REVERSE else 1
                ledger_online.post_payout(found.part, found.key, sign * found.amount_cents, at=at)
            if found.verb == Verb.OPEN:
                payment.session = found.reference
                payment.save(update_fields=["session"])
            if seen is not None:
                _absorb(payment, seen, at)
        found.save()
    return found.done_at is not None


def _refused(call: ProviderCall, at: datetime) -> None:
    """The provider will not do it. Without a page nobody can pay; everything else is for somebody to look at."""
    audit.record("provider_refuses", call, at=at, town_id=call.town_id, wanted=call.verb, error=call.error)
    if call.verb == Verb.OPEN:
        payment = _locked(call.payment_id)
        _write(payment, Kind.FAILED, "failed", 0, at, call.error)
        _withdraw(payment, at)


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
    return client.refund(call.key, call.payment.session, call.payment.reference, call.amount_cents)


def _transfer(client: Client, call: ProviderCall) -> Seen | None:
    payment, group = call.payment, call.payment.order.code
    tried = client.sent(call.key, group=group) if call.attempts > 1 else ""
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
    transfer = call.request["transfer"]
    tried = client.sent(call.key, group=call.payment.order.code, transfer=transfer) if call.attempts > 1 else ""
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


# What came of it


def _write(payment: Payment, kind: Kind, key: str, cents: int, at: datetime, reason: str = "") -> bool:
    """Add an event unless it is known."""
    _event, new = PaymentEvent.objects.get_or_create(
        payment=payment,
        key=key,
        defaults={
            "town_id": payment.town_id,
            "kind": kind,
            "amount_cents": cents,
            "at": at,
            "reason": reason[:200],
        },
    )
    return new


def _absorb(payment: Payment, seen: Seen, at: datetime) -> None:
    """Write the events that are new in what the provider says, and what follows from each. The payment is locked."""
    if seen.reference:
        payment.reference, payment.charge = seen.reference, seen.charge or payment.charge
        payment.capture_before = seen.capture_before or payment.capture_before
        payment.save(update_fields=["reference", "charge", "capture_before"])
    if seen.authorised_cents and _write(payment, Kind.AUTHORISED, "authorised", seen.authorised_cents, at):
        tell_shops(Part.objects.filter(order=payment.order_id), at=at)
    if seen.captured_cents and _write(payment, Kind.CAPTURED, "captured", seen.captured_cents, at):
        ledger_online.post_capture(payment, _order_of(payment), seen.captured_cents, at=at)
    if seen.fee_cents:
        ledger_online.post_cost(payment, seen.fee_cents, at=at)
    for refund in seen.refunds:
        if _write(payment, Kind.REFUNDED, f"refund:{refund.reference}", refund.cents, at):
            ledger_online.post_refund(_order_of(payment), refund.reference, refund.cents, at=at)
    for dispute in seen.disputes:
        _absorb_dispute(payment, dispute.reference, dispute.cents, dispute.won, at)
    ended = seen.cancelled or seen.failed
    if ended and not seen.captured_cents:
        kind = Kind.CANCELLED if seen.cancelled else Kind.FAILED
        if _write(payment, kind, str(kind), 0, at, seen.reason):
            _withdraw(payment, at)


def _absorb_dispute(payment: Payment, reference: str, cents: int, won: bool, at: datetime) -> None:
    if _write(payment, Kind.DISPUTED, f"dispute:{reference}", cents, at):
        ledger_online.post_dispute(payment.order, reference, cents, won=False, at=at)
        audit.record("payment_disputed", payment, at=at, town_id=payment.town_id, cents=cents)
    if won and _write(payment, Kind.DISPUTE_WON, f"won:{reference}", cents, at):
        ledger_online.post_dispute(payment.order, reference, cents, won=True, at=at)


def ask_again(call: ProviderCall, *, at: datetime, by: Any = None) -> bool:
    """Somebody has mended what made the provider refuse: the same thing, under the same key, once more.

    A provider may remember the refusal of a key for a day; then it refuses again.
    """
    ProviderCall.objects.filter(pk=call.pk).exclude(given_up_at=None).update(given_up_at=None, next_try_at=at)
    audit.record("ask_again", call, at=at, town_id=call.town_id, actor=by)
    advance(call.payment_id, at=at)
    return ProviderCall.objects.filter(pk=call.pk).exclude(done_at=None).exists()


def reserve(part: Part, *, at: datetime) -> None:
    """The part waits for its payment: its shop does not see it yet."""
    PartEvent.objects.create(town_id=part.town_id, part=part, kind=PartEvent.Kind.RESERVED, at=at)
