"""The claimant's pages and the agent's: the right person, the wrong one, a stranger, nobody, nonsense."""

import re

import pytest

from parvis.core.models import OutboxMessage
from parvis.people.models import Role
from parvis.places.actions.claims import ask_claim, send_codes
from parvis.places.models import Claim, ClaimEvent, Place
from parvis.places.tests.test_claims import SIRET, make_place

pytestmark = pytest.mark.usefixtures("clock")
GOOD = {"way": "letter", "business": "Chez Zoé SARL", "registration_number": "", "phone": ""}


@pytest.fixture
def place(town):
    return make_place(town)


@pytest.fixture
def claim(place, citizen, at):
    return ask_claim(place=place, person=citizen, way="letter", business="Chez Zoé SARL", at=at)


def text_of(answer):
    return answer.content.decode()


def english(client):
    client.cookies["language"] = "en"
    return client


def test_asking_takes_one_form(visit, place, citizen):
    browser = english(visit(citizen))
    page = browser.get(f"/places/{place.slug}/claim/")
    assert page.status_code == 200
    assert "3 rue Verte" in text_of(page)
    assert "01 23 45 67 89" in text_of(page)
    answer = browser.post(f"/places/{place.slug}/claim/", GOOD | {"registration_number": "732 829 320 00074"})
    claim = Claim.objects.get()
    assert answer.headers["Location"] == f"/claims/{claim.pk}/"
    assert claim.registration_number == SIRET
    assert "3 rue Verte" in text_of(browser.get(answer.headers["Location"]))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"way": ""}, "required"),
        ({"way": "bribe"}, "bribe"),
        ({"way": "number"}, "Write the number"),
        ({"registration_number": "73282932000075"}, "mistake in this number"),
        ({"registration_number": "7328"}, "too few"),
        ({"phone": "12"}, "no telephone number"),
        ({"business": ""}, "required"),
    ],
)
def test_nonsense_is_explained_and_kept(visit, place, citizen, typed, words):
    answer = english(visit(citizen)).post(f"/places/{place.slug}/claim/", GOOD | {"phone": "06 12 34 56 78"} | typed)
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert (typed.get("phone") or "06 12 34 56 78") in text_of(answer)
    assert not Claim.objects.exists()


def test_ways_that_the_entry_does_not_allow_are_not_offered(visit, town, citizen):
    place = make_place(town, "Bare", address="", phone="")
    page = text_of(english(visit(citizen)).get(f"/places/{place.slug}/claim/"))
    assert 'value="number"' in page
    assert 'value="letter"' not in page
    assert 'value="phone"' not in page


def test_who_may_not(visit, place, town, other_town, citizen, merchant, claim):
    nobody = visit()
    for address in (f"/places/{place.slug}/claim/", f"/claims/{claim.pk}/"):
        assert "/accounts/login/" in nobody.get(address).headers["Location"]
    other = visit(merchant)
    assert other.get(f"/claims/{claim.pk}/").status_code == 404
    assert other.post(f"/claims/{claim.pk}/", {"code": "X"}).status_code == 404
    assert other.post(f"/claims/{claim.pk}/withdraw/").status_code == 404
    elsewhere = visit(citizen, other_town)
    assert elsewhere.get(f"/claims/{claim.pk}/").status_code == 404
    assert elsewhere.get(f"/places/{place.slug}/claim/").status_code == 404
    park = make_place(town, "Parc", category="park")
    assert visit(citizen).get(f"/places/{park.slug}/claim/").status_code == 404


def test_the_public_page_says_nothing_about_claims(visit, place, claim, citizen):
    page = text_of(english(visit()).get(f"/places/{place.slug}/"))
    assert str(citizen) not in page
    assert "SARL" not in page


def test_the_code_is_typed_on_the_page(visit, claim, citizen, agent, at):
    [(_claim, code)] = send_codes(claims=[claim], at=at, by=agent)
    browser = english(visit(citizen))
    assert browser.get(f"/claims/{claim.pk}/").status_code == 200
    wrong = browser.post(f"/claims/{claim.pk}/", {"code": "BBBB BBBB"})
    assert wrong.status_code == 422
    assert "4 tries left" in text_of(wrong)
    right = browser.post(f"/claims/{claim.pk}/", {"code": code.lower()})
    assert right.status_code == 302
    assert "yours to keep" in text_of(browser.get(f"/claims/{claim.pk}/"))
    assert Role.objects.filter(person=citizen, kind="merchant").count() == 1


def test_a_request_can_be_withdrawn_once(visit, claim, citizen):
    browser = english(visit(citizen))
    assert browser.get(f"/claims/{claim.pk}/withdraw/").status_code == 405
    assert browser.post(f"/claims/{claim.pk}/withdraw/").status_code == 302
    assert browser.post(f"/claims/{claim.pk}/withdraw/").status_code == 302
    assert ClaimEvent.objects.filter(kind="withdrawn").count() == 1


def test_looking_writes_nothing(visit, claim, citizen, agent, place):
    before = ClaimEvent.objects.count(), Claim.objects.count(), OutboxMessage.objects.count()
    for person, address in (
        (citizen, f"/claims/{claim.pk}/"),
        (citizen, f"/places/{place.slug}/claim/"),
        (agent, "/agent/directory/claims/"),
        (agent, f"/agent/directory/claims/{claim.pk}/"),
    ):
        assert visit(person).get(address).status_code == 200
    for address in ("letters.pdf", f"{claim.pk}/letter.pdf", f"{claim.pk}/call/", f"{claim.pk}/confirm/"):
        assert visit(agent).get(f"/agent/directory/claims/{address}").status_code == 405
    assert before == (ClaimEvent.objects.count(), Claim.objects.count(), OutboxMessage.objects.count())


def test_the_agent_prints_a_letter_with_a_code_and_the_page(visit, claim, agent, citizen):
    answer = visit(agent).post(f"/agent/directory/claims/{claim.pk}/letter.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert b"pdfuaid" in answer.content
    assert "no-cache" in answer.headers["Cache-Control"]
    assert Claim.objects.get().code
    letter = OutboxMessage.objects.get(to=citizen.email)
    assert f"/claims/{claim.pk}/" in letter.body


def test_letters_are_printed_in_one_go_and_once(visit, town, claim, merchant, agent, at):
    ask_claim(place=make_place(town, "Autre"), person=merchant, way="letter", business="Autre", at=at)
    ask_claim(place=make_place(town, "Tiers"), person=merchant, way="number", business="T", at=at)
    browser = english(visit(agent))
    assert "Print 2 letters" in text_of(browser.get("/agent/directory/claims/"))
    answer = browser.post("/agent/directory/claims/letters.pdf")
    assert answer.content.count(b"/Type /Page\n") == 2 or re.search(rb"/Count 2\b", answer.content)
    assert ClaimEvent.objects.filter(kind="sent").count() == 2
    assert browser.post("/agent/directory/claims/letters.pdf").status_code == 302


def test_the_agent_calls_the_number_of_the_entry(visit, place, citizen, agent, at):
    claim = ask_claim(place=place, person=citizen, way="phone", business="B", phone="+33699999999", at=at)
    answer = english(visit(agent)).post(f"/agent/directory/claims/{claim.pk}/call/")
    code = re.search(r'said-code">([A-Z0-9 ]+)<', text_of(answer))[1]
    assert "Call 01 23 45 67 89" in text_of(answer)
    assert code not in text_of(english(visit(agent)).get(f"/agent/directory/claims/{claim.pk}/"))
    browser = english(visit(citizen))
    assert browser.post(f"/claims/{claim.pk}/", {"code": code}).status_code == 302
    assert Role.objects.filter(person=citizen).exists()


def test_the_agent_compares_a_number_and_says_yes(visit, place, citizen, agent, at):
    claim = ask_claim(place=place, person=citizen, way="number", business="B", registration_number=SIRET, at=at)
    browser = english(visit(agent))
    page = text_of(browser.get(f"/agent/directory/claims/{claim.pk}/"))
    assert "732 829 320 00074" in page
    assert f"https://annuaire-entreprises.data.gouv.fr/etablissement/{SIRET}" in page
    assert browser.post(f"/agent/directory/claims/{claim.pk}/confirm/").status_code == 302
    assert Place.objects.get(pk=place.pk).organisation.registration_number == SIRET
    again = browser.post(f"/agent/directory/claims/{claim.pk}/confirm/", follow=True)
    assert "settled already" in text_of(again)


def test_the_agent_refuses_with_a_reason(visit, claim, citizen, agent):
    browser = english(visit(agent))
    empty = browser.post(f"/agent/directory/claims/{claim.pk}/", {"reason": ""})
    assert empty.status_code == 422
    assert browser.post(f"/agent/directory/claims/{claim.pk}/", {"reason": "Not in the register."}).status_code == 302
    assert "Not in the register." in text_of(english(visit(citizen)).get(f"/claims/{claim.pk}/"))


def test_both_of_two_rivals_are_shown(visit, claim, place, merchant, agent, at):
    rival = ask_claim(place=place, person=merchant, way="phone", business="Autre", at=at)
    page = text_of(english(visit(agent)).get(f"/agent/directory/claims/{claim.pk}/"))
    assert "asks for the same entry" in page
    assert f"/agent/directory/claims/{rival.pk}/" in page


def test_the_agents_pages_are_for_the_agents_of_this_town(visit, claim, citizen, merchant, stranger, agent, other_town):
    addresses = [
        "",
        "letters.pdf",
        f"{claim.pk}/",
        f"{claim.pk}/letter.pdf",
        f"{claim.pk}/call/",
        f"{claim.pk}/confirm/",
    ]
    for address in addresses:
        url = f"/agent/directory/claims/{address}"
        for person in (citizen, merchant, stranger):
            assert visit(person).post(url).status_code in {404, 405}, (url, person)
            assert visit(person).get(url).status_code in {404, 405}, (url, person)
    assert visit(stranger, other_town).get(f"/agent/directory/claims/{claim.pk}/").status_code == 404
    assert visit(stranger, other_town).post(f"/agent/directory/claims/{claim.pk}/confirm/").status_code == 404
    assert not Role.objects.filter(person=citizen).exists()


def test_a_long_list_asks_few_questions(visit, town, agent, at, django_assert_max_num_queries):
    from parvis.demo import builders

    for n in range(12):
        person = builders.make_person(f"Personne {n}")
        ask_claim(place=make_place(town, f"Boutique {n}"), person=person, way="letter", business="B", at=at)
    browser = visit(agent)
    with django_assert_max_num_queries(20):
        browser.get("/agent/directory/claims/")
