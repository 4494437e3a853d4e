"""Notices in the browser: a real service decrypts them; what may be written to; who is told, again, or forgotten."""

import json
import os
import socket
import stat
from datetime import timedelta

import pytest
from django.core.cache import cache
from procrastinate.contrib.django.models import ProcrastinateJob

from parvis.bulletin import flood, tasks
from parvis.bulletin.actions import following, notices
from parvis.bulletin.actions.following import Thing
from parvis.bulletin.actions.posts import Words, publish_post, withdraw_post
from parvis.bulletin.models import Follow, Follower, PushSubscription
from parvis.core.clients import push, vapid
from parvis.core.tests.push_service import Browser, push_service

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def service(settings):
    settings.PUSH_ANYWHERE = True
    with push_service() as double:
        yield double


@pytest.fixture(autouse=True)
def _own_key(settings, tmp_path):
    settings.VAPID_KEY, settings.VAPID_KEY_FILE = "", tmp_path / "vapid-key.pem"


def allow(client, browser, **more):
    return client.post("/news/push/", json.dumps(browser.as_json(**more)), content_type="application/json")


def run(name):
    """Run the jobs of one task that wait, as the worker would; gives when they were scheduled."""
    found = list(ProcrastinateJob.objects.filter(task_name=f"parvis.bulletin.tasks.{name}", status="todo"))
    for job in found:
        getattr(tasks, name)(**job.args)
    ProcrastinateJob.objects.filter(pk__in=[job.pk for job in found])._raw_delete("default")
    return [job.scheduled_at for job in found]


def test_from_the_button_to_the_notice(known, service, visit, write, merchant):
    client, browser = visit(), Browser(service.base)
    answer = allow(client, browser)
    assert answer.status_code == 200
    assert answer.json()["said"]
    run("tell_followers"), run("push_post")
    service.arrived.clear()
    post = write("Galettes dès samedi : trois tailles")
    run("tell_followers")
    run("push_post")
    [(path, headers, body)] = service.arrived
    assert path == "/push/b1"
    assert headers["topic"] == post.pk.hex
    assert b"Galettes" not in body, "nobody on the way reads it"
    assert browser.read(body) == {
        "title": post.place.name,
        "body": "Galettes dès samedi : trois tailles",
        "url": f"/news/{post.pk}/",
        "tag": str(post.pk),
        "lang": "fr",
    }
    follower = Follower.objects.get()
    assert (follower.person, follower.email, follower.digest) == (None, "", "none")
    assert client.get("/news/following/").context["browsers"] == 1


def test_the_key_is_made_once_and_only_ours_to_read(settings):
    first = vapid.public_key()
    assert vapid.public_key() == first
    assert len(first) == 87
    assert stat.S_IMODE(os.stat(settings.VAPID_KEY_FILE).st_mode) == 0o600
    vapid._key.cache_clear()
    assert vapid.public_key() == first, "another process reads the same key"


def test_the_key_may_be_a_setting(settings):
    from py_vapid import Vapid02

    made = Vapid02()
    made.generate_keys()
    settings.VAPID_KEY = "".join(made.private_pem().decode().splitlines()[1:-1])
    vapid.public_key()
    assert not settings.VAPID_KEY_FILE.exists()


def told(town, at, thing, endpoint, service):
    follower = following.follower_of_browser(town=town, language="fr", at=at)
    following.follow(follower=follower, thing=thing, at=at)
    browser = Browser(service.base, endpoint)
    following.allow_browser(follower=follower, endpoint=browser.endpoint, at=at, **browser.keys)
    return follower


def test_who_is_told(known, write, town, place, agent, service, other_merchant, at):
    from parvis.places.models import Place

    other = Place.objects.get(slug="primeurs-de-la-place")
    Place.objects.filter(pk=other.pk).update(street="rue du temple")
    told(town, at, Thing(), "town", service)
    told(town, at, Thing(place=place), "place", service)
    told(town, at, Thing(street=place.street), "street", service)
    both = told(town, at, Thing(place=place), "both", service)
    following.follow(follower=both, thing=Thing(), at=at)
    told(town, at, Thing(place=other), "other", service)
    told(town, at, Thing(street="rue du temple"), "other-street", service)
    ProcrastinateJob.objects.filter(task_name__startswith="parvis.bulletin").update(task_name="old")
    write("Pain")
    run("tell_followers"), run("push_post")
    assert sorted(path for path, _h, _b in service.arrived) == [
        "/push/both",
        "/push/place",
        "/push/street",
        "/push/town",
    ]
    service.arrived.clear()
    publish_post(town=town, place=None, author=agent, words=Words("La ville"), at=at)
    run("tell_followers"), run("push_post")
    assert sorted(path for path, _h, _b in service.arrived) == ["/push/both", "/push/town"]


def test_nobody_is_told_of_what_was_withdrawn_meanwhile(known, write, town, place, merchant, service, at):
    run("tell_followers")
    told(town, at, Thing(), "b1", service)
    post = write("Oups")
    withdraw_post(post=post, by=merchant, at=at)
    run("tell_followers"), run("push_post")
    assert service.arrived == []


@pytest.mark.parametrize("status", [404, 410])
def test_who_is_gone_is_forgotten(known, write, town, service, at, status):
    told(town, at, Thing(), "gone", service)
    told(town, at, Thing(), "here", service)
    service.answers["/push/gone"] = [(status, {})]
    run("tell_followers")
    write("Pain")
    run("tell_followers"), run("push_post")
    assert [row.endpoint.rpartition("/")[2] for row in PushSubscription.objects.all()] == ["here"]
    assert Follower.objects.count() == 1, "a follower who was only a browser goes with it"


@pytest.mark.parametrize(
    ("answer", "least"),
    [((429, {"Retry-After": "300"}), 300), ((503, {}), 60), ((500, {"Retry-After": "soon"}), 60)],
)
def test_a_service_that_asks_for_patience_is_asked_again(known, write, town, service, at, answer, least):
    run("tell_followers")
    told(town, at, Thing(), "b1", service)
    service.answers["/push/b1"] = [answer]
    write("Pain")
    run("tell_followers"), run("push_post")
    assert service.arrived == []
    [scheduled] = run("push_post")
    assert scheduled >= at + timedelta(seconds=least)
    assert len(service.arrived) == 1


def test_after_six_tries_and_five_messages_it_is_forgotten(shown, town, service, at):
    told(town, at, Thing(), "b1", service)
    browser = PushSubscription.objects.get()
    for number in range(notices.MOST_FAILURES):
        service.answers["/push/b1"] = [(503, {})] * notices.MOST_TRIES
        pks = [browser.pk]
        for tried in range(notices.MOST_TRIES):
            pks, _wait = notices.push_post(shown, pks, tried=tried, at=at)
        assert pks == []
        assert PushSubscription.objects.exists() == (number + 1 < notices.MOST_FAILURES)


def test_a_message_that_arrives_clears_the_failures(shown, town, service, at):
    told(town, at, Thing(), "b1", service)
    PushSubscription.objects.update(failures=4)
    notices.push_post(shown, [PushSubscription.objects.get().pk], tried=0, at=at)
    assert PushSubscription.objects.get().failures == 0


def test_a_service_that_is_away(shown, town, service, at):
    follower = following.follower_of_browser(town=town, language="fr", at=at)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nobody = Browser(f"http://127.0.0.1:{probe.getsockname()[1]}")
    row = following.allow_browser(follower=follower, endpoint=nobody.endpoint, at=at, **nobody.keys)
    again, _wait = notices.push_post(shown, [row.pk], tried=0, at=at)
    assert again == [row.pk]


GOOD = Browser("https://push.example.org")


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.org/x", "https://push.example.org:8443/x", "https://127.0.0.1/x", "https://10.0.0.7/x",
        "https://[::1]/x", "https://169.254.169.254/latest", "https://[::ffff:10.0.0.1]/x", "https://[64:ff9b::a00:1]/x",
        "https://user@push.example.org/x", "ftp://push.example.org/x", "file:///etc/passwd", "https:///x", "", "x" * 30,
        "https://push.example.org/\r\nX: y", "https://push.example.org/" + "x" * 1000, "https://[broken/x",
    ],
)  # fmt: skip
def test_only_addresses_of_the_open_internet(town, visit, endpoint):
    assert not push.is_browser(endpoint, **GOOD.keys)
    answer = visit().post(
        "/news/push/", json.dumps({"endpoint": endpoint, "keys": GOOD.keys}), content_type="application/json"
    )
    assert answer.status_code == 422
    assert not Follower.objects.exists()


def test_a_stranger_brings_few_browsers_an_hour(town, visit, monkeypatch):
    monkeypatch.setattr(flood, "MOST_AN_HOUR", 2)
    cache.clear()
    browsers = [Browser("https://fcm.googleapis.com", f"b{number}") for number in range(3)]
    assert [allow(visit(), browser).status_code for browser in browsers] == [200, 200, 422]
    assert (Follower.objects.count(), PushSubscription.objects.count()) == (2, 2)
    cache.clear()


def test_one_domain_is_no_target_for_many(town, visit, monkeypatch):
    monkeypatch.setattr(flood, "MOST_ON_A_DOMAIN", 1)
    cache.clear()
    known = [Browser("https://web.push.apple.com", f"b{number}") for number in range(2)]
    unknown = [Browser(f"https://{name}.victim.example", "b") for name in ("a", "b")]
    assert [allow(visit(), browser).status_code for browser in known + unknown] == [200, 200, 200, 422]
    assert (Follower.objects.count(), PushSubscription.objects.count()) == (3, 3)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.1.1", "100.64.0.1", "169.254.169.254", "::1", "fd00::1", "0.0.0.0"],  # noqa: S104
)
def test_a_name_that_leads_inside_is_not_followed(monkeypatch, address, at):
    """The name was fine when it was kept; what counts is where it leads when it is written to."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: [(family, socket.SOCK_STREAM, 6, "", (address, 443))])
    assert push.is_browser(GOOD.endpoint, **GOOD.keys)
    with pytest.raises(push.Gone):
        push.send(endpoint=GOOD.endpoint, message=b"x", topic="t", at=at, **GOOD.keys)


def test_a_redirect_is_not_followed(service, at):
    browser = Browser(service.base)
    service.answers["/push/b1"] = [(302, {"Location": "http://127.0.0.1:1/"})]
    with pytest.raises(push.Refused):
        push.send(endpoint=browser.endpoint, message=b"x", topic="t", at=at, **browser.keys)


@pytest.mark.parametrize(
    "sent",
    [
        b"", b"[]", b"null", b"{", b'"x"', b"\xff\xfe", b"x" * 5000,
        json.dumps({"endpoint": GOOD.endpoint}).encode(),
        json.dumps({"endpoint": GOOD.endpoint, "keys": []}).encode(),
        json.dumps({"endpoint": GOOD.endpoint, "keys": {"p256dh": "é", "auth": "x"}}).encode(),
        json.dumps({"endpoint": GOOD.endpoint, "keys": GOOD.keys | {"p256dh": "A" * 87}}).encode(),
        json.dumps({"endpoint": GOOD.endpoint, "keys": GOOD.keys | {"auth": "AAAA"}}).encode(),
        json.dumps({"endpoint": ["a"], "keys": GOOD.keys}).encode(),
    ],
)  # fmt: skip
def test_nonsense_is_refused_in_words(town, visit, sent):
    answer = visit().post("/news/push/", sent, content_type="application/json")
    assert answer.status_code == 422
    assert answer.json()["said"]
    assert not PushSubscription.objects.exists()


def test_ending_and_renewing(town, service, visit):
    client, old, new = visit(), Browser(service.base, "old"), Browser(service.base, "new")
    allow(client, old)
    stranger = visit()
    wrong = stranger.post("/news/push/renew/", json.dumps(new.as_json(old="x")), content_type="application/json")
    assert wrong.status_code == 404
    assert (
        stranger.post(
            "/news/push/renew/", json.dumps(new.as_json(old=old.endpoint)), content_type="application/json"
        ).status_code
        == 204
    )
    assert PushSubscription.objects.get().endpoint == new.endpoint
    client.post("/news/push/end/", json.dumps({"endpoint": new.endpoint}), content_type="application/json")
    assert not Follower.objects.exists()
    assert client.post("/news/push/end/", b"{}", content_type="application/json").status_code == 200


def test_an_account_keeps_its_follows(town, citizen, place, service, visit):
    client = visit(citizen)
    assert allow(client, Browser(service.base), place=place.slug).status_code == 200
    assert allow(client, Browser(service.base), place="nowhere").status_code == 404
    follower = Follower.objects.get(person=citizen)
    assert follower.digest == "none", "a browser that is told is no wish for mail"
    assert Follow.objects.get().place == place
    client.post("/news/push/end/", json.dumps({"endpoint": f"{service.base}/push/b1"}), content_type="application/json")
    assert Follower.objects.get(person=citizen).follows.count() == 1


def test_a_browser_of_another_town_is_another_subscription(town, other_town, service, visit):
    browser = Browser(service.base)
    allow(visit(), browser)
    allow(visit(town=other_town), browser)
    assert PushSubscription.objects.count() == 2


def test_at_most_ten_browsers(town, citizen, service, visit, at):
    for number in range(following.MOST_BROWSERS + 2):
        allow(visit(citizen), Browser(service.base, f"b{number}"))
    assert PushSubscription.objects.count() == following.MOST_BROWSERS


def test_the_worker_is_served_at_the_root(town, visit):
    answer = visit().get("/news-worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "no-cache"
    assert b"showNotification" in answer.content
    assert b"worker-src" in answer["Content-Security-Policy"].encode()


def test_without_the_sign_of_our_page_nothing_is_allowed(town, service):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True, headers={"host": "issy.localhost"})
    assert allow(strict, Browser(service.base)).status_code == 403
