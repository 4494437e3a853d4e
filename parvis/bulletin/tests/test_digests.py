"""The morning's letter: at eight of the town whatever the clocks do, once, with something new; it really arrives."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from parvis.bulletin import tasks
from parvis.bulletin.actions import following
from parvis.bulletin.actions.digests import due_at, send_digest, send_digests
from parvis.bulletin.actions.following import Thing
from parvis.bulletin.actions.posts import Words, publish_post, withdraw_post
from parvis.bulletin.models import Follower
from parvis.core import outbox
from parvis.core.models import OutboxMessage
from parvis.core.tests.test_outbox import letterbox  # noqa: F401 - the real mail server on loopback

PARIS = ZoneInfo("Europe/Paris")


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(UTC)


@pytest.mark.parametrize(
    ("rhythm", "at", "due"),
    [
        ("daily", "2026-11-26T08:00", "2026-11-26T08:00"),
        ("daily", "2026-11-26T07:59", "2026-11-25T08:00"),
        ("daily", "2026-10-25T08:00", "2026-10-25T08:00"),  # the night has 25 hours
        ("daily", "2026-03-29T07:30", "2026-03-28T08:00"),  # the night has 23 hours
        ("daily", "2026-03-29T08:00", "2026-03-29T08:00"),
        ("weekly", "2026-11-25T08:00", "2026-11-25T08:00"),
        ("weekly", "2026-11-25T07:59", "2026-11-18T08:00"),
        ("weekly", "2026-11-26T10:00", "2026-11-25T08:00"),
        ("weekly", "2026-10-28T08:00", "2026-10-28T08:00"),
    ],
)
def test_when_letters_are_due(rhythm, at, due):
    assert due_at(rhythm, moment(at), PARIS) == moment(due)


def test_exactly_once_a_day_through_every_day_of_two_years():
    at, seen = datetime(2026, 1, 1, tzinfo=UTC), []
    while at < datetime(2028, 1, 1, tzinfo=UTC):
        due = due_at("daily", at, PARIS)
        if not seen or seen[-1] != due:
            seen.append(due)
        at += timedelta(minutes=15)
    days = [due.astimezone(PARIS) for due in seen]
    assert all((day.hour, day.minute) == (8, 0) for day in days)
    assert {(later.date() - day.date()).days for day, later in pairwise(days)} == {1}


@pytest.fixture
def lou(town, at):
    """Follows the whole town by mail every morning, since yesterday noon."""
    follower = following.follower_of_mail(
        town=town, email="lou@example.org", digest="daily", language="fr", at=at - timedelta(hours=22)
    )
    following.follow(follower=follower, thing=Thing(), at=at)
    return follower


pytestmark = pytest.mark.django_db


def letters():
    return list(OutboxMessage.objects.filter(key__startswith="digest:").order_by("created_at"))


def test_what_is_new_arrives_by_mail(lou, known, write, place, at, letterbox):  # noqa: F811
    following.follow(follower=lou, thing=Thing(place=place), at=at)
    following.follow(follower=lou, thing=Thing(street=place.street), at=at)
    write("Galettes dès samedi. " * 20, title="Galettes", when=at - timedelta(hours=20), starts_on=at.date())
    post = write("Brioche", when=at - timedelta(hours=3))
    late = write("Après huit heures", when=at - timedelta(hours=1))
    assert send_digests(at) == 1
    assert send_digests(at + timedelta(minutes=15)) == 0
    assert outbox.deliver(letters()[0].pk)
    [letter] = letterbox.letters
    assert letter.rcpt_tos == ["lou@example.org"]
    mail = message_from_bytes(letter.content, policy=policy.default)
    body = mail.get_content()
    assert "Brioche" in mail["Subject"]
    assert body.count("– Galettes") == 1, "three ways lead to it, it is told once"
    assert f"/news/{post.pk}/" in body
    assert f"{late.pk}" not in body
    assert f"/news/stop/{lou.secret}/" in mail["List-Unsubscribe"]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"key={lou.secret}" in body
    assert max(len(line) for line in body.splitlines() if "http" not in line) < 100
    assert send_digests(at + timedelta(days=1)) == 1
    assert "Après huit heures" in letters()[1].body
    assert "Brioche" not in letters()[1].body


def test_nothing_new_no_letter(lou, at):
    assert send_digests(at) == 0
    lou.refresh_from_db()
    assert lou.told_until == due_at("daily", at, PARIS)
    assert not letters()


def test_weekly_on_wednesday_only(lou, known, write, at):
    Follower.objects.update(digest="weekly")
    write("Jeudi", when=at - timedelta(hours=3))
    assert send_digests(at) == 0, "Thursday"
    wednesday = at + timedelta(days=6)
    assert send_digests(wednesday) == 1
    assert "Jeudi" in letters()[0].body


def test_a_worker_that_was_away_writes_later_but_not_at_night(lou, known, write, at):
    write("Pain", when=at - timedelta(hours=3))
    night = at.replace(hour=20)  # 21:00 in Paris
    assert send_digests(night) == 0
    assert send_digests(at + timedelta(days=1)) == 1, "the next morning tells it all"


def test_what_was_withdrawn_is_not_told(lou, known, write, merchant, at):
    post = write("Oups", when=at - timedelta(hours=5))
    withdraw_post(post=post, by=merchant, at=at - timedelta(hours=4))
    assert send_digests(at) == 0


def test_only_what_is_followed(lou, known, write, town, agent, place, at):
    from parvis.bulletin.models import Follow

    Follow.objects.all().delete()
    following.follow(follower=lou, thing=Thing(street="rue ailleurs"), at=at)
    write("Pain", when=at - timedelta(hours=3))
    publish_post(town=town, place=None, author=agent, words=Words("Ville"), at=at - timedelta(hours=3))
    assert send_digests(at) == 0


def test_two_workers_write_one_letter(lou, known, write, at):
    write("Pain", when=at - timedelta(hours=3))
    due = due_at("daily", at, PARIS)
    assert send_digest(lou.pk, "daily", due)
    assert not send_digest(lou.pk, "daily", due)
    assert len(letters()) == 1


def test_the_letter_speaks_its_readers_language(lou, known, write, at):
    Follower.objects.update(language="en")
    write("Pain", when=at - timedelta(hours=3))
    send_digests(at)
    assert "New in Issy-les-Moulineaux, Thursday 26 November" in letters()[0].body


def test_who_has_stopped_gets_none(lou, known, write, at):
    following.set_digest(follower=lou, digest="none", at=at)
    write("Pain", when=at - timedelta(hours=3))
    assert send_digests(at) == 0


def test_the_clock_calls_it():
    from procrastinate.contrib.django import app

    registered = {task.name for (task, *_rest) in [(p.task,) for p in app.periodic_registry.periodic_tasks.values()]}
    assert tasks.send_digests.name in registered
