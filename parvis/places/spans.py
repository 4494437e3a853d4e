"""Opening hours as rows: every stretch in which a place is open, worked out for the weeks to come.

Rules are read when they change, and again every week or so; then "open now", "opens at" and "open on Sunday morning"
are questions to an index. A place whose hours are not understood has no rows, and is neither open nor closed.

A row is one stretch as ``hours.open_stretches`` has it. What lasts longer than 24 hours is cut at the midnights
of the town, so that no row is longer than ``LONGEST``, and a row does not depend on the day on which it is written:
writing a place again changes only what has changed.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import batched
from uuid import UUID

from django.db import connection, transaction

from parvis.core.time import day_bounds, day_of
from parvis.places.hours import ClosedDays, Span, open_stretches
from parvis.places.models import OpenSpan, Place
from parvis.towns.models import Town

DAYS_AHEAD = 21  # three weeks: "open next Sunday" is always in
DAYS_KEPT = timedelta(days=14)  # what reaches less far is written again: each place about once a week
BATCH = 500
WHOLE = timedelta(hours=24)  # what lasts longer is cut at midnights
SEEN = timedelta(days=2)  # a stretch is looked at from so long before and after, so that it is never cut by the frame

type Asked = tuple[str, tuple[ClosedDays, ...], str, str, float, float]


def rewrite_spans(places: Iterable[Place], at: datetime) -> int:
    """Work out the stretches of ``places`` from the town's yesterday on; returns how many rows were added or deleted.

    Call it for every place that is new or whose hours, closures, position or end have changed, in the transaction
    that changed them. The places need their town and closures at hand (``with_closures()``).
    """
    frames = _Frames(at)
    return sum(_write(batch, frames) for batch in batched(places, BATCH))


def refresh_due(at: datetime, town: Town | None = None) -> int:
    """Bring the rows of every place up to ``at`` that needs it; returns how many rows were added or deleted.

    A transaction per batch: a page never waits for the whole town. A place that somebody is changing right now is
    left to them, and ``refresh_due`` at the next hour finds what remains.
    """
    due = Place.objects.behind(at + DAYS_KEPT).order_by("town", "pk")
    if town is not None:
        due = due.filter(town=town)
    frames, changed = _Frames(at), 0
    for keys in batched(list(due.values_list("pk", flat=True)), BATCH):
        with transaction.atomic():
            # prefetched closures are read behind the lock: a closure is added by somebody who holds it
            places = Place.objects.filter(pk__in=keys).behind(at + DAYS_KEPT).with_closures()
            locked = places.select_for_update(of=("self",), no_key=True, skip_locked=True)
            changed += _write(list(locked), frames)
    return changed


class _Frames:
    """From when to when rows are kept for a town, and stretches worked out once for all places with the same hours."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self._frames: dict[str, Span] = {}
        self._worked_out: dict[Asked, list[Span]] = {}

    def of(self, town: Town) -> Span:
        """From the town's midnight before last to the one that is ``DAYS_AHEAD`` days and a bit away."""
        frame = self._frames.get(town.timezone)
        if frame is None:
            today = day_of(self.at, town.zone)
            begin = day_bounds(today - timedelta(days=1), town.zone)[0]
            frame = self._frames[town.timezone] = begin, day_bounds(today + timedelta(days=DAYS_AHEAD), town.zone)[1]
        return frame

    def stretches(self, place: Place) -> list[Span]:
        """The rows of a place: none for hours that nobody understands, and for a place that is gone."""
        if not place.hours_read or not place.opening_hours or place.gone_on is not None:
            return []
        town = place.town
        sunny = any(word in place.opening_hours for word in ("sun", "dawn", "dusk"))
        where = (place.lon, place.lat) if sunny else (0.0, 0.0)
        asked = place.opening_hours, tuple(place.closed_days()), town.timezone, town.country, *where
        found = self._worked_out.get(asked)
        if found is None:
            found = self._worked_out[asked] = self._work_out(place)
        return found

    def _work_out(self, place: Place) -> list[Span]:
        town = place.town
        begin, end = self.of(town)
        seen = begin - SEEN, end + SEEN
        stretches = open_stretches(place.opening_hours, place.closed_days(), seen, town.zone, town.country, place.point)
        pieces = [piece for stretch in stretches for piece in _pieces(stretch, town)]
        return [(opens, closes) for opens, closes in pieces if closes > begin and opens < end]


def _pieces(stretch: Span, town: Town) -> list[Span]:
    """A stretch as rows: itself, or cut at the town's midnights where it lasts longer than 24 hours."""
    start, end = stretch
    if end - start <= WHOLE:
        return [stretch]
    pieces = []
    while start < end:
        midnight = day_bounds(day_of(start, town.zone), town.zone)[1]
        pieces.append((start, min(midnight, end)))
        start = midnight
    return pieces


def _write(places: Sequence[Place], frames: _Frames) -> int:
    """Make the rows of these places what they should be, touching only those that differ."""
    there: dict[UUID, set[Span]] = {place.pk: set() for place in places}
    kept = OpenSpan.objects.filter(place__in=there)
    for key, start, end in kept.values_list("place_id", "starts_at", "ends_at"):
        there[key].add((start, end))
    outdated: list[tuple[UUID, Span]] = []
    missing: list[tuple[Place, Span]] = []
    for place in places:
        wanted, old = frames.stretches(place), there[place.pk]
        if old:
            outdated += [(place.pk, span) for span in old.difference(wanted)]
        missing += [(place, span) for span in wanted if span not in old]
    with transaction.atomic():
        _delete(outdated)
        _insert(missing)
        _mark(places, frames)
    return len(outdated) + len(missing)


def _delete(rows: Sequence[tuple[UUID, Span]]) -> None:
    """In one statement, by the primary key."""
    if not rows:
        return
    keys, starts = [key for key, _span in rows], [start for _key, (start, _end) in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM places_openspan s USING unnest(%s::uuid[], %s::timestamptz[]) AS gone (place, start)"
            " WHERE s.place_id = gone.place AND s.starts_at = gone.start",
            [keys, starts],
        )


def _insert(rows: Sequence[tuple[Place, Span]]) -> None:
    """By COPY: a town's three weeks are millions of rows. Those of a day lie together, as they are asked for."""
    if not rows:
        return
    lines = [
        f"{place.town_id}\t{place.pk}\t{start.isoformat()}\t{end.isoformat()}\n"
        for place, (start, end) in sorted(rows, key=lambda row: row[1][0])
    ]
    statement = "COPY places_openspan (town_id, place_id, starts_at, ends_at) FROM STDIN"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        copy.write("".join(lines))


def _mark(places: Sequence[Place], frames: _Frames) -> None:
    """Say how far their rows reach now."""
    for until in {frames.of(place.town)[1] for place in places}:
        reached = [place for place in places if frames.of(place.town)[1] == until]
        Place.objects.filter(pk__in=[place.pk for place in reached]).update(spans_until=until)
        for place in reached:
            place.spans_until = until
