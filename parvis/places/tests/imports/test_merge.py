"""The three-way merge: what the source says, what it said, what stands here."""

from datetime import timedelta

import pytest

from parvis.core.errors import Refusal
from parvis.places.actions.entries import change_place, check_place
from parvis.places.actions.imports import apply_difference, settle_conflict
from parvis.places.imports.units import merge
from parvis.places.models import Change, Conflict, OpenSpan, Place

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("unit", "base", "ours", "theirs", "stands", "takes", "conflict"),
    [
        ("phone", "1", "1", "2", "2", True, False),
        ("phone", "1", "3", "1", "3", False, False),
        ("phone", "1", "3", "2", "3", False, True),
        ("phone", "1", "2", "2", "2", False, False),
        ("phone", None, "", "2", "2", True, False),
        ("phone", None, "3", "2", "3", False, True),
        ("phone", "1", "1", "", "", True, False),
        ("spot", [2.0, 48.0], [2.0, 48.0], [2.00000001, 48.0], [2.0, 48.0], False, False),
        ("spot", [2.0, 48.0], [2.0, 48.0], [2.1, 48.0], [2.1, 48.0], True, False),
        ("hours", ["Mo", ""], ["Mo", ""], ["", "mornings"], ["", "mornings"], True, False),
        ("hours", ["Mo", ""], ["Tu", ""], ["", "mornings"], ["Tu", ""], False, True),
        ("services", ["wifi"], ["wifi", "cash"], ["toilets"], ["toilets", "cash"], True, False),
        ("services", ["wifi"], ["cash"], ["wifi"], ["cash"], False, False),
        ("description", "a\r\nb", "a\nb ", "a\nb", "a\nb ", False, False),
        ("details.capacity", 5, 5, "5", 5, False, False),
    ],
)
def test_one_value(unit, base, ours, theirs, stands, takes, conflict):
    merged = merge(unit, base, ours, theirs)
    assert (merged.value, merged.takes, merged.conflict) == (stands, takes, conflict)


def test_new_then_the_same(bring, table, the, at):
    first = bring(table({}, {"ref": "2", "name": "Primeur", "category": "greengrocer", "lat": "48.821"}))
    assert first.counts() == {
        "new": 2, "changed": 0, "moved": 0, "same": 0, "gone": 0, "conflicts": 0, "alike": 0, "errors": 0,
    }  # fmt: skip
    place = the("Aux Miches")
    assert (place.source, place.source_ref, place.hours_read) == ("Chamber", "1", True)
    assert place.status(at).is_open
    assert OpenSpan.objects.filter(place=place).exists()
    assert place.received["phone"] == "01 40 00 00 00"
    again = bring(table({}, {"ref": "2", "name": "Primeur", "category": "greengrocer", "lat": "48.821"}))
    assert (again.same, again.writes, again.quiet) == (2, 0, [])
    assert not Change.objects.exists()


def test_their_change_is_taken_and_kept_in_the_history(bring, table, the):
    bring(table({}))
    difference = bring(table({"phone": "02", "opening_hours": "Mo-Fr 08:00-12:00"}))
    change = Change.objects.get()
    assert change.origin == Change.Origin.SOURCE
    assert change.before == {"phone": "01 40 00 00 00", "opening_hours": "Mo-Sa 09:00-19:00"}
    assert difference.changed[0].after == {
        "phone": "02", "opening_hours": "Mo-Fr 08:00-12:00", "hours_text": "",
    }  # fmt: skip
    assert the("Aux Miches").phone == "02"
    assert not the("Aux Miches").checks.exists()


def test_ours_stays_when_they_say_nothing_new(bring, table, the, merchant, at):
    bring(table({}))
    change_place(place=the("Aux Miches"), values={"phone": "99"}, origin=Change.Origin.SHOP, at=at, by=merchant)
    difference = bring(table({}))
    assert (difference.same, difference.writes) == (1, 0)
    assert the("Aux Miches").phone == "99"


def test_both_changed_waits_for_an_agent(bring, table, the, merchant, agent, at):
    bring(table({}))
    change_place(place=the("Aux Miches"), values={"phone": "99"}, origin=Change.Origin.SHOP, at=at, by=merchant)
    difference = bring(table({"phone": "02", "name": "Miches"}))
    assert difference.counts()["conflicts"] == 1
    place = the("Miches")  # the rest of the row is taken
    conflict = Conflict.objects.get()
    assert (place.phone, conflict.field, conflict.ours, conflict.theirs) == ("99", "phone", "99", "02")
    assert bring(table({"phone": "02", "name": "Miches"})).writes == 0  # asked once
    bring(table({"phone": "03", "name": "Miches"}))
    assert Conflict.objects.get(settled_at=None).theirs == "03"  # the question follows the source
    settle_conflict(conflict=Conflict.objects.get(), take_theirs=True, at=at, by=agent)
    assert the("Miches").phone == "03"
    with pytest.raises(Refusal):
        settle_conflict(conflict=conflict, take_theirs=False, at=at, by=agent)
    assert bring(table({"phone": "03", "name": "Miches"})).writes == 0


def test_a_conflict_ends_when_both_say_the_same(bring, table, the, merchant, at):
    bring(table({}))
    change_place(place=the("Aux Miches"), values={"phone": "99"}, origin=Change.Origin.SHOP, at=at, by=merchant)
    bring(table({"phone": "02"}))
    bring(table({"phone": "99"}))
    assert not Conflict.objects.filter(settled_at=None).exists()


def test_gone_is_never_deleted(bring, table, the, at):
    bring(table({}, {"ref": "2", "name": "Primeur"}))
    kept = bring(table({}))
    assert kept.counts()["gone"] == 0
    difference = bring(table({}), missing="gone")
    assert difference.counts()["gone"] == 1
    assert the("Primeur").gone_on == at.date()
    assert not OpenSpan.objects.filter(place=the("Primeur")).exists()
    assert bring(table({}), missing="gone").writes == 0
    bring(table({}, {"ref": "2", "name": "Primeur"}))
    assert the("Primeur").gone_on is None  # it is back


def test_what_the_town_closed_stays_closed(bring, table, the, agent, at):
    bring(table({}))
    change_place(place=the("Aux Miches"), values={"gone_on": at.date()}, origin=Change.Origin.TOWN, at=at, by=agent)
    assert bring(table({}), missing="gone").writes == 0
    assert the("Aux Miches").gone_on == at.date()


@pytest.mark.parametrize("how", ["claimed", "changed"])
def test_what_somebody_keeps_is_left_to_an_agent(bring, table, the, merchant, shop, agent, at, how):
    bring(table({}, {"ref": "2", "name": "Primeur"}))
    place = the("Primeur")
    if how == "claimed":
        place.organisation = shop.organisation
        place.save()
    else:
        change_place(place=place, values={"phone": "9"}, origin=Change.Origin.SHOP, at=at, by=merchant)
    difference = bring(table({}), missing="gone")
    assert (difference.counts()["gone"], difference.counts()["conflicts"]) == (0, 1)
    assert the("Primeur").gone_on is None
    assert difference.gone[0].kept == how
    assert bring(table({}), missing="gone").writes == 0  # asked once
    settle_conflict(conflict=Conflict.objects.get(), take_theirs=True, at=at, by=agent)
    assert the("Primeur").gone_on == at.date()


def test_what_was_checked_since_it_was_shown_stays(bring, table, the, town, agent, at):
    bring(table({}, {"ref": "2", "name": "Primeur"}))
    shown = bring(table({}), missing="gone", write=False)
    check_place(place=the("Primeur"), at=at + timedelta(minutes=1), checker=Place.Checker.TOWN, by=agent)
    apply_difference(shown, town=town, at=at + timedelta(minutes=2), since=at)
    assert the("Primeur").gone_on is None
    assert Conflict.objects.get().field == "gone_on"


def test_a_move_is_told_in_metres(bring, table, the):
    bring(table({}))
    difference = bring(table({"lat": "48.821"}))
    assert difference.changed[0].moved_m == pytest.approx(111.2, abs=0.2)
    assert the("Aux Miches").lat == 48.821


def test_a_new_number_is_no_new_place(bring, table, the):
    bring(table({}))
    pk = the("Aux Miches").pk
    difference = bring(table({"ref": "77", "lat": "48.8203"}), missing="gone")
    assert (difference.counts()["new"], difference.counts()["gone"]) == (0, 0)
    assert (the("Aux Miches").pk, the("Aux Miches").source_ref) == (pk, "77")


def test_another_source_does_not_double_a_place(bring, table, the):
    bring(table({}))
    difference = bring(table({"ref": "x"}), source="Other")
    assert (difference.counts()["new"], difference.counts()["alike"]) == (0, 1)
    far = bring(table({"ref": "x", "lat": "48.83"}), source="Other")
    assert far.counts()["new"] == 1
    assert bring(table({"ref": "y"}), source="Third", add_alike=True).counts()["new"] == 1


def test_a_number_twice_in_a_file(bring, table):
    difference = bring(table({}, {"name": "Autre", "lat": "48.821"}))
    assert difference.counts()["new"] == 1
    assert [(e.row, e.sentence) for e in difference.errors] == [(3, "Line 2 speaks of the same place.")]


def test_what_changed_since_it_was_shown_is_not_overwritten(bring, table, the, town, merchant, at):
    bring(table({}, {"ref": "2", "name": "Primeur"}))
    shown = bring(table({"phone": "02"}, {"ref": "2", "name": "Primeur", "phone": "03"}), write=False)
    change_place(place=the("Aux Miches"), values={"phone": "99"}, origin=Change.Origin.SHOP, at=at, by=merchant)
    with pytest.raises(Refusal, match="“Aux Miches” has changed"):
        apply_difference(shown, town=town, at=at)
    assert the("Primeur").phone == "01 40 00 00 00"  # all or nothing


def test_what_changed_elsewhere_does_not_matter(bring, table, the, town, merchant, at):
    bring(table({}, {"ref": "2", "name": "Primeur"}))
    shown = bring(table({"phone": "02"}, {"ref": "2", "name": "Primeur"}), write=False)
    change_place(place=the("Primeur"), values={"phone": "99"}, origin=Change.Origin.SHOP, at=at, by=merchant)
    apply_difference(shown, town=town, at=at)
    assert (the("Aux Miches").phone, the("Primeur").phone) == ("02", "99")


def test_a_source_of_few_columns_forgets_nothing(bring, table, the):
    bring(table({}))
    bring("ref;name;category;lat;lon\n1;Aux Miches;bakery;48.82;2.27\n")
    assert the("Aux Miches").phone == "01 40 00 00 00"
    difference = bring(table({"phone": "02"}))
    assert difference.counts()["conflicts"] == 0
    assert the("Aux Miches").phone == "02"


def test_the_bulk_form_writes_what_the_single_form_writes(town, at, merchant):
    from parvis.core.models import AuditEntry
    from parvis.places.actions.in_bulk import change_places

    values = {"name": "Neuf", "opening_hours": "Mo 10:00-12:00", "services": ["wifi"], "gone_on": None, "lat": 48.821}
    rows = []
    for number, way in enumerate(("one", "bulk")):
        place = Place.objects.create(
            town=town, slug=way, name="Vieux", category="bakery", lon=2.27, lat=48.82, address=f"{number} rue Verte"
        )
        if way == "one":
            change_place(place=place, values=values, origin=Change.Origin.TOWN, at=at, by=merchant, way="import")
        else:
            change_places(edits=[(place, values)], origin=Change.Origin.TOWN, at=at, by=merchant)
        place.refresh_from_db()
        change = Change.objects.get(place=place)
        audit = AuditEntry.objects.get(verb="place.changed", object_id=str(place.pk))
        rows.append(
            {
                "place": (place.name, place.hours_read, place.checked_at, place.checked_by, place.spans_until),
                "found": list(Place.objects.filter(pk=place.pk, search="neuf").values_list("street", flat=True)),
                "spans": list(OpenSpan.objects.filter(place=place).values_list("starts_at", "ends_at")),
                "change": (change.before, change.after, change.origin, change.by, change.at),
                "check": list(place.checks.values_list("at", "by", "checker", "way")),
                "audit": (audit.actor, audit.detail, audit.at, audit.town_id),
            }
        )
    assert rows[0] == rows[1]
    assert rows[0]["spans"]
