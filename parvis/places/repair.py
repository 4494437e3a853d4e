"""The common mistakes of real ``opening_hours`` values, mended one by one and each said in plain words. Pure.

A value that the parser reads is never touched. A value is given back mended only when the parser then reads it; what
could mean two things ("Di" is a Sunday in French, a Tuesday in German) stays as it is.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from parvis.places.french import read_hours
from parvis.places.hours import is_readable

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
LONGEST = 1000
# How people shorten the days of a week that starts on Monday; the country says which languages to think of.
_LANGUAGES: dict[str, tuple[tuple[str, ...], ...]] = {
    "en": (
        ("mo", "mon", "monday"),
        ("tu", "tue", "tues", "tuesday"),
        ("we", "wed", "wednesday"),
        ("th", "thu", "thur", "thurs", "thursday"),
        ("fr", "fri", "friday"),
        ("sa", "sat", "saturday"),
        ("su", "sun", "sunday"),
    ),
    "fr": (
        ("lu", "lun", "lundi"),
        ("ma", "mar", "mardi"),
        ("me", "mer", "mercredi"),
        ("je", "jeu", "jeudi"),
        ("ve", "ven", "vendredi"),
        ("sa", "sam", "samedi"),
        ("di", "dim", "dimanche"),
    ),
    "nl": (
        ("ma", "maandag"),
        ("di", "dinsdag"),
        ("wo", "woensdag"),
        ("do", "donderdag"),
        ("vr", "vrij", "vrijdag"),
        ("za", "zaterdag"),
        ("zo", "zondag"),
    ),
    "de": (
        ("mo", "montag"),
        ("di", "dienstag"),
        ("mi", "mittwoch"),
        ("do", "donnerstag"),
        ("fr", "freitag"),
        ("sa", "samstag"),
        ("so", "sonntag"),
    ),
    "it": (
        ("lu", "lun", "lunedì"),
        ("ma", "mar", "martedì"),
        ("me", "mer", "mercoledì"),
        ("gi", "gio", "giovedì"),
        ("ve", "ven", "venerdì"),
        ("sa", "sab", "sabato"),
        ("do", "dom", "domenica"),
    ),
}
_SPOKEN = {"FR": ("fr",), "BE": ("fr", "nl", "de"), "CH": ("fr", "de", "it"), "LU": ("fr", "de")}
_WORDS = {word for names in _LANGUAGES.values() for day in names for word in day}
_DAY = "(?:Mo|Tu|We|Th|Fr|Sa|Su|PH|SH)"
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_TIME = r"\d{1,2}:\d{2}"
_CLOSED = r"\b(?:ferm[ée]e?s?|closed|close|geschlossen|gesloten|chiuso|zu)\b"
_ALWAYS = (
    r"(?i)^(?:24 ?h(?:ours|eures)?|24 ?h? ?/ ?24 ?h?|24 ?h ?/ ?7|24/7/365|24-7|always open)"
    r"(?:(?: ?,)? ?(?:7 ?j?/7|7 days))?$|^7 ?j?/7,? 24 ?h?/24$"
)
_HOLIDAYS = r"(?i)\b(?:jours? f[ée]ri[ée]s?|f[ée]ri[ée]s?|public holidays?|feiertage?|feestdag(?:en)?|giorni festivi)\b"
_QUOTED = re.compile(r'("[^"]*")')


# Days alone would mean open day and night, which nobody meant whose value had to be mended.
_SAYS_WHEN = re.compile(r"\d:\d\d|24/7|\b(?:off|closed|unknown|sunrise|sunset|dawn|dusk)\b")


@dataclass(frozen=True, slots=True)
class Repaired:
    """The value, mended where it could be, and what was done to it; no notes, nothing changed."""

    value: str
    notes: tuple[str, ...] = ()


def repair(value: str, country: str) -> Repaired:
    """``value`` as the parser reads it, when common mistakes are all that stood in the way; else unchanged.

    ``country`` (``FR``, ``BE``, ``CH`` …) says which languages the names of days may be in.
    """
    if not value.strip() or len(value) > LONGEST or is_readable(value, country):
        return Repaired(value)
    notes: list[str] = []
    mended = value
    for mend, note in _mends(country):
        changed = mend(mended)
        if changed != mended:
            mended = changed
            notes.append(note)
            if is_readable(mended, country) and _SAYS_WHEN.search(mended):
                return Repaired(mended, tuple(notes))
    reading = read_hours(value)
    if reading.certain and not reading.rest:
        return Repaired(reading.opening_hours, (_("It was written as a French sentence."),))
    return Repaired(value)


def _mends(country: str) -> list[tuple[Callable[[str], str], str]]:
    """What is tried, in this order, and how it is said."""
    return [
        (_spaces, _("Spaces and empty rules were taken out.")),
        (_quotes, _("Other quotation marks stood around a comment.")),
        (_outside_quotes(_dashes), _("Another sign stood for the dash of a range.")),
        (_outside_quotes(_sub(_ALWAYS, "24/7")), _("Always open was written in another way.")),
        (_outside_quotes(_half_days), _("Times with am and pm were put on 24 hours.")),
        (_outside_quotes(_times), _("Times were written without a colon.")),
        (_outside_quotes(_sub(_HOLIDAYS, "PH")), _("Public holidays were written as words.")),
        (_outside_quotes(_sub(rf"(?i){_CLOSED}", "off")), _("Closed was written in another word.")),
        (lambda text: _days(text, country), _("Days were written in another way.")),
        (_outside_quotes(_colons), _("A colon stood after the days.")),
        (_outside_quotes(_bare_hours), _("Hours were written without minutes.")),
        (_outside_quotes(_missing_spaces), _("A space was missing, or one too many stood there.")),
        (_outside_quotes(_separators), _("A sign was missing between two times or two rules.")),
        (_outside_quotes(_dates), _("The month was said once for several days.")),
    ]


def _outside_quotes(mend: Callable[[str], str]) -> Callable[[str], str]:
    """Words in quotes are somebody's own."""
    return lambda text: "".join(part if part.startswith('"') else mend(part) for part in _QUOTED.split(text))


def _sub(pattern: str, by: str) -> Callable[[str], str]:
    return lambda text: re.sub(pattern, by, text)


def _spaces(text: str) -> str:
    parts = [part if part.startswith('"') else re.sub(r"\s+", " ", part) for part in _QUOTED.split(text)]
    joined = "".join(parts).strip(" ;,")
    return re.sub(r"\s*;(?:\s*;)+\s*", "; ", joined)


def _quotes(text: str) -> str:
    return re.sub('[\u201c\u201e\u00ab] ?([^"\u201c\u201d\u00bb]*?) ?[\u201d\u201c\u00bb]', r'"\1"', text)


def _dashes(text: str) -> str:
    text = re.sub("\\s*[\u2010-\u2015\u2212\u2192~\uff5e]\\s*", "-", text)
    return re.sub(r"(?i)(?<=[\dhm.]) ?\b(?:to|until|till|bis|tot|à)\b ?(?=\d)", "-", text)


def _half_days(text: str) -> str:
    """``9am-5pm``, ``9:30 a.m.``; both ends say which half, or neither is touched."""

    def clock(found: re.Match[str]) -> str:
        hour, minute = int(found[1]), found[2] or "00"
        if not 1 <= hour <= 12:
            return found[0]
        hour = hour % 12 + (12 if found[3].lower() == "p" else 0)
        return f"{hour:02d}:{minute}"

    changed = re.sub(r"(?i)\b(\d{1,2})(?:[:.](\d\d))? ?([ap])\.?m\b\.?", clock, text)
    if changed == text:
        return text
    return re.sub(r"(?<=\d\d:\d\d) - (?=\d\d:\d\d)", "-", changed)


def _times(text: str) -> str:
    """``9h30``, ``9h``, ``9.30`` and ``9u30``."""
    text = re.sub(r"(?i)\b(\d{1,2}) ?[hu] ?([0-5]\d)\b", lambda f: f"{int(f[1]):02d}:{f[2]}", text)
    text = re.sub(r"(?i)(?<=\d:\d\d) ?(?:uhr|uur|heures|h)\b", "", text)
    text = re.sub(r"(?i)\b(\d{1,2}) ?(?:h|u|uhr|uur)(?![a-z0-9])", lambda f: f"{int(f[1]):02d}:00", text)
    return re.sub(r"(?<![\d.])(\d{1,2})\.([0-5]\d)(?![\d.])", lambda f: f"{int(f[1]):02d}:{f[2]}", text)


def _days(text: str, country: str) -> str:
    """Days in the one language that all of them belong to; two languages that disagree leave them alone."""
    outside = "".join(part for part in _QUOTED.split(text) if not part.startswith('"'))
    used = {word.lower() for word in re.findall(r"[^\W\d_]+", outside) if word.lower() in _WORDS}
    wanted = ("en", *_SPOKEN.get(country.upper(), ("fr", "nl", "de", "it")))
    meanings = []
    for language in wanted:
        numbers = {word: n for n, names in enumerate(_LANGUAGES[language]) for word in names}
        if used and used <= set(numbers):
            meanings.append({word: DAYS[numbers[word]] for word in used})
    if not meanings or any(meaning != meanings[0] for meaning in meanings[1:]):
        return text
    meaning = meanings[0]

    def rename(part: str) -> str:
        part = re.sub(r"[^\W\d_]+\.?", lambda f: meaning.get(f[0].rstrip(".").lower(), f[0]), part)
        return re.sub(rf"(?i)\b({_DAY}) (?:à|au|to|bis|tot|t/m) ({_DAY})\b", r"\1-\2", part)

    return _outside_quotes(rename)(text)


def _colons(text: str) -> str:
    return re.sub(rf"({_DAY}|{_MONTH}) ?: ?(?=\d|off)", r"\1 ", text)


def _bare_hours(text: str) -> str:
    """``Mo-Fr 8-12,14-18``; not the days of a month."""
    if re.search(_MONTH, text):
        return text
    hour = r"(?<![\d:])(\d{1,2})(?![\d:])"
    text = re.sub(rf"(?<=[ ,-]){hour}(?= ?-)|^{hour}(?= ?-)", lambda f: f"{int(f[1] or f[2]):02d}:00", text)
    return re.sub(rf"(?<=-){hour}|(?<=- ){hour}", lambda f: f"{int(f[1] or f[2]):02d}:00", text)


def _missing_spaces(text: str) -> str:
    text = re.sub(rf"\b({_DAY})(?=\d)", r"\1 ", text)
    text = re.sub(rf"\b({_DAY}) - ({_DAY})\b", r"\1-\2", text)
    text = re.sub(rf"({_TIME}) ?- ?({_TIME})", r"\1-\2", text)
    return re.sub(r";(?=\S)", "; ", text)


def _separators(text: str) -> str:
    text = re.sub(rf"(-{_TIME}) ?(?:\||/|and|et|und|en|&|\+) ?(?={_TIME})", r"\1,", text)
    text = re.sub(rf"(-{_TIME}) (?={_TIME})", r"\1,", text)
    text = re.sub(rf"(-{_TIME}|\boff)(?:,|, | | ?/ ?)(?={_DAY}\b)", r"\1; ", text)
    return re.sub(rf"({_DAY}), (?={_DAY}\b)", r"\1,", text)


def _dates(text: str) -> str:
    """``Dec 24, 25, 31 off``."""

    def spread(found: re.Match[str]) -> str:
        month, *days = re.findall(r"[A-Z][a-z]{2}|\d{1,2}", found[0])
        return ",".join(f"{month} {int(day):02d}" for day in days)

    return re.sub(rf"{_MONTH} \d{{1,2}}(?:, ?\d{{1,2}}(?![\d:]))+", spread, text)
