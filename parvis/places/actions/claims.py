"""Claiming an entry: asked, proved by a code or the register, settled by an agent where people disagree.

Locks: the place, then the claim (``docs/locking.md``).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.people.models import Organisation, Person, Role
from parvis.places import letters
from parvis.places.claims import OPEN, Standing, State, digest, is_right, new_code, state_of
from parvis.places.models import Claim, ClaimEvent, Place, ReminderWish
from parvis.towns.models import Town

MOST_OPEN = 3  # at once, of one person in one town
MOST_ASKED = 6  # in thirty days
Kind = ClaimEvent.Kind


class Tried(StrEnum):
    """What a typed code came to."""

    WRONG = "wrong"
    LOCKED = "locked"
    PROVED = "proved"
    CONFIRMED = "confirmed"


@transaction.atomic
def ask_claim(
    *,
    place: Place,
    person: Person,
    way: str,
    business: str,
    at: datetime,
    registration_number: str = "",
    phone: str = "",
) -> Claim:
    """``person`` says that ``place`` is theirs. Raises Refusal with a sentence where it cannot be asked."""
    place = Place.objects.select_for_update(of=("self",)).select_related("town").get(pk=place.pk)
    _may_ask(place, person, way, at)
    claim = Claim.objects.create(
        town_id=place.town_id,
        place=place,
        person=person,
        way=way,
        business=" ".join(business.split())[:160],
        registration_number=registration_number,
        phone=phone,
    )
    _note(claim, Kind.ASKED, at, person)
    audit.record("claim.asked", claim, at=at, town_id=claim.town_id, actor=person, way=way)
    return claim


@transaction.atomic
def send_codes(*, claims: Iterable[Claim], at: datetime, by: Person) -> list[tuple[Claim, str]]:
    """A fresh code for each claim: to be printed on its letter or read out. Earlier codes hold no more.

    The codes are given back once and kept nowhere. Raises Refusal for a claim that is over.
    """
    made = []
    for claim in sorted(claims, key=lambda claim: claim.pk):
        claim = _locked(claim)
        _must_be_open(claim, at)
        code = new_code()
        claim.code = digest(claim.pk, code)
        claim.save(update_fields=["code"])
        _note(claim, Kind.SENT, at, by)
        audit.record("claim.sent", claim, at=at, town_id=claim.town_id, actor=by, way=claim.way)
        made.append((claim, code))
    return made


@transaction.atomic
def try_code(*, claim: Claim, typed: str, at: datetime) -> Tried:
    """The claimant types the code. A wrong one is kept and counted, so it is an answer and not an error.

    The right one confirms the claim, unless somebody else has a say: then an agent settles it.
    Raises Refusal when no code is awaited.
    """
    place = Place.objects.select_for_update(of=("self",)).get(pk=claim.place_id)
    claim = _locked(claim)
    state = claim_state(claim, at)
    if state.standing is not Standing.SENT:
        raise Refusal(_("No code is expected for this request."))
    if not is_right(claim.pk, typed, claim.code):
        _note(claim, Kind.WRONG, at, claim.person)
        audit.record("claim.wrong_code", claim, at=at, town_id=claim.town_id, actor=claim.person)
        return Tried.LOCKED if state.tries_left <= 1 else Tried.WRONG
    if reasons_for_agent(claim, at):
        _note(claim, Kind.PROVED, at, claim.person)
        audit.record("claim.proved", claim, at=at, town_id=claim.town_id, actor=claim.person)
        return Tried.PROVED
    _give(claim, place, joins=False, at=at, by=claim.person)
    return Tried.CONFIRMED


@transaction.atomic
def confirm_claim(*, claim: Claim, at: datetime, by: Person, joins: bool = False) -> Organisation:
    """An agent says that the claim is right.

    Where the place has an organisation already, ``joins`` adds the person to it; else theirs takes its place, and
    the people of the former one are told.
    """
    place = Place.objects.select_for_update(of=("self",)).get(pk=claim.place_id)
    claim = _locked(claim)
    _must_be_open(claim, at, settling=True)
    return _give(claim, place, joins=joins, at=at, by=by)


@transaction.atomic
def refuse_claim(*, claim: Claim, reason: str, at: datetime, by: Person) -> None:
    """An agent says no; the claimant reads ``reason``."""
    claim = _locked(claim)
    _must_be_open(claim, at, settling=True)
    reason = reason.strip()[:240]
    if not reason:
        raise Refusal(_("Say why: the claimant reads it."))
    _note(claim, Kind.REFUSED, at, by, reason)
    audit.record("claim.refused", claim, at=at, town_id=claim.town_id, actor=by)
    letters.claim_refused(claim, reason)


@transaction.atomic
def withdraw_claim(*, claim: Claim, at: datetime) -> None:
    """The claimant takes it back."""
    claim = _locked(claim)
    _must_be_open(claim, at)
    _note(claim, Kind.WITHDRAWN, at, claim.person)
    audit.record("claim.withdrawn", claim, at=at, town_id=claim.town_id, actor=claim.person)


def claim_state(claim: Claim, at: datetime) -> State:
    """Where the claim stands; lists load ``events`` beforehand."""
    return state_of([(event.kind, event.at) for event in claim.events.all()], at)


def open_claims(town: Town, at: datetime) -> list[Claim]:
    """The claims of a town that are not over, the longest waiting first, each with its ``state``."""
    ended = ClaimEvent.objects.filter(kind__in=[Kind.CONFIRMED, Kind.REFUSED, Kind.WITHDRAWN])
    claims = (
        Claim.objects.filter(town=town)
        .exclude(events__in=ended)
        .select_related("place", "place__organisation", "person")
        .prefetch_related("events")
    )
    found = [(claim, claim_state(claim, at)) for claim in claims]
    for claim, state in found:
        claim.state = state  # type: ignore[attr-defined]
    return [claim for claim, state in sorted(found, key=lambda pair: pair[1].since) if state.standing in OPEN]


def reasons_for_agent(claim: Claim, at: datetime) -> list[str]:
    """Why the right code is not enough: ``owned``, ``rivals``, ``registered``. Empty when nobody else has a say."""
    reasons = []
    if claim.place.organisation_id is not None:
        reasons.append("owned")
    rivals = Claim.objects.filter(place=claim.place_id).exclude(person=claim.person_id).prefetch_related("events")
    if any(claim_state(rival, at).is_open for rival in rivals):
        reasons.append("rivals")
    known = _registered(claim)
    if known is not None and not known.roles.filter(person=claim.person_id, kind=Role.Kind.MERCHANT).exists():
        reasons.append("registered")  # a public number must not open somebody else's shop
    return reasons


def _may_ask(place: Place, person: Person, way: str, at: datetime) -> None:
    if place.gone_on is not None:
        raise Refusal(_("This place has closed for good."))
    if way == Claim.Way.LETTER and not place.address:
        raise Refusal(_("We have no address for this place, so no letter can be sent. Choose another way."))
    if way == Claim.Way.PHONE and not place.phone:
        raise Refusal(_("We have no telephone number for this place. Choose another way."))
    if (
        place.organisation_id
        and Role.objects.filter(
            person=person, kind=Role.Kind.MERCHANT, organisation=place.organisation_id, town=place.town_id
        ).exists()
    ):
        raise Refusal(_("You speak for this place already."))
    mine = list(Claim.objects.filter(town=place.town_id, person=person).prefetch_related("events"))
    running = [claim for claim in mine if claim_state(claim, at).is_open]
    if any(claim.place_id == place.pk for claim in running):
        raise Refusal(_("You have asked for this place already."))
    recent = [claim for claim in mine if claim.events.all()[0].at > at - timedelta(days=30)]
    if len(running) >= MOST_OPEN or len(recent) >= MOST_ASKED:
        raise Refusal(_("You have asked for several places. Wait for their answer, or call the town hall."))


def _locked(claim: Claim) -> Claim:
    return (
        Claim.objects.select_for_update(of=("self",))
        .select_related("place", "place__organisation", "place__town", "person", "town")
        .get(pk=claim.pk)
    )


def _must_be_open(claim: Claim, at: datetime, *, settling: bool = False) -> None:
    """Raises Refusal for a claim that is over; an agent may still settle one whose code was lost or mistyped."""
    late = {Standing.EXPIRED, Standing.LOCKED} if settling else set()
    if claim_state(claim, at).standing not in OPEN | late:
        raise Refusal(_("This request is settled already."))


def _note(claim: Claim, kind: str, at: datetime, by: Person | None, note: str = "") -> None:
    ClaimEvent.objects.create(town_id=claim.town_id, claim=claim, kind=kind, at=at, by=by, note=note)


def _registered(claim: Claim) -> Organisation | None:
    """The organisation of the town that bears the claim's number."""
    if not claim.registration_number:
        return None
    known = Organisation.objects.filter(town=claim.town_id, registration_number=claim.registration_number)
    return known.order_by("pk").first()


def _give(claim: Claim, place: Place, *, joins: bool, at: datetime, by: Person) -> Organisation:
    """The person speaks for the place from now on."""
    former = place.organisation
    organisation = former if joins and former is not None else _registered(claim)
    if organisation is None:
        organisation = Organisation.objects.create(
            town_id=claim.town_id,
            name=claim.business,
            registration_number=claim.registration_number,
            email=claim.person.email,
            phone=claim.phone,
        )
        audit.record("organisation.made", organisation, at=at, town_id=claim.town_id, actor=by)
    role, made = Role.objects.get_or_create(
        town_id=claim.town_id, person=claim.person, kind=Role.Kind.MERCHANT, organisation=organisation
    )
    if made:
        audit.record("role.given", role, at=at, town_id=claim.town_id, actor=by, kind=role.kind)
    if place.organisation_id != organisation.pk:
        Place.objects.filter(pk=place.pk).update(organisation=organisation)
        ReminderWish.objects.filter(place=place).delete()  # the number and the wishes of those who spoke before
        audit.record("place.claimed", place, at=at, town_id=claim.town_id, actor=by)
    _note(claim, Kind.CONFIRMED, at, by)
    audit.record("claim.confirmed", claim, at=at, town_id=claim.town_id, actor=by)
    letters.claim_confirmed(claim)
    if former is not None and former.pk != organisation.pk:
        letters.claim_taken_over(claim, former)
    return organisation
