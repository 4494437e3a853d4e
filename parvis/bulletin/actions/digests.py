"""The morning's letter: what is new for each follower, at eight o'clock of the town; weekly ones on Wednesday."""

from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from parvis.bulletin import letters
from parvis.bulletin.listing import posts_for
from parvis.bulletin.models import Follower
from parvis.core.time import day_of, moment
from parvis.towns.models import Town

CLOCK = time(8)
WEDNESDAY = 2
LATEST = timedelta(hours=12)  # a letter that could not leave by the evening waits for the next one


def due_at(rhythm: str, at: datetime, zone: ZoneInfo) -> datetime:
    """The last moment, not after ``at``, at which letters of this rhythm were due in the zone."""
    day = day_of(at, zone)
    if moment(day, CLOCK, zone) > at:
        day -= timedelta(days=1)
    if rhythm == Follower.Digest.WEEKLY:
        day -= timedelta(days=(day.weekday() - WEDNESDAY) % 7)
    return moment(day, CLOCK, zone)


def send_digests(at: datetime) -> int:
    """Write the letters that are due and not written yet, in all towns; how many were."""
    written = 0
    for town in Town.objects.order_by("pk"):
        for rhythm in (Follower.Digest.DAILY, Follower.Digest.WEEKLY):
            due = due_at(rhythm, at, town.zone)
            if at - due > LATEST:
                continue
            for pk in list(_waiting(town, rhythm, due)):
                written += send_digest(pk, rhythm, due)
    return written


def _waiting(town: Town, rhythm: str, due: datetime) -> "list[UUID]":
    followers = Follower.objects.hearing(town, rhythm).filter(told_until__lt=due)
    return list(followers.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def send_digest(pk: UUID, rhythm: str, due: datetime) -> bool:
    """One letter, if there is anything new; what it tells and that it was told are written together."""
    follower = (
        Follower.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("town", "person")
        .filter(pk=pk, digest=rhythm, told_until__lt=due)
        .first()
    )
    if follower is None:
        return False
    posts = list(posts_for(follower, follower.told_until, due)[: letters.MOST_POSTS + 1]) if follower.address else []
    for post in posts:
        post.town = follower.town
    if posts:
        letters.digest(follower, posts, due)
    Follower.objects.filter(pk=pk).update(told_until=due)
    return bool(posts)
