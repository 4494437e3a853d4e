"""The market's days off: said ahead of time, refused while they last, promises moved behind them."""

from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from django.utils import translation

from parvis.core.errors import Refusal
from parvis.core.models import AuditEntry
from parvis.core.time import moment
from parvis.demo import builders
from parvis.market.actions import place_order
from parvis.market.actions.closures import close_market, open_market
from parvis.market.closures import closed_at, notice_of
from parvis.market.models import MarketClosure, Order
from parvis.market.promised import promised_in
from parvis.market.tests.test_place_order import BUYER, choose, order_by_bike

WORDS = {"fr": "Le marché se repose.", "nl": "De markt rust."}


def closure(first, last, shown=None, **messages):
    first, last = date.fromisoformat(first), date.fromisoformat(last)
    return MarketClosure(
        first_day=first,
        last_day=last,
        shown_from=date.fromisoformat(shown) if shown else first - timedelta(days=14),
        messages=messages or WORDS,
    )


def local(text, town):
    return datetime.fromisoformat(text).replace(tzinfo=town.zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "is_closed"),
    [
        ("2026-12-31 23:59", False),
        ("2027-01-01 00:00", True),
        ("2027-01-03 23:59", True),
        ("2027-01-04 00:00", False),
        ("2027-03-27 23:59", False),  # the clocks go forward in the night of this closure
        ("2027-03-28 00:00", True),
        ("2027-03-28 23:59", True),
        ("2027-03-29 00:00", False),
        ("2027-10-31 00:00", True),  # 25 hours long
        ("2027-10-31 23:59", True),
        ("2027-11-01 00:00", False),
    ],
)
def test_the_towns_days_count(town, now, is_closed):
    closures = [
        closure("2027-01-01", "2027-01-03"), closure("2027-03-28", "2027-03-28"), closure("2027-10-31", "2027-10-31"),
    ]  # fmt: skip
    assert (closed_at(local(now, town), town.zone, closures) is not None) == is_closed


@pytest.mark.parametrize(
    ("now", "title", "running"),
    [
        ("2026-12-10 12:00", None, None),
        ("2026-12-18 00:00", "The market will be closed from Friday 1 January to Sunday 3 January", False),
        ("2026-12-31 23:59", "The market will be closed from Friday 1 January to Sunday 3 January", False),
        ("2027-01-01 00:00", "The market is closed until Sunday 3 January included", True),
        ("2027-01-04 00:00", "The market will be closed on Wednesday 6 January", False),
        ("2027-01-07 00:00", None, None),
    ],
)
def test_what_pages_say_when(town, now, title, running):
    closures = [closure("2027-01-06", "2027-01-06"), closure("2027-01-01", "2027-01-03")]
    notice = notice_of(closures, local(now, town), town.zone)
    assert (notice and notice.title, notice and notice.now) == (title, running)


def test_the_message_speaks_the_readers_language_or_the_first_written():
    row = closure("2027-01-01", "2027-01-03")
    for language, words in (("nl", "De markt rust."), ("fr", "Le marché se repose."), ("en", "Le marché se repose.")):
        with translation.override(language):
            assert row.message == words


def test_nobody_orders_while_it_lasts_and_nothing_is_written(town, window, product, at):
    close_market(town=town, first_day=at.date(), last_day=at.date(), messages=WORDS, at=at)
    with pytest.raises(Refusal, match="Orders are taken again from Friday 27 November"):
        order_by_bike(town, product, window, at)
    assert not Order.objects.exists()


def test_a_promise_moves_behind_the_closure(town, shop, product, at):
    evening = moment(at.date(), datetime.strptime("19:30", "%H:%M").time(), town.zone)  # open until 20:00
    tomorrow = at.date() + timedelta(days=1)
    close_market(town=town, first_day=tomorrow, last_day=tomorrow + timedelta(days=2), messages=WORDS, at=at)
    basket = builders.make_basket(town, (product, 1))
    order = place_order(
        town=town, basket=basket, buyer=BUYER, chosen=choose(shop, "collect"), window_id=None, key="k", at=evening
    )
    due = order.parts.get().due_at.astimezone(town.zone)
    assert (due.date(), f"{due:%H:%M}") == (tomorrow + timedelta(days=3), "08:30")


def test_no_bike_on_those_days(town, hub, product, visit, clock, at):
    there = builders.make_window(hub, at + timedelta(days=1, hours=7))
    after = builders.make_window(hub, at + timedelta(days=2, hours=7))
    tomorrow = at.date() + timedelta(days=1)
    close_market(town=town, first_day=tomorrow, last_day=tomorrow, messages=WORDS, at=at)
    browser = visit()
    browser.post("/basket/add/", {"product": product.pk})
    page = browser.get("/checkout/").content.decode()
    assert str(after.pk) in page
    assert str(there.pk) not in page
    with pytest.raises(Refusal, match="closed"):
        order_by_bike(town, product, there, at)


def test_orders_already_placed_stay_and_the_agent_is_told(town, window, product, at):
    order = order_by_bike(town, product, window, at - timedelta(hours=1))
    closed = close_market(town=town, first_day=at.date(), last_day=at.date(), messages=WORDS, at=at)
    order.refresh_from_db()
    assert order.delivery.window == window
    assert order.delivery.cancelled_at is None
    found = promised_in(closed)
    assert (found.orders, found.shops) == (1, ("Boulangerie du Parvis",))


def test_calling_it_off(town, window, product, at):
    closed = close_market(town=town, first_day=at.date(), last_day=at.date(), messages=WORDS, at=at)
    open_market(closure=closed, at=at)
    assert order_by_bike(town, product, window, at)
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {"close_market", "open_market"} <= verbs


@pytest.fixture
def page(visit, agent, clock):
    client = visit(agent)
    client.cookies["language"] = "en"
    return client


TYPED = {"first_day": "2027-01-01", "last_day": "2027-01-03", "shown_from": "", "message-fr": "Bonne année."}


def words(response):
    return " ".join(unescape(response.content.decode()).split())


def test_the_agent_announces_and_everybody_reads_it(page, visit, town, shop, product):
    assert page.post("/agent/closing/", TYPED | {"shown_from": "2026-11-20"}).status_code == 302
    said = words(page.get("/agent/closing/"))
    assert "From Friday 1 January to Sunday 3 January 2027" in said
    assert "Shown on the pages from Friday 20 November on." in said
    for url in ("/", "/shops/", f"/shops/{shop.slug}/", "/products/", "/basket/"):
        shown = words(visit().get(url))
        assert "Bonne année." in shown, url
        assert "vendredi 1er janvier" in shown, url
    row = MarketClosure.objects.get()
    assert page.post(f"/agent/closing/{row.pk}/reopen/").status_code == 302
    assert not MarketClosure.objects.exists()
    assert "Bonne année." not in words(visit().get("/"))


def test_it_is_shown_two_weeks_before_unless_said_otherwise(page):
    page.post("/agent/closing/", TYPED)
    assert MarketClosure.objects.get().shown_from == date(2026, 12, 18)


def test_a_message_for_each_language_of_the_town(page, town):
    town.languages = ["fr", "nl"]
    town.save()
    refused = page.post("/agent/closing/", TYPED)
    assert refused.status_code == 422
    assert "Write a sentence for the people who wanted to order." in words(refused)
    assert "Bonne année." in words(refused)
    assert page.post("/agent/closing/", TYPED | {"message-nl": "Gelukkig nieuwjaar."}).status_code == 302
    assert MarketClosure.objects.get().messages == {"fr": "Bonne année.", "nl": "Gelukkig nieuwjaar."}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"first_day": ""}, "This field is required."),
        ({"first_day": "premier janvier"}, "Enter a valid date."),
        ({"first_day": "2027-02-30"}, "Enter a valid date."),
        ({"last_day": "2026-12-30"}, "The last day comes before the first."),
        ({"first_day": "2026-01-01", "last_day": "2026-01-02"}, "These days are already past."),
        ({"shown_from": "2027-01-02"}, "Show it before the market closes."),
        ({"message-fr": ""}, "Write a sentence for the people who wanted to order."),
        ({"message-fr": "x" * 201}, "at most 200 characters"),
        ({"first_day": "2027-05-02", "last_day": "2027-05-09"}, "Another closure is announced already"),
    ],
)
def test_wrong_days_explain_and_stay(page, town, at, change, sentence):
    close_market(
        town=town, first_day=date(2027, 5, 1), last_day=date(2027, 5, 3), messages={"fr": "Fête du travail"}, at=at
    )
    typed = TYPED | change
    answer = page.post("/agent/closing/", typed)
    assert answer.status_code == 422
    assert sentence in words(answer)
    for value in typed.values():
        assert value in words(answer)
    assert MarketClosure.objects.count() == 1


@pytest.mark.parametrize("who", ["citizen", "merchant", "dispatcher", "stranger"])
def test_only_the_agent_closes(visit, town, at, who, request):
    closed = close_market(town=town, first_day=date(2027, 5, 1), last_day=date(2027, 5, 3), messages=WORDS, at=at)
    browser = visit(request.getfixturevalue(who))
    assert browser.get("/agent/closing/").status_code == 404
    assert browser.post("/agent/closing/", TYPED).status_code == 404
    assert browser.post(f"/agent/closing/{closed.pk}/reopen/").status_code == 404
    assert MarketClosure.objects.count() == 1


def test_another_towns_closure_is_not_mine(page, other_town, at):
    theirs = close_market(town=other_town, first_day=date(2027, 5, 1), last_day=date(2027, 5, 3), messages=WORDS, at=at)
    assert page.post(f"/agent/closing/{theirs.pk}/reopen/").status_code == 404
    assert MarketClosure.objects.filter(pk=theirs.pk).exists()


def test_two_agents_at_once_announce_one(town, at):
    kept = {"town": town, "first_day": date(2027, 5, 1), "last_day": date(2027, 5, 3), "at": at}
    close_market(**kept, messages={"fr": "Un"})
    close_market(**kept, messages={"fr": "Deux"})
    assert MarketClosure.objects.get().messages == {"fr": "Deux"}


def test_looking_writes_nothing_and_asks_little(page, town, at, django_assert_max_num_queries):
    for month in range(1, 7):
        day = date(2027, month, 2)
        close_market(town=town, first_day=day, last_day=day, messages=WORDS, at=at)
    with django_assert_max_num_queries(20):
        assert page.get("/agent/closing/").status_code == 200
