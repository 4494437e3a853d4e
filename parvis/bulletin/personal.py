"""What the room knows about somebody: what they follow, the browsers that are told, the posts they wrote."""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from parvis.bulletin.models import Follow, Follower, Post, PostEvent, PushSubscription
from parvis.core.personal import Held, Subject, plain


def _followers(subject: Subject) -> Q:
    mine = Q(person=subject.person)
    return mine | Q(person=None, email__iexact=subject.email) if subject.email else mine


def held(subject: Subject) -> Held:
    """Everything, also what follows the bare mail address."""
    mine = Follower.objects.filter(_followers(subject))
    follows = Follow.objects.filter(follower__in=mine).order_by("created_at")
    browsers = PushSubscription.objects.filter(follower__in=mine)
    posts = Post.objects.filter(author=subject.person).order_by("created_at")
    events = PostEvent.objects.filter(by=subject.person).order_by("at")
    return {
        "bulletin.Follower": plain(mine, "town__name", "email", "language", "digest", "created_at"),
        "bulletin.Follow": plain(follows, "town__name", "place__name", "street", "created_at"),
        "bulletin.PushSubscription": plain(browsers, "endpoint", "created_at"),
        "bulletin.Post": plain(posts, "created_at", "title", "text", "picture", "starts_on", "ends_on"),
        "bulletin.PostEvent": plain(events, "at", "kind", "note"),
    }


def hindrances(subject: Subject, at: datetime) -> list[str]:
    """Nothing here holds anybody back."""
    return []


def kept(subject: Subject) -> list[str]:
    """Posts are the shop's words or the town's."""
    if Post.objects.filter(author=subject.person).exists():
        return [_("News that you wrote for a shop or the town stays theirs, without your name.")]
    return []


def erase(subject: Subject, at: datetime) -> None:
    """Nothing is followed any more, no browser is told."""
    Follower.objects.filter(_followers(subject)).delete()
