"""A month of shared bikes in words: its tables, its spreadsheet and its PDF."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils import translation
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from parvis.core.documents import pdf
from parvis.core.money import format_money
from parvis.core.spreadsheets import Cell, Cents
from parvis.core.words import say_distance
from parvis.delivery.agreement_words import say_date, say_rule
from parvis.delivery.cost_words import rates_words
from parvis.delivery.models import Agreement
from parvis.delivery.shared_months import Month, MonthLine, issued_months, last_of, months_of
from parvis.towns.models import Town

CELLS = (
    "day",
    "hub",
    "doors",
    "doors_of_guest",
    "metres",
    "metres_of_guest",
    "riders",
    "depot",
    "bikes",
    "cost",
    "riders_of_guest",
    "depot_of_guest",
    "bikes_of_guest",
    "cost_of_guest",
)


def day_columns(month: Month) -> list[dict[str, Any]]:
    """Of the table of days."""
    guest = {"town": month.agreement.guest.name}
    labels = (
        _("Doors"),
        _("of these for %(town)s") % guest,
        _("By bike"),
        _("of these for %(town)s") % guest,
        _("Cost"),
        _("%(town)s bears") % guest,
    )
    return [{"label": _("Day")}, *({"label": label, "num": True} for label in labels)]


def day_row(line: MonthLine, town: Town, name: str = "", *, hub: bool = False) -> list[str]:
    """One day, as ``Saturday 28``; with the name of the hub where there are several."""
    day = format_date(line.day, "l j")
    return [
        name or (f"{day}, {line.hub}" if hub else day),
        str(line.doors),
        str(line.guest_doors),
        say_distance(line.metres),
        say_distance(line.guest_metres),
        format_money(line.cost.cents, town.currency),
        format_money(line.guest_cost.cents, town.currency),
    ]


def day_rows(month: Month) -> list[list[str]]:
    """All days."""
    several = len({line.hub for line in month.lines}) > 1
    return [day_row(line, month.agreement.town, hub=several) for line in month.lines]


def kind_columns(month: Month) -> list[dict[str, Any]]:
    """Of the table that says what the costs are made of."""
    bears = _("%(town)s bears") % {"town": month.agreement.guest.name}
    return [{"label": _("What")}, *({"label": label, "num": True} for label in (_("Cost"), bears, _("The rest")))]


def kind_rows(month: Month) -> tuple[list[list[str]], list[str]]:
    """Riders, depot, bikes; and all of it."""
    whole, theirs, currency = month.total.cost, month.total.guest_cost, month.agreement.town.currency

    def row(label: str, cents: int, guest: int) -> list[str]:
        return [label, *(format_money(amount, currency) for amount in (cents, guest, cents - guest))]

    rows = [
        row(_("Riders"), whole.riders, theirs.riders),
        row(_("Depot"), whole.hub, theirs.hub),
        row(_("Bikes"), whole.bikes, theirs.bikes),
    ]
    return rows, row(_("Together"), whole.cents, theirs.cents)


def notes_of(month: Month) -> list[str]:
    """By which rule, with which rates, and how kilometres are told apart."""
    far = _("Kilometres of a round are told apart by how far its doors lie from the hub, as the crow flies.")
    return [say_rule(month.agreement), rates_words(month.agreement.town, month.last), far]


def standing_words(month: Month) -> str:
    """Whether it may still change."""
    if month.issued is None:
        return _("As things stand today: the month is not closed.")
    return _("Closed on %(day)s. It does not change any more.") % {"day": say_date(month.issued.issued_at)}


def listed_months(agreement: Agreement, today: date) -> list[dict[str, Any]]:
    """Every month of an agreement, the newest first: what the guest bears where it is closed, else why it is not."""
    issued = issued_months(agreement)
    found = []
    for first in months_of(agreement, today):
        row: dict[str, Any] = {"first": first}
        if month := issued.get(first):
            amount = format_money(month.total.guest_cost.cents, agreement.town.currency)
            row |= {"text": _("%(town)s bears %(amount)s") % {"town": agreement.guest.name, "amount": amount}}
            row |= {"chip": _("closed for both towns"), "tone": "over"}
        elif last_of(first) < today:
            row |= {"chip": _("to be closed by %(town)s") % {"town": agreement.town.name}, "tone": "wait"}
        else:
            row |= {"chip": _("under way"), "tone": "calm"}
        found.append(row)
    return found


def csv_rows(month: Month) -> list[list[Cell]]:
    """A row for each day and hub; amounts in the currency of the towns."""
    return [
        [
            f"{line.day:%Y-%m-%d}",
            line.hub,
            line.doors,
            line.guest_doors,
            line.metres,
            line.guest_metres,
            *_cents(line.riders, line.depot, line.bikes, line.cost.cents),
            *_cents(line.guest_riders, line.guest_depot, line.guest_bikes, line.guest_cost.cents),
        ]
        for line in month.lines
    ]


def _cents(*amounts: int) -> Sequence[Cents]:
    return [Cents(amount) for amount in amounts]


def month_pdf(month: Month, *, made_at: datetime) -> bytes:
    """The statement as a tagged PDF (PDF/UA-1), in the host's language: the host issues it."""
    agreement = month.agreement
    language = agreement.town.default_language
    with translation.override(language):
        name = format_date(month.first, "F Y")
        kinds, foot = kind_rows(month)
        data = {
            "facts": [
                _("Agreement: %(title)s, voted on %(day)s.")
                % {"title": agreement.title, "day": say_date(agreement.voted_on)},
                standing_words(month),
            ],
            "shop": {"name": agreement.guest.name, "lines": [_("whose buyers were served")]},
            "town": {"name": agreement.town.name, "lines": [_("whose bikes rode")]},
            "sections": [
                {
                    "title": _("What it is made of"),
                    "columns": [column["label"] for column in kind_columns(month)],
                    "rows": kinds,
                    "foot": foot,
                },
                {
                    "title": _("Day by day"),
                    "columns": [column["label"] for column in day_columns(month)],
                    "rows": day_rows(month),
                    "foot": day_row(month.total, agreement.town, _("Together")),
                },
            ],
            "notes": notes_of(month),
        }
        title = _("Shared bikes, %(month)s") % {"month": name}
        return pdf("statement", title=title, language=language, made_at=made_at, data=data)
