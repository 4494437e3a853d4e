"""Telling browsers of a post: who follows it, in portions, again later where a push service asks for patience."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Q
from django.urls import reverse

from parvis.bulletin.actions.following import forget_browser
from parvis.bulletin.models import Follow, Post, PushSubscription
from parvis.core.clients import push

PORTION = 50  # browsers told by one job
MOST_TRIES = 6
MOST_FAILURES = 5  # messages in a row that a service did not take: the browser is forgotten
WAIT = timedelta(minutes=1)  # doubled each time
LONGEST_WAIT = timedelta(hours=2)


def followers_of(post: Post) -> Q:
    """The follows that lead to a post."""
    whole_town = Q(place=None, street="")
    if post.place is None:
        return whole_town
    here = whole_town | Q(place=post.place)
    return here | Q(place=None, street=post.place.street) if post.place.street else here


def tell_followers(post: Post) -> list[list[UUID]]:
    """The browsers of those who follow a post, in portions; none when it is shown no more."""
    if post.shown_at is None:
        return []
    follows = Follow.objects.filter(followers_of(post), town=post.town_id)
    told = PushSubscription.objects.filter(town=post.town_id, follower__in=follows.values("follower"))
    browsers = list(told.order_by("pk").values_list("pk", flat=True))
    return [browsers[n : n + PORTION] for n in range(0, len(browsers), PORTION)]


def message_of(post: Post) -> bytes:
    """What the worker in the browser is told: far below the 4 kB that every service takes."""
    words = {
        "title": post.sender,
        "body": post.headline,
        "url": reverse("news-post", args=[post.pk]),
        "tag": str(post.pk),
    }
    return json.dumps(words | {"lang": post.language}, ensure_ascii=False).encode()


def push_post(post: Post, browsers: Iterable[UUID], *, tried: int, at: datetime) -> tuple[list[UUID], timedelta]:
    """Tell these browsers. Gives those to be told again, and after how long."""
    if post.shown_at is None:
        return [], WAIT
    again, wait = [], min(WAIT * 2**tried, LONGEST_WAIT)
    message = message_of(post)
    for browser in PushSubscription.objects.filter(pk__in=list(browsers)).select_related("follower"):
        try:
            push.send(
                endpoint=browser.endpoint,
                p256dh=browser.p256dh,
                auth=browser.auth,
                message=message,
                topic=post.pk.hex,
                at=at,
            )
        except push.Gone:
            forget_browser(browser=browser)
        except push.Refused:
            _failed(browser)
        except push.TryLater as later:
            if tried + 1 < MOST_TRIES:
                again.append(browser.pk)
                wait = max(wait, min(timedelta(seconds=later.seconds or 0), LONGEST_WAIT))
            else:
                _failed(browser)
        else:
            PushSubscription.objects.filter(pk=browser.pk, failures__gt=0).update(failures=0)
    return again, wait


def _failed(browser: PushSubscription) -> None:
    if browser.failures + 1 >= MOST_FAILURES:
        forget_browser(browser=browser)
    else:
        PushSubscription.objects.filter(pk=browser.pk).update(failures=F("failures") + 1)
