"""The agent's queue: who waits and since when, and what an agent decides."""

from datetime import timedelta

import pytest

from parvis.bulletin.actions.posts import report_post
from parvis.bulletin.models import Newsroom, Post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def browser(visit, agent):
    client = visit(agent)
    client.cookies["language"] = "en"
    return client


def text(answer):
    return answer.content.decode()


def test_who_may(shown, visit, merchant, citizen, stranger):
    urls = ("/agent/news/", "/agent/news/rule/", f"/agent/news/{shown.pk}/")
    for person in (merchant, citizen, stranger):
        for url in urls:
            assert visit(person).get(url).status_code in {404, 405}, (person, url)
            assert visit(person).post(url, {"verb": "approve"}).status_code in {404, 405}, (person, url)
    assert visit().get("/agent/news/").status_code == 302
    shown.refresh_from_db()
    assert shown.waits_since


def test_the_queue_says_why_and_since_when(known, write, browser, at):
    write("Voir www.x.fr", when=at - timedelta(minutes=50))
    write("À la une", when=at - timedelta(minutes=20))
    reported = write("Douteux", when=at - timedelta(minutes=10))
    report_post(post=reported, note="Ce prix est faux", reporter="a", at=at - timedelta(minutes=5))
    page = text(browser.get("/agent/news/"))
    assert "1 post waits for you" in page
    assert "Holds a link" in page
    assert "50\u00a0min" in page
    assert "Ce prix est faux" in page
    assert page.index("Not shown yet") < page.index("Reported by readers") < page.index("Shown, to look at")


def test_an_empty_queue(town, browser):
    assert "Nothing waits for you" in text(browser.get("/agent/news/"))


def test_showing_refusing_withdrawing(write, browser, shown, at):
    waiting = write("Voir www.x.fr")
    browser.post(f"/agent/news/{waiting.pk}/", {"verb": "approve"})
    assert Post.objects.get(pk=waiting.pk).shown_at == at
    answer = browser.post(f"/agent/news/{shown.pk}/", {"verb": "withdraw", "reason": " "})
    assert answer.status_code == 422
    assert "Say why" in text(answer)
    browser.post(f"/agent/news/{shown.pk}/", {"verb": "withdraw", "reason": "Publicité"})
    assert Post.objects.get(pk=shown.pk).shown_at is None
    third = write("Encore www.y.fr")
    answer = browser.post(f"/agent/news/{third.pk}/", {"verb": "withdraw", "reason": ""})
    assert answer.status_code == 422
    browser.post(f"/agent/news/{third.pk}/", {"verb": "refuse", "reason": "Lien"})
    assert Post.objects.get(pk=third.pk).standing.reason == "Lien"
    assert browser.post(f"/agent/news/{third.pk}/", {"verb": "dance"}).status_code == 302


def test_what_was_typed_is_kept(shown, browser):
    answer = browser.post(f"/agent/news/{shown.pk}/", {"verb": "refuse", "reason": "Le texte tapé"})
    assert answer.status_code == 422
    assert 'value="Le texte tapé"' in text(answer)


def test_the_merchant_reads_the_reason(shown, browser, visit, merchant):
    browser.post(f"/agent/news/{shown.pk}/", {"verb": "withdraw", "reason": "La photo montre des enfants."})
    assert "La photo montre des enfants." in text(visit(merchant).get("/my-news/"))


def test_the_rule_is_switched(town, browser):
    browser.post("/agent/news/rule/", {"looks_first": "yes"})
    assert Newsroom.objects.get(town=town).looks_first
    assert "Every post of a shop waits" in text(browser.get("/agent/news/"))
    browser.post("/agent/news/rule/", {"looks_first": "no"})
    assert not Newsroom.objects.get(town=town).looks_first


def test_the_queue_asks_little(known, write, browser, at, django_assert_max_num_queries):
    for number in range(5):
        write(f"Nouvelle {number}", when=at - timedelta(hours=number + 1))
    with django_assert_max_num_queries(9):
        browser.get("/agent/news/")
