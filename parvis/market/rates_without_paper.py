"""What a shop sold by VAT rate where no invoice says it: sales from before invoices were issued, and what undid them.

A movement says its net and its VAT; the rates are read from the lines of the part that it is of, by the same functions
that posted it, so both agree to the cent.
"""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from parvis.market.models import LedgerTransaction, Part, Shop, Withdrawal
from parvis.market.papers import rates_of
from parvis.market.pricing import DEPOSIT_VAT_BP, Priced, total_of
from parvis.market.refunds import all_of, back_after, movement_of, rows_back

type Rates = tuple[tuple[int, int, int], ...]
"""A rate in basis points, what was sold at it with VAT, the VAT in that; in cents."""


def rates_without_paper(shop: Shop, movements: Iterable[LedgerTransaction]) -> dict[UUID, Rates]:
    """The rates of each movement by its id, in a fixed number of queries.

    Nothing for one that is no sale, reversal or withdrawal of this shop's part of its order: what another program
    booked is not guessed at, and ``Statement.adds_up`` says so.
    """
    movements = list(movements)
    orders = {movement.order_id for movement in movements if movement.order_id}
    parts = (
        Part.objects.filter(shop=shop, order__in=orders)
        .select_related("order", "shop")
        .prefetch_related("lines", "withdrawals__lines", "withdrawals__events")
    )
    by_order = {part.order_id: part for part in parts}
    wanted = [movement_of(case) for part in by_order.values() for case in part.withdrawals.all()]
    posted = LedgerTransaction.objects.filter(key__in=wanted).order_by("at", "pk") if wanted else []
    turn = {row.key: number for number, row in enumerate(posted)}  # one is rounded on what went back before it
    said: dict[str, Rates] = {}
    for part in by_order.values():
        said |= _of_part(part, turn)
    return {movement.pk: said.get(movement.key, ()) for movement in movements}


def _of_part(part: Part, turn: dict[str, int]) -> dict[str, Rates]:
    """What each movement of a part says, by its key."""
    said = {f"sale:{part.pk}": _sold(part)}
    back: dict[UUID, int] = {}
    for case in sorted(_paid_back(part, turn), key=lambda case: turn[movement_of(case)]):
        after = back_after(case, back)
        said[movement_of(case)] = _of_rows(part, back, after)
        back |= after
    whole = tuple((rate, -gross, -vat) for rate, gross, vat in said[f"sale:{part.pk}"])
    said[f"reversal:{part.pk}"] = _of_rows(part, back, all_of(part)) if back else whole
    return said


def _paid_back(part: Part, turn: dict[str, int]) -> list[Withdrawal]:
    return [case for case in part.withdrawals.all() if movement_of(case) in turn]


def _of_rows(part: Part, before: dict[UUID, int], after: dict[UUID, int]) -> Rates:
    rates = rates_of(rows_back(part, before, after))
    return tuple((rate["vat_bp"], rate["gross"], rate["vat"]) for rate in rates)


def _sold(part: Part) -> Rates:
    """The lines as they were prepared, deposits and the shop's own fee."""
    amounts = part.priced() + ([Priced(part.fee_cents, part.fee_vat_bp)] if part.fee_cents else [])
    amounts += [Priced(part.deposits, DEPOSIT_VAT_BP)] if part.deposits else []
    gross: dict[int, int] = defaultdict(int)
    for amount in amounts:
        gross[amount.vat_bp] += amount.cents
    vat = total_of(amounts).vat
    return tuple((rate, cents, vat.get(rate, 0)) for rate, cents in sorted(gross.items()) if cents)
