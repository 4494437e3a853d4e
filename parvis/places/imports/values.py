"""One cell of a table as the value of an entry; each function says what is wrong with it in a sentence."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator
from django.utils.translation import gettext as _

from parvis.core.errors import Refusal
from parvis.core.printable import printable
from parvis.core.text import fold
from parvis.places import french
from parvis.places.hours import is_readable
from parvis.places.repair import repair
from parvis.places.services import SERVICES

LONGEST_NAME = 160
LONGEST_TEXT = 10_000
LONGEST_HOURS = 2_000
KEPT_HOURS = 500  # what the column of the rules holds
FARTHEST_DELIVERY_M = 200_000
READ, REPAIRED, LEFT = "read", "repaired", "left"
_YES = {"yes", "oui", "ja", "true", "vrai", "1", "o", "designated", "accessible", "total", "totale", "volledig"}
_NO = {"no", "non", "nee", "false", "faux", "0", "n", "inaccessible"}
_PARTLY = {"limited", "partial", "partiel", "partielle", "partiellement", "beperkt", "gedeeltelijk"}
_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")
_PAIR = re.compile(r"(-?\d+(?:[.,]\d+)?)\s*[,;/ ]\s*(-?\d+(?:[.,]\d+)?)")
_WKT = re.compile(r"POINT\s*\(\s*(-?[\d.]+)\s+(-?[\d.]+)\s*\)", re.IGNORECASE)


def one_line(text: str, longest: int, what: str) -> str:
    """Text on one line; raises Refusal where it is longer than an entry keeps."""
    line = " ".join(printable(text).split())
    if len(line) > longest:
        raise Refusal(
            _("The %(what)s has %(length)d letters; %(most)d are the most.")
            % {"what": what, "length": len(line), "most": longest}
        )
    return line


def long_text(text: str) -> str:
    """Text of several lines."""
    if len(text) > LONGEST_TEXT:
        raise Refusal(
            _("The %(what)s has %(length)d letters; %(most)d are the most.")
            % {"what": _("description"), "length": len(text), "most": LONGEST_TEXT}
        )
    return text.strip()


def number(text: str) -> float:
    """A number with a point or a comma; raises Refusal."""
    try:
        return float(text.strip().replace(",", ".").replace("\u202f", "").replace("°", ""))
    except ValueError:
        raise Refusal(_("“%(text)s” is not a number.") % {"text": text[:40]}) from None


def pair(text: str) -> tuple[float, float]:
    """Longitude and latitude of one cell: "48.82,2.27", "[48.82, 2.27]" (latitude first) or "POINT(2.27 48.82)"."""
    if said := _WKT.search(text):
        return float(said[1]), float(said[2])
    if said := _PAIR.search(text):
        return number(said[2]), number(said[1])
    raise Refusal(_("“%(text)s” is not a pair of coordinates.") % {"text": text[:40]})


def hours(text: str, country: str) -> tuple[str, str, str]:
    """The rule, the words that no rule says, and how it went: READ, REPAIRED or LEFT ("" for an empty text).

    What cannot be read for sure stays as it was written, for an agent.
    """
    said = " ".join(text.split())
    if not said:
        return "", "", ""
    if len(said) > LONGEST_HOURS:
        raise Refusal(_("The hours have %(length)d letters: that is no rule.") % {"length": len(said)})
    if len(said) <= KEPT_HOURS and is_readable(said, country):
        return said, "", READ
    mended = repair(said, country)
    if mended.value and len(mended.value) <= KEPT_HOURS and is_readable(mended.value, country):
        return mended.value, "", REPAIRED
    read = french.read_hours(text.strip())
    if read.opening_hours and read.certain and len(read.opening_hours) <= KEPT_HOURS:
        return read.opening_hours, said if read.rest else "", REPAIRED
    return "", said, LEFT


def website(text: str) -> str:
    """A web address with its scheme; raises Refusal."""
    first = text.split()[0].strip(";,") if text.split() else ""
    if not first:
        return ""
    address = first if "://" in first else f"https://{first}"
    try:
        URLValidator(schemes=["http", "https"])(address)
    except ValidationError:
        raise Refusal(_("“%(text)s” is not a web address.") % {"text": text[:60]}) from None
    if len(address) > 300:
        raise Refusal(_("The web address is longer than 300 letters."))
    return address


def email(text: str) -> str:
    """A mail address; raises Refusal."""
    address = text.strip()
    if not address:
        return ""
    try:
        EmailValidator()(address)
    except ValidationError:
        raise Refusal(_("“%(text)s” is not a mail address.") % {"text": address[:60]}) from None
    return address


def wheelchair(text: str) -> str:
    """``yes``, ``limited``, ``no``, or "" where the words say neither."""
    word = fold(text)
    return "yes" if word in _YES else "no" if word in _NO else "limited" if word in _PARTLY else ""


def services(text: str) -> list[str]:
    """Keys or labels of services, whatever stands between them; words that mean none are left out."""
    labels = {fold(str(service.label)): key for key, service in SERVICES.items()}
    words = [word.strip() for word in re.split(r"[,;|]", text)]
    found = {word if word in SERVICES else labels.get(fold(word), "") for word in words}
    return [key for key in SERVICES if key in found]


def metres(text: str) -> int | None:
    """A distance in metres, or None; raises Refusal for what is no distance in a town."""
    if not text.strip():
        return None
    value = number(text)
    if not 0 <= value <= FARTHEST_DELIVERY_M:
        raise Refusal(_("“%(text)s” is not a distance in metres.") % {"text": text[:40]})
    return int(value)


def day(text: str, today: date) -> date | None:
    """A day not later than ``today``; raises Refusal."""
    said = text.strip()
    if not said:
        return None
    for form in _DAYS:
        try:
            found = datetime.strptime(said[:10], form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
        if found > today:
            raise Refusal(_("The date %(day)s is in the future.") % {"day": said[:10]})
        return found
    raise Refusal(_("“%(text)s” is not a date.") % {"text": said[:40]})


def moment(text: str) -> datetime | None:
    """The moment of an export, or None for what is none."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if found.tzinfo else None


def tags_of(cells: Mapping[str, Any], prefix: str = "tag:") -> dict[str, str]:
    """The cells of columns that are called like OSM keys."""
    return {key.removeprefix(prefix): str(value) for key, value in cells.items() if key.startswith(prefix) and value}
