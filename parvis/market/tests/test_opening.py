"""When an order can be ready: only while the shop is open."""

from datetime import UTC, datetime

import pytest

from parvis.demo import builders
from parvis.market.opening import opening_of, ready_at, week_of

HOURS = "Mo-Sa 09:00-13:00,15:00-19:00"


@pytest.mark.parametrize(
    ("hours", "now", "ready"),
    [
        (HOURS, "2026-11-26 10:00", "2026-11-26 11:00"),  # open long enough
        (HOURS, "2026-11-26 12:30", "2026-11-26 15:30"),  # the rest after lunch
        (HOURS, "2026-11-26 13:30", "2026-11-26 16:00"),  # closed: from the next opening
        (HOURS, "2026-11-28 18:45", "2026-11-30 09:45"),  # Saturday evening: Monday
        ("24/7", "2026-11-26 23:30", "2026-11-27 00:30"),
        ("", "2026-11-26 23:30", "2026-11-27 00:30"),  # nobody knows: the shop answers
        ("off", "2026-11-26 10:00", "2026-11-26 11:00"),  # no opening in sight: the shop answers
    ],
)
def test_ready_at(town, hours, now, ready):
    place = builders.make_shop(town, opening_hours=hours).place
    at = datetime.fromisoformat(now).replace(tzinfo=town.zone).astimezone(UTC)
    assert f"{ready_at(place, town, 60, at).astimezone(town.zone):%Y-%m-%d %H:%M}" == ready


def test_unknown_hours_say_nothing(town, at):
    place = builders.make_shop(town, opening_hours="sometimes").place
    assert opening_of(place, town, at).words == ""
    place.opening_hours = ""
    assert week_of(place, town, at) == []
