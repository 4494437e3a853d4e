"""Dates, hours and measures as people say them, in the active language and the active time zone.

``jeudi 26 novembre``, ``17 h–19 h`` in French; ``Thursday 26 November``, ``17:00–19:00`` in English and Dutch.
Spaces inside a measure do not break.
"""

from datetime import date, datetime, time

from django.utils import formats, timezone, translation
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

NBSP = "\u00a0"


def _language() -> str:
    return (translation.get_language() or "fr")[:2]


def _local(moment: date | time) -> date | time:
    if isinstance(moment, datetime) and timezone.is_aware(moment):
        return timezone.localtime(moment)
    return moment


def say_day(moment: date) -> str:
    """``jeudi 26 novembre``, ``dimanche 1er mars``; a moment is first brought to the town's zone."""
    local = _local(moment)
    assert isinstance(local, date)
    if _language() == "fr" and local.day == 1:
        return f"{format_date(local, 'l')} 1er {format_date(local, 'F')}"
    return format_date(local, "l j F")


def say_clock(moment: time | datetime) -> str:
    """``17 h`` or ``17 h 30`` in French, ``17:30`` elsewhere; seconds are left out."""
    local = _local(moment)
    assert isinstance(local, time | datetime)
    if _language() == "fr":
        minutes = f"{NBSP}{local.minute:02d}" if local.minute else ""
        return f"{local.hour}{NBSP}h{minutes}"
    return f"{local.hour}:{local.minute:02d}"


def say_labelled(label: object, text: object) -> str:
    """``Closed: 14 July``, ``Fermé : 14 juillet``."""
    return _("%(label)s: %(text)s") % {"label": label, "text": text}


def say_span(start: time | datetime, end: time | datetime) -> str:
    """``17 h–19 h``: a window on one day."""
    return f"{say_clock(start)}–{say_clock(end)}"


def _decimal(value: float, places: int) -> str:
    text = formats.number_format(round(value, places), decimal_pos=places, use_l10n=True)
    mark = formats.get_format("DECIMAL_SEPARATOR", use_l10n=True)
    return text.rstrip("0").rstrip(mark) if mark in text else text


def say_weight(grams: int) -> str:
    """``850 g`` below a kilo, then ``1,2 kg``."""
    return f"{grams}{NBSP}g" if grams < 1000 else f"{_decimal(grams / 1000, 1)}{NBSP}kg"


def say_grams(grams: int) -> str:
    """``290 g``, ``1,435 kg``: a weight to the gram, as it is paid."""
    return f"{grams}{NBSP}g" if grams < 1000 else f"{_decimal(grams / 1000, 3)}{NBSP}kg"


def say_distance(metres: float) -> str:
    """``350 m`` below a kilometre, then ``3,4 km``."""
    whole = round(metres)
    return f"{whole}{NBSP}m" if whole < 1000 else f"{_decimal(whole / 1000, 1)}{NBSP}km"


def say_duration(seconds: float) -> str:
    """``12 min``, then ``1 h 05`` (``1 u 05`` in Dutch); never less than a minute unless it is nothing at all."""
    minutes = max(1, round(seconds / 60)) if seconds > 0 else 0
    if minutes < 60:
        return f"{minutes}{NBSP}min"
    rest = f"{NBSP}{minutes % 60:02d}" if minutes % 60 else ""
    return f"{minutes // 60}{NBSP}{'u' if _language() == 'nl' else 'h'}{rest}"


def say_percent(percent: int) -> str:
    """``110 %`` in French, ``110%`` elsewhere."""
    return say_rate(percent * 100)


def say_rate(basis_points: int) -> str:
    """A VAT rate in basis points: 550 is ``5,5 %`` in French, ``5.5%`` in English."""
    space = NBSP if _language() == "fr" else ""
    return f"{_decimal(basis_points / 100, 2)}{space}%"
