"""Inviting the person who runs a shop, and what their link does: an account, a role, nothing else.

Lock: the opening, then its invitation (``docs/locking.md``): two presses of one link are one role.
"""

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.joining import letters
from parvis.joining.actions.calls import note_outcome
from parvis.joining.actions.opening import NewShop, make_shop
from parvis.joining.invitations import Standing, digest_of, new_secret, standing_of
from parvis.joining.models import CallEvent, Invitation, Opening, Preregistration
from parvis.joining.models.rules import rules_of
from parvis.people.models import Person, Role

MOST_A_DAY = 5  # of one shop: a mailbox is not filled by mistake


@transaction.atomic
def confirm_call(
    *, preregistration: Preregistration, new: NewShop, contact: str, note: str, at: datetime, by: Person
) -> Opening:
    """The shop takes part: its call ends, the shop is made, and the person who runs it is invited."""
    note_outcome(preregistration=preregistration, outcome=CallEvent.Kind.CONFIRMED, at=at, by=by, note=note)
    opening = make_shop(town=preregistration.town, new=new, at=at, by=by, preregistration=preregistration)
    invite(opening=opening, email=new.email, name=contact, at=at, by=by, language=preregistration.language)
    return opening


@transaction.atomic
def invite(
    *, opening: Opening, email: str, name: str, at: datetime, by: Person | None, language: str = ""
) -> Invitation:
    """A link by mail; an earlier one holds no more. Raises Refusal when too many were sent in a day."""
    Opening.objects.select_for_update(of=("self",)).get(pk=opening.pk)
    earlier = Invitation.objects.filter(opening=opening)
    if earlier.filter(sent_at__gt=at - timedelta(days=1)).count() >= MOST_A_DAY:
        raise Refusal(_("Several invitations were sent today. Wait until tomorrow."))
    earlier.filter(replaced_at=None, used_at=None).update(replaced_at=at)
    secret = new_secret()
    made = Invitation.objects.create(
        town_id=opening.town_id,
        opening=opening,
        email=email.lower(),
        name=name,
        digest=digest_of(secret),
        sent_at=at,
        expires_at=at + timedelta(days=rules_of(opening.town).invitation_days),
        by=by,
    )
    audit.record("opening.invited", made, at=at, town_id=opening.town_id, actor=by)
    letters.invitation(made, secret, language)
    return made


@transaction.atomic
def accept_invitation(
    *, invitation: Invitation, person: Person | None, name: str, language: str, at: datetime
) -> Person:
    """``person`` speaks for the shop from now on; None is somebody without an account, who gets one.

    Raises Refusal when the link has ended, or when its address has an account that nobody has signed in to.
    """
    Opening.objects.select_for_update(of=("self",)).get(pk=invitation.opening_id)
    invitation = (
        Invitation.objects.select_for_update(of=("self",)).select_related("opening__shop").get(pk=invitation.pk)
    )
    if standing_of(invitation, at) is not Standing.LIVING:
        raise Refusal(_("This link holds no more."))
    person = person or _new_account(invitation, name, language)
    role, made = Role.objects.get_or_create(
        town_id=invitation.town_id,
        person=person,
        kind=Role.Kind.MERCHANT,
        organisation=invitation.opening.shop.organisation,
    )
    if made:
        audit.record("role.given", role, at=at, town_id=invitation.town_id, actor=person, kind=role.kind)
    invitation.used_at, invitation.used_by = at, person
    invitation.save(update_fields=["used_at", "used_by"])
    audit.record("opening.accepted", invitation, at=at, town_id=invitation.town_id, actor=person)
    return person


def _new_account(invitation: Invitation, name: str, language: str) -> Person:
    """The link was read in the mailbox, so the address is proved."""
    if Person.objects.filter(email=invitation.email).exists():
        raise Refusal(_("This address has an account: sign in first."))
    person = Person.objects.create_user(invitation.email, name=name.strip()[:120], language=language)
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person
