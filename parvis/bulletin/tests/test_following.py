"""One tap for an account; a confirmed address for others; stopping by one click; nobody's address without a yes."""

import re
from datetime import timedelta

import pytest
import time_machine

from parvis.bulletin.models import Follow, Follower
from parvis.core.models import OutboxMessage
from parvis.demo import builders

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def text(answer):
    return answer.content.decode()


@pytest.fixture
def browser(visit):
    client = visit()
    client.cookies["language"] = "en"
    return client


def ask(client, email="lou@example.org", **more):
    return client.post("/news/follow/", {"email": email, "digest": "daily"} | more)


def link():
    """The path of the link in the newest letter."""
    body = OutboxMessage.objects.latest("created_at").body
    return re.search(r"http://issy\.localhost:\d+(/news/follow/\S+)", body).group(1)


def test_one_tap_for_an_account(shop, citizen, visit):
    client = visit(citizen)
    slug = shop.place.slug
    assert client.post("/news/follow/", {"place": slug, "next": "/news/?place=" + slug})["Location"].endswith(slug)
    client.post("/news/follow/", {"place": slug})
    client.post("/news/follow/", {"street": "place de la mairie"})
    client.post("/news/follow/", {})
    follower = Follower.objects.get()
    assert (follower.person, follower.digest, follower.follows.count()) == (citizen, "weekly", 3)
    client.cookies["language"] = "en"
    page = text(client.get("/news/following/"))
    assert shop.place.name in page
    assert "place de la Mairie" in page
    assert "The whole town" in page
    client.post("/news/follow/", {"place": slug, "stop": "1"})
    assert Follow.objects.count() == 2
    assert "You follow this" in text(client.get("/news/"))


def test_the_last_one_stopped_leaves_no_trace(shop, citizen, visit):
    client = visit(citizen)
    client.post("/news/follow/", {})
    client.post("/news/follow/", {"stop": "1"})
    assert not Follower.objects.exists()
    assert client.post("/news/follow/", {"stop": "1"}).status_code == 302


def test_a_place_or_street_that_is_not_there(town, stranger, citizen, visit):
    client = visit(citizen)
    for thing in ({"place": "epicerie-divry"}, {"street": "rue nulle"}, {"place": "x\x00"}):
        assert client.post("/news/follow/", thing).status_code == 404
    assert client.get("/news/stop/x%00/").status_code == 200
    assert client.get("/news/following/?key=%00").status_code in {200, 404}
    assert client.get("/news/?place=%00&group=%00&street=%00").status_code == 200
    assert client.post("/news/follow/", {"next": "https://evil.example/"})["Location"] == "/news/"


def test_an_address_is_kept_only_after_its_link(shop, browser):
    assert "Follow Boulangerie du Parvis" in text(browser.get(f"/news/follow/?place={shop.place.slug}"))
    page = text(ask(browser, place=shop.place.slug))
    assert "lou@example.org" in page
    assert not Follower.objects.exists()
    path = link()
    assert "Boulangerie du Parvis" in text(browser.get(path))
    assert not Follower.objects.exists(), "a mail program that opens links says nothing"
    assert browser.post(path).status_code == 302
    follower = Follower.objects.get()
    assert (follower.email, follower.digest, follower.person) == ("lou@example.org", "daily", None)
    assert follower.follows.get().place == shop.place
    assert browser.post(path).status_code == 302
    assert Follow.objects.count() == 1
    # this browser is known now: one tap
    browser.post("/news/follow/", {})
    assert Follow.objects.count() == 2


def test_an_address_with_an_account_is_that_account(town, citizen, browser):
    ask(browser, email=citizen.email.upper())
    browser.post(link())
    assert Follower.objects.get().person == citizen
    assert "follower" not in browser.cookies, "a mail link signs nobody in"


def test_a_link_too_old_forged_or_of_another_town(town, other_town, browser, visit, at):
    ask(browser)
    path = link()
    assert visit(town=other_town).post(path).status_code == 404
    assert browser.post(path[:-3] + "x/").status_code == 404
    with time_machine.travel(at + timedelta(days=4), tick=False):
        answer = browser.post(path)
        assert answer.status_code == 410
        assert "too old" in text(answer)
    assert not Follower.objects.exists()


def test_nobodys_mail_box_is_filled(town, browser):
    shops = [builders.make_shop(town, f"Boutique {n}").place.slug for n in range(8)]
    ask(browser), ask(browser)
    assert OutboxMessage.objects.count() == 1
    for slug in shops:
        ask(browser, place=slug)
    assert OutboxMessage.objects.count() == 4


def test_nonsense_keeps_what_was_typed(town, browser):
    answer = ask(browser, email="pas une adresse")
    assert answer.status_code == 422
    assert "pas une adresse" in text(answer)
    assert ask(browser, digest="hourly").status_code == 422


@pytest.fixture
def lou(town, at):
    from parvis.bulletin.actions import following

    follower = following.follower_of_mail(town=town, email="lou@example.org", digest="daily", language="fr", at=at)
    following.follow(follower=follower, thing=following.Thing(), at=at)
    return follower


def test_their_page_by_the_link(lou, browser, visit, other_town):
    url = f"/news/following/?key={lou.secret}"
    assert "lou@example.org" in text(browser.get(url))
    assert browser.get("/news/following/?key=wrong").status_code == 404
    assert visit(town=other_town).get(url).status_code == 404
    assert "lou@example.org" not in text(browser.get("/news/following/"))
    browser.post("/news/following/", {"key": lou.secret, "digest": "weekly"})
    lou.refresh_from_db()
    assert lou.digest == "weekly"
    browser.post("/news/following/", {"key": lou.secret, "digest": "hourly"})
    lou.refresh_from_db()
    assert lou.digest == "weekly"
    browser.post("/news/following/", {"key": "wrong", "verb": "everything"})
    assert Follower.objects.exists()
    browser.post("/news/following/", {"key": lou.secret, "verb": "everything"})
    assert not Follower.objects.exists()


def test_a_mail_box_unsubscribes_by_one_click(lou):
    """RFC 8058: a POST without cookies, without our page, and no question asked."""
    from django.test import Client

    strict = Client(enforce_csrf_checks=True, headers={"host": "issy.localhost"})
    url = f"/news/stop/{lou.secret}/"
    assert strict.get(url).status_code == 200
    assert Follower.objects.filter(pk=lou.pk, digest="daily").exists(), "looking is not stopping"
    assert strict.post(url, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Follower.objects.exists()
    assert strict.post(url, {"List-Unsubscribe": "One-Click"}).status_code == 200


def test_an_account_that_stops_mails_keeps_what_it_follows(shop, citizen, visit):
    visit(citizen).post("/news/follow/", {})
    follower = Follower.objects.get()
    visit().post(f"/news/stop/{follower.secret}/")
    follower.refresh_from_db()
    assert (follower.digest, follower.follows.count()) == ("none", 1)


def test_another_towns_secret_stops_nothing(lou, other_town, visit):
    visit(town=other_town).post(f"/news/stop/{lou.secret}/")
    assert Follower.objects.exists()
