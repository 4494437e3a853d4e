"""A fund as a council reads it: lines, every movement, and whether it all agrees with the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum

from parvis.market.models import Fund, FundLine, LedgerEntry, LedgerTransaction
from parvis.towns.models import Town

STAGES = ("free", "promised", "due", "paid")


@dataclass(frozen=True, slots=True)
class Movement:
    """One movement of one line: how each stage changed, in cents."""

    at: datetime
    line: FundLine
    kind: str
    words: str
    changes: dict[str, int]

    @property
    def cents(self) -> int:
        """How much moved."""
        return max(abs(change) for change in self.changes.values())


@dataclass(frozen=True, slots=True)
class FundState:
    """A fund with its sums by stage; ``agrees`` says that the lines are what the ledger's entries add up to."""

    fund: Fund
    lines: Sequence[FundLine]
    agrees: bool

    def sum_of(self, stage: str) -> int:
        """All lines together at one stage."""
        return sum(getattr(line, f"{stage}_cents") for line in self.lines)

    @property
    def allotted(self) -> int:
        """All that the council gave."""
        return sum(line.allotted_cents for line in self.lines)


def funds_of(town: Town) -> list[FundState]:
    """The town's funds, the newest first; three queries however many movements there are."""
    funds = list(Fund.objects.of(town))
    counted = _counted(town) if funds else {}
    return [
        FundState(
            fund,
            list(fund.lines.all()),
            all(
                getattr(line, f"{stage}_cents") == counted.get(f"fund:{line.code}:{stage}", 0)
                for line in fund.lines.all()
                for stage in STAGES
            ),
        )
        for fund in funds
    ]


def _counted(town: Town) -> dict[str, int]:
    """Each account of a fund, added up from the ledger's entries."""
    entries = LedgerEntry.objects.filter(town=town, account__startswith="fund:")
    rows = entries.values_list("account").annotate(total=Sum("amount_cents")).order_by("account")
    return {account: -total for account, total in rows}


def movements_of(town: Town, lines: Sequence[FundLine], limit: int | None = None) -> list[Movement]:
    """What happened to these lines, the newest first."""
    by_code = {line.code: line for line in lines}
    accounts = [f"fund:{code}:{stage}" for code in by_code for stage in STAGES]
    ids = LedgerEntry.objects.filter(town=town, account__in=accounts).values("transaction")
    found = LedgerTransaction.objects.filter(pk__in=ids).prefetch_related("entries").order_by("-at", "-pk")
    told = [movement for row in found[:limit] for movement in _told(row, by_code)]
    return told[:limit]


def _told(row: LedgerTransaction, by_code: dict[str, FundLine]) -> list[Movement]:
    changes: dict[str, dict[str, int]] = {}
    for entry in row.entries.all():
        kind, _, rest = entry.account.partition(":")
        code, _, stage = rest.partition(":")
        if kind == "fund" and code in by_code:
            changes.setdefault(code, {})[stage] = -entry.amount_cents
    return [Movement(row.at, by_code[code], row.kind, row.words, moved) for code, moved in sorted(changes.items())]
