"""Two towns agree on sharing bikes: one proposes, the other signs; each may end it, and a third knows nothing of it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from parvis.core.errors import Refusal
from parvis.core.models import AuditEntry, OutboxMessage
from parvis.delivery.actions.agreements import close_agreement, give_notice, propose_agreement, sign_agreement
from parvis.delivery.models import Agreement, Hub, Window
from parvis.delivery.models.agreements import Standing
from parvis.delivery.tests.test_dispatch_board import english, said
from parvis.demo import builders
from parvis.people.models import Person, Role
from parvis.towns.models import Town

pytestmark = pytest.mark.usefixtures("clock")
PDF = b"%PDF-1.7 convention"


@pytest.fixture
def host(visit: Callable[..., Client], agent: Person) -> Client:
    """The agent of the town whose bikes ride."""
    return english(visit(agent))


@pytest.fixture
def guest(visit: Callable[..., Client], stranger: Person, other_town: Town) -> Client:
    """The agent of the town for which they ride too."""
    return english(visit(stranger, other_town))


@pytest.fixture
def third(visit: Callable[..., Client], at: datetime) -> Client:
    town = builders.make_town("vanves", name="Vanves")
    person = builders.make_person("Théo Voisin")
    builders.give_role(person, town, Role.Kind.AGENT)
    return english(visit(person, town))


@pytest.fixture
def terms(hub: Hub) -> dict[str, Any]:
    return {
        "other": "ivry-sur-seine",
        "title": "Convention 2026-14",
        "voted_on": "2026-11-12",
        "text": "Les vélos d’Issy roulent aussi pour Ivry.",
        "hubs": [str(hub.pk)],
        "starts_on": "2026-12-01",
        "ends_on": "",
        "notice_days": "90",
        "rule": "drops",
        "guest_percent": "",
    }


def address(agreement: Agreement, verb: str = "") -> str:
    return f"/agent/sharing/{agreement.pk}/{verb}"


def test_one_proposes_the_other_signs(host: Client, guest: Client, terms: Any, agent: Person, at: datetime) -> None:
    assert "No bikes are shared with another town" in said(host.get("/agent/sharing/"))
    sent = terms | {"paper": SimpleUploadedFile("convention.pdf", PDF)}
    assert host.post("/agent/sharing/new/", sent).status_code == 302
    agreement = Agreement.objects.get()
    assert (agreement.town.slug, agreement.guest.slug, agreement.proposed_by) == ("issy", "ivry", agent)
    assert agreement.standing(at.date()) == Standing.PROPOSED
    [letter] = OutboxMessage.objects.filter(key__startswith="agreement-proposed")
    assert f"ivry.localhost:8000{address(agreement)}" in letter.body

    page = said(guest.get(address(agreement)))
    assert "Issy-les-Moulineaux lets its bikes ride for Ivry-sur-Seine too, from: Halle du Parvis." in page
    assert "From Tuesday 1 December 2026 on." in page
    assert "shared by the doors served for each town" in page
    assert guest.get(address(agreement, "text.pdf")).content == PDF
    assert guest.post(address(agreement, "sign/")).status_code == 302
    agreement.refresh_from_db()
    assert agreement.standing(at.date()) == Standing.AHEAD
    assert agreement.standing(date(2026, 12, 1)) == Standing.IN_FORCE
    assert OutboxMessage.objects.filter(key__startswith="agreement-signed").count() == 1
    assert AuditEntry.objects.filter(verb="sign_agreement").count() == 2, "each of the two towns has it in its trail"
    assert "This agreement is signed already." in said(guest.post(address(agreement, "sign/"), follow=True))


def test_the_host_cannot_sign_for_the_guest(host: Client, other_town: Town, terms: Any) -> None:
    host.post("/agent/sharing/new/", terms)
    agreement = Agreement.objects.get()
    assert "Sign for our town" not in said(host.get(address(agreement)))
    assert host.post(address(agreement, "sign/")).status_code == 404
    assert Agreement.objects.get().signed_at is None


def asked(terms: dict[str, Any]) -> dict[str, Any]:
    """The same terms as the guest writes them: it asks Issy, and knows no hub."""
    return {key: value for key, value in terms.items() if key != "hubs"} | {"other": "issy"}


def test_the_guest_proposes_and_the_host_names_the_hubs(
    host: Client, guest: Client, hub: Hub, window: Window, other_town: Town, terms: Any, at: datetime
) -> None:
    second = builders.make_hub(hub.town, name="Halle du Nord")
    builders.make_window(second, window.starts_at)
    assert hub.name not in said(guest.get("/agent/sharing/ask/")), "hubs are the host's to name"
    assert guest.post("/agent/sharing/ask/", asked(terms) | {"starts_on": "2026-11-26"}).status_code == 302
    agreement = Agreement.objects.get()
    assert (agreement.town, agreement.guest, agreement.from_guest) == (hub.town, other_town, True)
    [letter] = OutboxMessage.objects.filter(key__startswith="agreement-asked")
    assert letter.subject == "Ivry-sur-Seine vous demande de partager vos vélos"
    assert "from the hubs that it names when it signs" in said(guest.get(address(agreement)))
    listed = said(guest.get("/agent/sharing/"))
    assert "waits for Issy-les-Moulineaux" in listed
    assert "Issy-les-Moulineaux would let its bikes ride for us, from Thursday 26 November 2026 on" in listed
    assert "Our bikes would ride for Ivry-sur-Seine" in said(host.get("/agent/sharing/"))
    assert guest.post(address(agreement, "sign/"), {"hubs": [str(hub.pk)]}).status_code == 404
    assert "buyers of Ivry-sur-Seine are offered the times that your bikes ride" in said(host.get(address(agreement)))
    for nonsense in ([], ["5"]):
        page = host.post(address(agreement, "sign/"), {"hubs": nonsense})
        assert page.status_code == 422
        assert not Window.objects.open_at(other_town, at).exists()
    assert host.post(address(agreement, "sign/"), {"hubs": [str(hub.pk)]}).status_code == 302
    assert list(Window.objects.open_at(other_town, at)) == [window], "of the hub that was named"
    assert OutboxMessage.objects.filter(key__startswith="agreement-signed", town_id=other_town.pk).count() == 1
    assert "from: Halle du Parvis." in said(guest.get(address(agreement)))
    assert "Our bikes ride for Ivry-sur-Seine" in said(host.get("/agent/sharing/"))


@pytest.mark.parametrize(("who", "words"), [("host", "refused by Issy"), ("guest", "taken back by Ivry")])
def test_what_the_guest_proposed_comes_to_nothing(
    request: Any, guest: Client, hub: Hub, terms: Any, who: str, words: str
) -> None:
    guest.post("/agent/sharing/ask/", asked(terms))
    browser = request.getfixturevalue(who)
    assert browser.post(address(Agreement.objects.get(), "close/")).status_code == 302
    assert words in said(browser.get("/agent/sharing/"))


def test_a_town_without_a_hub_is_not_asked(host: Client, guest: Client, other_town: Town, terms: Any) -> None:
    page = said(host.post("/agent/sharing/ask/", asked(terms) | {"other": "ivry"}))
    assert "Ivry-sur-Seine has no hub here" in page
    assert "An agreement needs two towns." in said(guest.post("/agent/sharing/ask/", asked(terms) | {"other": "ivry"}))
    assert not Agreement.objects.exists()


@pytest.mark.parametrize("who", ["host", "guest"])
def test_it_is_taken_back_or_refused(request: Any, who: str, hub: Hub, other_town: Town, at: datetime) -> None:
    browser = request.getfixturevalue(who)
    agreement = builders.make_agreement(hub, guest=other_town, at=at, signed=False)
    assert browser.post(address(agreement, "close/")).status_code == 302
    assert Agreement.objects.get().standing(at.date()) == Standing.CLOSED
    words = {"host": "taken back", "guest": "refused"}[who]
    assert words in said(browser.get("/agent/sharing/"))
    with pytest.raises(Refusal, match="refused or taken back"):
        sign_agreement(agreement=agreement, at=at, by=None)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"other": "atlantis"}, "No town called atlantis is on this installation."),
        ({"other": "issy"}, "An agreement needs two towns."),
        ({"text": " "}, "Write the text of the agreement, or add it as a PDF."),
        ({"hubs": []}, "This field is required"),
        ({"hubs": ["5"]}, "Select a valid choice"),
        ({"ends_on": "2026-11-30"}, "The last day lies before the first."),
        ({"starts_on": "2026-01-01", "ends_on": "2026-11-25"}, "The last day is over already."),
        ({"rule": "percent"}, "Write how many per cent the other town bears."),
        ({"rule": "percent", "guest_percent": "101"}, "less than or equal to 100"),
        ({"voted_on": "yesterday"}, "Enter a valid date."),
    ],
)
def test_nonsense_is_explained(
    host: Client, other_town: Town, terms: Any, wrong: dict[str, Any], sentence: str
) -> None:
    page = host.post("/agent/sharing/new/", terms | wrong)
    assert page.status_code == 422
    assert sentence in said(page)
    assert "Convention 2026-14" in page.content.decode(), "what was typed is kept"
    assert not Agreement.objects.exists()


def test_towns_must_have_one_day_and_one_currency(host: Client, terms: Any) -> None:
    builders.make_town("annemasse", name="Annemasse", timezone="Europe/Zurich")
    builders.make_town("geneve", name="Genève", currency="CHF")
    apart = said(host.post("/agent/sharing/new/", terms | {"other": "Annemasse"}))
    assert "Annemasse has another time zone" in apart
    apart = said(host.post("/agent/sharing/new/", terms | {"other": "geneve"}))
    assert "Genève has another currency" in apart


def test_a_paper_is_believed_by_its_content(host: Client, other_town: Town, terms: Any) -> None:
    sent = terms | {"paper": SimpleUploadedFile("convention.pdf", b"<html>")}
    assert "This file is no PDF." in said(host.post("/agent/sharing/new/", sent))


def test_either_may_end_it(guest: Client, hub: Hub, other_town: Town, at: datetime) -> None:
    agreement = builders.make_agreement(hub, guest=other_town, at=at, notice_days=90)
    soon = {"last_day": "2027-01-31"}
    page = guest.post(address(agreement, "notice/"), soon)
    assert page.status_code == 422
    assert "asks for 90 days of notice" in said(page)
    assert 'value="2027-01-31"' in page.content.decode()
    assert guest.post(address(agreement, "notice/"), {"last_day": "2027-02-28"}).status_code == 302
    agreement.refresh_from_db()
    assert agreement.last_day == date(2027, 2, 28)
    assert agreement.standing(date(2027, 2, 28)) == Standing.IN_FORCE
    assert agreement.standing(date(2027, 3, 1)) == Standing.OVER
    assert "gave notice: the last day is Sunday 28 February 2027" in said(guest.get(address(agreement)))
    with pytest.raises(Refusal, match="No notice"):
        give_notice(agreement=agreement, town=hub.town, last_day=date(2027, 4, 1), at=at, by=None)


def test_a_term_that_comes_first_needs_no_notice(hub: Hub, other_town: Town, at: datetime) -> None:
    agreement = builders.make_agreement(hub, guest=other_town, at=at, ends_on=date(2027, 2, 1))
    with pytest.raises(Refusal, match="without notice"):
        give_notice(agreement=agreement, town=hub.town, last_day=date(2027, 3, 1), at=at, by=None)


def propose(hub: Hub, guest: Town, at: datetime, **extra: Any) -> Agreement:
    values: dict[str, Any] = {
        "title": "Une autre",
        "voted_on": at.date(),
        "starts_on": at.date(),
        "ends_on": None,
        "notice_days": 30,
        "hubs": [hub],
        "rule": "drops",
        "guest_percent": None,
    }
    return propose_agreement(town=hub.town, guest=guest, at=at, by=None, **(values | extra))


@pytest.mark.parametrize(
    ("first", "second", "sentence"),
    [
        ({"rule": "drops"}, {"rule": "metres"}, "costs are split otherwise"),
        (
            {"rule": "percent", "guest_percent": 60},
            {"rule": "percent", "guest_percent": 50},
            "more than the whole of its costs",
        ),
    ],
)
def test_one_hub_has_one_rule(hub: Hub, other_town: Town, at: datetime, first: Any, second: Any, sentence: str) -> None:
    builders.make_agreement(hub, guest=other_town, at=at, ends_on=date(2027, 6, 30), **first)
    town = builders.make_town("vanves", name="Vanves")
    with pytest.raises(Refusal, match=sentence):
        sign_agreement(agreement=propose(hub, town, at, **second), at=at, by=None)
    sign_agreement(agreement=propose(hub, town, at, starts_on=date(2027, 7, 1), **second), at=at, by=None)
    with pytest.raises(Refusal, match="shared between the two towns on these days already"):
        sign_agreement(agreement=propose(hub, other_town, at, **first), at=at, by=None)


def test_signing_too_late(hub: Hub, other_town: Town, at: datetime) -> None:
    agreement = propose(hub, other_town, at, ends_on=at.date())
    with pytest.raises(Refusal, match="over already"):
        sign_agreement(agreement=agreement, at=at + timedelta(days=1), by=None)


def test_a_third_town_knows_nothing(
    third: Client, visit: Any, citizen: Person, hub: Hub, other_town: Town, at: Any
) -> None:
    agreement = builders.make_agreement(hub, guest=other_town, at=at, paper="agreements/x.pdf", notice_days=0)
    assert "Convention" not in said(third.get("/agent/sharing/"))
    for verb in ("", "text.pdf"):
        assert third.get(address(agreement, verb)).status_code == 404
        assert visit(citizen).get(address(agreement, verb)).status_code == 404
    for verb in ("sign/", "close/", "notice/"):
        assert third.post(address(agreement, verb), {"last_day": "2026-12-24"}).status_code == 404
        assert visit(citizen).post(address(agreement, verb), {"last_day": "2026-12-24"}).status_code == 404
    assert third.get("/agent/sharing/new/").status_code == 404, "it has no hub to share"
    agreement.refresh_from_db()
    assert agreement.notice_at is None


def test_lists_ask_little_and_reading_writes_nothing(
    host: Client, hub: Hub, other_town: Town, at: datetime, django_assert_max_num_queries: Any
) -> None:
    for number in range(5):
        builders.make_agreement(hub, guest=other_town, at=at, signed=False, title=f"Convention {number}")
    before = list(Agreement.objects.values())
    with django_assert_max_num_queries(9):
        host.get("/agent/sharing/")
    for agreement in Agreement.objects.all():
        host.get(address(agreement))
    assert list(Agreement.objects.values()) == before


def test_times_are_shared_on_the_days_of_the_agreement(
    hub: Hub, window: Window, other_town: Town, at: datetime
) -> None:
    tomorrow = builders.make_window(hub, window.starts_at + timedelta(days=1))
    far = builders.make_window(hub, window.starts_at + timedelta(days=3))
    assert not Window.objects.open_at(other_town, at).exists()
    agreement = builders.make_agreement(hub, guest=other_town, at=at, signed=False, starts_on=tomorrow.starts_at.date())
    assert not Window.objects.open_at(other_town, at).exists(), "nothing before both have signed"
    sign_agreement(agreement=agreement, at=at, by=None)
    assert list(Window.objects.open_at(other_town, at)) == [tomorrow, far]
    Agreement.objects.update(notice_days=1)
    give_notice(agreement=agreement, town=hub.town, last_day=tomorrow.starts_at.date(), at=at, by=None)
    assert list(Window.objects.open_at(other_town, at)) == [tomorrow]
    assert list(Window.objects.open_at(hub.town, at)) == [window, tomorrow, far], "the host's own are as they were"


def test_other_hubs_of_the_host_are_not_shared(hub: Hub, other_town: Town, window: Window, at: datetime) -> None:
    second = builders.make_hub(hub.town, name="Halle du Nord")
    builders.make_window(second, window.starts_at)
    builders.make_agreement(hub, guest=other_town, at=at)
    assert list(Window.objects.open_at(other_town, at)) == [window]


def test_closing_what_is_signed(hub: Hub, other_town: Town, at: datetime) -> None:
    agreement = builders.make_agreement(hub, guest=other_town, at=at)
    with pytest.raises(Refusal, match="signed already"):
        close_agreement(agreement=agreement, town=hub.town, at=at, by=None)
