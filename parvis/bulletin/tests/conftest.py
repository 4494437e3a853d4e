"""A shop that an agent knows, one that nobody knows yet, and a way to write."""

from datetime import timedelta

import pytest

from parvis.bulletin.actions.posts import Words, approve_post, publish_post
from parvis.bulletin.models import Post


@pytest.fixture
def place(shop):
    """The merchant's place; the agent has found a post of it fine."""
    return shop.place


@pytest.fixture
def known(place, merchant, agent, at):
    first = publish_post(
        town=place.town, place=place, author=merchant, words=Words("Bonjour"), at=at - timedelta(days=9)
    )
    return approve_post(post=first, by=agent, at=at - timedelta(days=8))


@pytest.fixture
def write(place, merchant, at):
    def say(text="Galettes dès samedi", *, when=at, where=place, by=merchant, **more):
        return publish_post(town=place.town, place=where, author=by, words=Words(text, **more), at=when)

    return say


@pytest.fixture
def shown(known, write) -> Post:
    """A post of a known shop: at once on everybody's screen."""
    post = write()
    assert post.shown_at
    return post
