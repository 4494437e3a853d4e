"""Hours as rows say the same as hours as rules, at every moment, and writing them again changes only what changed."""

import random
import threading
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction

from parvis.demo.builders import make_town
from parvis.places import spans
from parvis.places.actions.entries import add_closure, change_place, remove_closure
from parvis.places.hours import open_stretches
from parvis.places.models import Change, Closure, OpenSpan, Place
from parvis.places.models.span import LONGEST
from parvis.places.phrases import say_status
from parvis.places.tests.test_pages import make_place

PARIS = ZoneInfo("Europe/Paris")
RULES = [
    "24/7",
    "off",
    "Mo-Su 00:00-24:00",
    "Mo-Fr 09:00-12:30,14:00-19:00; Sa 09:00-19:00; PH off",
    "Tu-Sa 09:00-12:30,14:00-19:00; PH off",
    "Mo-Su 18:00-02:00",
    "Fr-Sa 22:00-05:00",
    "Mo-Su 00:00-02:00,10:00-24:00",
    "Mo-Su 20:00-08:00",
    "Mo-Su 06:00-06:00",
    "Sa 22:00-02:30; Su 01:30-03:30",
    "Mo-Su 01:00-04:00",
    "Mo-Su 02:30-03:00",
    "Mo-Fr 00:00-24:00; Sa 00:00-18:00",
    "Fr 18:00-24:00; Sa 00:00-24:00; Su 00:00-14:00",
    "Mo-Su sunrise-sunset",
    "Mo-Su (sunrise+01:00)-(sunset-01:00)",
    "dawn-dusk",
    "Apr-Sep: Mo-Su 07:30-20:00; Oct-Mar: Mo-Su 08:00-17:30",
    "Jul-Aug Mo-Su 10:00-18:00",
    "Mo[1] 10:00-12:00",
    "Th[2],Th[4] 09:00-11:00",
    "Su[-1] 08:00-13:00",
    "week 1-53/2 We 09:00-17:00",
    "Mo-Sa 10:00-19:00; Dec Su 10:00-18:00; Dec 24 10:00-16:00; Dec 25 off; Jan 01 off",
    "Mo-Fr 09:00-17:00; 2026 Dec 24-2027 Jan 03 off",
    "Mo-Fr 08:00-18:00; SH off",
    "easter -2 days 10:00-12:00; Mo-Su 14:00-15:00",
    'Mo-Sa 08:00-20:00 || "by appointment"',
    'Mo-Fr 09:00-12:00 "ring the bell"; Mo-Fr 12:00-14:00',
    "Mo-Fr 09:00-12:00; Sa unknown",
    "unknown",
    "Mo-Su 12:00-14:00+",
]
STARTS = [
    date(2026, 3, 27),  # the clocks go forward on the 29th
    date(2026, 10, 23),  # and back on the 25th
    date(2026, 12, 30),
    date(2026, 11, 26),
]

pytestmark = pytest.mark.django_db


def moment(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=PARIS).astimezone(UTC)


def written(places, at) -> list[tuple[datetime, datetime]]:
    spans.rewrite_spans(places.with_closures(), at)
    return list(OpenSpan.objects.filter(place__in=places).order_by("starts_at").values_list("starts_at", "ends_at"))


@pytest.fixture
def by_rule(town):
    """A place for each rule, one more of each with days off."""
    places = [make_place(town, f"Rule {n}", opening_hours=rule, slug=f"r-{n}") for n, rule in enumerate(RULES)]
    shut = [make_place(town, f"Shut {n}", opening_hours=rule, slug=f"s-{n}") for n, rule in enumerate(RULES)]
    for start in STARTS:
        Closure.objects.bulk_create(
            Closure(
                town=town, place=place, first_day=start + timedelta(days=1), last_day=start + timedelta(days=1 + n % 12)
            )
            for n, place in enumerate(shut)
        )
    return places + shut


@pytest.mark.parametrize("start", STARTS, ids=str)
def test_rows_say_what_rules_say(by_rule, town, start):
    chance = random.Random(start.toordinal())
    at = moment(start)
    spans.rewrite_spans(Place.objects.with_closures(), at)
    edges = chance.sample(
        [edge for pair in OpenSpan.objects.values_list("starts_at", "ends_at") for edge in pair if edge > at], 15
    )
    spread = [at + timedelta(minutes=chance.randrange(5 * 24 * 60)) for _ in range(25)]
    for then in [*(e for e in edges if e < at + timedelta(days=6)), *spread]:
        is_open = set(Place.objects.of(town).open_at(then).values_list("pk", flat=True))
        for place in Place.objects.of(town).with_closures().with_next_opening(then):
            told, found = place.status(then), place.standing(then)
            assert (place.pk in is_open) is (told.is_open is True), (place.opening_hours, then)
            assert say_status(found, then, town.zone) == say_status(told, then, town.zone), (place.opening_hours, then)


@pytest.mark.parametrize("start", STARTS, ids=str)
def test_the_day_on_which_rows_are_written_does_not_matter(by_rule, town, start):
    """A night of refreshing adds the new days and takes the old ones, and leaves every row between them alone."""
    at = moment(start)
    spans.rewrite_spans(Place.objects.with_closures(), at)
    before = set(OpenSpan.objects.values_list("place_id", "starts_at", "ends_at"))
    spans.rewrite_spans(Place.objects.with_closures(), at + timedelta(days=1))
    after = set(OpenSpan.objects.values_list("place_id", "starts_at", "ends_at"))
    gone = spans.day_bounds(start, town.zone)[0]
    until = spans.day_bounds(start + timedelta(days=spans.DAYS_AHEAD), town.zone)[1]
    assert all(end <= gone for _, _, end in before - after)
    assert all(begin >= until for _, begin, _ in after - before)
    assert all(end - begin <= LONGEST for _, begin, end in after)


def test_rows_never_overlap_and_a_long_stretch_is_cut_at_midnights(town):
    place = make_place(town, "Always", opening_hours="24/7")
    rows = written(Place.objects.filter(pk=place.pk), moment(date(2026, 10, 24)))
    assert all(a[1] == b[0] for a, b in pairwise(rows))
    assert {end - start for start, end in rows} == {timedelta(hours=24), timedelta(hours=25)}
    assert all(start.astimezone(PARIS).hour == 0 for start, _ in rows)
    assert rows[0][0] == moment(date(2026, 10, 23), 0)


def test_a_night_is_one_row(town):
    place = make_place(town, "Night", opening_hours="Mo-Su 20:00-08:00")
    rows = written(Place.objects.filter(pk=place.pk), moment(date(2026, 3, 28)))
    lasted = [end - start for start, end in rows]
    assert lasted.count(timedelta(hours=11)) == 1  # the night of the clock change
    assert set(lasted) == {timedelta(hours=11), timedelta(hours=12)}


def test_places_without_sure_hours_and_places_that_are_gone_have_no_rows(town, at):
    places = [
        make_place(town, "Silent", opening_hours="", hours_read=False),
        make_place(town, "Odd", opening_hours="le matin", hours_read=False),
        make_place(town, "Gone", gone_on=date(2026, 11, 1)),
    ]
    assert written(Place.objects.filter(pk__in=[place.pk for place in places]), at) == []
    assert not Place.objects.of(town).open_at(at).exists()


def test_writing_again_changes_only_what_has_changed(town, at, django_assert_num_queries):
    place = make_place(town, "Shop")
    assert spans.rewrite_spans(Place.objects.with_closures(), at) > 15
    assert spans.rewrite_spans(Place.objects.with_closures(), at) == 0
    loaded = list(Place.objects.with_closures())
    with django_assert_num_queries(4):  # what stands there, how far it reaches, a savepoint
        assert spans.rewrite_spans(loaded, at) == 0
    friday = date(2026, 11, 27)
    Closure.objects.create(town=town, place=place, first_day=friday, last_day=friday)
    assert spans.rewrite_spans(Place.objects.with_closures(), at) == 1


def test_whatever_changes_an_entry_changes_its_rows(town, agent, at):
    place = make_place(town, "Shop", opening_hours="Mo-Sa 09:00-19:00")
    spans.rewrite_spans(Place.objects.with_closures(), at)
    open_now = Place.objects.of(town).open_at

    def change(**values):
        return change_place(place=place, values=values, origin=Change.Origin.TOWN, at=at, by=agent)

    assert open_now(at).exists()
    change(opening_hours="Mo-Sa 14:00-19:00")
    assert not open_now(at).exists()
    change(opening_hours="24/7")
    today = date(2026, 11, 26)
    closure = add_closure(place=place, first_day=today, last_day=today, reason="", at=at)
    assert not open_now(at).exists()
    remove_closure(closure=closure, at=at)
    assert open_now(at).exists()
    change(gone_on=today)
    assert not OpenSpan.objects.exists()
    change(gone_on=None)
    assert open_now(at).exists()


def test_a_town_is_refreshed_in_batches_and_only_when_it_is_due(town, at, monkeypatch):
    monkeypatch.setattr(spans, "BATCH", 3)
    for n in range(7):
        make_place(town, f"Shop {n}")
    make_place(town, "Silent", opening_hours="", hours_read=False)
    assert spans.refresh_due(at) > 7 * 15
    assert not Place.objects.behind(at + timedelta(days=20)).exists()
    assert spans.refresh_due(at) == 0
    assert spans.refresh_due(at + timedelta(days=6)) == 0
    later = at + timedelta(days=9)
    assert spans.refresh_due(later) > 0
    assert not OpenSpan.objects.filter(ends_at__lte=later - timedelta(days=2)).exists()


def test_towns_are_refreshed_apart_where_asked(town, other_town, at):
    make_place(town, "Here")
    make_place(other_town, "There")
    spans.refresh_due(at, town)
    assert {row.town_id for row in OpenSpan.objects.all()} == {town.pk}


def test_each_town_has_its_own_midnight(at):
    town = make_town("apia", timezone="Pacific/Apia")
    make_place(town, "Always", opening_hours="24/7")
    spans.refresh_due(at)
    assert OpenSpan.objects.earliest("starts_at").starts_at.astimezone(town.zone).hour == 0


def test_when_no_worker_ran_for_weeks_rules_are_read(town, at, django_assert_max_num_queries):
    """A row that is not there is no sign of being closed: a question about a moment beyond the rows asks the rules."""
    make_place(town, "Shop", opening_hours="Mo-Sa 09:00-19:00")
    make_place(town, "Bar", opening_hours="Mo-Sa 18:00-02:00")
    spans.refresh_due(at)
    late = at + timedelta(days=60)  # a Monday, 10:00
    with django_assert_max_num_queries(4):
        assert [place.name for place in Place.objects.of(town).open_at(late)] == ["Shop"]
    assert [p.name for p in Place.objects.of(town).open_during(late, late + timedelta(hours=2), whole=True)] == ["Shop"]
    card = Place.objects.of(town).with_closures().with_next_opening(late).get(name="Bar")
    assert card.standing(late) == card.status(late)
    spans.refresh_due(late)
    with django_assert_max_num_queries(2):
        assert [place.name for place in Place.objects.of(town).open_at(late)] == ["Shop"]


def test_an_entry_written_without_its_rows_is_answered_by_rules(town, at):
    make_place(town, "Always", opening_hours="24/7")
    assert not OpenSpan.objects.exists()
    assert Place.objects.of(town).open_at(at).exists()
    assert Place.objects.of(town).open_during(at, at + timedelta(days=2), whole=True).exists()
    assert not Place.objects.of(town).open_at(at).of_kinds(["cafe"]).exists()


def test_the_worker_looks_every_hour(town, clock):
    from parvis.places.tasks import refresh_spans

    make_place(town, "Shop")
    refresh_spans(timestamp=0)
    assert OpenSpan.objects.exists()


def test_worked_out_once_for_all_places_with_the_same_hours(town, at, monkeypatch):
    asked = []
    monkeypatch.setattr(spans, "open_stretches", lambda *args: asked.append(args) or open_stretches(*args))
    for n in range(4):
        make_place(town, f"Shop {n}")
        make_place(town, f"Park {n}", opening_hours="sunrise-sunset", lon=2.2 + n / 10)
    spans.refresh_due(at)
    assert len(asked) == 1 + 4  # the sun rises at each place by itself


@pytest.mark.django_db(transaction=True)
def test_a_place_that_is_being_changed_is_left_to_whoever_changes_it(town, at):
    """The nightly refresh has read the old hours, a merchant saves new ones: what stands is what the merchant said."""
    changing, shop = make_place(town, "Changing"), make_place(town, "Shop")
    held, finished = threading.Event(), threading.Event()

    def merchant():
        try:
            with transaction.atomic():
                change_place(place=changing, values={"opening_hours": "off"}, origin="shop", at=at)
                held.set()
                finished.wait(10)
        finally:
            held.set()
            connection.close()

    thread = threading.Thread(target=merchant)
    thread.start()
    held.wait(10)
    spans.refresh_due(at)
    seen = set(OpenSpan.objects.values_list("place_id", flat=True))
    finished.set()
    thread.join()
    assert seen == {shop.pk}
    assert not OpenSpan.objects.filter(place=changing).exists()
