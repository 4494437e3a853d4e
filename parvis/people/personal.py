"""What the room knows about somebody: the account, its mail addresses, its roles."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from parvis.core.personal import NOBODY, Held, Subject, plain
from parvis.people.models import Person, Role


def subject_of(person: Person, *, proven: bool = False) -> Subject:
    """An account; its mail address counts once its owner has shown that they read it."""
    shown = EmailAddress.objects.filter(user=person, email__iexact=person.email, verified=True).exists()
    return Subject(person, person.email if proven or shown else "")


def held(subject: Subject) -> Held:
    """The account as it stands."""
    me = Person.objects.filter(pk=subject.person.pk)
    fields = ("email", "name", "phone", "language", "created_at", "last_login")
    return {
        "people.Person": plain(me, *fields),
        "people.Role": plain(Role.objects.filter(person=subject.person), "kind", "town__name", "organisation__name"),
        "account.EmailAddress": plain(EmailAddress.objects.filter(user=subject.person), "email", "verified"),
    }


def hindrances(subject: Subject, at: datetime) -> list[str]:
    """An account by itself can always go."""
    return []


def kept(subject: Subject) -> list[str]:
    """A rider's past shifts stay, without a name."""
    return [_("Shifts that you rode stay in the town's plans, without your name.")] if _rode(subject) else []


def _rode(subject: Subject) -> bool:
    return Role.objects.filter(person=subject.person, kind=Role.Kind.RIDER).exists()


def erase(subject: Subject, at: datetime) -> None:
    """The account goes; where a shift still points to it, an empty one stays that nobody can enter."""
    me = Person.objects.get(pk=subject.person.pk)
    Role.objects.filter(person=me).delete()
    EmailAddress.objects.filter(user=me).delete()
    try:
        me.delete()
    except ProtectedError:
        me.email, me.name, me.phone, me.language = f"gone-{me.pk}@invalid", NOBODY, "", ""
        me.is_active = False
        me.set_unusable_password()
        me.save()
