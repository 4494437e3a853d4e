"""Where a post stands follows from what happened; the row says the same; the rule is a table."""

import contextlib
import random
from datetime import timedelta

import pytest

from parvis.bulletin.actions import posts
from parvis.bulletin.models import Post, PostEvent
from parvis.bulletin.rules import Facts, Wait, has_link, why_wait
from parvis.bulletin.standing import REPORTS_THAT_HIDE, State, standing_of
from parvis.core.errors import Refusal


def after(at, *kinds):
    return standing_of([(kind, at + timedelta(minutes=n), f"n{n}") for n, kind in enumerate(kinds)])


@pytest.mark.parametrize(
    ("kinds", "state", "is_shown", "is_waiting"),
    [
        (["submitted"], State.WAITING, False, True),
        (["submitted", "published"], State.SHOWN, True, True),  # an agent looks after it
        (["submitted", "approved"], State.SHOWN, True, False),
        (["submitted", "published", "approved"], State.SHOWN, True, False),
        (["submitted", "refused"], State.REFUSED, False, False),
        (["submitted", "published", "withdrawn"], State.WITHDRAWN, False, False),
        (["submitted", "published", "edited"], State.SHOWN, True, True),
        (["submitted", "approved", "edited"], State.SHOWN, True, True),
        (["submitted", "published", "submitted"], State.WAITING, False, True),
        (["submitted", "published", *["reported"] * (REPORTS_THAT_HIDE - 1)], State.SHOWN, True, True),
        (["submitted", "published", *["reported"] * REPORTS_THAT_HIDE], State.HIDDEN, False, True),
        (["submitted", "published", *["reported"] * REPORTS_THAT_HIDE, "approved"], State.SHOWN, True, False),
        # what an agent has found fine, readers do not hide
        (["submitted", "approved", *["reported"] * 9], State.SHOWN, True, True),
        (["submitted", "refused", "approved"], State.REFUSED, False, False),
    ],
)
def test_the_table(at, kinds, state, is_shown, is_waiting):
    now = after(at, *kinds)
    assert (now.state, now.shown_at is not None, now.waits_since is not None) == (state, is_shown, is_waiting)


def test_an_edit_keeps_its_place_in_the_feed(at):
    assert after(at, "submitted", "published", "edited").shown_at == at + timedelta(minutes=1)
    assert after(at, "submitted", "published", "edited", "approved").shown_at == at + timedelta(minutes=1)


def test_a_post_is_first_shown_once(at):
    again = after(at, "submitted", "published", "submitted", "approved")
    assert again.first_shown == at + timedelta(minutes=1)
    assert again.shown_at == at + timedelta(minutes=3)


def facts(by_town=False, looks_first=False, known_shop=True, words="Galettes dès samedi"):
    return Facts(by_town, looks_first, known_shop, words)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (facts(), None),
        (facts(looks_first=True), Wait.EVERY),
        (facts(known_shop=False), Wait.FIRST),
        (facts(words="Voir www.exemple.fr"), Wait.LINK),
        (facts(by_town=True, looks_first=True, known_shop=False, words="https://ville.fr"), None),
    ],
)
def test_the_rule(given, expected):
    assert why_wait(given) is expected


@pytest.mark.parametrize(
    "words",
    ["http://a.b", "HTTPS://X", "www.x", "moi@exemple.fr", "promo sur achat.com", "bit.ly/x", "t.me/x", "x.shop"],
)
def test_links_are_seen(words):
    assert has_link(words)


@pytest.mark.parametrize(
    "words",
    [
        "Ouvert à 12.30",
        "Pain, brioche, etc. Merci",
        "M.Dupont revient",
        "1.50 € pièce",
        "Ferme.Demain aussi",
        "J.-P. est là",
    ],
)
def test_ordinary_words_are_no_links(words):
    assert not has_link(words)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(25))
def test_the_row_says_what_the_events_say(shown, merchant, agent, at, seed):
    chance, now, post = random.Random(seed), at, shown
    verbs = [
        lambda: posts.change_post(
            post=post, words=posts.Words(chance.choice(["Oui", "www.x.fr"])), by=merchant, at=now
        ),
        lambda: posts.approve_post(post=post, by=agent, at=now),
        lambda: posts.refuse_post(post=post, reason="Non", by=agent, at=now),
        lambda: posts.report_post(post=post, note="?", reporter=str(chance.random()), at=now),
        lambda: posts.report_post(post=post, note="?", reporter=str(chance.random()), at=now),
        lambda: posts.withdraw_post(post=post, by=merchant, at=now) if chance.random() < 0.3 else None,
    ]
    for _step in range(10):
        now += timedelta(minutes=1)
        with contextlib.suppress(Refusal):
            chance.choice(verbs)()
        row = Post.objects.get(pk=post.pk)
        assert (row.shown_at, row.waits_since) == (row.standing.shown_at, row.standing.waits_since)
        assert bool(row.shown_at) == (row.standing.state is State.SHOWN)


@pytest.mark.django_db
def test_events_are_read_in_order(shown):
    assert list(shown.events.values_list("kind", flat=True)) == ["submitted", "published"]
    assert PostEvent.objects.get(post=shown, kind="published").by is None
