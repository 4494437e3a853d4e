"""Online payment, exactly once. Each thing wanted of the provider is a row before it is a request.

``advance`` locks the payment, compares what should be with what is (``paying.next_steps``), writes down the step that
is missing and commits; then ``payment_calls.make_call`` locks that row, speaks to the provider and writes what came of
it (``payment_answers``). Whoever is stopped between any two of these finds the rest by calling ``advance`` again
(``payment_looks`` does, every minute).
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.market import ledger_fees
from parvis.market.actions.payment_answers import lock_payment, look_at, order_of, withdraw, write
from parvis.market.actions.payment_calls import make_call
from parvis.market.models import MerchantAccount, Order, Part, PartEvent, Payment, PaymentEvent, ProviderCall
from parvis.market.paying.amounts import (
    due_to_shop,
    is_given_up,
    is_settled,
    kept_of,
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


def reserve(part: Part, *, at: datetime) -> None:
    """The part waits for its payment: its shop does not see it yet."""
    PartEvent.objects.create(town_id=part.town_id, part=part, kind=PartEvent.Kind.RESERVED, at=at)


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


@transaction.atomic
def try_again(order: Order, *, at: datetime) -> Payment:
    """Another attempt where the last one came to nothing while goods are still wanted. Raises Refusal otherwise."""
    last = Payment.objects.select_for_update().filter(order=order).order_by("-attempt").first()
    if last is None:
        raise Refusal(_("This order is paid on the spot."))
    fresh = order_of(last)
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


@transaction.atomic
def _plan(payment_id: UUID, at: datetime) -> ProviderCall | None:
    """The call to make now: one without an answer, or the step that is missing, written down. Else say when to look."""
    payment = lock_payment(payment_id)
    _let_go_of_goods(payment, at)
    calls = list(payment.calls.all())
    waiting = next((call for call in calls if call.is_open), None)
    if waiting is not None:
        if waiting.next_try_at <= at:
            return waiting
        look_at(payment, waiting.next_try_at)
        return None
    order = order_of(payment)
    standing = _standing(payment, order, calls)
    _keep_fees(standing, order, at)
    step = next_step(standing, at)
    if step is None or any(call.key == step.key for call in calls):  # given up once: somebody must look, see the page
        look_at(payment, _next_look(standing, order, at))
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


def _next_look(standing: Standing, order: Order, at: datetime) -> datetime | None:
    if standing.state == PaymentState.AWAITING:
        return at + LOOK_AGAIN
    if standing.state == PaymentState.FAILED and at < standing.expires_at and not standing.given_up:
        return standing.expires_at
    if standing.state in {PaymentState.CANCELLED, PaymentState.FAILED}:
        return None
    under_way = any(not part.state.is_over for part in online_parts(order))
    return at + LOOK_LATER if under_way or standing.state == PaymentState.AUTHORISED else None


def _let_go_of_goods(payment: Payment, at: datetime) -> None:
    """The reservation is over. A page that may still be paid is closed first, unless the provider stays away."""
    if payment.state == PaymentState.FAILED and at >= payment.expires_at:
        if not Payment.objects.filter(order=payment.order_id, attempt__gt=payment.attempt).exists():
            withdraw(payment, at)
        return
    if payment.state != PaymentState.AWAITING or at < payment.expires_at:
        return
    opening = [call for call in payment.calls.all() if call.verb == Verb.OPEN]
    if not any(call.attempts for call in opening):  # no page can exist
        ProviderCall.objects.filter(pk__in=[call.pk for call in opening]).update(given_up_at=at)
        write(payment, Kind.CANCELLED, "cancelled", 0, at)
        payment.refresh_from_db()
        withdraw(payment, at)
    elif at >= payment.expires_at + PATIENCE:
        withdraw(payment, at)  # whoever pays now after all gets the money back: next_step cancels it


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


def _keep_fees(standing: Standing, order: Order, at: datetime) -> None:
    """What shops owe the town for this order stays with the town, out of what was paid online for them."""
    if standing.sums.captured:
        for part in online_parts(order):
            if part.commission_bp or order.bike_shops_cents:
                ledger_fees.post_kept(part, kept_of(order, part), at=at)


def _share(payment: Payment, order: Order, part: Part, calls: list[ProviderCall]) -> Share:
    moves = [call for call in calls if call.part_id == part.pk and call.done_at]
    sent = sum(-call.amount_cents if call.verb == Verb.REVERSE else call.amount_cents for call in moves)
    sent -= sum(cents for call in calls if call.done_at for pk, _account, cents in call.back if pk == str(part.pk))
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
    if step.verb == Verb.REFUND:
        return {"back": _back(payment, order, step.cents)}
    if step.verb == Verb.REVERSE:
        sent = [c for c in payment.calls.all() if str(c.part_id) == step.part and c.verb == Verb.TRANSFER and c.done_at]
        return {"transfer": sent[-1].reference}
    return {}


def _back(payment: Payment, order: Order, most: int) -> list[tuple[str, str, int]]:
    """What shops have had too much, as part, account and cents: where it can only come back with a refund to the buyer.

    Never more than what is refunded (``most``).
    """
    if client_of(payment.town, payment.provider).abilities.takes_back:
        return []
    calls, found = list(payment.calls.all()), []
    for part in online_parts(order):
        share = _share(payment, order, part, calls)
        accounts = [
            c.request["account"] for c in calls if c.part_id == part.pk and c.verb == Verb.TRANSFER and c.done_at
        ]
        cents = min(share.sent_cents - share.due_cents, most)
        if accounts and cents > 0:
            found.append((str(part.pk), accounts[-1], cents))
            most -= cents
    return found
