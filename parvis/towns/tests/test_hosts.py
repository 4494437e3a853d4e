"""A request belongs to one town, by its host name."""

import pytest

from parvis.people.models import Person


def test_each_town_answers_at_its_own_host(client, town, other_town):
    assert town.name in client.get("/legal/", headers={"host": "issy.localhost:8000"}).content.decode()
    assert other_town.name in client.get("/legal/", headers={"host": "ivry.localhost"}).content.decode()


def test_a_town_answers_at_its_own_domain(client, town):
    town.domains = ["marche.issy.example"]
    town.save()
    assert client.get("/legal/", headers={"host": "marche.issy.example"}).status_code == 200


def test_the_bare_host_lists_the_towns(client, town, other_town):
    page = client.get("/", headers={"host": "localhost:8000"})
    assert page.status_code == 200
    assert "Issy-les-Moulineaux" in page.content.decode()
    assert "Ivry-sur-Seine" in page.content.decode()


@pytest.mark.parametrize("host", ["atlantis.localhost", "issy.localhost.evil.example", "evil.example"])
def test_an_unknown_town_is_404_with_the_list(client, town, host):
    page = client.get("/", headers={"host": host})
    assert page.status_code == 404
    assert "Issy-les-Moulineaux" in page.content.decode()


def test_the_language_is_the_town_s_unless_chosen(client, town):
    town.languages = ["fr", "nl"]
    town.save()
    host = {"host": "issy.localhost"}
    assert client.get("/legal/", headers=host)["Content-Language"] == "fr"
    assert client.get("/legal/", headers=host | {"accept-language": "nl-BE,en"})["Content-Language"] == "nl"
    assert client.get("/legal/", headers=host | {"accept-language": "de"})["Content-Language"] == "fr"
    answer = client.post("/language/", {"language": "en", "next": "https://evil.example/"}, headers=host)
    assert answer["Location"] == "/"
    assert client.get("/legal/", headers=host)["Content-Language"] == "en"


def test_pages_need_a_sign_in_unless_marked_public(client, town):
    answer = client.get("/dispatch/", headers={"host": "issy.localhost"})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_no_page_allows_foreign_or_inline_code(client, town):
    policy = client.get("/legal/", headers={"host": "issy.localhost"})["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "default-src 'none'" in policy


def test_an_account_is_found_whatever_its_capitals(db):
    Person.objects.create_user("Camille@Example.org")
    assert Person.objects.get_by_natural_key("camille@EXAMPLE.org").email == "camille@example.org"
