"""The weeks of the bikes that everybody may read: pure, from the figures of days.

A week with fewer than ``FEWEST`` deliveries is not told, and no sum has it in: from so few, neighbours could tell whose
they were.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from parvis.delivery.dayfigures import together
from parvis.market.round_figures import DayMoney, RoundFigures

WEEKS = 8
FEWEST = 10


@dataclass(frozen=True, slots=True)
class Week:
    """Monday to Sunday, or as much of it as is over."""

    monday: date
    money: DayMoney

    @property
    def may_be_told(self) -> bool:
        """Whether there are enough deliveries in it that are over."""
        return self.money.line.ended >= FEWEST


def weeks_before(today: date) -> list[date]:
    """The Mondays of the weeks that are told on a day: the one that yesterday belongs to, and those before."""
    yesterday = today - timedelta(days=1)
    monday = yesterday - timedelta(days=yesterday.weekday())
    return [monday - timedelta(weeks=n) for n in range(WEEKS)]


def told_weeks(figures: RoundFigures, mondays: Sequence[date]) -> list[Week]:
    """The weeks that have a day, newest first."""
    found = []
    for monday in mondays:
        days = [day for day in figures.days if monday <= day.line.day < monday + timedelta(weeks=1)]
        if days:
            money = DayMoney(together((day.line for day in days), monday), sum(day.income for day in days))
            found.append(Week(monday, money))
    return found
