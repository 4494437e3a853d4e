"""The list of calls: who waits, what is late, who has taken what, and what came of it."""

from datetime import timedelta

import pytest

from parvis.core.errors import Refusal
from parvis.core.models import AuditEntry
from parvis.demo import builders
from parvis.joining.actions.calls import Asked, call_state, choose_entry, correct_details, note_outcome, take_call
from parvis.joining.calls import HELD_FOR, Standing
from parvis.joining.likeness import By, alike
from parvis.joining.models import CallEvent, Preregistration, Rules
from parvis.joining.queue import count_for_now, kept_word, waiting_calls
from parvis.joining.tests.conftest import english, text_of
from parvis.people.models import Role
from parvis.places.tests.test_claims import make_place

pytestmark = pytest.mark.usefixtures("clock")
Kind = CallEvent.Kind
DAY = timedelta(days=1)


@pytest.fixture
def colleague(town):
    person = builders.make_person("Colin Mairie")
    builders.give_role(person, town, Role.Kind.AGENT)
    return person


def noted(asked, outcome, at, by, **extra):
    note_outcome(preregistration=asked, outcome=outcome, at=at, by=by, **extra)


def test_late_ones_stand_on_top_and_agreed_ones_below(visit, ask, agent, at):
    fresh, late, agreed = ask("Fraîche"), ask("En retard", when=at - 9 * DAY), ask("Plus tard")
    noted(agreed, Kind.LATER, at, agent, next_at=at + timedelta(hours=5))
    names = [call.asked.shop_name for call in waiting_calls(fresh.town)]
    assert names == ["En retard", "Plus tard", "Fraîche"], "by when it is due"
    page = text_of(english(visit(agent)).get("/agent/callbacks/"))
    assert page.index("En retard") < page.index("Fraîche") < page.index("Plus tard")
    assert "2 shops wait for your call" in page
    assert "1 of them is late" in page
    assert "agreed: Thursday 26 November, 15:00" in page
    assert count_for_now(fresh.town, at) == 2
    assert call_state(late).is_late(at)


def test_the_tab_of_the_agent_says_how_many(visit, ask, agent):
    ask()
    assert "New shops" in text_of(english(visit(agent)).get("/agent/"))


def test_a_call_from_taking_it_to_its_outcome(visit, ask, agent, at):
    asked = ask()
    browser = english(visit(agent))
    answer = browser.post("/agent/callbacks/next/")
    assert answer.headers["Location"] == f"/agent/callbacks/{asked.pk}/"
    page = text_of(browser.get(answer.headers["Location"]))
    assert "You have taken this call" in page
    assert "01 99 00 12 34" in page
    assert 'href="tel:+33199001234"' in page
    form = {"outcome": "later", "next_at": "2026-11-27T15:30", "note": "Asks   for <Nina>"}
    assert browser.post(f"/agent/callbacks/{asked.pk}/", form).headers["Location"] == "/agent/callbacks/"
    event = asked.events.last()
    assert (event.kind, event.by, event.note) == ("later", agent, "Asks for <Nina>")
    assert event.next_at.isoformat() == "2026-11-27T14:30:00+00:00", "typed in the town's time"
    assert "Asks for &lt;Nina&gt;" in text_of(browser.get(f"/agent/callbacks/{asked.pk}/"))
    assert browser.post("/agent/callbacks/next/").headers["Location"] == "/agent/callbacks/", "agreed for tomorrow"
    verbs = list(AuditEntry.objects.order_by("at", "pk").values_list("verb", flat=True))
    assert verbs == ["joining.asked", "joining.taken", "joining.called"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"outcome": ""}, "required"),
        ({"outcome": "maybe"}, "maybe"),
        ({"outcome": "later", "next_at": ""}, "Say when"),
        ({"outcome": "later", "next_at": "soon"}, "Write a day and a time"),
        ({"outcome": "later", "next_at": "2026-11-25T10:00"}, "coming three months"),
        ({"outcome": "later", "next_at": "2062-11-27T10:00"}, "coming three months"),
        ({"outcome": "missed", "note": "x" * 601}, "600"),
    ],
)
def test_nonsense_is_explained_and_kept(visit, ask, agent, typed, words):
    asked = ask()
    form = {"outcome": "later", "next_at": "2026-11-27T15:30", "note": "Kept word"} | typed
    answer = english(visit(agent)).post(f"/agent/callbacks/{asked.pk}/", form)
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert form["note"][:9] in text_of(answer)
    assert asked.events.count() == 1


def test_two_agents_do_not_call_the_same_shop(visit, ask, agent, colleague, at, clock):
    first, second = ask("Une", when=at - DAY), ask("Deux")
    browser = english(visit(colleague))
    visit(agent).post("/agent/callbacks/next/")
    assert browser.post("/agent/callbacks/next/").headers["Location"] == f"/agent/callbacks/{second.pk}/"
    assert "Agathe Mairie has taken this call" in text_of(browser.get(f"/agent/callbacks/{first.pk}/"))
    with pytest.raises(Refusal, match="just taken"):
        take_call(preregistration=first, at=at, by=colleague)
    clock.shift(HELD_FOR)
    take_call(preregistration=first, at=at + HELD_FOR, by=colleague)
    visit(colleague).post(f"/agent/callbacks/{first.pk}/release/")
    assert call_state(first).holder(at + HELD_FOR) is None


@pytest.mark.parametrize("outcome", [Kind.NOT_INTERESTED, Kind.DUPLICATE])
def test_a_story_ends_once(visit, ask, agent, at, outcome):
    asked, waits = ask(), ask("Autre")
    noted(asked, outcome, at, agent, next_at=at + DAY)
    assert asked.events.last().next_at is None
    with pytest.raises(Refusal, match="settled"):
        noted(asked, Kind.REACHED, at, agent)
    assert visit(agent).post(f"/agent/callbacks/{asked.pk}/", {"outcome": "missed"}).status_code == 422
    page = text_of(english(visit(agent)).get("/agent/callbacks/"))
    assert page.index("Autre") < page.index("The last 30 days") < page.index(str(asked))
    assert [call.asked for call in waiting_calls(asked.town)] == [waits]


def test_what_was_heard_is_corrected(visit, ask, agent):
    asked = ask("Fromagerie Nima")
    browser = english(visit(agent))
    heard = {
        "shop_name": "Fromagerie Nina",
        "contact": "Nina Roux",
        "phone": "06 39 98 12 34",
        "email": "Nina@Example.org",
        "registration_number": "732 829 320 00074",
    }
    assert browser.post(f"/agent/callbacks/{asked.pk}/details/", heard).status_code == 302
    asked.refresh_from_db()
    assert (asked.phone, asked.email, asked.contact) == ("+33639981234", "nina@example.org", "Nina Roux")
    assert asked.registration_number == "73282932000074"
    for wrong, words in (
        ({"registration_number": "732 829 320 00075"}, "mistake in this number"),
        ({"phone": "12"}, "no telephone number"),
        ({"email": "nina"}, "no e-mail"),
        ({"phone": "", "email": ""}, "Keep a telephone number"),
        ({"shop_name": ""}, "required"),
    ):
        answer = browser.post(f"/agent/callbacks/{asked.pk}/details/", heard | wrong)
        assert answer.status_code == 422
        assert words in text_of(answer)


def test_what_may_be_the_same_shop_is_shown_to_the_agent(visit, ask, town, agent, at):
    mine = builders.make_shop(town, "Fromagerie Nina", trade="cheese", category="cheese", phone="01 99 00 12 34")
    mine.organisation.registration_number = "73282932000074"
    mine.organisation.save()
    ask("Nina, fromages")
    asked = ask("Nina", "+33199005678", registration_number="73282932000074", place=mine.place)
    found = alike(asked)
    assert [(row.what, row.by) for row in found] == [(mine, (By.NUMBER, By.ENTRY))]
    by_phone = ask("Chez elle")
    assert {(str(row.what), row.by) for row in alike(by_phone)} == {
        ("Nina, fromages", (By.PHONE,)),
        ("Fromagerie Nina", (By.PHONE,)),
    }
    page = text_of(english(visit(agent)).get(f"/agent/callbacks/{asked.pk}/"))
    assert "Perhaps a shop of the market already: Fromagerie Nina (same registration number" in page
    page = text_of(english(visit(agent)).get(f"/agent/callbacks/{by_phone.pk}/"))
    assert "Nina, fromages has asked too" in page


def test_what_another_town_knows_is_not_alike(ask, town, other_town, at):
    other = builders.make_shop(other_town, "Fromagerie Nina", phone="01 99 00 12 34")
    ask(where=other_town)
    assert other.place.town == other_town
    assert alike(ask()) == []


def test_the_agent_chooses_the_entry(visit, ask, town, agent):
    place, asked = make_place(town, "Nina", phone="0199001234"), ask("Tout autre nom")
    browser = english(visit(agent))
    assert "Is it one of these" in text_of(browser.get(f"/agent/callbacks/{asked.pk}/")), "found by its telephone"
    browser.post(f"/agent/callbacks/{asked.pk}/entry/", {"place": place.slug})
    asked.refresh_from_db()
    assert asked.place == place
    assert asked.events.last().by == agent
    assert "no such entry" in text_of(browser.post(f"/agent/callbacks/{asked.pk}/entry/", {"place": "x"}, follow=True))


def test_the_list_as_a_table_without_formulas(visit, ask, agent, at):
    asked = ask("=HYPERLINK(1)", when=at - 9 * DAY)
    noted(asked, Kind.NOT_REACHED, at - DAY, agent, note="@home")
    answer = english(visit(agent)).get("/agent/callbacks/?as=csv")
    lines = text_of(answer).lstrip("\ufeff").splitlines()
    assert lines[0].startswith("Shop;Registration number;")
    assert lines[1].startswith("'=HYPERLINK(1);;;'+33199001234;;;2026-11-17 10:00;Not reached;Agathe Mairie;")
    assert lines[1].endswith(";'@home")


def test_how_the_town_keeps_its_word(ask, agent, at, town):
    in_time, too_late, missed, _fresh = (
        ask("A", when=at - 9 * DAY), ask("B", when=at - 9 * DAY), ask("C", when=at - 9 * DAY), ask("D"),
    )  # fmt: skip
    noted(in_time, Kind.NOT_REACHED, at - 9 * DAY + timedelta(hours=2), agent)
    noted(too_late, Kind.REACHED, at - DAY, agent)
    kept = kept_word(town, at)
    assert (kept.due, kept.in_time) == (3, 1)
    assert kept.median_seconds == (2 * 3600 + 8 * 86400) / 2
    noted(missed, Kind.DUPLICATE, at, agent)
    assert kept_word(town, at).due == 2, "what was asked twice is no broken promise"


def test_the_town_decides_how_soon_it_calls(visit, ask, town, agent, at):
    asked = ask()
    browser = english(visit(agent))
    assert "Working days" in text_of(browser.get("/agent/callbacks/rules/"))
    assert not Rules.objects.exists()
    form = {"do": "rules", "call_within_days": "1", "opens": "agent", "invitation_days": "14", "terms": "Be kind."}
    assert browser.post("/agent/callbacks/rules/", form).status_code == 302
    assert "before Friday 27 November" in text_of(english(visit()).get("/join/"))
    assert call_state(Preregistration.objects.get(pk=asked.pk)).due < at + 2 * DAY
    for wrong in ("0", "31", "soon", ""):
        answer = browser.post("/agent/callbacks/rules/", form | {"call_within_days": wrong, "terms": "Kept."})
        assert answer.status_code == 422
        assert "Kept." in text_of(answer)
        assert f'value="{wrong}"' in text_of(answer) or not wrong
    kept = Rules.objects.get()
    assert (kept.call_within_days, kept.terms) == (1, "Be kind.")


PAGES = ["/agent/callbacks/", "/agent/callbacks/rules/", "/agent/callbacks/{pk}/"]
BUTTONS = [f"/agent/callbacks/{{pk}}/{verb}/" for verb in ("take", "release", "details", "entry")]


def test_pages_are_for_the_agents_of_the_town(visit, ask, town, citizen, merchant, stranger, other_town, at):
    asked = ask()
    for who, where in ((citizen, town), (merchant, town), (stranger, town), (stranger, other_town)):
        browser = visit(who, where)
        for path in [*PAGES, *BUTTONS, "/agent/callbacks/next/"]:
            url = path.format(pk=asked.pk)
            if where == other_town and "{pk}" not in path:
                continue  # that town's own list
            if path not in BUTTONS and not path.endswith("next/"):
                assert browser.get(url).status_code == 404
            if path != "/agent/callbacks/":
                assert browser.post(url, {"outcome": "no"}).status_code == 404
    assert [call.asked for call in waiting_calls(town)] == [asked]
    assert asked.events.count() == 1
    assert "/accounts/login/" in visit().get("/agent/callbacks/").headers["Location"]


def test_reading_writes_nothing_and_asks_little(visit, ask, town, agent, at, django_assert_max_num_queries):
    for number in range(12):
        asked = ask(f"Boutique {number}", when=at - timedelta(hours=number), place=make_place(town, f"Lieu {number}"))
        noted(asked, Kind.NOT_REACHED, at, agent)
    browser = visit(agent)
    browser.get("/agent/callbacks/")
    with django_assert_max_num_queries(25):
        browser.get("/agent/callbacks/")
    with django_assert_max_num_queries(38):
        browser.get(f"/agent/callbacks/{asked.pk}/")
    for path in BUTTONS:
        assert browser.get(path.format(pk=asked.pk)).status_code == 405
    assert CallEvent.objects.count() == 36


def test_entries_and_details_do_not_change_after_the_end(ask, town, agent, at):
    from parvis.joining.actions.calls import Asked

    asked = ask()
    noted(asked, Kind.NOT_INTERESTED, at, agent)
    assert call_state(asked).standing is Standing.NOT_INTERESTED
    with pytest.raises(Refusal):
        choose_entry(preregistration=asked, place=make_place(town), at=at, by=agent)
    with pytest.raises(Refusal):
        correct_details(preregistration=asked, asked=Asked("X", phone="+33199001234"), contact="", at=at, by=agent)


def test_a_no_may_become_a_call_again(visit, ask, agent, at, clock):
    asked = ask(email="nina@example.org")
    correct_details(
        preregistration=asked,
        asked=Asked(asked.shop_name, "", asked.phone, asked.email),
        contact="Nina",
        at=at,
        by=agent,
    )
    noted(asked, Kind.NOT_INTERESTED, at, agent, note="Plus tard, peut-être")
    browser = english(visit(agent))
    assert "Has the shop changed its mind?" in text_of(browser.get(f"/agent/callbacks/{asked.pk}/"))
    where = browser.post(f"/agent/callbacks/{asked.pk}/again/").headers["Location"]
    assert browser.post(f"/agent/callbacks/{asked.pk}/again/").headers["Location"] == where, "a second click"
    [call] = waiting_calls(asked.town)
    assert where == f"/agent/callbacks/{call.asked.pk}/"
    assert (call.asked.shop_name, call.asked.phone, call.asked.contact) == (asked.shop_name, asked.phone, "Nina")
    assert call_state(asked).standing is Standing.NOT_INTERESTED, "the old story stays"
    assert "has asked too" in text_of(browser.get(where)), "and is found from the new one"


def test_only_a_no_is_called_again(visit, ask, agent, citizen, stranger, at):
    asked = ask()
    browser = english(visit(agent))
    browser.post(f"/agent/callbacks/{asked.pk}/again/")
    assert "Only a shop that had said no" in text_of(browser.get(f"/agent/callbacks/{asked.pk}/"))
    assert Preregistration.objects.count() == 1
    noted(asked, Kind.NOT_INTERESTED, at, agent)
    for person in (citizen, stranger):
        assert visit(person).post(f"/agent/callbacks/{asked.pk}/again/").status_code == 404
    assert Preregistration.objects.count() == 1
