"""The link that proves that a mail address is its owner's: all that is asked stands signed in it, nothing is kept."""

from datetime import datetime, timedelta
from typing import Any

from django.core import signing
from django.urls import reverse
from django.utils.crypto import salted_hmac

from parvis.bulletin import letters
from parvis.bulletin.actions.following import Thing
from parvis.core.models import OutboxMessage
from parvis.core.time import day_of
from parvis.towns.links import town_url
from parvis.towns.models import Town

SALT = "bulletin.follow"
GOOD_FOR = timedelta(days=3)
MOST_A_DAY = 4  # letters to one address: nobody's mail box is filled by somebody else


def ask_to_confirm(
    *, town: Town, thing: Thing, what: str, email: str, digest: str, language: str, at: datetime
) -> None:
    """Send the link; silently not, where this address was asked enough today. The same thing is asked once a day."""
    email = email.lower()
    asked = {"town": str(town.pk), "place": thing.place.slug if thing.place else "", "street": thing.street}
    asked |= {"email": email, "digest": digest, "language": language}
    token = signing.dumps(asked, salt=SALT, compress=True)
    who = salted_hmac(SALT, email, algorithm="sha256").hexdigest()[:32]
    today = f"follow:{town.slug}:{day_of(at, town.zone):%Y-%m-%d}:{who}:"
    if OutboxMessage.objects.filter(key__startswith=today).count() >= MOST_A_DAY:
        return
    subject = salted_hmac(SALT, f"{asked['place']}|{thing.street}", algorithm="sha256").hexdigest()[:12]
    link = town_url(town, reverse("news-confirm", args=[token]))
    letters.confirm_following(key=today + subject, town=town, to=email, what=what, link=link, language=language)


def what_was_asked(token: str, town: Town) -> dict[str, Any]:
    """What the link says. Raises signing.BadSignature for one that is not ours or of another town."""
    asked: dict[str, Any] = signing.loads(token, salt=SALT, max_age=GOOD_FOR)
    if asked.get("town") != str(town.pk):
        raise signing.BadSignature("of another town")
    return asked
