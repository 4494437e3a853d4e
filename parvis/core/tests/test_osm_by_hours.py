"""Which ways the map closes to bikes at some hours, and where somebody who rides along them must pass."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parvis.core.osm import UnreadableExtract, cycle_network, ways_by_hours
from parvis.core.osm.conditions import WORDS_ON_WALKERS, opened_to_bikes, refused_hours
from parvis.core.tests.osm_files import Drawing

MARKET = "We 06:00-16:00"


NO, YES = True, False


@pytest.mark.parametrize(
    ("said", "clauses"),
    [
        (f"no @ ({MARKET})", [(NO, MARKET)]),
        ("no @ 10:00-18:00", [(NO, "10:00-18:00")]),
        ("no@10:00-18:00", [(NO, "10:00-18:00")]),
        ("No @ ( 10:00-18:00 )", [(NO, "10:00-18:00")]),
        ("private @ (22:00-06:00)", [(NO, "22:00-06:00")]),
        ("no @ (Mo-Fr 07:00-09:00; Sa 08:00-10:00)", [(NO, "Mo-Fr 07:00-09:00; Sa 08:00-10:00")]),
        (
            "no @ (Mo-Fr 08:00-10:00, Sa 07:00-13:00; PH off)",
            [(NO, "Mo-Fr 08:00-10:00, Sa 07:00-13:00; PH off")],
        ),
        ("no @ (Jul-Aug)", [(NO, "Jul-Aug")]),
        ("no @ (Sa 08:00-14:00); no @ (Su 09:00-12:00)", [(NO, "Sa 08:00-14:00"), (NO, "Su 09:00-12:00")]),
        ("no@(Sa 08:00-14:00); yes @ (PH)", [(NO, "Sa 08:00-14:00"), (YES, "PH")]),
        ("no @ (10:00-18:00);dismount @ (Su);", [(NO, "10:00-18:00"), (YES, "Su")]),
        ("no @ ((sunset-01:00)-(sunrise+01:00))", [(NO, "(sunset-01:00)-(sunrise+01:00)")]),
        ("no @ (sunset-01:00)-(sunrise+01:00)", [(NO, "(sunset-01:00)-(sunrise+01:00)")]),
        (
            'no @ (Sa "marché (place; rue)"); yes @ Su',
            [(NO, 'Sa "marché (place; rue)"'), (YES, "Su")],
        ),
        ("no @ (Mo-Fr 08:00-10:00", [(NO, "Mo-Fr 08:00-10:00")]),
        ("no @ (Sa 08:00-10:00 AND weight>3.5)", [(NO, "Sa 08:00-10:00 AND weight>3.5")]),
        ("dismount @ (10:00-18:00)", []),  # pushed, as on other ways
        ("yes @ (19:00-10:00)", []),
        ("destination @ (19:00-10:00)", []),
        ("no", []),
        ("no @ ()", []),
        ("no @", []),
        ("@ (Sa)", []),
        ("@ @ (;", []),
        (";;;", []),
        ("", []),
    ],
)
def test_what_is_said_of_bikes(said, clauses):
    assert refused_hours({"bicycle:conditional": said}) == tuple(clauses)


@given(st.text(alphabet='no yes@();"Sa-u08:1,ё'))
@settings(max_examples=500)
def test_whatever_is_written_nothing_is_raised(said):
    for shut, when in refused_hours({"bicycle:conditional": said}):
        assert isinstance(shut, bool)
        assert when.strip() == when != ""


B, V, A, F = (f"{word}:conditional" for word in ("bicycle", "vehicle", "access", "foot"))


@pytest.mark.parametrize(
    ("tags", "bikes", "walkers"),
    [
        ({V: "no @ (Mo)"}, [(NO, "Mo")], []),
        ({A: "no @ (Mo)"}, [(NO, "Mo")], [(NO, "Mo")]),
        ({A: "no @ (Mo)", "foot": "yes"}, [(NO, "Mo")], []),
        ({A: "no @ (Mo)", F: "yes @ (Mo 08:00-12:00)"}, [(NO, "Mo")], [(NO, "Mo"), (YES, "Mo 08:00-12:00")]),
        ({F: "no @ (Mo)"}, [], [(NO, "Mo")]),
        ({"bicycle": "yes", B: "no @ (Mo)"}, [(NO, "Mo")], []),
        ({"bicycle": "yes", B: "no @ (Mo)", V: "no @ (Tu)"}, [(NO, "Mo")], []),
        ({"bicycle": "yes", V: "no @ (Mo)"}, [], []),  # the word on bikes counts
        ({"vehicle": "yes", A: "no @ (Mo)"}, [], [(NO, "Mo")]),
        ({"access": "yes", V: "no @ (Mo)"}, [(NO, "Mo")], []),
        ({B: "no @ (Mo)", A: "no @ (Tu)"}, [(NO, "Tu"), (NO, "Mo")], [(NO, "Tu")]),
        ({V: "no @ (11:00-19:00)", B: "yes @ (Su)"}, [(NO, "11:00-19:00"), (YES, "Su")], []),
        ({B: "no @ (Mo)", V: "yes @ (Mo)"}, [(YES, "Mo"), (NO, "Mo")], []),
        ({"motor_vehicle:conditional": "no @ (Mo)", "oneway:bicycle:conditional": "no @ (Mo)"}, [], []),
        ({}, [], []),
    ],
)
def test_whom_a_word_is_about(tags, bikes, walkers):
    assert refused_hours(tags) == tuple(bikes)
    assert refused_hours(tags, WORDS_ON_WALKERS) == tuple(walkers)


@pytest.mark.parametrize(
    ("tags", "said"),
    [
        ({"bicycle": "no", B: "yes @ (19:00-10:00)"}, "yes @ (19:00-10:00)"),
        ({"highway": "pedestrian", B: "yes @ (19:00-10:00)"}, "yes @ (19:00-10:00)"),
        ({"highway": "footway", B: "permissive @ Su; no @ (Su 10:00-12:00)"}, "yes @ (Su); no @ (Su 10:00-12:00)"),
        ({"access": "no", A: "delivery @ (06:00-11:00)"}, "yes @ (06:00-11:00)"),
        ({"vehicle": "private", A: "no @ (Mo)", V: "destination @ (Tu)"}, "yes @ (Tu)"),
        (
            {"bicycle": "no", B: "yes @ (19:00-10:00); dismount @ (10:00-19:00)"},
            "yes @ (19:00-10:00); no @ (10:00-19:00)",
        ),
        ({"bicycle": "no", B: "dismount @ (10:00-19:00)"}, None),  # pushed, not ridden
        ({"bicycle": "no", V: "delivery @ (06:00-11:00)"}, None),  # the word on bikes counts
        ({"bicycle": "no", B: "permit @ (06:00-11:00)"}, None),
        ({"bicycle": "yes", "access": "no", B: "yes @ (19:00-10:00)"}, None),  # open
        ({"highway": "pedestrian", "bicycle": "yes", B: "no @ (10:00-19:00)"}, None),
        ({"highway": "residential", B: "yes @ (19:00-10:00)"}, None),
        ({"highway": "pedestrian", "motor_vehicle:conditional": "delivery @ (06:00-11:00)"}, None),
        ({"bicycle": "no"}, None),
        ({}, None),
    ],
)
def test_what_opens_at_some_hours_is_closed_at_the_others(tags, said):
    found = opened_to_bikes(tags)
    assert found == ({"bicycle": "yes", "bicycle:conditional": f"no @ (24/7); {said}"} if said else {})
    if said:
        assert refused_hours(tags | found)[0] == (NO, "24/7")


@given(st.text(alphabet='noyes @();"Sa-u08:1,ё'))
@settings(max_examples=500)
def test_whatever_opens_is_closed_first(said):
    found = opened_to_bikes({"bicycle": "no", B: said})
    assert not found or refused_hours(found)[0] == (NO, "24/7")


def market(tmp_path):
    """A street of two pieces, crossed in the middle, closed on market days; a second one of one piece, bent."""
    d = Drawing()
    row = [d.node(2.000 + i / 1000, 48.010) for i in range(5)]
    d.way(row, highway="pedestrian", name="Rue Haute", bicycle__conditional=f"no @ ({MARKET})")
    d.way([d.node(2.002, 48.005), row[2], d.node(2.002, 48.015)], highway="residential", name="Rue Basse")
    bent = [d.node(2.010, 48.010), d.node(2.012, 48.010), d.node(2.012, 48.010), d.node(2.012, 48.0115)]
    d.way(bent, highway="footway", access__conditional=f"no @ ({MARKET})")
    d.way([d.node(2.015, 48.010), d.node(2.016, 48.010)], building="yes", bicycle__conditional="no @ (Mo)")
    cycle_network(d.write(tmp_path / "market.osm"), tmp_path / "market.osm.pbf")
    return tmp_path / "market.osm.pbf"


def test_each_piece_between_two_crossings_has_a_spot(tmp_path):
    street, bent = ways_by_hours(market(tmp_path))
    assert (street.name, street.bikes, street.walkers) == ("Rue Haute", ((NO, MARKET),), ())
    assert (bent.name, bent.bikes, bent.walkers) == ("", ((NO, MARKET),), ((NO, MARKET),))
    assert street.spots == ((2.001, 48.01), (2.003, 48.01))
    ((lon, lat),) = bent.spots
    assert lon == pytest.approx(2.01175, abs=1e-6)
    assert lat == 48.01


def test_stairs_and_steep_ways_open_at_no_hour(tmp_path):
    d = Drawing()
    points = [(2.0, 48.0), (2.01, 48.0)]
    d.street(points, highway="steps", bicycle="no", bicycle__conditional="yes @ (Su)")
    d.street(points, highway="pedestrian", bicycle="no", bicycle__conditional="yes @ (Su)", incline="15%")
    d.street(points, highway="pedestrian", name="Rue Basse", bicycle__conditional="yes @ (Su)", foot="yes")
    cycle_network(d.write(tmp_path / "steep.osm"), tmp_path / "steep.osm.pbf")
    (way,) = ways_by_hours(tmp_path / "steep.osm.pbf")
    assert (way.name, way.bikes, way.walkers) == ("Rue Basse", ((NO, "24/7"), (YES, "Su")), ())


def test_no_such_way_and_no_such_file(tmp_path):
    d = Drawing()
    d.street([(2.0, 48.0), (2.01, 48.0)])
    cycle_network(d.write(tmp_path / "plain.osm"), tmp_path / "plain.osm.pbf")
    assert ways_by_hours(tmp_path / "plain.osm.pbf") == []
    (tmp_path / "cut.osm.pbf").write_bytes((tmp_path / "plain.osm.pbf").read_bytes()[:-20])
    with pytest.raises(UnreadableExtract):
        ways_by_hours(tmp_path / "cut.osm.pbf")
