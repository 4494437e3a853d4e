"""Making a town: what it is, and its doors."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.core.geo import Point
from parvis.core.osm import Door
from parvis.core.text import fold, words_of
from parvis.towns import words
from parvis.towns.models import Address, Synonym, Town
from parvis.towns.synonyms import LONGEST_PHRASE

BATCH = 1000


@dataclass(frozen=True, slots=True)
class CountryDefaults:
    """What a town of a country has unless somebody says otherwise."""

    timezone: str
    currency: str
    languages: tuple[str, ...]


COUNTRIES: dict[str, CountryDefaults] = {
    Town.Country.FRANCE: CountryDefaults("Europe/Paris", "EUR", ("fr",)),
    Town.Country.BELGIUM: CountryDefaults("Europe/Brussels", "EUR", ("fr", "nl")),
    Town.Country.SWITZERLAND: CountryDefaults("Europe/Zurich", "CHF", ("fr",)),
}


def create_town(
    *,
    slug: str,
    name: str,
    country: str,
    centre: Point,
    at: datetime,
    languages: Iterable[str] = (),
    timezone: str = "",
    boundary: dict[str, Any] | None = None,
    backdrop: dict[str, Any] | None = None,
    official_code: str = "",
    sources: Iterable[dict[str, str]] = (),
    street_tiles: str = "",
    is_demo: bool = False,
) -> Town:
    """Make a town; raises Refusal when its slug is taken. Languages, zone and currency follow the country."""
    defaults = COUNTRIES[country]
    town = Town(
        slug=slug,
        name=name,
        country=country,
        official_code=official_code,
        languages=list(languages) or list(defaults.languages),
        timezone=timezone or defaults.timezone,
        currency=defaults.currency,
        lon=centre.lon,
        lat=centre.lat,
        boundary=boundary,
        backdrop=backdrop or {},
        sources=list(sources),
        street_tiles=street_tiles,
        is_demo=is_demo,
    )
    try:
        with transaction.atomic():
            town.save(force_insert=True)
            audit.record("town.created", town, at=at, town_id=town.pk)
    except IntegrityError:
        raise Refusal(taken(slug)) from None
    return town


def taken(slug: str) -> str:
    """The sentence for a slug that another town has."""
    return f"There is already a town {slug} here: choose another name, or delete it first (parvis town delete {slug})."


@transaction.atomic
def import_addresses(town: Town, doors: Iterable[Door], *, source: str) -> int:
    """Write the doors of a town that it does not have yet; gives how many were read."""
    rows = [address_row(town, door, source) for door in doors]
    Address.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    refresh_statistics("towns_address")
    words.learn(town, {row.street for row in rows})
    return len(rows)


def address_row(town: Town, door: Door, source: str) -> Address:
    """The row of a door of the map, ready to be written in bulk."""
    address = Address(
        town=town,
        number=door.number[:20],
        street=door.street[:160],
        postcode=door.postcode[:12],
        city=door.city[:120],
        lon=door.point.lon,
        lat=door.point.lat,
        source=source[:40],
    )
    address.index()
    return address


LONGEST_WORD, LONGEST_MEANING = 40, 80  # letters, as the columns have them
MOST_SYNONYMS = 500  # of a town: they are read with each question


@transaction.atomic
def add_synonym(*, town: Town, word: str, means: str, at: datetime, by: Any = None) -> Synonym:
    """From now on who types ``word`` also finds what is called ``means`` (several names: with commas between them).

    A line for a word that has one replaces it. Raises Refusal for words without a letter, and for too many lines.
    """
    folded = fold(word)
    names = [" ".join(name.split()) for name in means.split(",") if words_of(name)]
    if not folded or len(folded) > LONGEST_WORD:
        raise Refusal(_("Write the word that people type, in at most 40 letters."))
    if not names or len(", ".join(names)) > LONGEST_MEANING:
        raise Refusal(_("Write what it is called here, in at most 80 letters."))
    if len(folded.split()) > LONGEST_PHRASE:
        raise Refusal(_("Write at most four words that people type."))
    if Synonym.objects.filter(town=town).exclude(word=folded).count() >= MOST_SYNONYMS:
        raise Refusal(_("There are too many lines. Remove some first."))
    line, _created = Synonym.objects.update_or_create(town=town, word=folded, defaults={"means": ", ".join(names)})
    words.learn(town, [folded, *names])
    audit.record("town.synonym_added", line, at=at, town_id=town.pk, actor=by)
    return line


@transaction.atomic
def remove_synonym(*, line: Synonym, at: datetime, by: Any = None) -> None:
    """Forget a line; what everybody starts with counts again."""
    audit.record("town.synonym_removed", line, at=at, town_id=line.town_id, actor=by)
    line.delete()


def refresh_statistics(table: str) -> None:
    """Tell the planner about the rows just written, or it scans them all until its next round."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {connection.ops.quote_name(table)}")
