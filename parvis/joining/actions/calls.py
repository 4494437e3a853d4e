"""Asking to join, and the town's calls: each step is written down with who and when.

Lock: the pre-registration (``docs/locking.md``). Asking the same thing twice at once is kept apart by an advisory
lock of the transaction, so that a double tap is one shop in the list.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.core.text import fold
from parvis.joining.calls import Promise, Standing, State, state_of
from parvis.joining.models import CallEvent, Preregistration
from parvis.joining.models.rules import rules_of
from parvis.people.models import Person
from parvis.places.models import Place
from parvis.towns.models import Town

MOST_AN_HOUR = 6  # from one network address
FURTHEST_AHEAD = timedelta(days=92)  # an agreed call that lies further ahead is a mistyped date
Kind = CallEvent.Kind


@dataclass(frozen=True, slots=True)
class Asked:
    """Who would like to join, as typed and checked: a name or a number, a telephone or a mail."""

    shop_name: str = ""
    registration_number: str = ""
    phone: str = ""
    email: str = ""


def sender_of(address: str, at: datetime) -> str:
    """The day's digest of a network address: enough to count, and nobody can be found by it the day after."""
    return salted_hmac("parvis.joining", f"{at:%Y-%m-%d}:{address}", algorithm="sha256").hexdigest()[:32]


def promise_of(town: Town) -> Promise:
    """What the town promises to those who ask."""
    return Promise(rules_of(town).call_within_days, town.zone, town.country)


@transaction.atomic
def preregister(
    *, town: Town, asked: Asked, sender: str, language: str, at: datetime, place: Place | None = None
) -> Preregistration:
    """Put a shop on the list of those to call. Who asks the same thing again keeps their place in it.

    Raises Refusal when one network address asks for too many shops.
    """
    recent = CallEvent.objects.filter(
        town=town, preregistration__sender=sender, kind__in=[Kind.ASKED, Kind.AGAIN], at__gt=at - timedelta(hours=1)
    )
    if sender and recent.count() >= MOST_AN_HOUR:
        raise Refusal(_("That is a lot for one hour. Come back later, or call the town hall."))
    _one_at_a_time(town, asked)
    known = _same(town, asked)
    if known is not None:
        _note(known, Kind.AGAIN, at)
        return known
    made = Preregistration.objects.create(
        town=town,
        shop_name=asked.shop_name,
        registration_number=asked.registration_number,
        phone=asked.phone,
        email=asked.email,
        place=place,
        sender=sender,
        language=language,
        at=at,
    )
    _note(made, Kind.ASKED, at)
    if place is not None:
        _note(made, Kind.ENTRY, at, note=place.name)
    audit.record("joining.asked", made, at=at, town_id=town.pk)
    return made


@transaction.atomic
def choose_entry(*, preregistration: Preregistration, place: Place, at: datetime, by: Person | None = None) -> None:
    """This entry of the directory is the shop's: its address, hours and trade need not be typed again."""
    found = _open(preregistration)
    if found.place_id == place.pk:
        return
    found.place = place
    found.save(update_fields=["place"])
    _note(found, Kind.ENTRY, at, by, note=place.name)
    audit.record("joining.entry", found, at=at, town_id=found.town_id, actor=by, place=str(place.pk))


@transaction.atomic
def take_call(*, preregistration: Preregistration, at: datetime, by: Person) -> None:
    """``by`` is about to call: nobody else does meanwhile. Raises Refusal when somebody else has it."""
    found = _open(preregistration)
    holder = call_state(found).holder(at)
    if holder is not None and holder != by.pk:
        raise Refusal(_("Somebody else has just taken this call."))
    _note(found, Kind.TAKEN, at, by)
    audit.record("joining.taken", found, at=at, town_id=found.town_id, actor=by)


@transaction.atomic
def call_again(*, preregistration: Preregistration, at: datetime, by: Person) -> Preregistration:
    """A shop that had said no thinks again: it stands on the list once more, with what is known of it.

    The ended story stays as it was; a second click finds the call that the first one made. Raises Refusal for a story
    with another end, or none.
    """
    ended = (
        Preregistration.objects.select_for_update(of=("self",))
        .select_related("town", "place")
        .get(pk=preregistration.pk)
    )
    if call_state(ended).standing is not Standing.NOT_INTERESTED:
        raise Refusal(_("Only a shop that had said no is put on the list again."))
    asked = Asked(ended.shop_name, ended.registration_number, ended.phone, ended.email)
    again = preregister(town=ended.town, asked=asked, sender="", language=ended.language, at=at, place=ended.place)
    if ended.contact and not again.contact:
        again.contact = ended.contact
        again.save(update_fields=["contact"])
    audit.record("joining.called_again", again, at=at, town_id=ended.town_id, actor=by, former=str(ended.pk))
    return again


@transaction.atomic
def release_call(*, preregistration: Preregistration, at: datetime, by: Person) -> None:
    """Given back without a call."""
    found = _open(preregistration)
    if call_state(found).holder(at) is not None:
        _note(found, Kind.RELEASED, at, by)
        audit.record("joining.released", found, at=at, town_id=found.town_id, actor=by)


@transaction.atomic
def note_outcome(
    *,
    preregistration: Preregistration,
    outcome: str,
    at: datetime,
    by: Person,
    note: str = "",
    next_at: datetime | None = None,
) -> None:
    """What came of a call. Raises Refusal when its story has ended, or a date makes no sense.

    ``next_at`` is the moment that was agreed for the next call.
    """
    found = _open(preregistration)
    if outcome == Kind.LATER and next_at is None:
        raise Refusal(_("Say when the shop wants to be called."))
    if next_at is not None and not at < next_at <= at + FURTHEST_AHEAD:
        raise Refusal(_("The next call lies in the coming three months."))
    if outcome in CallEvent.ENDS:
        next_at = None
    _note(found, outcome, at, by, note=note, next_at=next_at)
    audit.record("joining.called", found, at=at, town_id=found.town_id, actor=by, outcome=outcome)


@transaction.atomic
def correct_details(*, preregistration: Preregistration, asked: Asked, contact: str, at: datetime, by: Person) -> None:
    """What the agent heard: the right name, number and address, and whom to ask for."""
    found = _open(preregistration)
    values = {
        "shop_name": asked.shop_name,
        "registration_number": asked.registration_number,
        "phone": asked.phone,
        "email": asked.email,
        "contact": contact,
    }
    moved = [name for name, value in values.items() if getattr(found, name) != value]
    if not moved:
        return
    for name in moved:
        setattr(found, name, values[name])
    found.save(update_fields=moved)
    audit.record("joining.corrected", found, at=at, town_id=found.town_id, actor=by, fields=sorted(moved))


def call_state(preregistration: Preregistration) -> State:
    """Where it stands; lists load ``events`` beforehand (``with_story``)."""
    return state_of(list(preregistration.events.all()), promise_of(preregistration.town))


def _open(preregistration: Preregistration) -> Preregistration:
    """The row, locked, as it is now. Raises Refusal when its story has ended."""
    found = Preregistration.objects.select_for_update(of=("self",)).select_related("town").get(pk=preregistration.pk)
    if not call_state(found).is_open:
        raise Refusal(_("This is settled already."))
    return found


def _note(
    preregistration: Preregistration,
    kind: str,
    at: datetime,
    by: Person | None = None,
    *,
    note: str = "",
    next_at: datetime | None = None,
) -> None:
    CallEvent.objects.create(
        town_id=preregistration.town_id,
        preregistration=preregistration,
        kind=kind,
        at=at,
        by=by,
        note=" ".join(note.split())[:600],
        next_at=next_at,
    )


def _same(town: Town, asked: Asked) -> Preregistration | None:
    """The one that waits already and says the same in every word."""
    alike = Preregistration.objects.waiting(town).filter(
        registration_number=asked.registration_number, phone=asked.phone, email=asked.email
    )
    return next((row for row in alike.order_by("at") if fold(row.shop_name) == fold(asked.shop_name)), None)


def _one_at_a_time(town: Town, asked: Asked) -> None:
    said = f"{town.pk}:{asked.phone}:{asked.email}"
    digest = salted_hmac("parvis.joining.lock", said, algorithm="sha256").digest()
    key = int.from_bytes(digest[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
