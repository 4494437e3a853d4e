"""Ringing: at each change that matters, in the reader's language, not at night, nothing twice."""

import json
from datetime import UTC, datetime
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from parvis.core import outbox
from parvis.core.models import OutboxMessage
from parvis.core.quiet import Quiet
from parvis.core.sms import segments
from parvis.core.tests.push_service import Browser, push_service
from parvis.demo import builders
from parvis.market import telling
from parvis.market.actions import accept_part, cancel_part, finish_part, place_order, prepare_part, refuse_part
from parvis.market.models import Telling, TellingBrowser
from parvis.market.tests.test_place_order import BUYER, deliver, order_by_bike

PARIS = ZoneInfo("Europe/Paris")
PHONE = "+33612345678"


def clock_at(hour, minute=0, day=26):
    return datetime(2026, 11, day, hour, minute, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("at", "start", "end", "until"),
    [
        (clock_at(20, 59), 21, 8, None),
        (clock_at(21), 21, 8, clock_at(8, day=27)),
        (clock_at(3), 21, 8, clock_at(8)),
        (clock_at(8), 21, 8, None),
        (clock_at(13), 12, 14, clock_at(14)),
        (clock_at(14), 12, 14, None),
        (clock_at(5), 0, 0, None),
        (datetime(2026, 10, 24, 22, tzinfo=PARIS), 21, 8, datetime(2026, 10, 25, 8, tzinfo=PARIS)),  # 25 hours that day
    ],
)
def test_quiet_hours(at, start, end, until):
    assert Quiet(PARIS, start, end).until(at.astimezone(UTC)) == until


@pytest.fixture
def by_sms(citizen, town):
    return Telling.objects.create(town=town, person=citizen, by_sms=True, phone=PHONE)


def buy(product, at, key="k", kind="collect", **buyer):
    from parvis.market.actions import Buyer

    given = {name: getattr(BUYER, name) for name in BUYER.__slots__} | buyer
    order = place_order(
        town=product.town, basket=builders.make_basket(product.town, (product, 2)), buyer=Buyer(**given),
        chosen={product.shop_id: product.shop.modalities.get(kind=kind)}, window_id=None, key=key, at=at,
    )  # fmt: skip
    return order.parts.get()


def rung(channel="sms"):
    return list(OutboxMessage.objects.filter(channel=channel).order_by("pk"))


def test_each_change_rings_once_in_the_readers_language(product, citizen, by_sms, clock, at):
    part = buy(product, at, person=citizen, language="fr")
    accept_part(part=part, at=at)
    prepare_part(part=part, quantities={part.lines.get().pk: 1}, at=at)
    bodies = [message.body for message in rung()]
    assert len(bodies) == 3
    assert all(f"http://issy.localhost:8000/orders/{part.order.code}/" in body for body in bodies)
    assert all(segments(body) <= 2 for body in bodies)
    assert {message.to for message in rung()} == {PHONE}
    telling.tell_buyer(part.order, "part_accepted", f"part-accepted:{part.pk}", shop=part.shop)
    assert len(rung()) == 3, "the same news has the same key"


def test_who_asked_for_nothing_gets_mails_only(product, citizen, clock, at):
    accept_part(part=buy(product, at, person=citizen), at=at)
    assert rung() == []
    assert OutboxMessage.objects.filter(channel="mail").count() == 3


@pytest.mark.parametrize("verb", ["refuse", "done"])
def test_refused_and_handed_over(product, citizen, by_sms, clock, at, verb):
    part = buy(product, at, person=citizen, language="en", kind="shop")
    if verb == "refuse":
        refuse_part(part=part, reason="No flour", at=at)
        assert "cannot prepare its part" in rung()[-1].body
    else:
        prepare_part(part=part, quantities={}, at=at)
        from parvis.market.actions import send_part

        send_part(part=part, at=at)
        finish_part(part=part, at=at)
        assert ["on its way" in m.body or "handed over" in m.body for m in rung()[-2:]] == [True, True]


def test_the_bike_left_and_handed_over(town, product, hub, window, rider, clock, at):
    order = order_by_bike(town, product, window, at)
    prepare_part(part=order.parts.get(), quantities={}, at=at)
    deliver(order, hub, rider, at)
    keys = [m.key.partition(":")[0] for m in OutboxMessage.objects.filter(to=BUYER.email).order_by("pk")]
    assert keys == ["order-placed", "part-ready", "order-left", "order-delivered"]


def test_at_night_it_waits_and_newer_news_takes_its_place(product, citizen, by_sms, clock, at):
    clock.move_to(clock_at(22))
    part = buy(product, at, person=citizen, language="en")
    accept_part(part=part, at=at)
    [placed, accepted] = rung()
    assert accepted.not_before == clock_at(8, day=27)
    assert placed.about != accepted.about
    assert not outbox.deliver(accepted.pk)
    prepare_part(part=part, quantities={}, at=at)
    assert [m.key.split(":")[2] for m in rung()] == ["order-placed", "part-ready"], "accepted is overtaken"
    jobs = ProcrastinateJob.objects.filter(args__message_id=str(rung()[-1].pk))
    assert jobs.get().scheduled_at == clock_at(8, day=27)
    assert OutboxMessage.objects.filter(channel="mail", not_before=None).count() == 4, "mails do not ring"
    clock.move_to(clock_at(8, day=27))
    assert outbox.deliver(rung()[-1].pk)
    assert not outbox.deliver(rung()[-1].pk)


def test_ones_own_quiet_hours(product, citizen, by_sms, clock, at):
    by_sms.quiet_from, by_sms.quiet_until = 9, 12
    by_sms.save()
    buy(product, at, person=citizen)
    assert rung()[0].not_before == clock_at(12)


def test_a_shop_rings_for_who_speaks_for_it(town, product, merchant, other_merchant, clock, at):
    for person in (merchant, other_merchant):
        Telling.objects.create(town=town, person=person, by_sms=True, phone=PHONE)
    part = buy(product, at)
    cancel_part(part=part, at=at)
    assert [m.body.count(part.order.code) for m in rung()] == [1, 1]
    assert all(f"/merchant/{part.shop.slug}/" in m.body for m in rung())


def test_a_long_name_is_shortened_and_the_link_is_not(town, citizen, by_sms, clock, at):
    shop = builders.make_shop(town, "Épicerie " + "fine " * 12)
    part = buy(builders.make_product(shop), at, person=citizen)
    accept_part(part=part, at=at)
    assert segments(rung()[-1].body) <= 2
    assert part.order.code in rung()[-1].body


@pytest.fixture
def service(settings, tmp_path):
    settings.PUSH_ANYWHERE = True
    settings.VAPID_KEY, settings.VAPID_KEY_FILE = "", tmp_path / "vapid-key.pem"
    with push_service() as running:
        yield running


def send(client, path, data):
    return client.post(path, json.dumps(data), content_type="application/json")


def test_a_guests_browser_rings_for_one_order(visit, service, product, clock, at):
    part = buy(product, at, language="fr")
    key = f"?key={part.order.secret}"
    browser, base = Browser(service.base), f"/orders/{part.order.code}/messages/"
    guest = visit()
    assert "data-allow" in guest.get(f"{base}{key}").content.decode()
    assert send(guest, f"{base}allow/{key}", browser.as_json()).status_code == 200
    accept_part(part=part, at=at)
    [message] = rung("push")
    assert outbox.deliver(message.pk)
    assert not outbox.deliver(message.pk)
    [(_path, _headers, body)] = service.arrived
    said = browser.read(body)
    assert part.order.code in said["body"]
    assert said["url"] == f"/orders/{part.order.code}/{key}"
    assert send(guest, f"{base}end/{key}", {"endpoint": browser.endpoint}).status_code == 200
    assert not TellingBrowser.objects.exists()


def test_a_browser_that_is_gone_is_forgotten(visit, service, product, citizen, clock, at):
    me, browser = visit(citizen), Browser(service.base)
    send(me, "/me/messages/allow/", browser.as_json())
    service.answers["/push/b1"] = [(410, {})]
    part = buy(product, at, person=citizen)
    assert not outbox.deliver(rung("push")[0].pk)
    assert rung("push")[0].given_up
    accept_part(part=part, at=at)
    assert not TellingBrowser.objects.exists()
    assert len(rung("push")) == 1


NONSENSE = [{}, {"endpoint": "x"}, {"endpoint": 3, "keys": 4}, {"endpoint": "https://a\x00", "keys": {}}, []]


@pytest.mark.parametrize("sent", NONSENSE)
def test_what_is_no_browser_is_refused(visit, citizen, sent):
    assert send(visit(citizen), "/me/messages/allow/", sent).status_code == 422
    assert not Telling.objects.exists()


def text(answer):
    return " ".join(unescape(answer.content.decode()).split())


def test_the_page_of_wishes(visit, citizen, town):
    me = visit(citizen)
    me.cookies["language"] = "en"
    assert me.get("/me/messages/").status_code == 200
    assert not Telling.objects.exists(), "looking writes nothing"
    given = {"by_sms": "on", "quiet_from": "22", "quiet_until": "7"}
    wrong = me.post("/me/messages/", given | {"phone": "01 23 45 67 89"})
    assert wrong.status_code == 422
    assert "Write a mobile number that can receive text messages." in text(wrong)
    assert "01 23 45 67 89" in text(wrong)
    me.post("/me/messages/", given | {"phone": "06 12 34 56 78"})
    found = Telling.objects.get()
    assert (found.person, found.by_sms, found.phone) == (citizen, True, PHONE)
    assert (found.quiet_from, found.quiet_until) == (22, 7)
    me.post("/me/messages/", {"phone": "06 12 34 56 78", "quiet_from": "22", "quiet_until": "7"})
    assert Telling.objects.get().phone == "", "no number is kept that is not used"


def test_the_wishes_of_one_are_not_those_of_another(visit, product, citizen, stranger, other_town, clock, at):
    part = buy(product, at)
    base, key = f"/orders/{part.order.code}/messages/", f"?key={part.order.secret}"
    for path in (base, f"{base}allow/", f"{base}end/"):
        assert visit().post(path).status_code == 404
        assert visit(citizen).post(path).status_code == 404
        assert visit(stranger, other_town).post(f"{path}{key}").status_code == 404
    assert "/accounts/login/" in visit().get("/me/messages/")["Location"]
    mine = buy(product, at, key="mine", person=citizen)
    assert visit(citizen).get(f"/orders/{mine.order.code}/messages/")["Location"] == "/me/messages/"
