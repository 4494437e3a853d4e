"""Following a place, a street or the whole town, and stopping."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from parvis.bulletin.flood import must_have_room
from parvis.bulletin.models import Follow, Follower, PushSubscription
from parvis.core.errors import Refusal
from parvis.people.models import Person
from parvis.places.models import Place
from parvis.towns.models import Town

MOST_FOLLOWS = 200
MOST_BROWSERS = 10


@dataclass(frozen=True, slots=True)
class Thing:
    """What may be followed: a place, a street by its folded name, or (neither) the whole town."""

    place: Place | None = None
    street: str = ""


def follower_of_person(*, town: Town, person: Person, at: datetime, digest: str = Follower.Digest.WEEKLY) -> Follower:
    """The follower that an account is in this town, made now if there is none: a mail every Wednesday."""
    follower, _made = Follower.objects.get_or_create(
        town=town,
        person=person,
        defaults={
            "language": person.language or town.default_language,
            "digest": digest,
            "told_until": at,
            "created_at": at,
        },
    )
    return follower


def follower_of_mail(*, town: Town, email: str, digest: str, language: str, at: datetime) -> Follower:
    """The follower behind a mail address that its owner has just confirmed; an account of this address is that one."""
    person = Person.objects.filter(email=email.lower(), is_active=True).first()
    known = {"town": town, "person": person} if person else {"town": town, "person": None, "email": email.lower()}
    follower, made = Follower.objects.get_or_create(
        **known, defaults={"language": language, "digest": digest, "told_until": at, "created_at": at}
    )
    if not made and follower.digest == Follower.Digest.NONE:
        set_digest(follower=follower, digest=digest, at=at)
    return follower


def follower_of_browser(*, town: Town, language: str, at: datetime) -> Follower:
    """Somebody without account or mail address, who is told by their browser alone."""
    return Follower.objects.create(town=town, language=language, told_until=at, created_at=at)


@transaction.atomic
def follow(*, follower: Follower, thing: Thing, at: datetime) -> Follow:
    """Follow one thing; twice is once. Raises Refusal beyond two hundred things."""
    if follower.follows.count() >= MOST_FOLLOWS:
        raise Refusal(_("You follow very much already. Stop something first."))
    row, _made = Follow.objects.get_or_create(
        town_id=follower.town_id,
        follower=follower,
        place=thing.place,
        street=thing.street,
        defaults={"created_at": at},
    )
    return row


@transaction.atomic
def unfollow(*, follower: Follower, thing: Thing) -> None:
    """Stop following one thing; who follows nothing any more is forgotten."""
    follower.follows.filter(place=thing.place, street=thing.street).delete()
    _forget_if_idle(follower)


def set_digest(*, follower: Follower, digest: str, at: datetime) -> None:
    """Another rhythm of mails. Who begins (again) hears of what comes from now on."""
    if digest not in Follower.Digest.values:
        raise Refusal(_("Choose how often you want a mail."))
    if follower.digest == Follower.Digest.NONE:
        follower.told_until = at
    follower.digest = digest
    follower.save(update_fields=["digest", "told_until"])


@transaction.atomic
def stop_mails(*, follower: Follower) -> None:
    """No mail any more; who was told by mail alone is forgotten."""
    follower.digest = Follower.Digest.NONE
    follower.save(update_fields=["digest"])
    if follower.person_id is None and not follower.browsers.exists():
        follower.delete()


def stop_everything(*, follower: Follower) -> None:
    """Forget a follower: what they follow, their address and their browsers."""
    follower.delete()


@transaction.atomic
def allow_browser(*, follower: Follower, endpoint: str, p256dh: str, auth: str, at: datetime) -> PushSubscription:
    """Tell this browser too; a browser that changes hands is told what its new owner follows.

    Raises Refusal for one browser too many on a host that is no known push service.
    """
    Follower.objects.select_for_update(of=("self",)).get(pk=follower.pk)
    known = PushSubscription.objects.filter(town=follower.town_id, endpoint=endpoint).first()
    if known is None:
        must_have_room(follower.town, endpoint)
    if known is None and follower.browsers.count() >= MOST_BROWSERS:
        follower.browsers.order_by("created_at").first().delete()  # type: ignore[union-attr]
    before = known.follower if known and known.follower_id != follower.pk else None
    row, _made = PushSubscription.objects.update_or_create(
        town_id=follower.town_id,
        endpoint=endpoint,
        defaults={"follower": follower, "p256dh": p256dh, "auth": auth, "failures": 0},
        create_defaults={"follower": follower, "p256dh": p256dh, "auth": auth, "created_at": at},
    )
    if before is not None:
        _forget_if_idle(before)
    return row


@transaction.atomic
def forget_browser(*, browser: PushSubscription) -> None:
    """Never tell this browser again; a follower who had nothing else is forgotten."""
    follower = browser.follower
    browser.delete()
    if follower.person_id is None and not follower.email and not follower.browsers.exists():
        follower.delete()


def _forget_if_idle(follower: Follower) -> None:
    """Who follows nothing, or cannot be told anything, leaves no trace."""
    unreachable = follower.person_id is None and not follower.email and not follower.browsers.exists()
    if unreachable or not follower.follows.exists():
        follower.delete()
