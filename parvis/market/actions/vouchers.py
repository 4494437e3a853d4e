"""What is done with vouchers: issued, used by an order, given back when less is sold, ended.

A fund's line promises a voucher's value when it is issued, and owes it to the shop when the goods are sold.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.core.ids import short_code
from parvis.core.money import format_money
from parvis.core.time import day_of
from parvis.market import ledger, letters
from parvis.market.models import FundLine, LedgerTransaction, Order, Part, Voucher, VoucherCampaign, VoucherUse
from parvis.market.pricing import movements
from parvis.market.voucher_choices import CODE_LENGTH, Applying, look_at, read_codes
from parvis.towns.models import Town

Kind = VoucherUse.Kind
MOST_AT_ONCE = 500


@transaction.atomic
def issue_vouchers(
    *,
    campaign: VoucherCampaign,
    count: int = 0,
    emails: Sequence[str] = (),
    batch: UUID,
    at: datetime,
    by: Any = None,
) -> list[Voucher]:
    """Make ``count`` vouchers for whoever holds them, and one for each mail address, which gets it by mail.

    ``batch`` makes a form sent twice one issue. The campaign's line promises all of them at once. Raises Refusal when
    the line has too little left, the campaign is over, an address has its voucher already, or nothing is asked.
    """
    VoucherCampaign.objects.select_for_update().get(pk=campaign.pk)
    if known := list(campaign.vouchers.filter(batch=batch)):
        return known
    wanted = list(dict.fromkeys(email.strip().lower() for email in emails if email.strip()))
    number = count + len(wanted)
    if not 0 < number <= MOST_AT_ONCE or count < 0:
        raise Refusal(_("Make between 1 and %(most)s vouchers at once.") % {"most": MOST_AT_ONCE})
    if campaign.is_over(day_of(at, campaign.town.zone)):
        raise Refusal(_("This campaign is over: change its last day first."))
    if had := list(campaign.vouchers.filter(email__in=wanted).values_list("email", flat=True)[:3]):
        raise Refusal(_("Already sent to: %(emails)s.") % {"emails": ", ".join(had)})
    made = _make(campaign, [*wanted, *([""] * count)], batch, at)
    _promise(campaign, campaign.value_cents * number, f"issue:{batch}", at)
    for voucher in made:
        if voucher.email:
            letters.voucher_issued(voucher)
    audit.record("issue_vouchers", campaign, at=at, town_id=campaign.town_id, actor=by, count=number)
    return made


def _make(campaign: VoucherCampaign, emails: Sequence[str], batch: UUID, at: datetime) -> list[Voucher]:
    """One voucher for each of ``emails`` ("" for whoever holds it), all with codes that the town has not given yet."""
    for _attempt in range(20):
        codes = {short_code(CODE_LENGTH) for _email in emails}
        vouchers = [
            Voucher(
                town=campaign.town,
                campaign=campaign,
                code=code,
                email=email,
                batch=batch,
                value_cents=campaign.value_cents,
                left_cents=campaign.value_cents,
                issued_at=at,
            )
            for code, email in zip(codes, emails, strict=False)
        ]
        if len(codes) < len(emails) or Voucher.objects.filter(town=campaign.town, code__in=codes).exists():
            continue
        try:
            with transaction.atomic():  # somebody else may give the same code in this very moment
                return Voucher.objects.bulk_create(vouchers)
        except IntegrityError:
            continue
    raise RuntimeError("no free voucher codes in twenty tries")


def _promise(campaign: VoucherCampaign, cents: int, key: str, at: datetime) -> None:
    """The line promises what was issued; it must have that much free."""
    if campaign.line_id is None:
        return
    line = FundLine.objects.select_for_update().get(pk=campaign.line_id)
    if line.free_cents < cents:
        said = {"line": line.name, "left": format_money(line.free_cents, campaign.town.currency)}
        raise Refusal(_("The line “%(line)s” has only %(left)s free. Make fewer vouchers, or give it more.") % said)
    entries = movements.fund_moves(line=line.code, cents=cents, from_stage="free", to_stage="promised")
    _post(LedgerTransaction.Kind.PROMISE, key, entries, campaign, at)


def _post(
    kind: LedgerTransaction.Kind, key: str, entries: Mapping[str, int], campaign: VoucherCampaign, at: datetime
) -> None:
    ledger.post(order=None, town=campaign.town, kind=kind, key=key, entries=entries, words=campaign.name, at=at)


def hold_vouchers(town: Town, text: str) -> list[Voucher]:
    """The vouchers of these codes with their rows locked, in the order of their ids: two orders share none."""
    found = Voucher.objects.called(town, read_codes(text))
    return list(found.select_for_update(of=("self",)))


def apply_held(town: Town, text: str, goods: Mapping[UUID, int], *, email: str, day: date) -> Applying:
    """What the codes pay for good. Raises Refusal with the sentence of the first that does not serve."""
    if not text.strip():
        return Applying()
    found = look_at(town, text, goods, email=email, day=day, vouchers=hold_vouchers(town, text))
    if found.refusals:
        raise Refusal(found.refusals[0])
    return found


def use_vouchers(*, applying: Applying, parts: Sequence[Part], goods: Mapping[UUID, int], at: datetime) -> None:
    """Write what each voucher pays of each part; the rest of a voucher for one order lapses."""
    uses = []
    for one in applying.applied:
        voucher = one.voucher
        paying = [part for part in parts if one.shares.get(part.shop_id)]
        for part in paying:
            uses.append(
                VoucherUse(
                    town_id=part.town_id,
                    voucher=voucher,
                    order_id=part.order_id,
                    part=part,
                    kind=Kind.USED,
                    cents=one.shares[part.shop_id],
                    goods_cents=goods[part.shop_id],
                    at=at,
                    key=f"used:{voucher.pk}:{part.pk}",
                )
            )
        rest = voucher.left_cents - one.cents
        if voucher.campaign.single_use and rest:
            order = paying[0].order_id
            key = f"lapsed:{voucher.pk}:{order}"
            uses.append(
                VoucherUse(
                    town_id=voucher.town_id,
                    voucher=voucher,
                    order_id=order,
                    kind=Kind.LAPSED,
                    cents=rest,
                    at=at,
                    key=key,
                )
            )
    VoucherUse.objects.bulk_create(uses)


def hold_vouchers_of(parts: Sequence[Part]) -> None:
    """Lock the vouchers that pay for these parts, in the order of their ids."""
    used = VoucherUse.objects.filter(part__in=parts).values("voucher")
    list(Voucher.objects.select_for_update().filter(pk__in=used).order_by("pk"))


def hold_lines_of(parts: Sequence[Part]) -> None:
    """Lock the lines of funds that pay vouchers of these parts, by id: for who takes a number of a series before the
    ledger moves them.
    """
    uses = VoucherUse.objects.filter(part__in=parts, voucher__campaign__line__isnull=False)
    lines = FundLine.objects.filter(pk__in=uses.values("voucher__campaign__line"))
    list(lines.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def give_back_vouchers(part: Part, *, at: datetime) -> None:
    """Give back to vouchers what they do not pay any more of a part: refused, cancelled, or less was sold.

    Says nothing twice: called again, it finds nothing to give back.
    """
    uses = list(part.voucher_uses.all()) if part.pk else []
    if not uses:
        return
    ids = {use.voucher_id for use in uses}
    hold_vouchers_of([part])
    part = Part.objects.get(pk=part.pk)
    for use, pays in part.vouchers_pay():
        given = _sum(VoucherUse.objects.filter(part=part, voucher=use.voucher_id, kind=Kind.RELEASED))
        if (back := use.cents - pays - given) > 0:
            _release(use, back, f"released:{use.pk}:{given + back}", at)
    for voucher_id in ids:
        _unlapse(voucher_id, part.order, at)


def _release(use: VoucherUse, cents: int, key: str, at: datetime) -> None:
    VoucherUse.objects.create(
        town_id=use.town_id,
        voucher_id=use.voucher_id,
        order_id=use.order_id,
        part_id=use.part_id,
        kind=Kind.RELEASED,
        cents=cents,
        at=at,
        key=key,
    )


def _unlapse(voucher_id: UUID, order: Order, at: datetime) -> None:
    """Nothing of an order is paid by the voucher any more: what lapsed with it is back too."""
    of_order = VoucherUse.objects.filter(voucher=voucher_id, order=order)
    lapsed = of_order.filter(kind=Kind.LAPSED).first()
    if lapsed is None:
        return
    used = _sum(of_order.filter(kind=Kind.USED))
    released = _sum(of_order.filter(kind=Kind.RELEASED, part__isnull=False))
    key = f"unlapsed:{lapsed.pk}"
    if used == released and not VoucherUse.objects.filter(town_id=lapsed.town_id, key=key).exists():
        _release(lapsed, lapsed.cents, key, at)


def _sum(uses: Any) -> int:
    return int(uses.aggregate(total=Sum("cents"))["total"] or 0)


@transaction.atomic
def end_vouchers(*, campaign: VoucherCampaign, at: datetime) -> int:
    """After the last day what is left on vouchers is free again for the line; gives the cents that came back.

    What orders under way still hold stays; called again, it takes what they gave back since.
    """
    if not campaign.is_over(day_of(at, campaign.town.zone)):
        return 0
    ended = 0
    for voucher in campaign.vouchers.select_for_update().order_by("pk"):
        ended += _end(voucher, at)
    if ended:
        _freed(campaign, ended, f"ended:{campaign.pk}:{at.isoformat()}", at)
    return ended


def end_campaigns(*, at: datetime) -> None:
    """End the vouchers of every campaign that is over and has something left; each in its own transaction."""
    something = Q(vouchers__left_cents__gt=0) | Q(vouchers__uses__kind=Kind.LAPSED)
    over = VoucherCampaign.objects.filter(something, last_day__lt=at.date() + timedelta(days=1))
    for campaign in over.select_related("town", "line").distinct().order_by("pk"):
        end_vouchers(campaign=campaign, at=at)


@transaction.atomic
def withdraw_voucher(*, voucher: Voucher, at: datetime, by: Any = None) -> None:
    """A voucher was lost, or was a mistake: it serves no more. What orders already hold stays paid."""
    held = Voucher.objects.select_for_update().get(pk=voucher.pk)
    cents = _end(held, at)
    if not cents:
        raise Refusal(_("Nothing is left on this voucher."))
    _freed(voucher.campaign, cents, f"withdrawn:{voucher.pk}:{at.isoformat()}", at)
    audit.record("withdraw_voucher", voucher, at=at, town_id=voucher.town_id, actor=by, cents=cents)


def _end(voucher: Voucher, at: datetime) -> int:
    """Empty one voucher whose row is held; what lapsed comes back to be ended with the rest."""
    for lapsed in voucher.uses.filter(kind=Kind.LAPSED):
        key = f"unlapsed:{lapsed.pk}"
        if not VoucherUse.objects.filter(town_id=lapsed.town_id, key=key).exists():
            _release(lapsed, lapsed.cents, key, at)
    voucher.refresh_from_db(fields=["left_cents"])
    if not voucher.left_cents:
        return 0
    VoucherUse.objects.create(
        town_id=voucher.town_id,
        voucher=voucher,
        kind=Kind.ENDED,
        cents=voucher.left_cents,
        at=at,
        key=f"ended:{voucher.pk}:{voucher.uses.filter(kind=Kind.ENDED).count()}",
    )
    return voucher.left_cents


def _freed(campaign: VoucherCampaign, cents: int, key: str, at: datetime) -> None:
    if campaign.line is not None:
        entries = movements.fund_moves(line=campaign.line.code, cents=cents, from_stage="promised", to_stage="free")
        _post(LedgerTransaction.Kind.FREED, key, entries, campaign, at)
