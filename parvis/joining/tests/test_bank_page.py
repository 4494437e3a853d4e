"""The account of an open shop: changed by its people, seen masked by agents, told by mail to everybody."""

import pytest

from parvis.core.models import AuditEntry, OutboxMessage
from parvis.demo import builders
from parvis.joining.tests.conftest import english, text_of
from parvis.joining.tests.test_opening import IBAN
from parvis.people.actions import keep_bank_account
from parvis.people.models import BankAccount, Role

pytestmark = pytest.mark.usefixtures("clock")
PAGE, LIST = "/merchant/boulangerie-du-parvis/bank/", "/agent/accounts/"
OTHER = "BE68 5390 0754 7034"


@pytest.fixture
def known(shop, merchant, at):
    keep_bank_account(organisation=shop.organisation, holder="Parvis SARL", iban=IBAN, at=at, by=merchant)
    return BankAccount.objects.get()


@pytest.fixture
def colleague(town, shop):
    person = builders.make_person("Louise Petit", "louise@example.org")
    builders.give_role(person, town, Role.Kind.MERCHANT, shop.organisation)
    return person


def test_the_first_account_is_kept_without_a_letter(visit, merchant, shop):
    browser = english(visit(merchant))
    assert "No account is known yet" in text_of(browser.get(PAGE))
    assert browser.post(PAGE, {"iban": IBAN, "holder": "Parvis SARL"}).headers["Location"] == PAGE
    page = text_of(browser.get(PAGE))
    assert "FR14 •••• 2606" in page
    assert IBAN not in page
    assert not OutboxMessage.objects.exists()


def test_a_change_is_told_to_everybody_and_leaves_a_trace(visit, merchant, colleague, shop, known):
    shop.organisation.email = "contact@example.org"
    shop.organisation.save()
    browser = english(visit(merchant))
    browser.post(PAGE, {"iban": OTHER, "holder": "Parvis SARL"})
    assert "BE68 •••• 7034" in text_of(browser.get(PAGE))
    letters = OutboxMessage.objects.filter(channel="mail")
    assert {letter.to for letter in letters} == {merchant.email, colleague.email, "contact@example.org"}
    assert all("BE68" not in letter.body and "2606" not in letter.body for letter in letters)
    entry = AuditEntry.objects.filter(verb="organisation.account").order_by("pk").last()
    assert (entry.actor_id, str(BankAccount.objects.get(replaced_at=None).pk)) == (merchant.pk, entry.object_id)
    browser.post(PAGE, {"iban": OTHER, "holder": "Parvis SARL"})
    assert letters.count() == 3, "the same account again is no change"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"iban": "FR1420041010050500013M02607", "holder": "Kept"}, "mistake in this IBAN"),
        ({"iban": "US64SVBKUS6S3300958879", "holder": "Kept"}, "cannot pay into accounts"),
        ({"iban": "douze", "holder": "Kept"}, "begins with two letters"),
        ({"iban": OTHER, "holder": ""}, "required"),
    ],
)
def test_what_is_wrong_is_said_and_kept(visit, merchant, known, typed, sentence):
    answer = english(visit(merchant)).post(PAGE, typed)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert all(value in text_of(answer) for value in typed.values())
    assert BankAccount.objects.get() == known


def test_agents_see_them_masked_and_what_changed_first(visit, agent, merchant, shop, known, town, at):
    other = builders.make_shop(town, "Autre boutique")
    keep_bank_account(organisation=other.organisation, holder="Autre", iban=OTHER, at=at, by=merchant)
    builders.make_shop(town, "Sans compte")
    browser = english(visit(agent))
    page = text_of(browser.get(LIST))
    assert "FR14 •••• 2606" in page
    assert IBAN not in page
    assert "changed lately" not in page, "a first account is no change"
    assert "1 shop has not said where it is paid." in page
    keep_bank_account(
        organisation=shop.organisation, holder="X", iban="DE89 3704 0044 0532 0130 00", at=at, by=merchant
    )
    page = text_of(browser.get(LIST))
    assert page.index("Boulangerie du Parvis") < page.index("changed lately") < page.index("Autre boutique")


def test_nobody_else_opens_them(visit, citizen, other_merchant, stranger, agent, merchant, known, other_town):
    for person in (citizen, other_merchant, agent):
        assert visit(person).get(PAGE).status_code == 404
        assert visit(person).post(PAGE, {"iban": OTHER, "holder": "X"}).status_code == 404
    assert visit(stranger, other_town).get(PAGE).status_code == 404
    for person in (citizen, merchant, stranger):
        assert visit(person).get(LIST).status_code == 404
    assert BankAccount.objects.get() == known


def test_the_list_asks_few_questions(visit, agent, town, merchant, at, django_assert_max_num_queries):
    for number in range(12):
        made = builders.make_shop(town, f"Boutique {number}")
        keep_bank_account(organisation=made.organisation, holder="X", iban=IBAN, at=at, by=merchant)
    browser = english(visit(agent))
    browser.get(LIST)
    with django_assert_max_num_queries(14):
        browser.get(LIST)
