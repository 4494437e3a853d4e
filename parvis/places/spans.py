"""Opening hours as rows: every stretch in which a place is open, worked out for the weeks to come.

Rules are read once, when they change and every night; then "open now", "opens at" and "open on Sunday morning" are
questions to an index. A place whose hours are not understood has no rows, and is neither open nor closed.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from parvis.core.time import day_bounds, day_of
from parvis.places.hours import open_stretches
from parvis.places.models import OpenSpan, Place

DAYS_AHEAD = 21  # three weeks: "open next Sunday" is always in
BATCH = 2000


@transaction.atomic
def rewrite_spans(places: Iterable[Place], at: datetime) -> int:
    """Work out the stretches of ``places`` from the town's yesterday on; returns how many rows were written.

    The places need their town and closures at hand (``with_closures()``).
    """
    rows: list[OpenSpan] = []
    touched: list[Place] = []
    for place in places:
        zone = place.town.zone
        today = day_of(at, zone)
        start = day_bounds(today - timedelta(days=1), zone)[0]
        end = day_bounds(today + timedelta(days=DAYS_AHEAD), zone)[1]
        place.spans_until = end
        touched.append(place)
        if not place.hours_read or not place.opening_hours:
            continue
        spans = open_stretches(
            place.opening_hours, place.closed_days(), (start, end), zone, place.town.country, place.point
        )
        rows += [OpenSpan(town_id=place.town_id, place=place, starts_at=a, ends_at=b) for a, b in spans]
    OpenSpan.objects.filter(place__in=[place.pk for place in touched]).delete()
    OpenSpan.objects.bulk_create(rows, batch_size=BATCH)
    Place.objects.bulk_update(touched, ["spans_until"], batch_size=500)
    return len(rows)
