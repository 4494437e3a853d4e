"""The month's question: who is asked, when, once; and the links that answer it."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from parvis.core import outbox
from parvis.core.models import OutboxMessage
from parvis.core.sms import segments
from parvis.core.tests.test_outbox import letterbox  # noqa: F401 - a real mail server
from parvis.demo import builders
from parvis.people.models import Organisation
from parvis.places.actions import reminders as verbs
from parvis.places.actions.claims import ask_claim, confirm_claim
from parvis.places.actions.entries import check_place
from parvis.places.models import Check, Closure, Place, Reminder, ReminderWish
from parvis.places.reminding import BadToken, first_working_day, month_to_ask, read_token, token_of

PARIS = ZoneInfo("Europe/Paris")
DUE = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)  # Tuesday, 9:30 in Paris


@pytest.fixture
def place(town, merchant):
    return builders.make_shop(town, "Boulangerie Rose", owner=merchant).place


@pytest.fixture
def asked(place):
    assert verbs.ask_town(place.town, DUE) == 1
    return Reminder.objects.get()


def english(client):
    client.cookies["language"] = "en"
    return client


def text_of(answer):
    return answer.content.decode()


@pytest.mark.parametrize(
    ("month", "country", "day"),
    [
        (date(2026, 12, 1), "FR", date(2026, 12, 1)),
        (date(2027, 1, 1), "FR", date(2027, 1, 4)),  # New Year on a Friday
        (date(2026, 5, 1), "FR", date(2026, 5, 4)),
        (date(2026, 11, 1), "BE", date(2026, 11, 2)),  # All Saints on a Sunday
        (date(2027, 8, 1), "CH", date(2027, 8, 2)),
        (date(2027, 5, 20), "FR", date(2027, 5, 3)),
        (date(2026, 8, 1), "XX", date(2026, 8, 3)),
    ],
)
def test_the_first_working_day(month, country, day):
    assert first_working_day(month, country) == day


@pytest.mark.parametrize(
    ("local", "due"),
    [
        ((2026, 12, 1, 8, 59), False),
        ((2026, 12, 1, 9, 0), True),
        ((2026, 12, 1, 18, 59), True),
        ((2026, 12, 1, 19, 0), False),  # nobody is asked at night
        ((2026, 12, 2, 10, 0), True),  # the worker was away
        ((2026, 12, 4, 9, 0), False),
        ((2026, 11, 30, 10, 0), False),
        ((2027, 1, 1, 10, 0), False),
        ((2027, 1, 4, 9, 0), True),
    ],
)
def test_the_hour(local, due):
    assert (month_to_ask(datetime(*local, tzinfo=PARIS), PARIS, "FR") is not None) is due


def test_who_is_asked(town, other_town, merchant, place):
    fresh = builders.make_shop(town, "Fresh", owner=merchant).place
    check_place(place=fresh, at=DUE - timedelta(days=24), checker="shop")
    old = builders.make_shop(town, "Old", owner=merchant).place
    check_place(place=old, at=DUE - timedelta(days=26), checker="shop")
    gone = builders.make_shop(town, "Gone", owner=merchant).place
    Place.objects.filter(pk=gone.pk).update(gone_on=date(2026, 1, 1))
    Place.objects.filter(pk=builders.make_shop(town, "Nobody's").place_id).update(organisation=None)
    builders.make_shop(other_town, "Elsewhere", owner=merchant)
    assert verbs.ask_town(town, DUE) == 2
    assert set(Reminder.objects.values_list("place__name", flat=True)) == {"Boulangerie Rose", "Old"}
    assert verbs.ask_town(town, DUE + timedelta(hours=2)) == 0
    assert verbs.ask_all_towns(DUE + timedelta(hours=3)) == 1  # the other town's
    assert verbs.ask_town(town, datetime(2027, 1, 4, 8, 30, tzinfo=UTC)) == 3


def test_a_shop_without_an_address_is_not_asked_and_stops_nobody(town, place):
    mute = builders.make_shop(town, "Mute")
    Organisation.objects.filter(pk=mute.organisation_id).update(email="")
    assert verbs.ask_town(town, DUE) == 1


def test_the_mail_leaves_by_a_real_server_with_both_links(letterbox, town, place):  # noqa: F811
    Closure.objects.create(town=town, place=place, first_day=date(2026, 12, 24), last_day=date(2026, 12, 26))
    Closure.objects.create(town=town, place=place, first_day=date(2026, 8, 1), last_day=date(2026, 8, 20))
    Place.objects.filter(pk=place.pk).update(services=["terrace", "card"])
    verbs.ask_town(town, DUE)
    assert outbox.deliver(OutboxMessage.objects.get().pk)
    [letter] = letterbox.letters
    assert letter.rcpt_tos == [place.organisation.email]
    head = letter.content.decode().split("\r\n\r\n", 1)[0]
    token = token_of(Reminder.objects.get().pk)
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in head
    assert re.search(rf"^List-Unsubscribe: <http://[^>]+/still-right/{token}/stop/>\r?$", head, re.MULTILINE), head
    text = OutboxMessage.objects.get().body
    assert f"/still-right/{token}/\n" in text
    assert f"/still-right/{token}/changed/" in text
    assert "24 décembre" in text
    assert "août" not in text


def test_a_text_message_is_two_segments_at_most(town, place):
    Place.objects.filter(pk=place.pk).update(
        name="Boulangerie-pâtisserie de l’Hôtel de Ville et du Général Leclerc " * 2
    )
    ReminderWish.objects.create(town=town, place=place, by_mail=False, by_sms=True, phone="+33612345678")
    assert verbs.ask_town(town, DUE) == 1
    message = OutboxMessage.objects.get()
    assert (message.channel, message.to) == ("sms", "+33612345678")
    assert segments(message.body) <= 2
    assert message.body.endswith(f"/still-right/{token_of(Reminder.objects.get().pk)}/")


def test_looking_changes_nothing_and_one_press_says_yes(visit, asked, place):
    browser = english(visit())
    url = f"/still-right/{token_of(asked.pk)}/"
    with time_machine.travel(DUE + timedelta(hours=1), tick=False):
        for page in (url, f"{url}changed/", f"{url}stop/"):
            assert browser.get(page).status_code == 200
        assert not Check.objects.exists()
        assert Reminder.objects.get().answered_at is None
        assert "Yes, all right" in text_of(browser.get(url))
        for _press in range(2):
            assert browser.post(url).headers["Location"] == url
        assert "Last checked today by the shop" in text_of(browser.get(url))
    check = Check.objects.get()
    assert (check.checker, check.way, check.by) == ("shop", "mail", None)
    place.refresh_from_db()
    assert place.checked_by == "shop"
    assert place.checked_at == Reminder.objects.get().answered_at


def test_a_press_needs_the_forms_own_key(asked, place):
    from django.test import Client

    browser = Client(enforce_csrf_checks=True, headers={"host": "issy.localhost"})
    with time_machine.travel(DUE, tick=False):
        assert browser.post(f"/still-right/{token_of(asked.pk)}/").status_code == 403
        one_click = browser.post(f"/still-right/{token_of(asked.pk)}/stop/", {"List-Unsubscribe": "One-Click"})
    assert one_click.status_code == 200, "a mail program has no cookie"
    assert not ReminderWish.objects.get().by_mail


def test_a_link_is_for_one_place_one_town_and_45_days(visit, asked, other_town):
    token = token_of(asked.pk)
    other_end = "A" if token[-3] != "A" else "B"
    tampered = [f"{token[:-3]}{other_end}{token[-2:]}", f"_{token[1:]}", token.replace(".", ""), "x", f"{token}x"]
    with time_machine.travel(DUE, tick=False):
        for wrong in tampered:
            for page in ("", "changed/", "stop/"):
                assert visit().get(f"/still-right/{wrong}/{page}").status_code == 404, wrong
                if page != "changed/":
                    assert visit().post(f"/still-right/{wrong}/{page}").status_code == 404
        assert visit(None, other_town).get(f"/still-right/{token}/").status_code == 404
        assert visit(None, other_town).post(f"/still-right/{token}/").status_code == 404
    with time_machine.travel(DUE + timedelta(days=45), tick=False):
        late = english(visit())
        assert late.get(f"/still-right/{token}/").status_code == 410
        assert late.post(f"/still-right/{token}/").status_code == 410
        assert "holds no more" in text_of(late.get(f"/still-right/{token}/changed/"))
        assert late.post(f"/still-right/{token}/stop/").status_code == 200, "stopping is always possible"
    assert not Check.objects.exists()


def test_a_name_that_we_did_not_sign_is_no_token(asked):
    name = token_of(asked.pk).split(".")[0]
    assert read_token(token_of(asked.pk)) == asked.pk
    for wrong in (name, f"{name}.", f"{name}.{name}", "", "é"):
        with pytest.raises(BadToken):
            read_token(wrong)


def test_a_link_holds_no_more_when_the_entry_has_come_into_other_hands(visit, asked, place, citizen, agent):
    claim = ask_claim(place=place, person=citizen, way="letter", business="B", at=DUE + timedelta(days=1))
    confirm_claim(claim=claim, at=DUE + timedelta(days=1), by=agent)
    with time_machine.travel(DUE + timedelta(days=2), tick=False):
        page = visit().get(f"/still-right/{token_of(asked.pk)}/changed/")
        assert page.status_code == 410
        assert citizen.email not in text_of(page)


def test_the_former_people_lose_their_number_and_stop_nothing(visit, asked, place, merchant, citizen, agent):
    verbs.set_wishes(place=place, by_mail=True, by_sms=True, phone="+33612345678", at=DUE, by=merchant)
    claim = ask_claim(place=place, person=citizen, way="letter", business="B", at=DUE + timedelta(days=1))
    confirm_claim(claim=claim, at=DUE + timedelta(days=1), by=agent)
    with time_machine.travel(DUE + timedelta(days=2), tick=False):
        assert visit().post(f"/still-right/{token_of(asked.pk)}/stop/").status_code == 410
        assert "612345678" not in text_of(visit(citizen).get(f"/places/{place.slug}/reminders/"))
    assert verbs.ask_town(place.town, datetime(2027, 1, 4, 8, 30, tzinfo=UTC)) == 1
    assert Reminder.objects.get(asked_at__gt=DUE).channel == "mail"


def test_who_joins_keeps_the_wishes_of_the_shop(place, merchant, citizen, agent):
    verbs.set_wishes(place=place, by_mail=False, by_sms=True, phone="+33612345678", at=DUE, by=merchant)
    claim = ask_claim(place=place, person=citizen, way="letter", business="B", at=DUE)
    confirm_claim(claim=claim, at=DUE, by=agent, joins=True)
    assert ReminderWish.objects.get(place=place).phone == "+33612345678"


def test_something_changed_leads_to_the_editor(visit, asked, place, merchant):
    url = f"/still-right/{token_of(asked.pk)}/changed/"
    with time_machine.travel(DUE, tick=False):
        assert visit(merchant).get(url).headers["Location"] == f"/places/{place.slug}/edit/"
        browser = english(visit())
        page = text_of(browser.get(url))
        assert f'name="email" value="{merchant.email}"' in page
        address = re.search(r'action="(/accounts/[^"]+)"', page)[1]
        answer = browser.post(address, {"email": merchant.email, "next": f"/places/{place.slug}/edit/"})
        assert answer.status_code == 302
    code = OutboxMessage.objects.filter(to=merchant.email).latest("created_at")
    assert code.key.startswith("account:")


def test_who_wants_no_more_mail_gets_none(visit, asked, town):
    with time_machine.travel(DUE, tick=False):
        visit().post(f"/still-right/{token_of(asked.pk)}/stop/")
    assert verbs.ask_town(town, datetime(2027, 1, 4, 8, 30, tzinfo=UTC)) == 0


def test_a_shop_chooses_how_it_is_asked(visit, place, merchant):
    browser = english(visit(merchant))
    url = f"/places/{place.slug}/reminders/"
    assert browser.get(url).status_code == 200
    assert not ReminderWish.objects.exists()
    assert browser.post(url, {"by_sms": "on", "phone": "06 12 34 56 78"}).status_code == 302
    wish = ReminderWish.objects.get()
    assert (wish.by_mail, wish.by_sms, wish.phone) == (False, True, "+33612345678")
    for phone, words in (
        ("", "Write your mobile number"),
        ("01 23 45 67 89", "no mobile number"),
        ("abc", "no mobile"),
    ):
        answer = browser.post(url, {"by_sms": "on", "phone": phone})
        assert answer.status_code == 422
        assert words in text_of(answer)
    browser.post(url, {"by_mail": "on", "phone": "06 12 34 56 78"})
    wish.refresh_from_db()
    assert (wish.by_mail, wish.phone) == (True, ""), "the number is forgotten with the wish"


def test_others_do_not_choose_for_the_shop(visit, place, other_merchant, citizen, stranger, other_town):
    url = f"/places/{place.slug}/reminders/"
    for person in (other_merchant, citizen, stranger):
        assert visit(person).get(url).status_code == 404
        assert visit(person).post(url, {"by_mail": "on"}).status_code == 404
    assert visit(stranger, other_town).get(url).status_code == 404
    assert "/accounts/login/" in visit().get(url).headers["Location"]


def test_the_job_asks_by_the_machines_clock(place):
    from parvis.places.tasks import ask_shops

    with time_machine.travel(DUE, tick=False):
        ask_shops(timestamp=0)
    assert Reminder.objects.count() == 1


def test_many_shops_cost_the_same_each(town, merchant, django_assert_max_num_queries):
    for n in range(10):
        builders.make_shop(town, f"Boutique {n}", owner=merchant)
    with django_assert_max_num_queries(10 * 16 + 10):
        assert verbs.ask_town(town, DUE) == 10
