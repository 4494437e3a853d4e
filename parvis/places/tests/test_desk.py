"""The agent's desk: each list holds what it says, each action does one thing, and can be taken back."""

from datetime import date, timedelta

import pytest

from parvis.core.errors import Refusal
from parvis.core.models import AuditEntry
from parvis.demo import builders
from parvis.places import desk
from parvis.places.actions.claims import ask_claim
from parvis.places.actions.entries import add_closure, check_place
from parvis.places.actions.upkeep import bring_back, mark_gone, merge_places, rewrite_hours, understood
from parvis.places.models import Change, Check, Claim, Closure, Conflict, Place, Reminder, Report
from parvis.places.tests.test_claims import make_place

pytestmark = pytest.mark.usefixtures("clock")
LISTS = ("", "claims/", "reports/", "hours/", "incomplete/", "twice/", "old/", "gone/")


def english(client):
    client.cookies["language"] = "en"
    return client


def text_of(answer):
    return answer.content.decode()


def names(places):
    return [place.name for place in places]


@pytest.mark.parametrize(
    ("checked_ago", "source_ago", "months"),
    [
        (None, None, {6, 12}),
        (100, None, set()),
        (200, None, {6}),
        (400, None, {6, 12}),
        (None, 100, set()),
        (None, 200, {6}),
        (None, 700, {6, 12}),
        (100, 700, set()),
        (700, 100, {6, 12}),  # a person's look is worth more than an import's day
    ],
)
def test_old_entries(town, at, checked_ago, source_ago, months):
    place = make_place(town)
    checked = None if checked_ago is None else at - timedelta(days=checked_ago)
    dated = None if source_ago is None else (at - timedelta(days=source_ago)).date()
    Place.objects.filter(pk=place.pk).update(checked_at=checked, source_date=dated)
    assert {n for n in (6, 12) if desk.stale(town, at, n).exists()} == months


def test_the_oldest_comes_first_and_filters_narrow(visit, town, agent, at):
    for n, (name, ago) in enumerate([("Vieux", 900), ("Jamais", None), ("Moyen", 300)]):
        place = make_place(town, name, category="cafe" if n else "bakery", address=f"{n} rue {name}")
        if ago:
            check_place(place=place, at=at - timedelta(days=ago), checker="town")
    assert names(desk.stale(town, at, 6)) == ["Jamais", "Vieux", "Moyen"]
    browser = english(visit(agent))
    assert "Moyen" not in text_of(browser.get("/agent/directory/old/?months=12"))
    assert "Jamais" not in text_of(browser.get("/agent/directory/old/?kind=bakery"))
    assert "Vieux" not in text_of(browser.get("/agent/directory/old/?street=moyen"))
    for nonsense in ("?months=abc", "?kind=zzz", "?street=%00", "?page=zzz", "?page=99"):
        assert "Jamais" in text_of(browser.get(f"/agent/directory/old/{nonsense}")), nonsense


def test_hours_that_are_only_words(town):
    make_place(town, "Read", opening_hours="24/7", hours_read=True)
    make_place(town, "None")
    make_place(town, "Words", hours_text="le matin")
    make_place(town, "Odd", opening_hours="sometimes")
    assert sorted(names(desk.hours_not_read(town))) == ["Odd", "Words"]


def test_incomplete_entries(town):
    make_place(town, "Whole")
    make_place(town, "No door", address="")
    make_place(town, "Park", category="park", address="")
    make_place(town, "Kindless", category="other")
    assert names(desk.incomplete(town)) == ["Kindless", "No door"]


def test_twins_are_near_and_have_one_name(town, other_town):
    first = make_place(town, "Café de l’Été", slug="a")
    second = make_place(town, "cafe de l'ete", slug="b", lat=48.82 + 40 / 111195)
    make_place(town, "Café de l’Été", slug="c", lat=48.82 + 110 / 111195)
    make_place(town, "Café de l’Été", slug="d", lon=2.27 + 0.002)
    make_place(other_town, "Café de l’Été", slug="e")
    make_place(town, "Café de l’Été", slug="f", gone_on=date(2026, 1, 1))
    assert [set(pair) for pair in desk.twins(town)] == [{first.pk, second.pk}]


def test_two_that_are_told_apart_are_not_suggested_again(visit, town, agent):
    first, second = make_place(town, "Borne", slug="a"), make_place(town, "Borne", slug="b")
    browser = english(visit(agent))
    assert "They are two places" in text_of(browser.get("/agent/directory/twice/"))
    answer = browser.post(f"/agent/directory/places/{first.slug}/merge/", {"other": second.slug, "apart": "1"})
    assert answer.status_code == 302
    assert desk.twins(town) == []
    assert Place.objects.of(town).count() == 2


def test_merging_keeps_one_and_what_the_other_knew(town, citizen, agent, at):
    kept = make_place(town, "Zoé", slug="a", phone="", opening_hours="le matin")
    dropped = make_place(
        town, "Zoé", slug="b", website="https://zoe.example", opening_hours="Mo 09:00-12:00", hours_read=True
    )
    add_closure(place=dropped, first_day=date(2026, 12, 24), last_day=date(2026, 12, 26), reason="", at=at)
    ask_claim(place=dropped, person=citizen, way="letter", business="Z", at=at)
    for place in (kept, dropped):
        Reminder.objects.create(town=town, place=place, month=date(2026, 11, 1), channel="mail", asked_at=at)
    Report.objects.create(town=town, place=dropped, kind="hours", at=at)
    merge_places(kept=kept, dropped=dropped, at=at, by=agent)
    kept.refresh_from_db()
    dropped.refresh_from_db()
    assert (kept.phone, kept.website, kept.opening_hours) == ("01 23 45 67 89", "https://zoe.example", "Mo 09:00-12:00")
    assert kept.hours_read
    assert dropped.gone_on == date(2026, 11, 26)
    assert dropped.details["merged_into"] == "a"
    assert Closure.objects.get().place == kept
    assert Claim.objects.get().place == kept
    assert Report.objects.get().place == kept
    assert kept.spans.exists()
    assert not dropped.spans.exists()
    assert AuditEntry.objects.filter(verb="place.merged").exists()
    with pytest.raises(Refusal, match="gone already"):
        merge_places(kept=kept, dropped=dropped, at=at, by=agent)
    with pytest.raises(Refusal):
        merge_places(kept=kept, dropped=kept, at=at, by=agent)


def test_the_address_of_a_merged_entry_leads_to_the_one_that_stays(visit, town, other_town, agent, at):
    week = {"opening_hours": "Mo 09:00-12:00", "hours_read": True}
    last, middle = make_place(town, "Zoé", slug="c", **week), make_place(town, "Zoé", slug="b", **week)
    first = make_place(town, "Zoé", slug="a", picture="places/zoe.webp", details={"capacity": 5}, hours_text="matin")
    make_place(other_town, "Zoé", slug="b")
    merge_places(kept=middle, dropped=first, at=at, by=agent)
    merge_places(kept=last, dropped=middle, at=at, by=agent)
    for page in ("", "hours.ics", "poster.pdf"):
        answer = visit().get(f"/places/a/{page}")
        assert (answer.status_code, answer.headers.get("Location")) == (301, f"/places/c/{page}")
        assert visit().get(f"/places/b/{page}").status_code == 301
        assert visit().get(f"/places/nothing/{page}").status_code == 404
    last.refresh_from_db()
    assert last.picture.name == "places/zoe.webp"
    assert last.details == {"capacity": 5}
    assert last.hours_text == ""  # hours that are read need no words of a source


def test_words_about_hours_are_taken_over_where_nothing_else_is_known(town, agent, at):
    kept, dropped = make_place(town, "Zoé", slug="a"), make_place(town, "Zoé", slug="b", hours_text="le matin")
    merge_places(kept=kept, dropped=dropped, at=at, by=agent)
    kept.refresh_from_db()
    assert kept.hours_text == "le matin"


def test_somebodys_entry_does_not_go(visit, town, merchant, agent, at):
    owned = builders.make_shop(town, "Zoé", owner=merchant).place
    other = make_place(town, "Zoé", slug="zoe-2", lon=owned.lon, lat=owned.lat)
    with pytest.raises(Refusal, match="Somebody speaks"):
        merge_places(kept=other, dropped=owned, at=at, by=agent)
    browser = english(visit(agent))
    answer = browser.post(
        "/agent/directory/places/zoe-2/merge/", {"other": owned.slug, "back": "/agent/directory/twice/"}
    )
    assert answer.headers["Location"] == "/agent/directory/twice/"
    assert Place.objects.of(town).count() == 2
    merge_places(kept=owned, dropped=other, at=at, by=agent)
    assert Place.objects.of(town).get() == owned


def test_one_press_checks_an_entry(visit, town, agent):
    place = make_place(town)
    browser = english(visit(agent))
    answer = browser.post(f"/agent/directory/places/{place.slug}/right/", {"back": "/agent/directory/old/?page=2"})
    assert answer.headers["Location"] == "/agent/directory/old/?page=2"
    place.refresh_from_db()
    assert place.checked_by == "town"
    for elsewhere in ("https://evil.example/", "//evil.example", "/agent/directory//evil.example", "/orders/", ""):
        answer = browser.post(f"/agent/directory/places/{place.slug}/right/", {"back": elsewhere})
        assert answer.headers["Location"] == "/agent/directory/"


def test_gone_is_asked_first_and_can_be_taken_back(visit, town, agent):
    place = make_place(town)
    browser = english(visit(agent))
    assert "closed for good?" in text_of(browser.get(f"/agent/directory/places/{place.slug}/gone/"))
    assert Place.objects.of(town).exists()
    browser.post(f"/agent/directory/places/{place.slug}/gone/")
    assert not Place.objects.of(town).exists()
    assert browser.get(f"/places/{place.slug}/").status_code == 404
    assert place.name in text_of(browser.get("/agent/directory/gone/"))
    browser.post(f"/agent/directory/places/{place.slug}/back/")
    assert Place.objects.of(town).exists()
    assert Change.objects.filter(place=place).count() == 2


def test_gone_twice_is_gone_once(town, agent, at):
    place = make_place(town)
    mark_gone(place=place, at=at, by=agent)
    place.refresh_from_db()
    mark_gone(place=place, at=at + timedelta(days=3), by=agent)
    assert Change.objects.count() == 1
    bring_back(place=place, at=at, by=agent)
    place.refresh_from_db()
    assert place.gone_on is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Mo-Sa 09:00-19:00", "Mo-Sa 09:00-19:00"),
        ("du lundi au samedi de 9h à 19h", "Mo-Sa 09:00-19:00"),
        ("24/7", "24/7"),
        ("quand il fait beau", ""),
        ("", ""),
        ("Mo-Sa 09:00-", ""),
    ],
)
def test_hours_are_understood_or_not(text, value):
    assert understood(text, "FR") == value


def test_hours_are_said_in_words_before_they_are_saved(visit, town, agent):
    place = make_place(town, hours_text="lun-sam 9h-19h sauf quand il pleut")
    browser = english(visit(agent))
    url = f"/agent/directory/hours/{place.slug}/"
    assert "sauf quand il pleut" in text_of(browser.get(url))
    wrong = browser.post(url, {"hours": "quand il fait beau"})
    assert wrong.status_code == 422
    assert "quand il fait beau" in text_of(wrong)
    shown = browser.post(url, {"hours": "du lundi au samedi de 9h à 19h"})
    assert "Monday to Saturday" in text_of(shown)
    assert not Change.objects.exists()
    assert browser.post(url, {"hours": "Mo-Sa 09:00-19:00", "save": "Mo-Su 00:00-24:00"}).status_code == 200
    assert not Change.objects.exists(), "only what was shown is saved"
    assert browser.post(url, {"hours": "Mo-Sa 09:00-19:00", "save": "Mo-Sa 09:00-19:00"}).status_code == 302
    place.refresh_from_db()
    assert (place.opening_hours, place.hours_read, place.hours_text) == ("Mo-Sa 09:00-19:00", True, "")
    assert place.spans.exists()


def test_hours_that_nobody_reads_are_not_written(town, agent, at):
    with pytest.raises(Refusal):
        rewrite_hours(place=make_place(town), value="sometimes", at=at, by=agent)


def test_the_front_page_says_who_waits_and_counts_the_rest(visit, town, citizen, agent, at):
    place = make_place(town, category="other")
    ask_claim(place=place, person=citizen, way="letter", business="B", at=at - timedelta(days=3))
    Report.objects.create(town=town, place=place, kind="phone", at=at - timedelta(hours=2))
    Conflict.objects.create(town=town, place=place, field="phone", ours="1", theirs="2", found_at=at)
    page = text_of(english(visit(agent)).get("/agent/directory/"))
    assert "2 people wait for you" in page
    assert page.index("A letter to send") < page.index("A resident:")
    counts = desk.counts_of(town, at)
    assert (counts.claims, counts.reports, counts.conflicts, counts.incomplete, counts.stale) == (1, 1, 1, 1, 1)


def test_an_empty_desk_says_so(visit, town, agent):
    browser = english(visit(agent))
    assert "Nobody waits" in text_of(browser.get("/agent/directory/"))
    for name in LISTS[1:]:
        assert browser.get(f"/agent/directory/{name}").status_code == 200


def test_the_desk_is_for_the_agents_of_this_town(visit, town, other_town, citizen, merchant, stranger, agent):
    place = make_place(town)
    pages = [*LISTS, f"hours/{place.slug}/", f"places/{place.slug}/gone/"]
    verbs = [f"places/{place.slug}/{verb}/" for verb in ("right", "gone", "back", "merge")]
    for page in pages:
        assert "/accounts/login/" in visit().get(f"/agent/directory/{page}").headers["Location"]
        for person in (citizen, merchant, stranger):
            assert visit(person).get(f"/agent/directory/{page}").status_code == 404, page
    for verb in verbs:
        for person, where in ((citizen, town), (stranger, town), (stranger, other_town)):
            assert visit(person, where).post(f"/agent/directory/{verb}", {"other": place.slug}).status_code == 404, verb
    assert visit(stranger, other_town).get(f"/agent/directory/hours/{place.slug}/").status_code == 404
    assert not Check.objects.exists()
    assert not Change.objects.exists()


def test_looking_writes_nothing(visit, town, agent):
    make_place(town)
    for page in LISTS:
        visit(agent).get(f"/agent/directory/{page}")
    assert not Check.objects.exists()
    assert not AuditEntry.objects.exclude(verb__startswith="account").exists()


@pytest.mark.parametrize("page", LISTS)
def test_long_lists_ask_few_questions(visit, town, agent, at, page, django_assert_max_num_queries):
    for n in range(30):
        twin = {"slug": f"twin-{n}", "category": "other", "opening_hours": "?"}
        place = make_place(town, f"Boutique {n // 2}", lat=48.82 + (n // 2) / 100, **twin)
        Report.objects.create(town=town, place=place, kind="phone", at=at)
    browser = visit(agent)
    with django_assert_max_num_queries(24):
        answer = browser.get(f"/agent/directory/{page}")
    assert answer.status_code == 200
