"""Of news: who reported goes after a month, what was refused or withdrawn after a year, its picture too."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile

from parvis.bulletin.actions.posts import Words, publish_post, report_post, withdraw_post
from parvis.bulletin.models import Post, PostEvent
from parvis.config.retention import RULES

pytestmark = pytest.mark.django_db


def test_who_reported_and_what_was_withdrawn(town, agent, at):
    def write(text, **more):
        return publish_post(town=town, place=None, author=agent, words=Words(text, **more), at=at)

    shown = write("Le marché")
    rules = {rule.what: rule for rule in RULES}
    reporters, ended = rules["who reported a post"], rules["posts refused or withdrawn"]
    report_post(post=shown, note="Faux", reporter="a", at=at)
    gone = write("Photo", picture=ContentFile(b"x", name="x.webp"))
    withdraw_post(post=gone, by=agent, at=at)
    early, late = at + timedelta(days=29), at + timedelta(days=366)
    assert reporters.remove(early - reporters.keep) == 0
    assert reporters.remove(late - reporters.keep) == 1
    assert PostEvent.objects.get(kind="reported").reporter == ""
    assert ended.remove(early - ended.keep) == 0
    assert ended.remove(late - ended.keep) == 1
    assert not gone.picture.storage.exists(gone.picture.name)
    assert Post.objects.filter(pk=shown.pk).exists()
