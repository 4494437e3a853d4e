"""News of the demonstration: as many as told, some waiting, told once, told anew when they are old."""

from datetime import timedelta

import pytest

from parvis.bulletin.models import Post
from parvis.demo import builders
from parvis.demo.drawings import DRAWINGS
from parvis.demo.news import bring_news, rows
from parvis.demo.reading import shops
from parvis.demo.tests.test_demo_towns import PROFILES  # the three towns

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.slug)
def test_the_tables(profile, at):
    names = {shop.name for shop in shops(profile.slug)}
    found = list(rows(profile.slug, at.date()))
    assert len(found) >= 12
    assert all(row.shop in names or not row.shop for row in found)
    assert all(len(row.words.text) <= 500 and row.picture in {"", *DRAWINGS} for row in found)
    assert all(row.words.picture_words for row in found if row.picture), "a picture is said in words"
    assert {row.language for row in found} == set(profile.languages)
    assert sum(row.state == "waits" for row in found) == 2


def test_told_once_and_anew(town, agent, at):
    for row in rows("issy", at.date()):
        if row.shop:
            builders.make_shop(town, row.shop)
    assert bring_news(town, at=at) >= 12
    told = set(Post.objects.values_list("pk", flat=True))
    assert bring_news(town, at=at + timedelta(hours=2)) == 0
    assert set(Post.objects.values_list("pk", flat=True)) == told
    assert not Post.objects.filter(created_at__gt=at).exists()
    waiting = Post.objects.waiting(town)
    assert sum(post.shown_at is None for post in waiting) == 2
    assert any(post.standing.reports for post in waiting)
    assert bring_news(town, at=at + timedelta(days=2)) >= 12
    assert not told & set(Post.objects.values_list("pk", flat=True))
