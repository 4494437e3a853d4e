"""This evening, tomorrow, Saturday afternoon, Sunday morning: on the town's clock, whatever the day."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from parvis.places.moments import WHEN, span_of

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("when", "at", "start", "end"),
    [
        ("evening", "2026-11-26T10:00", "2026-11-26T19:00", "2026-11-27T00:00"),
        ("evening", "2026-11-26T22:30", "2026-11-26T22:30", "2026-11-27T00:00"),
        ("tomorrow", "2026-11-26T10:00", "2026-11-27T06:00", "2026-11-28T00:00"),
        ("tomorrow", "2026-12-31T23:59", "2027-01-01T06:00", "2027-01-02T00:00"),
        ("tomorrow", "2026-03-28T10:00", "2026-03-29T06:00", "2026-03-30T00:00"),
        ("saturday", "2026-11-26T10:00", "2026-11-28T14:00", "2026-11-28T18:00"),
        ("saturday", "2026-11-28T15:00", "2026-11-28T15:00", "2026-11-28T18:00"),
        ("saturday", "2026-11-28T18:00", "2026-12-05T14:00", "2026-12-05T18:00"),
        ("sunday", "2026-11-29T07:00", "2026-11-29T08:00", "2026-11-29T12:00"),
        ("sunday", "2026-11-29T13:00", "2026-12-06T08:00", "2026-12-06T12:00"),
        ("sunday", "2026-10-24T10:00", "2026-10-25T08:00", "2026-10-25T12:00"),  # the clocks went back in the night
    ],
)
def test_what_people_mean(when, at, start, end):
    found = span_of(when, datetime.fromisoformat(at).replace(tzinfo=PARIS), PARIS)
    assert [moment.astimezone(PARIS).isoformat()[:16] for moment in found] == [start, end]


def test_never_empty_and_never_past():
    at = datetime(2026, 10, 22, tzinfo=UTC)
    for _ in range(24 * 14 * 2):
        at += timedelta(minutes=30)
        for when in set(WHEN) - {"now"}:
            start, end = span_of(when, at, PARIS)
            assert at <= start < end <= at + timedelta(days=8)


def test_nonsense_is_refused():
    with pytest.raises(ValueError, match="ask about"):
        span_of("yesterday", datetime(2026, 10, 22, tzinfo=UTC), PARIS)
