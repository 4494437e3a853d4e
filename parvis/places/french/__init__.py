"""Hours as French people write them, turned into OpenStreetMap's ``opening_hours``. Pure.

Rather unread than guessed: what could be understood in two ways is not read. ``words`` cuts the text, ``gathering``
finds days, seasons and spans, ``sentences`` says what belongs to what, ``weeks`` settles every day, ``writing`` writes.
"""

from dataclasses import dataclass

from parvis.places.french.account import Account, Fragment
from parvis.places.french.items import HOLIDAY
from parvis.places.french.sentences import account_of
from parvis.places.french.weeks import Unclear, timetable_of
from parvis.places.french.words import clean, tokens_of
from parvis.places.french.writing import write, write_unknown

__all__ = ["Reading", "read_hours"]

LONGEST = 5000


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says of hours.

    ``opening_hours`` is "" when nothing was understood; ``rest`` the words that are not about hours; ``unread`` those
    that look like hours and were not understood; ``certain`` when every word about hours went into the value.
    """

    opening_hours: str
    rest: str
    unread: str
    certain: bool


def read_hours(text: str) -> Reading:
    """``Bar. Ouvert du lundi au samedi de 9h à 19h`` → ``Mo-Sa 09:00-19:00``, and "Bar." left over."""
    cleaned = clean(text[:LONGEST])
    account = account_of(tokens_of(cleaned), cleaned)
    rest = _join(cleaned, account.rest)
    all_hourly = _join(cleaned, account.hourly)
    if not account.hourly or len(text) > LONGEST:
        return Reading("", rest, all_hourly, False)
    if not account.clauses:
        return Reading(_days_only(account), rest, all_hourly, False)
    try:
        value = write(timetable_of(account), account.words)
    except Unclear:
        return Reading("", rest, all_hourly, False)
    open_questions = [fragment for fragment in account.fragments if not fragment.of_service]
    if any(_may_change_it(fragment, account) for fragment in open_questions):
        return Reading("", rest, all_hourly, False)
    rules = [write_unknown(f.refs, _join(cleaned, [(f.start, f.end)])) for f in open_questions]
    unread = _join(cleaned, [(fragment.start, fragment.end) for fragment in account.fragments])
    return Reading("; ".join([value, *rules]), rest, unread, not unread)


def _days_only(account: Account) -> str:
    """ "Ouvert du lundi au samedi" says no hours, but that it is closed on Sundays."""
    if len(account.fragments) != 1 or account.exclusions or account.limits:
        return ""
    refs = account.fragments[0].refs
    plain = all(ref.part is None and not ref.ranks for ref in refs)
    if not account.fragments[0].days_only or not plain or {ref.day for ref in refs} >= set(range(HOLIDAY)):
        return ""
    return write_unknown(refs, account.words)


def _may_change_it(fragment: Fragment, account: Account) -> bool:
    """Whether unread words could speak of days that were read."""
    read = {ref.day for clause in account.clauses for ref in clause.refs or ()}
    return not fragment.refs or any(ref.day in read for ref in fragment.refs)


def _join(text: str, spans: list[tuple[int, int]]) -> str:
    return " ".join(piece for start, end in sorted(spans) if (piece := text[start:end].strip(" \n,;:-")))
