"""The ledger beside the provider's own account: each difference with its name. Reads only.

Compared order by order, over all that was copied: what the ledger says the provider holds (``online:`` accounts), and
the sum of the provider's lines of that order, its fees taken off. Transfers, refunds and chargebacks are in both. What
belongs to no order - payouts to the town's bank, the provider's own fees - is posted as it is copied, and compared too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, Sum
from django.utils.translation import gettext as _

from parvis.core.models import AuditEntry
from parvis.core.money import format_money
from parvis.market.ledger_online import BANK, OWN_FEES
from parvis.market.models import LedgerEntry, Order, ProviderCall, ProviderMovement
from parvis.market.paying.next_steps import Verb
from parvis.towns.models import Town

MOST = 100


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that does not agree: its sentence, and by how many cents the provider has more than the ledger."""

    words: str
    cents: int
    order: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The whole account as copied at ``at`` (None: never yet)."""

    at: datetime | None
    provider_cents: int
    ledger_cents: int
    bank_cents: int
    fee_cents: int
    lines: int
    differences: tuple[Difference, ...]

    @property
    def agrees(self) -> bool:
        """Not one difference."""
        return not self.differences


def last_copied(town: Town) -> datetime | None:
    """When the provider's account was last copied."""
    done = AuditEntry.objects.filter(
        town_id=town.pk, object_type="towns.Town", object_id=str(town.pk), verb="copy_movements"
    )
    entry = done.order_by("-at").first()
    return entry.at if entry else None


def comparison_of(town: Town) -> Comparison:
    """Compare what was copied with the ledger as it stood then, in a fixed number of queries."""
    at = last_copied(town)
    movements = ProviderMovement.objects.filter(town=town)
    own = movements.exclude(kind__in=BANK | OWN_FEES)
    ours = own.exclude(payment=None).values_list("payment__order")
    theirs = dict(ours.annotate(net=Sum(F("amount_cents") - F("fee_cents"))).order_by("payment__order"))
    entries = LedgerEntry.objects.filter(town=town, account__startswith="online:")
    if at is not None:
        entries = entries.filter(transaction__at__lte=at)
    books = dict(entries.values_list("transaction__order").annotate(Sum("amount_cents")).order_by("transaction__order"))
    own_books = books.pop(None, 0)
    wrong = [order for order in {*theirs, *books} if theirs.get(order, 0) != books.get(order, 0)] if at else []
    codes = dict(Order.objects.filter(pk__in=wrong[:MOST]).values_list("pk", "code"))
    differences = [_differs(town, codes.get(order, ""), theirs.get(order), books.get(order)) for order in wrong[:MOST]]
    differences += _strangers(town, own.filter(payment=None).order_by("-at")[:MOST])
    sums = movements.aggregate(
        all=Sum(F("amount_cents") - F("fee_cents"), default=0),
        bank=Sum(F("amount_cents") - F("fee_cents"), filter=_in(BANK), default=0),
        own=Sum(F("amount_cents") - F("fee_cents"), filter=_in(OWN_FEES), default=0),
        fees=Sum("fee_cents", filter=~_in(BANK | OWN_FEES), default=0),
    )
    if at and own_books != sums["bank"] + sums["own"]:
        differences.append(_own_lines(town, sums["bank"] + sums["own"], own_books))
    return Comparison(
        at=at,
        provider_cents=sums["all"],
        ledger_cents=sum(books.values()) + own_books,
        bank_cents=-sums["bank"],
        fee_cents=sums["fees"] - sums["own"],
        lines=movements.count(),
        differences=tuple(differences),
    )


def _in(kinds: set[str]) -> Q:
    return Q(kind__in=kinds)


def _differs(town: Town, code: str, theirs: int | None, books: int | None) -> Difference:
    said = {
        "code": code,
        "provider": format_money(theirs or 0, town.currency),
        "ledger": format_money(books or 0, town.currency),
    }
    if theirs is None:
        words = _("Order %(code)s: the ledger has %(ledger)s, the provider has no line of it.")
    elif books is None:
        words = _("Order %(code)s: the provider has %(provider)s, the ledger has nothing of it.")
    else:
        words = _("Order %(code)s: the provider has %(provider)s, the ledger has %(ledger)s.")
    return Difference(words % said, (theirs or 0) - (books or 0), code)


def _own_lines(town: Town, theirs: int, books: int) -> Difference:
    said = {"provider": format_money(theirs, town.currency), "ledger": format_money(books, town.currency)}
    words = _("Paid to the bank and kept for itself: the provider has %(provider)s, the ledger has %(ledger)s.") % said
    return Difference(words, theirs - books)


def _strangers(town: Town, movements: Iterable[ProviderMovement]) -> list[Difference]:
    return [
        Difference(
            _("A line of %(amount)s at the provider (%(kind)s, %(reference)s) belongs to no payment here.")
            % {
                "amount": format_money(movement.amount_cents, town.currency),
                "kind": movement.kind,
                "reference": movement.source or movement.reference,
            },
            movement.amount_cents - movement.fee_cents,
        )
        for movement in movements
    ]


@dataclass(frozen=True, slots=True)
class Stuck:
    """Something the provider has refused: somebody must look."""

    call: ProviderCall
    words: str


def stuck_calls(town: Town) -> list[Stuck]:
    """What the provider refused and nobody has asked for again."""
    calls = ProviderCall.objects.filter(town=town, given_up_at__isnull=False, attempts__gt=0).exclude(verb=Verb.OPEN)
    return [_stuck(call, town) for call in calls.select_related("payment__order", "part__shop")[:MOST]]


def _stuck(call: ProviderCall, town: Town) -> Stuck:
    said = {
        "code": call.payment.order.code,
        "amount": format_money(call.amount_cents, town.currency),
        "shop": call.part.shop.name if call.part else "",
        "error": call.error,
    }
    words = {
        Verb.CAPTURE: _("Order %(code)s: %(amount)s could not be charged (%(error)s)."),
        Verb.REFUND: _("Order %(code)s: %(amount)s could not be given back (%(error)s)."),
        Verb.TRANSFER: _("Order %(code)s: %(amount)s could not be handed on to %(shop)s (%(error)s)."),
        Verb.REVERSE: _("Order %(code)s: %(amount)s could not be taken back from %(shop)s (%(error)s)."),
    }.get(Verb(call.verb), _("Order %(code)s: the payment could not be ended (%(error)s)."))
    return Stuck(call, words % said)
