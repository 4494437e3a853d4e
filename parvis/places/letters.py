"""What claimants, shops and residents are told by mail, in their language; each letter has a key and leaves once."""

from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from parvis.core import outbox, sms
from parvis.people.models import Organisation, Person, Role
from parvis.places.essentials import essentials_of
from parvis.places.models import Claim, Place, Reminder, Report
from parvis.places.reminding import token_of
from parvis.towns.links import town_url
from parvis.towns.models import Town


def send(key: str, template: str, town: Town, to: str, language: str, headers: dict[str, str], **context: Any) -> None:
    """One mail from a template whose first line is its subject."""
    if not outbox.is_wanted(to):
        return
    with translation.override(language or town.default_language), timezone.override(town.zone):
        text = render_to_string(template, {"town": town} | context)
    subject, _, body = text.strip().partition("\n")
    outbox.send_mail(
        key=key, to=to, subject=subject, body=body.strip() + "\n", town_id=town.pk, headers=headers or None
    )


def people_of(organisation: Organisation) -> list[Person]:
    """Who speaks for an organisation, in the order in which they came."""
    roles = Role.objects.filter(organisation=organisation, kind=Role.Kind.MERCHANT, person__is_active=True)
    return [role.person for role in roles.select_related("person").order_by("pk")]


def place_url(place: Place, page: str = "place") -> str:
    """The whole address of a page of a place."""
    return town_url(place.town, reverse(page, args=[place.slug]))


def claim_confirmed(claim: Claim) -> None:
    """The claimant may now keep the entry."""
    _to_claimant(claim, "places/mail/claim_confirmed.txt", edit_url=place_url(claim.place) + "edit/")


def claim_refused(claim: Claim, reason: str) -> None:
    """The claimant reads why not."""
    _to_claimant(claim, "places/mail/claim_refused.txt", reason=reason)


def letter_is_on_its_way(claim: Claim, key: str) -> None:
    """The claimant knows that there is something to wait for, and where to type the code."""
    page = town_url(claim.place.town, reverse("claim", args=[claim.pk]))
    _to_claimant(claim, "places/mail/claim_letter.txt", f"claim-letter:{key}", claim_url=page)


def claim_taken_over(claim: Claim, former: Organisation) -> None:
    """Those who spoke for the place are told that somebody else does now."""
    addresses = {former.email: ""} | {person.email: person.language for person in people_of(former)}
    for to, language in addresses.items():
        if to and to != claim.person.email:
            send(
                f"claim-taken-over:{claim.pk}:{to}"[:200],
                "places/mail/claim_taken_over.txt",
                claim.place.town,
                to,
                language,
                {},
                place=claim.place,
                place_url=place_url(claim.place),
            )


def report_settled(report: Report) -> None:
    """Who told us reads what came of it."""
    send(
        f"report-settled:{report.pk}",
        "places/mail/report_settled.txt",
        report.place.town,
        report.email,
        report.language,
        {},
        report=report,
        place=report.place,
        place_url=place_url(report.place),
    )


def still_right_url(reminder: Reminder, page: str = "still-right") -> str:
    """The whole address of a page that answers the month's question."""
    return town_url(reminder.place.town, reverse(page, args=[token_of(reminder.pk)]))


def still_right_mail(reminder: Reminder, to: str, language: str, at: datetime) -> None:
    """The month's question, with what residents read, and a link for each answer."""
    place, stop = reminder.place, still_right_url(reminder, "still-right-stop")
    with translation.override(language), timezone.override(place.town.zone):
        essentials = essentials_of(place, at)
    send(
        f"still-right:{reminder.pk}",
        "places/mail/still_right.txt",
        place.town,
        to,
        language,
        # RFC 2369 and 8058: mail programs show their own button, and one press is enough
        {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
        place=place,
        essentials=essentials,
        right_url=still_right_url(reminder),
        changed_url=still_right_url(reminder, "still-right-changed"),
        stop_url=stop,
    )


def still_right_sms(reminder: Reminder, to: str, language: str) -> None:
    """The same question in at most two segments; its page has both answers."""
    town = reminder.place.town
    with translation.override(language):
        after = " : " + _("are your hours still right? Answer here:") + f" {still_right_url(reminder)}"
        body = sms.fitted(f"{town.name} - ", reminder.place.name, after)
    outbox.send_sms(key=f"still-right:{reminder.pk}", to=to, body=body, town_id=town.pk)


def _to_claimant(claim: Claim, template: str, key: str = "", **context: Any) -> None:
    name = template.rpartition("/")[2].removesuffix(".txt").replace("_", "-")
    data = {"claim": claim, "place": claim.place, "place_url": place_url(claim.place)} | context
    send(key or f"{name}:{claim.pk}", template, claim.place.town, claim.person.email, claim.person.language, {}, **data)
