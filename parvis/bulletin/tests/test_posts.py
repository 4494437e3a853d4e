"""Writing, changing, judging, withdrawing, reporting: what each verb does and refuses."""

from datetime import timedelta

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from parvis.bulletin.actions.posts import (
    MOST_A_DAY,
    Words,
    approve_post,
    change_post,
    publish_post,
    refuse_post,
    report_post,
    set_rule,
    withdraw_post,
)
from parvis.bulletin.models import Post
from parvis.bulletin.standing import State
from parvis.core.errors import Refusal
from parvis.core.models import AuditEntry, OutboxMessage

pytestmark = pytest.mark.django_db


def jobs(name):
    return ProcrastinateJob.objects.filter(task_name=f"parvis.bulletin.tasks.{name}").count()


def test_the_first_post_of_a_shop_waits(write):
    post = write()
    assert post.standing.state is State.WAITING
    assert jobs("tell_followers") == 0


def test_a_known_shop_is_read_at_once_and_an_agent_looks_after_it(shown, at):
    assert shown.shown_at == at
    assert shown.waits_since == at
    assert jobs("tell_followers") == 2, "the first one when it was approved, this one at once"
    assert AuditEntry.objects.filter(object_id=str(shown.pk), verb="post.written").exists()


def test_the_town_never_waits(town, agent, at):
    post = publish_post(town=town, place=None, author=agent, words=Words("Voir www.issy.com"), at=at)
    assert post.shown_at == at
    assert post.waits_since is None
    assert post.sender == town.name


def test_the_town_may_look_first(known, write, town, agent, at):
    set_rule(town=town, looks_first=True, by=agent, at=at)
    assert write().shown_at is None
    set_rule(town=town, looks_first=False, by=agent, at=at)
    assert write("Autre chose").shown_at


def test_a_link_waits(known, write):
    assert write("Tout est sur exemple.com").shown_at is None


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (Words("  \n "), "Write what is new"),
        (Words("x" * 501), "500"),
        (Words("x", starts_on="2026-12-02", ends_on="2026-12-01"), "last day"),
        (Words("x", ends_on="2026-11-25"), "past"),
        (Words("x", starts_on="2028-01-01"), "more than a year"),
    ],
)
def test_what_is_refused_is_not_written(place, merchant, at, words, sentence):
    from dataclasses import replace
    from datetime import date

    days = {k: date.fromisoformat(v) for k in ("starts_on", "ends_on") if (v := getattr(words, k))}
    with pytest.raises(Refusal, match=sentence):
        publish_post(town=place.town, place=place, author=merchant, words=replace(words, **days), at=at)
    assert not Post.objects.exists()


def test_too_much_in_a_day(known, write, at):
    for number in range(MOST_A_DAY):
        write(f"Nouvelle {number}", when=at + timedelta(hours=number))
    with pytest.raises(Refusal, match="enough"):
        write("Encore", when=at + timedelta(hours=MOST_A_DAY))
    assert write("Demain", when=at + timedelta(hours=25)).shown_at


def test_line_ends_count_once_and_untyped_signs_go(known, write):
    post = write("a\r\n" * 100 + "\x07\u202efin\x00")
    post.refresh_from_db()
    assert post.text == "a\n" * 100 + "fin"


def test_words_change_for_a_quarter_of_an_hour(shown, merchant, at):
    change_post(post=shown, words=Words("Galettes dès vendredi"), by=merchant, at=at + timedelta(minutes=14))
    shown.refresh_from_db()
    assert shown.text == "Galettes dès vendredi"
    assert shown.shown_at == at
    with pytest.raises(Refusal, match="read it"):
        change_post(post=shown, words=Words("Trop tard"), by=merchant, at=at + timedelta(minutes=15))


def test_a_link_put_in_later_waits_too(shown, merchant, at):
    changed = change_post(post=shown, words=Words("www.exemple.fr"), by=merchant, at=at + timedelta(minutes=2))
    assert changed.shown_at is None
    assert not Post.objects.shown(shown.town).filter(pk=shown.pk).exists()


def test_an_agent_shows_and_followers_hear_once(write, agent, merchant, at):
    post = write()
    approve_post(post=post, by=agent, at=at)
    approve_post(post=post, by=agent, at=at + timedelta(minutes=1))
    assert jobs("tell_followers") == 1


def test_a_refusal_has_a_reason_that_the_shop_reads(write, agent, merchant, at):
    post = write()
    with pytest.raises(Refusal, match="Say why"):
        refuse_post(post=post, reason="  ", by=agent, at=at)
    refuse_post(post=post, reason="La photo montre des enfants.", by=agent, at=at)
    letter = OutboxMessage.objects.get(to=merchant.email)
    assert "La photo montre des enfants." in letter.body
    assert "/my-news/" in letter.body
    with pytest.raises(Refusal, match="already"):
        approve_post(post=post, by=agent, at=at)


def test_what_was_shown_is_withdrawn_not_refused(shown, agent, merchant, at):
    with pytest.raises(Refusal, match="withdraw"):
        refuse_post(post=shown, reason="Non", by=agent, at=at)
    withdraw_post(post=shown, reason="Publicité", by=agent, at=at, by_town=True)
    assert OutboxMessage.objects.filter(to=merchant.email, body__contains="Publicité").exists()
    assert not Post.objects.shown(shown.town).filter(pk=shown.pk).exists()
    with pytest.raises(Refusal):
        withdraw_post(post=shown, by=merchant, at=at)


def test_three_readers_hide_a_post_until_an_agent_looks(shown, agent, at):
    for reader in "aab":
        report_post(post=shown, note="Faux", reporter=reader, at=at)
    shown.refresh_from_db()
    assert shown.shown_at, "the same reader counts once"
    report_post(post=shown, note="Faux", reporter="c", at=at)
    shown.refresh_from_db()
    assert shown.shown_at is None
    approve_post(post=shown, by=agent, at=at)
    for reader in "defgh":
        report_post(post=shown, note="Faux", reporter=reader, at=at)
    shown.refresh_from_db()
    assert shown.shown_at


def test_news_of_a_place_that_is_gone_is_not_shown(shown, place, at):
    from parvis.places.models import Place

    Place.objects.filter(pk=place.pk).update(gone_on=at.date())
    assert not Post.objects.shown(place.town).exists()


def test_a_post_does_not_end_twice(shown):
    from django.db import IntegrityError, transaction

    shown.events.create(town=shown.town, kind="withdrawn", at=shown.created_at)
    with pytest.raises(IntegrityError), transaction.atomic():
        shown.events.create(town=shown.town, kind="refused", at=shown.created_at)


def test_the_feed_is_read_by_its_index(shown, town):
    Post.objects.bulk_create(
        Post(
            town=town, text=f"n{n}", language="fr", created_at=shown.created_at, changed_at=shown.created_at,
            shown_at=shown.created_at - timedelta(minutes=n),
        )
        for n in range(3000)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE bulletin_post")
    plan = Post.objects.shown(town).for_cards()[:12].explain()
    assert "post_shown" in plan, plan
