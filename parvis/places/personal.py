"""What the room knows about somebody: entries they asked for, what they reported, what they changed."""

from datetime import datetime

from django.utils.translation import gettext as _

from parvis.core.personal import Held, Subject, plain
from parvis.places.models import Change, Check, Claim, ClaimEvent, Conflict, ImportRun, Report


def held(subject: Subject) -> Held:
    """Everything; reports only with the mail address that they came from."""
    me = subject.person
    reports = Report.objects.filter(email__iexact=subject.email) if subject.email else Report.objects.none()
    claims = Claim.objects.filter(person=me)
    return {
        "places.Claim": plain(claims, "place__name", "way", "business", "registration_number", "phone"),
        "places.ClaimEvent": plain(ClaimEvent.objects.filter(claim__in=claims).order_by("at"), "at", "kind", "note"),
        "places.Report": plain(reports.order_by("at"), "at", "place__name", "kind", "words", "email", "answer"),
        "places.Report (settled by me)": plain(Report.objects.filter(settled_by=me), "settled_at", "place__name"),
        "places.Change": plain(Change.objects.filter(by=me).order_by("at"), "at", "place__name"),
        "places.Check": plain(Check.objects.filter(by=me), "at", "place__name"),
        "places.ImportRun": plain(ImportRun.objects.filter(by=me), "created_at", "file_name"),
        "places.Conflict": plain(Conflict.objects.filter(settled_by=me), "settled_at", "place__name"),
    }


def hindrances(subject: Subject, at: datetime) -> list[str]:
    """Nothing here holds anybody back."""
    return []


def kept(subject: Subject) -> list[str]:
    """The directory stays right without knowing who made it so."""
    if Change.objects.filter(by=subject.person).exists():
        return [_("What you changed in the directory stays, without your name.")]
    return []


def erase(subject: Subject, at: datetime) -> None:
    """Requests go; reports lose their sender, who is then not answered any more."""
    Claim.objects.filter(person=subject.person).delete()
    if subject.email:
        Report.objects.filter(email__iexact=subject.email).update(email="", sender="")
