"""The map of the town: the same places on the drawing, in the list and in the answer to the live map."""

import json

import pytest

from parvis.places.models import Place
from parvis.places.spans import rewrite_spans
from parvis.places.townmap import pins as pins_module
from parvis.places.townmap.window import View, Window, point_of
from parvis.towns.models import Address

pytestmark = pytest.mark.usefixtures("clock")
HX = {"HX-Request": "true"}


def make_place(town, name, category="bakery", **extra):
    slug = name.lower().replace(" ", "-")
    values = {"slug": slug, "lon": 2.27, "lat": 48.82, "opening_hours": "Mo-Sa 09:00-19:00", "hours_read": True}
    return Place.objects.create(town=town, name=name, category=category, **(values | extra))


@pytest.fixture
def street(town, at):
    """Three places beside each other and one a kilometre further east."""
    places = [
        make_place(town, "Miches", services=["click-collect", "own-delivery"], delivers_within_m=500, wheelchair="yes"),
        make_place(town, "Vins", "wine", opening_hours="Mo-Sa 17:00-22:00", lat=48.8204, services=["post"]),
        make_place(town, "Parc", "park", opening_hours="", lat=48.8208),
        make_place(town, "Loin", "cafe", lon=2.285, services=["own-delivery"]),
    ]
    rewrite_spans(Place.objects.of(town).with_closures(), at)
    return places


@pytest.fixture
def look(visit):
    """``look(address)``: the answer to nobody in particular."""
    return lambda address, **headers: visit().get(address, headers={"accept-language": "en"} | headers)


def names(answer):
    return [row[3] for row in json.loads(answer.content)["pins"]]


def test_map_and_list_hold_the_same_places(look, street):
    text = look("/map/").content.decode()
    for place in street:
        assert text.count(f'href="/places/{place.slug}/"') == 2 if place.name == "Loin" else 1
    assert "4 places in Issy-les-Moulineaux." in text
    assert "3 places: look closer" in text


def test_the_address_keeps_the_view_without_a_script(look, street):
    text = look("/map/?at=48.8202,2.27,17").content.decode()
    assert "3 places in this part of the map." in text
    assert 'href="/places/loin/"' not in text
    assert 'name="at" value="48.8202,2.2700,17"' in text
    assert "/map/?at=48.8202%2C2.2700%2C18" in text  # closer
    assert "/map/?group=shops&amp;at=48.8202%2C2.2700%2C17" in text


def test_a_place_is_shown_by_its_name(look, street):
    text = look("/map/?place=loin").content.decode()
    assert "1 place in this part of the map." in text
    assert '"slug": "loin"' in text


@pytest.mark.parametrize(
    "query",
    [
        "at=here", "at=48,2", "at=1e999,0,3", "at=nan,2,3", "at=95,2,3", "at=0,0,0", "at=85,180,99", "page=-3",
        "page=x", "kind=nonsense", "group=nonsense", "bbox=1,2,3", "place=nowhere", "place=%00",
        "q=%00", "to=%F0%9F%8D%9E",
    ],
)  # fmt: skip
def test_nonsense_in_the_address_still_shows_a_map(look, street, query):
    assert look(f"/map/?{query}").status_code == 200


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Loin", "Miches", "Parc", "Vins"]),
        ("bbox=2.26,48.815,2.28,48.825", ["Miches", "Parc", "Vins"]),
        ("open=on", ["Loin", "Miches"]),
        ("open=on&bbox=2.26,48.815,2.28,48.825", ["Miches"]),
        ("collect=on", ["Miches"]),
        ("wheelchair=on", ["Miches"]),
        ("group=outdoors", ["Parc"]),
        ("kind=wine&group=outdoors", ["Vins"]),
        ("q=mich", ["Miches"]),
        ("to=48.821,2.272", ["Loin", "Miches", "Vins"]),
        ("to=48.825,2.285", ["Loin", "Vins"]),  # further than the bakery rides
        ("at=48.8202,2.27,17", ["Miches", "Parc", "Vins"]),
        ("q=zzz", []),
    ],
)
def test_filters_answer_the_live_map(look, street, query, expected):
    assert names(look(f"/map/places.json?{query}")) == expected


def test_pins_say_what_a_pin_shows(look, street):
    rows = json.loads(look("/map/places.json").content)["pins"]
    assert rows[1] == [2.27, 48.82, "miches", "Miches", "shops", 1]
    assert rows[3][4:] == ["shops", 0]  # the wine merchant opens at five


def test_delivered_to_an_address(look, town, street):
    Address.objects.create(town=town, number="3", street="Rue Verte", lon=2.272, lat=48.821)
    assert names(look("/map/places.json?to=3+rue+verte")) == ["Loin", "Miches", "Vins"]
    text = look("/map/?to=3+rue+inconnue").content.decode()
    assert "We do not find this address." in text
    assert "3 rue inconnue" in text
    assert "4 places in" in text


@pytest.mark.parametrize(
    "bbox",
    ["1,2,3", "a,b,c,d", "2,48,1,49", "2,49,3,48", "-200,0,0,1", "0,0,90,80", "nan,0,1,1", "0,-90,1,90", "1,2,3,4,5"],
)
def test_a_window_that_is_none_is_refused(look, street, bbox):
    answer = look(f"/map/places.json?bbox={bbox}")
    assert answer.status_code == 400
    assert "west,south,east,north" in json.loads(answer.content)["error"]


def test_too_many_places_are_counted_by_squares(look, street, monkeypatch):
    monkeypatch.setattr(pins_module, "MOST_PINS", 2)
    answer = json.loads(look("/map/places.json?at=48.82,2.275,12&bbox=2.2,48.8,2.3,48.9").content)
    assert answer["count"] == 4
    assert sum(row[2] for row in answer["pins"]) == 4
    assert all(len(row) == 3 for row in answer["pins"])


def test_squares_are_as_large_as_the_window_needs(look, town, street, monkeypatch):
    monkeypatch.setattr(pins_module, "MOST_PINS", 2)
    for number in range(20):
        make_place(town, f"Stand {number}", lon=2.2 + number * 0.0003)
    answer = json.loads(look("/map/places.json?bbox=2,48.5,2.6,49&at=48.82,2.27,19").content)
    assert answer["count"] == 24
    assert len(answer["pins"]) < 10, "a near zoom beside a far window would count each of them alone"


def test_an_answer_already_known_is_not_sent_again(look, street):
    first = look("/map/places.json")
    assert first["Cache-Control"] == "public, max-age=60"
    again = look("/map/places.json", **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_list_alone_for_the_window_of_the_browser(look, street):
    part = look("/map/?at=48.82,2.27,16&bbox=2.26,48.815,2.28,48.825", **HX).content.decode()
    assert "<html" not in part
    assert 'hx-swap-oob="innerHTML:#map-said">3 places in this part of the map.' in part
    whole = look("/map/?at=48.82,2.27,16&bbox=2.26,48.815,2.28,48.825").content.decode()
    assert part[part.index("<ul") : part.index("</ul>")].strip() in whole


def test_another_town_sees_its_own_places(visit, other_town, street):
    answer = visit(town=other_town).get("/map/places.json")
    assert json.loads(answer.content) == {"count": 0, "pins": []}
    text = visit(town=other_town).get("/map/?place=miches", headers={"accept-language": "en"}).content.decode()
    assert "Miches" not in text
    assert "Nothing here" in text


def test_questions_do_not_grow_with_places(look, town, street, django_assert_max_num_queries):
    look("/map/")  # the ground is kept
    for number in range(30):
        make_place(town, f"Place {number}", lat=48.82 + number / 1e4)
    with django_assert_max_num_queries(9):
        look("/map/")
    with django_assert_max_num_queries(4):
        look("/map/places.json?bbox=2.2,48.8,2.3,48.9")


def test_reading_only(visit, street):
    assert visit().post("/map/").status_code == 405
    assert visit().post("/map/places.json").status_code == 405
    assert visit().post("/embed/map/").status_code == 405


class TestFiles:
    @pytest.fixture(autouse=True)
    def drawn(self, settings, tmp_path, town):
        settings.VAR_DIR = tmp_path / "var"
        town.basemap = f"basemaps/{town.slug}/abc"
        town.save()
        folder = settings.VAR_DIR / town.basemap
        folder.mkdir(parents=True)
        (folder / "far.pmtiles").write_bytes(b"PMTiles" + bytes(3000))
        (settings.VAR_DIR / "secret-key.pmtiles").write_text("secret")

    def test_in_ranges_that_stay_unpacked(self, look):
        answer = look("/map/tiles/abc/far.pmtiles", **{"Range": "bytes=0-999", "Accept-Encoding": "gzip, br"})
        assert (answer.status_code, len(answer.content)) == (206, 1000)
        assert answer["Content-Range"] == "bytes 0-999/3007"
        assert answer["Content-Encoding"] == "identity"
        assert "Set-Cookie" not in answer

    def test_not_for_another_town(self, visit, other_town):
        assert visit(town=other_town).get("/map/tiles/abc/far.pmtiles").status_code == 404

    @pytest.mark.parametrize(
        "path",
        [
            "old/far.pmtiles", "abc/near.pmtiles", "abc/other.pmtiles", "abc/..%2Ffar.pmtiles", "abc/far.txt",
            "..%2F..%2F..%2Fx/far.pmtiles", "abc/../../../secret-key.pmtiles", "/far.pmtiles",
        ],
    )  # fmt: skip
    def test_nothing_else_on_the_disk(self, look, path):
        assert look(f"/map/tiles/{path}").status_code in {404, 301}

    def test_the_page_names_them(self, look):
        assert "/map/tiles/abc/far.pmtiles" in look("/map/").content.decode()

    def test_the_ground_is_only_the_outline(self, look, town):
        town.boundary = {"type": "Polygon", "coordinates": [[[2, 48], [3, 48], [3, 49], [2, 48]]]}
        town.backdrop = {"roads": [[[2, 48], [2.1, 48.1]]]}
        town.save()
        kinds = [f["properties"]["kind"] for f in json.loads(look("/map/ground.json").content)["features"]]
        assert kinds == ["boundary"]


def test_a_town_without_streets_shows_their_names(look, town):
    for number, lat in ((1, 48.82), (3, 48.822)):
        Address.objects.create(town=town, number=str(number), street="Rue Verte", lon=2.27, lat=lat)
    found = json.loads(look("/map/ground.json").content)["features"]
    assert [f["properties"] for f in found if f["geometry"]["type"] == "Point"] == [
        {"kind": "street-name", "name": "Rue Verte"}
    ]
    assert found[-1]["geometry"]["coordinates"] == [2.27, 48.821]
    assert "No street map for this demonstration town." in look("/map/").content.decode()


def test_a_town_without_tiles_shows_its_simple_streets(look, town):
    square = [[2, 48], [3, 48], [3, 49], [2, 48]]
    town.backdrop = {"roads": [[[2, 48], [2.1, 48.1]]], "water": [square], "green": [[square]]}
    town.save()
    features = json.loads(look("/map/ground.json").content)["features"]
    assert [f["properties"]["kind"] for f in features] == ["green", "water", "street"]
    assert all(f["geometry"]["coordinates"] == [square] for f in features[:2])


class TestEmbedded:
    def test_for_any_page_without_a_cookie(self, look, street):
        answer = look("/embed/map/?group=shops")
        assert "frame-ancestors *" in answer["Content-Security-Policy"]
        assert "unsafe" not in answer["Content-Security-Policy"]
        assert "X-Frame-Options" not in answer
        assert "Set-Cookie" not in answer
        text = answer.content.decode()
        assert '<base target="_parent">' in text
        assert 'action="/embed/map/"' in text
        assert 'target="_self"' in text
        assert 'class="nav"' not in text

    def test_no_other_page_may_be_framed(self, look, street):
        for address in ("/map/", "/places/", "/"):
            answer = look(address)
            assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
            assert answer["X-Frame-Options"] == "DENY"

    def test_in_the_language_of_the_page_around_it(self, look, street):
        assert 'lang="nl"' in look("/embed/map/?lang=nl").content.decode()
        assert look("/embed/map/?lang=xx").status_code == 200

    def test_the_line_to_copy_keeps_view_and_filters(self, look, street):
        text = look("/map/?group=shops&at=48.82,2.27,16").content.decode()
        assert "/embed/map/?group=shops&amp;at=48.8200%2C2.2700%2C16" in text
        assert 'title="Map of Issy-les-Moulineaux"' in text.replace("&quot;", '"')


class TestWindows:
    def test_a_view_becomes_a_window_and_a_window_a_view(self):
        view = View.read("48.82,2.27,14")
        assert view is not None
        assert view.window.zoom == pytest.approx(14, abs=0.01)
        assert view.window.centre.lat == pytest.approx(48.82, abs=0.001)
        assert str(view) == "48.8200,2.2700,14"
        assert str(View.read("48.82,2.27,14.5")) == "48.8200,2.2700,14.5"

    def test_a_zoom_stays_between_the_nearest_and_the_farthest(self):
        assert View.read("48.82,2.27,99").zoom == 19
        assert View.read("48.82,2.27,-4").zoom == 8

    def test_a_town_of_several_pieces(self):
        rings = [[[2, 48], [2.1, 48], [2, 48.1]], [[3, 49], [3.1, 49], [3, 49.1]]]
        pieces = {"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]}
        assert Window.around(pieces, None).edges == (2, 48, 3.1, 49.1)

    @pytest.mark.parametrize("text", ["", "1", "a,b", "99,1", "1,999", "inf,1", "1,2,3"])
    def test_what_is_no_position(self, text):
        assert point_of(text) is None
