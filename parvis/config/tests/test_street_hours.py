"""A market that the map knows: bikes ride around it while it is there, from the day the town's tiles are built."""

import json
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from parvis.config.street_hours import MOST_SPOTS, write_hours
from parvis.config.tests.test_town_command import real
from parvis.config.town_tiles import street_tiles
from parvis.core.geo import Point
from parvis.core.osm import TimedWay, cycle_network, ways_by_hours
from parvis.core.tests.osm_files import Drawing
from parvis.delivery.actions.dayways import DayWays
from parvis.delivery.actions.streets import streets_on
from parvis.delivery.clients.mapped import mapped_hours
from parvis.delivery.kinds import Kind
from parvis.delivery.models import Hub
from parvis.towns.clients.tiles import HOURS_FILE
from parvis.towns.models import Town

AT = datetime(2026, 11, 26, 9, tzinfo=UTC)  # a Thursday
SPOT = ((2.01, 48.01),)


def way(name: str, hours: str, spots: tuple[tuple[float, float], ...] = SPOT) -> TimedWay:
    return TimedWay(name, ((True, hours),), (), spots)


def stretches(folder: Path) -> list[list[str]]:
    return [stretch for entry in json.loads((folder / HOURS_FILE).read_text()) for stretch in entry["stretches"]]


def test_hours_are_moments_of_the_town_s_clock(tmp_path):
    town = Town(country="FR", timezone="Europe/Paris", lon=2.01, lat=48.01)
    ways = [way("Rue Haute", "Thu 06.00-14.00"), way("Rue Haute", "Th 06:00-14:00")]
    assert write_hours([*ways, way("", "weight>3.5")], tmp_path, town, AT) == 1
    (entry,) = json.loads((tmp_path / HOURS_FILE).read_text())
    assert (entry["name"], entry["on_foot"], entry["spots"]) == ("Rue Haute", [], [[2.01, 48.01]] * 2)
    found = stretches(tmp_path)
    assert found[0] == ["2026-11-26T05:00:00+00:00", "2026-11-26T13:00:00+00:00"]
    assert ["2027-07-01T04:00:00+00:00", "2027-07-01T12:00:00+00:00"] in found, "summer time"
    assert len(found) == 157, "three years"


def test_the_last_clause_that_holds_counts(tmp_path):
    """Closed from ten to seven on working days, but open to bikes at noon; nobody walks there on Christmas Day."""
    town = Town(country="FR", timezone="Europe/Paris", lon=2.01, lat=48.01)
    bikes = ((True, "Mo-Fr 10:00-19:00; PH off"), (False, "12:00-14:00"), (True, "Fr 13:00-13:30"))
    street = TimedWay("Rue Haute", bikes, ((True, "Dec 25"), (False, "permit")), SPOT)
    assert write_hours([street], tmp_path, town, AT) == 0
    (entry,) = json.loads((tmp_path / HOURS_FILE).read_text())
    assert entry["stretches"][:5] == [
        ["2026-11-26T09:00:00+00:00", "2026-11-26T11:00:00+00:00"],
        ["2026-11-26T13:00:00+00:00", "2026-11-26T18:00:00+00:00"],
        ["2026-11-27T09:00:00+00:00", "2026-11-27T11:00:00+00:00"],
        ["2026-11-27T12:00:00+00:00", "2026-11-27T12:30:00+00:00"],
        ["2026-11-27T13:00:00+00:00", "2026-11-27T18:00:00+00:00"],
    ]
    assert ["2026-12-25T12:00:00+00:00", "2026-12-25T12:30:00+00:00"] in entry["stretches"], "a Friday"
    assert sum(first.startswith("2026-12-25") for first, _last in entry["stretches"]) == 1
    assert entry["on_foot"][0] == ["2026-12-24T23:00:00+00:00", "2026-12-25T23:00:00+00:00"]


@pytest.mark.parametrize(
    ("hours", "night"),
    [
        ("22:00-06:00", ("21:00", "05:00")),
        ("(sunset+05:00)-(sunrise-01:00)", None),
        ("19:00-10:00", ("18:00", "09:00")),
    ],
)
def test_hours_over_midnight(tmp_path, hours, night):
    town = Town(country="FR", timezone="Europe/Paris", lon=2.01, lat=48.01)
    assert write_hours([way("", hours)], tmp_path, town, AT) == 0
    second = stretches(tmp_path)[1]
    assert second[0][:10] < second[1][:10]
    if night:
        assert [moment[11:16] for moment in second] == list(night)


def test_a_part_that_nobody_can_read_hides_no_other(tmp_path):
    town = Town(country="FR", timezone="Europe/Paris", lon=2.01, lat=48.01)
    street = TimedWay("", ((True, "Sa 08:00-12:00"), (True, "wet"), (False, "permit")), (), SPOT)
    assert write_hours([street], tmp_path, town, AT) == 1
    assert stretches(tmp_path)[0] == ["2026-11-28T07:00:00+00:00", "2026-11-28T11:00:00+00:00"]


def test_of_too_many_the_nearest_are_kept(tmp_path):
    town = Town(country="FR", timezone="Europe/Paris", lon=2.0, lat=48.0)
    far = way("Far", "Sa 08:00-12:00", tuple((2.1 + n / 1000, 48.0) for n in range(MOST_SPOTS)))
    near = way("Near", "Sa 08:00-12:00", tuple((2.0 + n / 10_000, 48.0) for n in range(10)))
    write_hours([far, near], tmp_path, town, AT)
    entries = {entry["name"]: entry["spots"] for entry in json.loads((tmp_path / HOURS_FILE).read_text())}
    assert len(entries["Near"]) == 10
    assert entries["Far"] == [list(spot) for spot in far.spots[: MOST_SPOTS - 10]]


def test_what_opens_at_some_hours_only_stays_closed_however_far_and_however_old(tmp_path):
    town = Town(country="DE", timezone="Europe/Berlin", lon=2.0, lat=48.0)
    many = way("Near", "Sa 08:00-12:00", tuple((2.0 + n / 100_000, 48.0) for n in range(MOST_SPOTS)))
    zone = TimedWay("Far", ((True, "24/7"), (False, "19:00-10:00"), (False, "residents")), (), ((2.1, 48.0),))
    assert write_hours([many, zone], tmp_path, town, AT) == 0
    near, far = json.loads((tmp_path / HOURS_FILE).read_text())
    assert len(near["spots"]) == MOST_SPOTS
    assert far["spots"] == [[2.1, 48.0]]
    assert far["stretches"][0] == ["2026-11-26T09:00:00+00:00", "2026-11-26T18:00:00+00:00"]
    assert far["stretches"][-1] == ["2029-11-24T23:00:00+00:00", "9999-01-01T00:00:00+00:00"]
    assert far["on_foot"] == []


@pytest.fixture
def hub(town: Town, hub: Hub, tmp_path: Path, settings) -> Hub:
    """At the west end of a street that is a market on Thursdays; another leads around it."""
    settings.VAR_DIR = tmp_path
    d = Drawing()
    row = [d.node(2.000 + i / 1000, 48.010) for i in range(21)]
    loop = [row[2], d.node(2.002, 48.015), d.node(2.018, 48.015), row[18]]
    d.way(row[:8], highway="tertiary", name="Rue Haute")
    d.way(row[7:13], highway="tertiary", name="Le Marché", bicycle__conditional="no @ (Th 06:00-14:00)")
    d.way(row[12:], highway="tertiary", name="Rue Haute")
    d.way(loop, highway="residential", name="Rue du Tour")
    Town.objects.filter(pk=town.pk).update(lon=2.001, lat=48.0101, slug="marche", street_tiles="streets/marche")
    Hub.objects.filter(pk=hub.pk).update(lon=2.0012, lat=48.0101)
    found = Hub.objects.select_related("town").get(pk=hub.pk)
    with street_tiles("marche", d.write(tmp_path / "town.osm")) as tiles:
        tiles.keep(found.town, AT)
    return found


@pytest.mark.django_db
def test_bikes_ride_around_the_market_while_it_is_there(hub):
    east = Point(2.0188, 48.0101)

    def metres(moment: datetime) -> int:
        streets = streets_on(hub, moment.date())
        return streets.route([hub.point, streets.conditions.at(east, (moment, moment))]).metres

    usual = metres(AT + timedelta(hours=8))
    assert metres(AT) > usual + 900
    assert metres(AT + timedelta(days=1)) == usual
    assert metres(AT + timedelta(days=7)) > usual + 900
    (street,) = mapped_hours(hub.town)
    assert (street.name, len(street.spots)) == ("Le Marché", 1)


@pytest.mark.django_db
@pytest.mark.parametrize("said", [{"bicycle": "no"}, {"highway": "pedestrian"}, {"access": "no", "foot": "yes"}])
def test_bikes_ride_through_a_street_for_walkers_before_its_shops_open(town, hub, tmp_path, said):
    d = Drawing()
    row = [d.node(2.000 + i / 1000, 48.010) for i in range(21)]
    d.way(row[:8], highway="tertiary")
    word = "access__conditional" if "access" in said else "bicycle__conditional"
    d.way(row[7:13], **{"highway": "tertiary", "name": "Rue Piétonne", word: "delivery @ (19:00-10:00)"} | said)
    d.way(row[12:], highway="tertiary")
    d.way([row[2], d.node(2.002, 48.015), d.node(2.018, 48.015), row[18]], highway="residential")
    with street_tiles("marche", d.write(tmp_path / "zone.osm")) as tiles:
        tiles.keep(town, AT)
    east = Point(2.0188, 48.0101)

    def metres(moment: datetime) -> int:
        streets = streets_on(hub, moment.date())
        return streets.route([hub.point, streets.conditions.at(east, (moment, moment))]).metres

    before_ten, noon = AT - timedelta(hours=1), AT + timedelta(hours=2)
    assert metres(noon) > metres(before_ten) + 900
    assert metres(before_ten + timedelta(days=40)) == metres(before_ten)
    walker = streets_on(hub, AT.date()).by(Kind.FOOT)
    assert walker.route([hub.point, walker.conditions.at(east, (noon, noon))]).metres < metres(noon) - 900


@pytest.mark.django_db
def test_who_walks_goes_through_the_market(hub):
    """Bikes are ridden around it; a hand cart is pushed through, and no promise is refused for it."""
    east = Point(2.0188, 48.0101)
    streets = streets_on(hub, AT.date())
    there = streets.conditions.at(east, (AT, AT))
    walker = streets.by(Kind.FOOT)
    assert walker.route([hub.point, there]).metres < streets.route([hub.point, there]).metres - 900
    assert walker.matrix([hub.point, there]).distances[0][1] == pytest.approx(1_300, rel=0.05)
    assert walker.ways_of(hub.point, [there])[0][0].metres == pytest.approx(1_300, rel=0.05)
    known = DayWays(streets, [hub.point, there])
    for profile, asked in (("", True), ("foot", False)):
        known.of(profile).guess(0, [1])
        assert ((0, 1) in known.of(profile).known) is asked, "a guess does where nothing is closed"


@pytest.mark.django_db
def test_a_town_without_the_file_or_with_a_broken_one_rides_on(hub, settings, caplog):
    file = settings.VAR_DIR / "streets/marche" / HOURS_FILE
    for nonsense in (
        "{",
        "[1]",
        '[{"name": "x"}]',
        '[{"name": "", "hours": "", "spots": [[999, 0]], "stretches": []}]',
    ):
        file.write_text(nonsense)
        with caplog.at_level(logging.WARNING):
            assert mapped_hours(hub.town) == ()
    assert "cannot be read" in caplog.text
    file.unlink()
    assert mapped_hours(hub.town) == ()
    assert streets_on(hub, AT.date()).conditions.spells == ()
    hub.town.street_tiles = ""
    assert mapped_hours(hub.town) == ()


@pytest.mark.data
def test_plainpalais_in_geneva(tmp_path):
    """The markets of the plain, Tuesdays, Wednesdays, Fridays, Saturdays, and the fleas on Sundays: real data."""
    cycle_network(real("geneva/geneva.osm.pbf"), tmp_path / "network.osm.pbf")
    ways = ways_by_hours(tmp_path / "network.osm.pbf")
    assert len(ways) == 5
    town = Town(country="CH", timezone="Europe/Zurich", lon=6.1457, lat=46.2022)
    assert write_hours(ways, tmp_path, town, AT) == 0
    (entry,) = json.loads((tmp_path / HOURS_FILE).read_text())
    days = {datetime.fromisoformat(begins).weekday() for begins, _ends in entry["stretches"]}
    assert days == {1, 2, 4, 5, 6}
    assert len(entry["spots"]) == 14
