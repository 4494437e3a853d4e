"""A payment in the words of its buyer, and a shop's online money in the words of its merchant."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from parvis.core.money import format_money
from parvis.core.words import say_clock, say_day
from parvis.market.models import LedgerEntry, LedgerTransaction, MerchantAccount, Order, Payment, Provider, Shop
from parvis.market.paying.amounts import is_given_up
from parvis.market.paying.next_steps import Verb
from parvis.market.paying.offering import provider_of
from parvis.market.paying.states import PaymentState

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Paying:
    """What the order's page says of its payment."""

    words: str
    tone: str
    cents: int
    lines: tuple[tuple[str, int], ...]
    can_pay: bool


def paying_of(order: Order, at: datetime) -> Paying | None:
    """Where the last payment of an order stands; None for an order that is paid on the spot. Two queries, or none."""
    if not any(part.online for part in order.parts.all()):
        return None
    payment = Payment.objects.with_story().filter(order=order).last()
    if payment is None:
        return None
    state = payment.state
    ended = state in {PaymentState.CANCELLED, PaymentState.FAILED}
    waits = state == PaymentState.AWAITING and at < payment.expires_at
    return Paying(
        words=_words(payment, state, at, given_up=is_given_up(order)),
        tone={"awaiting": "warn", "failed": "warn", "disputed": "warn"}.get(state, "info"),
        cents=payment.amount_cents,
        lines=_lines(payment),
        can_pay=(waits or ended) and not is_given_up(order),
    )


def _words(payment: Payment, state: PaymentState, at: datetime, *, given_up: bool) -> str:
    if state == PaymentState.AWAITING:
        if given_up or at >= payment.expires_at:
            return _("The time to pay is over. If you have just paid, this page says so within a few minutes.")
        return _("Not paid yet. Your goods are kept until %(time)s.") % {"time": say_clock(payment.expires_at)}
    if state in {PaymentState.CANCELLED, PaymentState.FAILED}:
        if given_up:
            return _("Nothing was charged.")
        return _("The payment came to nothing, and nothing was charged. You can pay again.")
    if state == PaymentState.AUTHORISED and any(c.verb == Verb.CAPTURE and c.given_up_at for c in payment.calls.all()):
        return _("Your card could not be charged. You need do nothing now: the town looks at it.")
    return {
        PaymentState.AUTHORISED: _("Your card is good for it. It is charged once the shops are ready."),
        PaymentState.PARTLY_CAPTURED: _("Paid: only what the shops gave you."),
        PaymentState.CAPTURED: _("Paid."),
        PaymentState.PARTLY_REFUNDED: _("Paid, and a part given back."),
        PaymentState.REFUNDED: _("Everything was given back."),
        PaymentState.DISPUTED: _("Your bank has taken the payment back. The town looks at it."),
    }[state]


def _lines(payment: Payment) -> tuple[tuple[str, int], ...]:
    sums = payment.sums
    rows = (
        (_("Set aside on your card"), sums.authorised if not sums.captured else 0),
        (_("Charged"), sums.captured),
        (_("Given back"), sums.refunded),
    )
    return tuple((label, cents) for label, cents in rows if cents)


def provider_name(name: str) -> str:
    """``Stripe``."""
    return str(Provider(name).label) if name else ""


def online_money(shop: Shop) -> dict[str, Any] | None:
    """What was paid online for a shop, and what was handed on; None where its town is not paid online."""
    provider = provider_of(shop.town)
    if not provider:
        return None
    account = MerchantAccount.objects.filter(organisation=shop.organisation_id, provider=provider).first()
    entries = LedgerEntry.objects.filter(town_id=shop.town_id)
    held = entries.filter(account=f"online:{shop.slug}").aggregate(total=Sum("amount_cents"))["total"] or 0
    handed = entries.filter(account=f"payout:{shop.slug}").select_related("transaction__order")
    total = handed.aggregate(total=Sum("amount_cents"))["total"] or 0
    currency = shop.town.currency
    return {
        "provider": provider_name(provider),
        "opened": account is not None,
        "ready": account is not None and account.charges_enabled,
        "rows": [
            (_("Paid by buyers, not yet handed on"), held),
            (_("Handed on to your account"), total),
        ],
        "columns": [{"label": _("Day")}, {"label": _("Order")}, {"label": _("Amount"), "num": True}],
        "payouts": [
            [say_day(entry.transaction.at), _order_words(entry.transaction), format_money(entry.amount_cents, currency)]
            for entry in handed.order_by("-transaction__at", "-pk")[:SHOWN]
        ],
    }


def _order_words(movement: LedgerTransaction) -> str:
    return movement.order.code if movement.order else ""
