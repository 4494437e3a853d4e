""" "Something wrong?": anybody tells, an agent settles, who left an address gets an answer and is forgotten."""

from datetime import timedelta

import pytest

from parvis.core.errors import Refusal
from parvis.core.models import OutboxMessage
from parvis.places.actions.reports import MOST_AN_HOUR, MOST_WAITING, report_place, sender_of, settle_report
from parvis.places.models import Check, Place, Report
from parvis.places.tests.test_claims import make_place

pytestmark = pytest.mark.usefixtures("clock")
GOOD = {"kind": "hours", "words": "Closed on Mondays now.", "email": "lou@example.org", "website": ""}


@pytest.fixture
def place(town):
    return make_place(town)


def tell(place, at, sender="s", **extra):
    values = {"kind": "closed", "words": "", "email": "", "language": "fr"} | extra
    return report_place(place=place, sender=sender, at=at, **values)


def english(client):
    client.cookies["language"] = "en"
    return client


def text_of(answer):
    return answer.content.decode()


def test_anybody_may_tell_in_a_few_taps(visit, place):
    browser = english(visit())
    page = browser.get(f"/places/{place.slug}/report/")
    assert page.status_code == 200
    assert not Report.objects.exists()
    answer = browser.post(f"/places/{place.slug}/report/", GOOD)
    assert answer.status_code == 302
    assert "Thank you" in text_of(browser.get(answer.headers["Location"]))
    report = Report.objects.get()
    assert (report.kind, report.email, report.words) == ("hours", "lou@example.org", "Closed on Mondays now.")
    assert "127.0.0.1" not in report.sender
    assert not OutboxMessage.objects.exists(), "nobody can have mails sent to somebody else"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"kind": ""}, "required"),
        ({"kind": "nonsense"}, "nonsense"),
        ({"kind": "other", "words": ""}, "Say in a few words"),
        ({"email": "not a mail"}, "valid email"),
        ({"words": "x" * 601}, "600"),
    ],
)
def test_nonsense_is_explained_and_kept(visit, place, typed, words):
    answer = english(visit()).post(f"/places/{place.slug}/report/", GOOD | typed)
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert (typed.get("email") or GOOD["email"]) in text_of(answer)
    assert not Report.objects.exists()


def test_a_machine_that_fills_everything_is_thanked_and_forgotten(visit, place):
    answer = visit().post(f"/places/{place.slug}/report/", GOOD | {"website": "http://spam.example"})
    assert answer.status_code == 302
    assert not Report.objects.exists()


def test_one_door_does_not_flood_the_desk(visit, town, place):
    for n in range(MOST_AN_HOUR):
        other = make_place(town, f"Boutique {n}")
        assert visit().post(f"/places/{other.slug}/report/", GOOD).status_code == 302
    answer = english(visit()).post(f"/places/{place.slug}/report/", GOOD)
    assert answer.status_code == 422
    assert "a lot for one hour" in text_of(answer)
    assert Report.objects.count() == MOST_AN_HOUR


def test_limits_count_doors_and_places_and_let_go(place, at):
    for n in range(MOST_WAITING):
        tell(place, at, sender=f"door {n}")
    with pytest.raises(Refusal, match="told already"):
        tell(place, at, sender="another door")
    assert sender_of("192.0.2.1", at) == sender_of("192.0.2.1", at)
    assert sender_of("192.0.2.1", at) != sender_of("192.0.2.1", at + timedelta(days=1))


def test_a_place_of_another_town_or_gone_is_not_here(visit, place, other_town):
    assert visit(None, other_town).post(f"/places/{place.slug}/report/", GOOD).status_code == 404
    Place.objects.filter(pk=place.pk).update(gone_on="2026-01-01")
    assert visit().get(f"/places/{place.slug}/report/").status_code == 404


@pytest.mark.parametrize(
    ("outcome", "gone", "words"),
    [("corrected", False, "We have corrected"), ("right", False, "right as it stands"), ("gone", True, "has closed")],
)
def test_settled_answered_and_forgotten(place, agent, at, outcome, gone, words):
    report = tell(place, at, email="lou@example.org", language="en")
    settle_report(report=report, outcome=outcome, answer="Thank you, Lou.", at=at, by=agent)
    report.refresh_from_db()
    place.refresh_from_db()
    assert (report.outcome, report.email, report.sender) == (outcome, "", "")
    assert (place.gone_on is not None) is gone
    letter = OutboxMessage.objects.get()
    assert letter.to == "lou@example.org"
    assert words in letter.body
    assert "Thank you, Lou." in letter.body
    assert Check.objects.filter(place=place, checker="town").exists()
    with pytest.raises(Refusal):
        settle_report(report=report, outcome="gone", answer="", at=at, by=agent)


def test_the_agent_settles_on_the_page(visit, place, agent, at):
    report = tell(place, at, words="<b>It is gone</b>", email="lou@example.org")
    browser = english(visit(agent))
    assert place.name in text_of(browser.get("/agent/directory/reports/"))
    page = text_of(browser.get(f"/agent/directory/reports/{report.pk}/"))
    assert "&lt;b&gt;It is gone" in page
    assert browser.post(f"/agent/directory/reports/{report.pk}/", {"outcome": "maybe"}).status_code == 422
    assert browser.post(f"/agent/directory/reports/{report.pk}/", {"outcome": "gone", "answer": ""}).status_code == 302
    again = browser.post(f"/agent/directory/reports/{report.pk}/", {"outcome": "gone"})
    assert again.status_code == 422
    assert OutboxMessage.objects.count() == 1


def test_reports_are_for_the_agents_of_the_town(visit, place, at, citizen, merchant, stranger, other_town):
    report = tell(place, at)
    for person, town in ((citizen, place.town), (merchant, place.town), (stranger, place.town), (stranger, other_town)):
        browser = visit(person, town)
        assert browser.get(f"/agent/directory/reports/{report.pk}/").status_code == 404
        assert browser.post(f"/agent/directory/reports/{report.pk}/", {"outcome": "gone"}).status_code == 404
    assert "/accounts/login/" in visit().get(f"/agent/directory/reports/{report.pk}/").headers["Location"]
    report.refresh_from_db()
    assert report.settled_at is None
