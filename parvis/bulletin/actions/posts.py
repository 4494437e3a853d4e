"""Writing, changing, judging, withdrawing and reporting a post: each verb writes one event and what follows from it."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from parvis.bulletin import letters
from parvis.bulletin.models import Newsroom, Post, PostEvent
from parvis.bulletin.models.posts import LONGEST
from parvis.bulletin.rules import Facts, why_wait
from parvis.bulletin.standing import Standing, State
from parvis.core import audit, outbox
from parvis.core.errors import Refusal
from parvis.people.models import Person
from parvis.places.models import Place
from parvis.towns.models import Town

MOST_A_DAY = 6  # posts of one shop in 24 hours
FARTHEST = timedelta(days=366)  # ahead
Kind = PostEvent.Kind
_UNTYPED = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody wrote: everything of a post that its writer chooses."""

    text: str
    title: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    picture: "ContentFile[bytes] | None" = None  # from core.pictures.clean_picture; None leaves what is there
    picture_words: str = ""
    drop_picture: bool = False


@transaction.atomic
def publish_post(
    *, town: Town, place: Place | None, author: Person | None, words: Words, at: datetime, language: str = ""
) -> Post:
    """Write a post of ``place``, or of the town when it is None; whether it is shown at once is the rule's.

    Raises Refusal for dates in disorder or past, and where the shop has written too much today.
    """
    _check(words, town, at)
    if place is not None:
        Place.objects.select_for_update(of=("self",)).get(pk=place.pk)  # two phones at once count as two posts
        if Post.objects.filter(place=place, created_at__gt=at - timedelta(days=1)).count() >= MOST_A_DAY:
            raise Refusal(_("Your shop has written enough for today. Go on tomorrow."))
    post = Post(
        town=town, place=place, author=author, language=language or town.default_language, created_at=at, changed_at=at
    )
    _write(post, words)
    post.save(force_insert=True)
    happened(post, Kind.SUBMITTED, at=at, by=author)
    if why_wait(_facts(post, at)) is None:
        happened(post, Kind.PUBLISHED if place else Kind.APPROVED, at=at, by=None if place else author)
    audit.record("post.written", post, at=at, town_id=town.pk, actor=author)
    return post


@transaction.atomic
def change_post(*, post: Post, words: Words, by: Person, at: datetime) -> Post:
    """Other words, within fifteen minutes. What the rule would hold back waits again."""
    post = _locked(post)
    if not post.can_be_changed(at):
        raise Refusal(_("People have read it by now. Withdraw it and write another one."))
    _check(words, post.town, at)
    storage, old = post.picture.storage, post.picture.name
    _write(post, words)
    post.changed_at = at
    post.save()
    if old and post.picture.name != old:  # nothing brings it back
        transaction.on_commit(lambda: storage.delete(old))
    if post.standing.state is State.WAITING:
        happened(post, Kind.EDITED, at=at, by=by)
    elif why_wait(_facts(post, at)) is None:
        happened(post, Kind.EDITED if post.place_id else Kind.APPROVED, at=at, by=by)
    else:
        happened(post, Kind.SUBMITTED, at=at, by=by)
    audit.record("post.changed", post, at=at, town_id=post.town_id, actor=by)
    return post


@transaction.atomic
def approve_post(*, post: Post, by: Person, at: datetime) -> Post:
    """An agent has looked: it is shown, and readers' reports do not hide it any more."""
    post = _locked(post)
    _still(post)
    happened(post, Kind.APPROVED, at=at, by=by)
    audit.record("post.approved", post, at=at, town_id=post.town_id, actor=by)
    return post


@transaction.atomic
def refuse_post(*, post: Post, reason: str, by: Person, at: datetime) -> Post:
    """An agent does not show a post that waits; the shop reads why. Raises Refusal without a reason."""
    post = _locked(post)
    _still(post)
    if post.standing.first_shown is not None:
        raise Refusal(_("It was shown already: withdraw it."))
    happened(post, Kind.REFUSED, at=at, by=by, note=_reason(reason))
    audit.record("post.refused", post, at=at, town_id=post.town_id, actor=by)
    letters.post_ended(post, reason.strip(), refused=True)
    return post


@transaction.atomic
def withdraw_post(*, post: Post, by: Person, at: datetime, reason: str = "", by_town: bool = False) -> Post:
    """It is shown no more. Its writer needs no reason; the town gives one, and the shop reads it."""
    post = _locked(post)
    _still(post)
    happened(post, Kind.WITHDRAWN, at=at, by=by, note=_reason(reason) if by_town else "")
    audit.record("post.withdrawn", post, at=at, town_id=post.town_id, actor=by)
    if by_town and post.place_id:
        letters.post_ended(post, reason.strip(), refused=False)
    return post


def report_post(*, post: Post, note: str, reporter: str, at: datetime) -> None:
    """A reader says that something is wrong; once per reader (``reporter`` is a keyed fingerprint) and post."""
    try:
        with transaction.atomic():
            post = _locked(post)
            if post.shown_at is not None:
                happened(post, Kind.REPORTED, at=at, note=note.strip()[:240], reporter=reporter)
    except IntegrityError:  # the same reader again
        return


@transaction.atomic
def set_rule(*, town: Town, looks_first: bool, by: Person, at: datetime) -> None:
    """Whether every post of a shop waits for an agent. Posts already written stay as they are."""
    Newsroom.objects.update_or_create(town=town, defaults={"looks_first": looks_first})
    audit.record("newsroom.rule", town, at=at, town_id=town.pk, actor=by, looks_first=looks_first)


def happened(
    post: Post, kind: PostEvent.Kind, *, at: datetime, by: Person | None = None, note: str = "", reporter: str = ""
) -> Standing:
    """Write an event, and on the post what follows from all of them. The only place where either is written.

    The first time that a post is shown, its followers are told after the commit.
    """
    before = post.standing.first_shown
    PostEvent.objects.create(town_id=post.town_id, post=post, kind=kind, at=at, by=by, note=note, reporter=reporter)
    post.__dict__.pop("standing", None)
    getattr(post, "_prefetched_objects_cache", {}).pop("events", None)
    standing = post.standing
    post.shown_at, post.waits_since = standing.shown_at, standing.waits_since
    Post.objects.filter(pk=post.pk).update(shown_at=post.shown_at, waits_since=post.waits_since)
    if before is None and standing.first_shown is not None and outbox.is_wanted("followers"):
        from parvis.bulletin.tasks import tell_followers

        tell_followers.defer(post_id=str(post.pk))
    return standing


def _facts(post: Post, at: datetime) -> Facts:
    if post.place_id is None:
        return Facts(by_town=True, looks_first=False, known_shop=True, words="")
    known = PostEvent.objects.filter(post__place=post.place_id, kind=Kind.APPROVED).exists()
    looks_first = Newsroom.objects.filter(town=post.town_id, looks_first=True).exists()
    return Facts(False, looks_first, known, f"{post.title} {post.text} {post.picture_words}")


def _write(post: Post, words: Words) -> None:
    post.title, post.text = plain(words.title), plain(words.text)
    post.starts_on, post.ends_on = words.starts_on, words.ends_on
    if words.picture is not None:
        post.picture, post.picture_bytes = words.picture, words.picture.size
    elif words.drop_picture:
        post.picture, post.picture_bytes = "", 0
    post.picture_words = plain(words.picture_words) if post.picture else ""


def plain(text: str) -> str:
    """Text as feeds and letters can carry it: one way of ending a line, no signs that nobody types."""
    return _UNTYPED.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _check(words: Words, town: Town, at: datetime) -> None:
    today = at.astimezone(town.zone).date()
    first, last = words.starts_on, words.ends_on
    if not plain(words.text):
        raise Refusal(_("Write what is new."))
    if len(plain(words.text)) > LONGEST:
        raise Refusal(_("At most %(count)d letters fit.") % {"count": LONGEST})
    if first and last and last < first:
        raise Refusal(_("The last day comes before the first."))
    if last and last < today:
        raise Refusal(_("These days are already past."))
    if max((day for day in (first, last) if day), default=today) > today + FARTHEST:
        raise Refusal(_("This is more than a year ahead. Write about it later."))


def _reason(reason: str) -> str:
    if not plain(reason):
        raise Refusal(_("Say why: the shop reads it."))
    return plain(reason)[:240]


def _locked(post: Post) -> Post:
    return Post.objects.select_for_update(of=("self",)).select_related("town", "place", "author").get(pk=post.pk)


def _still(post: Post) -> None:
    if post.standing.is_over:
        raise Refusal(_("This post was withdrawn or refused already."))
