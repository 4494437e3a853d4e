"""``/demo/``: who you can be, in demonstration towns only."""

from typing import Any

import pytest
from django.test import Client

from parvis.demo import builders
from parvis.demo.profiles import PROFILES, profile_of
from parvis.demo.towns import make_account
from parvis.people.models import Person, Role
from parvis.towns.models import Town


@pytest.fixture
def people(town: Town, settings: Any) -> dict[str, Person]:
    """The accounts of Issy, in a town with the one shop that they need."""
    settings.DEMO = True
    profile = profile_of("issy")
    assert profile
    for account in profile.accounts:
        if account.shop:
            builders.make_shop(town, account.shop)
    return {account.handle: make_account(town, account) for account in profile.accounts}


def test_everybody_is_listed_for_a_visitor(people: dict[str, Person], visit: Any) -> None:
    answer = visit().get("/demo/")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert all(person.name in page for person in people.values())
    assert "parvis-demo" in page


@pytest.mark.parametrize("handle", ["resident", "stranger", "merchant", "hub", "dispatch", "rider", "agent"])
def test_one_button_signs_in(people: dict[str, Person], visit: Any, handle: str) -> None:
    browser: Client = visit()
    answer = browser.post(f"/demo/enter/{people[handle].pk}/")
    assert answer.status_code == 302
    assert browser.session["_auth_user_id"] == str(people[handle].pk)


def test_the_page_asks_few_questions(people: dict[str, Person], visit: Any, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(8):
        visit().get("/demo/")


def test_no_real_account_can_be_entered(people: dict[str, Person], citizen: Person, visit: Any) -> None:
    browser = visit()
    assert browser.post(f"/demo/enter/{citizen.pk}/").status_code == 404
    assert "_auth_user_id" not in browser.session


def test_a_demonstration_account_of_another_town_cannot_be_entered(
    people: dict[str, Person], other_town: Town, visit: Any
) -> None:
    profile = profile_of("ivry")
    assert profile
    foreign = make_account(other_town, next(a for a in profile.accounts if a.kind == Role.Kind.HUB))
    assert visit().post(f"/demo/enter/{foreign.pk}/").status_code == 404
    assert visit(town=other_town).post(f"/demo/enter/{people['hub'].pk}/").status_code == 404


def test_a_get_signs_nobody_in(people: dict[str, Person], visit: Any) -> None:
    browser = visit()
    assert browser.get(f"/demo/enter/{people['hub'].pk}/").status_code == 405
    assert "_auth_user_id" not in browser.session


def test_a_real_town_has_no_such_page(people: dict[str, Person], town: Town, visit: Any) -> None:
    Town.objects.filter(pk=town.pk).update(is_demo=False)
    assert visit().get("/demo/").status_code == 404
    assert visit().post(f"/demo/enter/{people['hub'].pk}/").status_code == 404


def test_an_installation_without_demonstration_has_no_such_page(
    people: dict[str, Person], visit: Any, settings: Any
) -> None:
    settings.DEMO = False
    assert visit().get("/demo/").status_code == 404
    assert visit().post(f"/demo/enter/{people['hub'].pk}/").status_code == 404


def test_the_password_on_the_page_is_the_password(people: dict[str, Person]) -> None:
    assert people["merchant"].check_password("parvis-demo")
    assert all(person.is_demo for person in people.values())


def test_each_town_has_somebody_for_every_role() -> None:
    for profile in PROFILES:
        assert {account.kind for account in profile.accounts} >= {None, *Role.Kind}
