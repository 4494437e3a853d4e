"""What the agents of two towns are told by mail about their agreement, each in their language, once."""

from datetime import date

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from parvis.core import outbox
from parvis.delivery.models import Agreement, SharedMonth
from parvis.people.models import Person, Role
from parvis.towns.links import town_url
from parvis.towns.models import Town


def proposed(agreement: Agreement) -> None:
    """The other town's agents have something to decide."""
    _tell(agreement, "asked" if agreement.from_guest else "proposed", agreement.signer)


def signed(agreement: Agreement) -> None:
    """The agents of the town that proposed hear that it holds."""
    _tell(agreement, "signed", agreement.proposer)


def closed(agreement: Agreement, by: Town) -> None:
    """The other town hears that nothing comes of it."""
    _tell(agreement, "closed", agreement.other(by))


def ending(agreement: Agreement, by: Town) -> None:
    """The other town hears of the last day."""
    _tell(agreement, "ending", agreement.other(by))


def issued(month: SharedMonth) -> None:
    """The guest's agents may read what a month costs."""
    _tell(month.agreement, "issued", month.agreement.guest, first=month.first_day)


def agents_of(town: Town) -> list[Person]:
    """Those who decide for a town."""
    found = Person.objects.filter(roles__town=town, roles__kind=Role.Kind.AGENT, is_active=True)
    return list(found.distinct().order_by("pk"))


def _tell(agreement: Agreement, what: str, to: Town, first: date | None = None) -> None:
    for person in agents_of(to):
        if not outbox.is_wanted(person.email):
            continue
        with translation.override(person.language or to.default_language):
            url = town_url(to, reverse("agent-agreement", args=[agreement.pk]))
            context = {"what": what, "agreement": agreement, "other": agreement.other(to), "first": first, "url": url}
            text = render_to_string("delivery/mail/agreement.txt", context)
        subject, _, body = text.strip().partition("\n")
        key = f"agreement-{what}:{agreement.pk}:{first or ''}:{person.pk}"
        outbox.send_mail(key=key, to=person.email, subject=subject, body=body.strip() + "\n", town_id=to.pk)
