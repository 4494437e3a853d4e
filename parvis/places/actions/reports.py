"""A resident tells the town that an entry is wrong; an agent settles it, and the resident gets an answer."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.people.models import Person
from parvis.places import letters
from parvis.places.actions.upkeep import is_right, mark_gone
from parvis.places.models import Place, Report

MOST_AN_HOUR = 6  # from one network address
MOST_WAITING = 10  # about one place
Outcome = Report.Outcome


def sender_of(address: str, at: datetime) -> str:
    """The day's digest of a network address: enough to count, and nobody can be found by it the day after."""
    return salted_hmac("parvis.places.reports", f"{at:%Y-%m-%d}:{address}", algorithm="sha256").hexdigest()[:32]


@transaction.atomic
def report_place(
    *, place: Place, kind: str, words: str, email: str, sender: str, language: str, at: datetime
) -> Report:
    """Keep what a resident tells. Raises Refusal when the same door or the same place is told too often."""
    recent = Report.objects.filter(town=place.town_id, sender=sender, at__gt=at - timedelta(hours=1))
    if sender and recent.count() >= MOST_AN_HOUR:
        raise Refusal(_("Thank you, that is a lot for one hour. Come back later, or call the town hall."))
    if Report.objects.filter(place=place, settled_at=None).count() >= MOST_WAITING:
        raise Refusal(_("The town hall has been told already and is looking at it. Thank you."))
    report = Report.objects.create(
        town_id=place.town_id,
        place=place,
        kind=kind,
        words=words.strip()[:600],
        email=email,
        sender=sender,
        language=language,
        at=at,
    )
    audit.record("place.reported", report, at=at, town_id=place.town_id, kind=kind)
    return report


@transaction.atomic
def settle_report(*, report: Report, outcome: str, answer: str, at: datetime, by: Person) -> None:
    """An agent has looked: right as it stood, corrected, or gone; who told us is answered and then forgotten."""
    Place.objects.select_for_update(of=("self",)).get(pk=report.place_id)
    report = Report.objects.select_for_update(of=("self",)).select_related("place__town").get(pk=report.pk)
    if report.settled_at is not None:
        raise Refusal(_("This is settled already."))
    if outcome == Outcome.GONE:
        mark_gone(place=report.place, at=at, by=by)
    else:
        is_right(place=report.place, at=at, by=by)
    report.outcome, report.answer = outcome, answer.strip()[:600]
    report.settled_at, report.settled_by = at, by
    letters.report_settled(report)
    report.email = report.sender = ""
    report.save()
    audit.record("report.settled", report, at=at, town_id=report.town_id, actor=by, outcome=outcome)
