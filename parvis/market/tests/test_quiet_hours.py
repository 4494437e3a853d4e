"""A town's own quiet hours: for whoever chose none, set by its agents."""

from html import unescape

import pytest

from parvis.core.models import AuditEntry
from parvis.core.quiet import Quiet
from parvis.market.models import Market, Telling
from parvis.market.tests.test_telling import PARIS, PHONE, buy, clock_at, rung


def text(answer):
    return " ".join(unescape(answer.content.decode()).split())


@pytest.fixture
def page(visit, agent):
    found = visit(agent)
    found.cookies["language"] = "en"
    return found


def test_the_town_says_when_nothing_rings(page, town, product, citizen, clock, at):
    wish = Telling.objects.create(town=town, person=citizen, by_sms=True, phone=PHONE)
    assert wish.quiet == Quiet(PARIS, 21, 8)
    assert page.post("/agent/quiet/", {"quiet_from": "9", "quiet_until": "12"}).status_code == 302
    assert "The quiet hours are saved." in text(page.get("/agent/quiet/"))
    buy(product, at, person=citizen)  # ten o'clock
    assert rung()[0].not_before == clock_at(12)
    assert AuditEntry.objects.get(verb="market.quiet").detail == {"start": 9, "end": 12}


def test_ones_own_hours_come_first_and_are_counted(page, town, product, citizen, clock, at):
    Telling.objects.create(town=town, person=citizen, by_sms=True, phone=PHONE, quiet_from=0, quiet_until=0)
    page.post("/agent/quiet/", {"quiet_from": "9", "quiet_until": "12"})
    buy(product, at, person=citizen)
    assert rung()[0].not_before is None
    assert "1 person has chosen other hours and keeps them." in text(page.get("/agent/quiet/"))


def test_everybody_may_go_back_to_those_of_the_town(visit, citizen, town):
    me = visit(citizen)
    me.cookies["language"] = "en"
    assert "as the town (21:00)" in text(me.get("/me/messages/"))
    me.post("/me/messages/", {"quiet_from": "22", "quiet_until": "7"})
    assert Telling.objects.get().quiet == Quiet(PARIS, 22, 7)
    half = me.post("/me/messages/", {"quiet_from": "22", "quiet_until": ""})
    assert half.status_code == 422
    assert "Choose both hours, or neither." in text(half)
    me.post("/me/messages/", {"quiet_from": "", "quiet_until": ""})
    assert Telling.objects.get().quiet == Quiet(PARIS, 21, 8)


@pytest.mark.parametrize("wrong", [{"quiet_from": "25", "quiet_until": "8"}, {"quiet_from": "", "quiet_until": "8"}])
def test_nonsense_changes_nothing(page, town, wrong):
    answer = page.post("/agent/quiet/", wrong)
    assert answer.status_code == 422
    assert (Market.objects.get().quiet_from, Market.objects.get().quiet_until) == (21, 8)


def test_nobody_else_sets_them(visit, merchant, citizen, stranger):
    for browser in (visit(merchant), visit(citizen), visit(stranger)):
        assert browser.get("/agent/quiet/").status_code == 404
        assert browser.post("/agent/quiet/", {"quiet_from": "1", "quiet_until": "2"}).status_code == 404
    assert "/accounts/login/" in visit().get("/agent/quiet/")["Location"]
