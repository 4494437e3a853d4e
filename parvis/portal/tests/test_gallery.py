"""The gallery, the list of towns, and the pages for when something is wrong."""

from typing import Any

import pytest
from django.test import Client, RequestFactory, override_settings

from parvis.demo import builders
from parvis.portal import views
from parvis.towns.models import Town

pytestmark = pytest.mark.django_db


def test_the_gallery_shows_every_component(client: Client, town: Town) -> None:
    page = client.get("/gallery/", headers={"host": "issy.localhost"})
    assert page.status_code == 200
    text = page.content.decode()
    for sign in (
        "town-map",
        "quantity-stepper",
        "error-summary",
        "timeline",
        "figures",
        "sheet--a6",
        "route-2",
        "pages",
    ):
        assert sign in text
    assert 'aria-invalid="true"' in text
    assert 'aria-describedby="id_email_helptext id_email_error"' in text


def test_only_a_demonstration_has_it(client: Client, town: Town) -> None:
    Town.objects.update(is_demo=False)
    assert client.get("/gallery/", headers={"host": "issy.localhost"}).status_code == 404


def test_a_town_wears_its_own_colours(client: Client, town: Town) -> None:
    text = client.get("/gallery/", headers={"host": "issy.localhost"}).content.decode()
    assert "core/themes/issy.css" in text
    assert 'class="theme-issy"' in text
    Town.objects.update(theme="no-such")
    text = client.get("/gallery/", headers={"host": "issy.localhost"}).content.decode()
    assert "core/themes/" not in text


def test_the_bare_host_leads_to_each_town(client: Client, town: Town, other_town: Town) -> None:
    page = client.get("/", headers={"host": "localhost:8000"})
    assert page.status_code == 200
    text = page.content.decode()
    assert 'href="http://issy.localhost:8000/"' in text
    assert 'href="http://ivry.localhost:8000/"' in text
    assert "theme-ivry" in text


def test_a_town_with_its_own_domain_is_linked_there(client: Client, db: None) -> None:
    builders.make_town("ixelles", name="Ixelles", domains=["parvis.ixelles.example"])
    assert 'href="http://parvis.ixelles.example/"' in client.get("/", headers={"host": "localhost"}).content.decode()


def test_without_a_town_the_page_says_how_to_begin(client: Client) -> None:
    assert "parvis town create" in client.get("/", headers={"host": "localhost"}).content.decode()


def test_an_unknown_town_offers_those_that_exist(client: Client, town: Town) -> None:
    page = client.get("/", headers={"host": "nowhere.localhost"})
    assert page.status_code == 404
    assert "Issy-les-Moulineaux" in page.content.decode()


def test_a_missing_page_says_what_to_do(client: Client, town: Town) -> None:
    page = client.get("/no/such/page/", headers={"host": "issy.localhost"})
    assert page.status_code == 404
    assert 'href="/"' in page.content.decode()


@pytest.mark.parametrize(("view", "status"), [(views.bad_request, 400), (views.forbidden, 403), (views.not_found, 404)])
def test_error_pages_can_be_drawn_without_town_or_person(rf: RequestFactory, view: Any, status: int) -> None:
    page = view(rf.get("/"))
    assert page.status_code == status
    assert b"<h1>" in page.content


def test_the_page_for_our_own_faults_needs_no_database(
    rf: RequestFactory, town: Town, django_assert_num_queries: Any
) -> None:
    request = rf.get("/")
    request.town = town  # type: ignore[attr-defined]
    with django_assert_num_queries(0), override_settings(DEBUG=False):
        page = views.server_error(request)
    assert page.status_code == 500
    assert b"Issy-les-Moulineaux" in page.content
