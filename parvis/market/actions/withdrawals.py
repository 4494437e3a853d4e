"""A buyer withdraws; the shop takes the goods back, refunds or refuses. All of it behind the lock of the part."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.market import ledger, ledger_fees, letters, refunds
from parvis.market.actions.vouchers import give_back_vouchers, hold_lines_of, hold_vouchers_of
from parvis.market.models import Order, Part, Withdrawal, WithdrawalEvent, WithdrawalLine
from parvis.market.paying.later import settle_soon
from parvis.market.returning import returns_of


def _lock(part: Part) -> Part:
    """The parts of the order with their rows locked by id (the bikes' fee goes back with the last of them)."""
    list(Part.objects.select_for_update().filter(order=part.order_id).order_by("pk"))
    order = Order.objects.with_story().select_related("town").get(pk=part.order_id)
    return next(found for found in order.parts.all() if found.pk == part.pk)


def cases_of(part: Part) -> list[Withdrawal]:
    """The cases of a part with all they hold."""
    return list(Withdrawal.objects.filter(part=part).prefetch_related("lines", "events"))


@transaction.atomic
def ask_withdrawal(
    *,
    part: Part,
    quantities: Mapping[UUID, int],
    name: str,
    email: str,
    words: str,
    key: str,
    at: datetime,
    by: Any = None,
) -> Withdrawal:
    """The buyer says that they withdraw: so many of each line. The receipt is acknowledged by mail at once.

    ``key`` makes a form sent twice one statement. Raises Refusal when nothing is chosen, or when one of the lines
    may not be sent back, or not so many of it.
    """
    part = _lock(part)
    if known := Withdrawal.objects.filter(town=part.town_id, key=key).first():
        return known
    wanted = {pk: quantity for pk, quantity in quantities.items() if quantity}
    if not wanted:
        raise Refusal(_("Choose what you send back."))
    town = part.order.town
    found = returns_of(part, cases_of(part), town=town, at=at)
    left = found.left() if found else {}
    for line in part.lines.all():
        if wanted.get(line.pk, 0) > left.get(line.pk, 0):
            raise Refusal(_("%(name)s: at most %(count)s can go back.") % _most(line.name, left.get(line.pk, 0)))
    if any(quantity < 0 or pk not in left for pk, quantity in wanted.items()):
        raise Refusal(_("Choose what you send back."))
    case = Withdrawal.objects.create(
        town=town, part=part, name=name, email=email, words=words.strip()[:300], asked_at=at, key=key
    )
    WithdrawalLine.objects.bulk_create(
        WithdrawalLine(town=town, withdrawal=case, line=line, quantity=wanted[line.pk])
        for line in part.lines.all()
        if line.pk in wanted
    )
    _record(case, WithdrawalEvent.Kind.ASKED, at=at, by=by)
    letters.withdrawal_asked(case, part)
    return case


def _most(name: str, count: int) -> dict[str, Any]:
    return {"name": name, "count": count}


def _record(case: Withdrawal, kind: WithdrawalEvent.Kind, *, at: datetime, by: Any, **values: Any) -> None:
    WithdrawalEvent.objects.create(town_id=case.town_id, withdrawal=case, kind=kind, at=at, by=by, **values)
    audit.record(f"withdrawal_{kind}", case, at=at, town_id=case.town_id, actor=by)


def _open(case: Withdrawal) -> tuple[Withdrawal, Part]:
    """The case behind the lock of its part. Raises Refusal when it has ended meanwhile."""
    part = _lock(case.part)
    case = Withdrawal.objects.prefetch_related("lines__line", "events").get(pk=case.pk)
    if not case.is_open:
        raise Refusal(_("This case is closed already. Look at it again."))
    return case, part


@transaction.atomic
def receive_goods(*, case: Withdrawal, at: datetime, by: Any = None) -> None:
    """The goods are back at the shop."""
    case, _part = _open(case)
    if case.state == Withdrawal.State.ASKED:
        _record(case, WithdrawalEvent.Kind.RECEIVED, at=at, by=by)


@transaction.atomic
def refund_withdrawal(*, case: Withdrawal, at: datetime, by: Any = None) -> int:
    """The shop pays back: a credit note, and the money from where it was paid. Gives the cents the buyer gets.

    What a voucher had paid of it is on the voucher again, and the town owes the shop that much less. Where the whole
    sale was taken back meanwhile (the bike brought it back) the case ends without a second payment or letter.
    """
    case, part = _open(case)
    hold_vouchers_of([part])
    hold_lines_of([part])  # the credit note below holds the series until the end
    paid = refunds.refund(case, part, at=at)
    _record(case, WithdrawalEvent.Kind.REFUNDED, at=at, by=by, cents=paid.cents, fee_cents=paid.bike_fee)
    give_back_vouchers(part, at=at)
    ledger.settle_vouchers(_lock(part), at=at)
    ledger_fees.settle_commission(part, at=at)
    if part.online:
        settle_soon(part.order_id)  # less is owed now: what was taken too much goes back through the provider
    if not part.given_up:
        letters.withdrawal_refunded(case, part, paid.to_buyer)
    return paid.to_buyer


@transaction.atomic
def refuse_withdrawal(*, case: Withdrawal, reason: str, at: datetime, by: Any = None) -> None:
    """The shop says no, with a reason that the buyer reads."""
    if not reason.strip():
        raise Refusal(_("Write a reason: the buyer will read it."))
    case, part = _open(case)
    _record(case, WithdrawalEvent.Kind.REFUSED, at=at, by=by, reason=reason.strip()[:300])
    letters.withdrawal_refused(case, part, reason.strip()[:300])
