"""Signing in by password or by code, signing up, a new password: in our frame, with letters that say one thing."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from parvis.core.models import OutboxMessage
from parvis.people.models import Person
from parvis.towns.models import Town

HOST = {"host": "issy.localhost"}
PAGES = [
    "account_login",
    "account_request_login_code",
    "account_signup",
    "account_reset_password",
    "account_reset_password_done",
]


@pytest.mark.parametrize("name", PAGES)
def test_they_open_in_our_frame(client: Client, town: Town, name: str) -> None:
    page = client.get(reverse(name), headers=HOST)
    assert page.status_code == 200
    text = page.content.decode()
    assert text.count("<h1>") == 1
    assert 'class="awning"' in text


def test_a_wrong_password_is_explained_and_the_address_is_kept(client: Client, citizen: Person) -> None:
    page = client.post(reverse("account_login"), {"login": citizen.email, "password": "wrong"}, headers=HOST)
    text = page.content.decode()
    assert 'role="alert"' in text
    assert citizen.email in text


def test_a_code_is_sent_and_opens_the_door(client: Client, citizen: Person) -> None:
    page = client.post(reverse("account_request_login_code"), {"email": citizen.email}, headers=HOST, follow=True)
    assert citizen.email in page.content.decode()
    letter = OutboxMessage.objects.get()
    code = letter.subject.rpartition(" ")[2]
    assert code in letter.body
    assert "Issy-les-Moulineaux" in letter.body
    assert "<" not in letter.body
    page = client.post(reverse("account_confirm_login_code"), {"code": code}, headers=HOST)
    assert page.status_code == 302
    assert client.session["_auth_user_id"] == str(citizen.pk)


def test_a_wrong_code_is_explained(client: Client, citizen: Person) -> None:
    client.post(reverse("account_request_login_code"), {"email": citizen.email}, headers=HOST)
    page = client.post(reverse("account_confirm_login_code"), {"code": "nonsense"}, headers=HOST)
    assert 'role="alert"' in page.content.decode()


def test_a_new_password_by_letter(client: Client, citizen: Person) -> None:
    client.post(reverse("account_reset_password"), {"email": citizen.email}, headers=HOST)
    letter = OutboxMessage.objects.get()
    link = re.search(r"http://[^/]+(/\S+)", letter.body)
    assert link
    page = client.get(link[1], headers=HOST, follow=True)
    assert page.status_code == 200
    action = page.request["PATH_INFO"]
    words = {"password1": "un-mot-assez-long", "password2": "un-mot-assez-long"}
    page = client.post(action, words, headers=HOST, follow=True)
    assert page.status_code == 200
    citizen.refresh_from_db()
    assert citizen.check_password("un-mot-assez-long")


def test_an_old_link_says_so(client: Client, town: Town) -> None:
    page = client.get(reverse("account_reset_password_from_key", args=["1", "used-key"]), headers=HOST, follow=True)
    assert page.status_code == 200
    assert reverse("account_reset_password") in page.content.decode()


def test_an_unknown_address_gets_a_letter_that_offers_an_account(client: Client, town: Town) -> None:
    client.post(reverse("account_request_login_code"), {"email": "nobody@example.org"}, headers=HOST)
    assert reverse("account_signup") in OutboxMessage.objects.get().body


def test_signing_up_and_out(client: Client, town: Town) -> None:
    page = client.post(
        reverse("account_signup"), {"email": "new@example.org", "password1": "un-mot-assez-long"}, headers=HOST
    )
    assert page.status_code == 302
    assert Person.objects.filter(email="new@example.org").exists()
    assert client.get(reverse("account_logout"), headers=HOST).status_code == 200
    assert "_auth_user_id" in client.session
    client.post(reverse("account_logout"), headers=HOST)
    assert "_auth_user_id" not in client.session
