"""What is done with a support fund: lines are given money, promise it, and pay; each movement is posted once.

A line's row is locked by the database with each movement (see the trigger in the migration), after everything else.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.core.money import format_money
from parvis.core.text import fold
from parvis.market import ledger
from parvis.market.models import Fund, FundLine, FundPromise, LedgerTransaction
from parvis.market.pricing import movements
from parvis.towns.models import Town

Kind = LedgerTransaction.Kind


@transaction.atomic
def open_fund(
    *, town: Town, name: str, about: str, decision: str, decided_on: date, at: datetime, by: Any = None
) -> Fund:
    """A new fund, still without lines. Raises Refusal when the town has one of that name."""
    if Fund.objects.filter(town=town, name=name).exists():
        raise Refusal(_("There is already a fund of this name."))
    fund = Fund.objects.create(town=town, name=name, about=about, decision=decision, decided_on=decided_on)
    audit.record("open_fund", fund, at=at, town_id=town.pk, actor=by)
    return fund


@transaction.atomic
def add_line(*, fund: Fund, name: str, about: str, cents: int, at: datetime, by: Any = None) -> FundLine:
    """A new line with what the council gave it. Raises Refusal when the fund has one of that name."""
    Fund.objects.select_for_update().get(pk=fund.pk)
    if fund.lines.filter(name=name).exists():
        raise Refusal(_("There is already a line of this name."))
    line = FundLine.objects.create(
        town=fund.town,
        fund=fund,
        code=_code(fund.town, name),
        name=name,
        about=about,
        position=fund.lines.count() + 1,
    )
    give_line(line=line, cents=cents, words=fund.decision or fund.name, key=f"first:{line.pk}", at=at, by=by)
    return line


def _code(town: Town, name: str) -> str:
    base = slugify(fold(name))[:16].strip("-") or "line"
    taken = set(FundLine.objects.filter(town=town, code__startswith=base).values_list("code", flat=True)) | {"town"}
    return next(code for n in range(1, 1000) if (code := base if n == 1 else f"{base}-{n}") not in taken)


@transaction.atomic
def give_line(*, line: FundLine, cents: int, words: str, key: str, at: datetime, by: Any = None) -> None:
    """The council gives a line money; ``words`` name the decision."""
    if cents <= 0:
        raise Refusal(_("Write an amount above zero."))
    entries = movements.allotted(line=line.code, cents=cents)
    if _post(line, Kind.ALLOTTED, f"allotted:{key}", entries, words, at):
        audit.record("give_line", line, at=at, town_id=line.town_id, actor=by, cents=cents)


@transaction.atomic
def promise_money(*, line: FundLine, name: str, cents: int, key: str, at: datetime, by: Any = None) -> FundPromise:
    """Promise money of a line to somebody. Raises Refusal when less than that is free."""
    if known := FundPromise.objects.filter(town_id=line.town_id, key=key).first():
        return known
    held = FundLine.objects.select_for_update().get(pk=line.pk)
    if known := FundPromise.objects.filter(town_id=line.town_id, key=key).first():  # sent twice at once
        return known
    if not 0 < cents <= held.free_cents:
        left = format_money(held.free_cents, line.town.currency)
        raise Refusal(_("The line “%(line)s” has %(left)s free.") % {"line": line.name, "left": left})
    promise = FundPromise.objects.create(
        town_id=line.town_id, line=line, name=name, cents=cents, left_cents=cents, at=at, key=key
    )
    entries = movements.fund_moves(line=line.code, cents=cents, from_stage="free", to_stage="promised")
    _post(line, Kind.PROMISE, f"promise:{promise.pk}", entries, name, at)
    audit.record("promise_money", promise, at=at, town_id=line.town_id, actor=by, cents=cents)
    return promise


@transaction.atomic
def pay_promise(*, promise: FundPromise, cents: int, words: str, key: str, at: datetime, by: Any = None) -> None:
    """Some or all of a promise was paid; ``words`` name the transfer. Raises Refusal beyond what is left of it."""
    if _take(promise, cents, Kind.PAID, "paid", words, f"promise-paid:{promise.pk}:{key}", at):
        audit.record("pay_promise", promise, at=at, town_id=promise.town_id, actor=by, cents=cents)


@transaction.atomic
def give_up_promise(*, promise: FundPromise, words: str, key: str, at: datetime, by: Any = None) -> None:
    """What is left of a promise is not needed: it is free again for its line."""
    held = FundPromise.objects.get(pk=promise.pk)
    if _take(promise, held.left_cents, Kind.FREED, "free", words, f"promise-freed:{promise.pk}:{key}", at):
        audit.record("give_up_promise", promise, at=at, town_id=promise.town_id, actor=by)


def _take(promise: FundPromise, cents: int, kind: Kind, to: str, words: str, key: str, at: datetime) -> bool:
    """Move money out of a promise, once by ``key``; whether it was moved now."""
    held = FundPromise.objects.select_for_update().select_related("line__town").get(pk=promise.pk)
    if LedgerTransaction.objects.filter(key=key).exists():
        return False
    if not 0 < cents <= held.left_cents:
        left = format_money(held.left_cents, held.line.town.currency)
        raise Refusal(_("%(left)s are left of this promise.") % {"left": left})
    held.left_cents -= cents
    held.save(update_fields=["left_cents"])
    entries = movements.fund_moves(line=held.line.code, cents=cents, from_stage="promised", to_stage=to)
    return _post(held.line, kind, key, entries, words or held.name, at)


def _post(line: FundLine, kind: Kind, key: str, entries: Mapping[str, int], words: str, at: datetime) -> bool:
    posted = ledger.post(order=None, town=line.town, kind=kind, key=key, entries=entries, words=words, at=at)
    return posted is not None
