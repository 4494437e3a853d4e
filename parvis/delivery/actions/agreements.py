"""Two towns agree, and part: one proposes, the other signs or refuses, either gives notice; months are issued."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.core.time import day_of
from parvis.delivery import agreement_letters as letters
from parvis.delivery.models import Agreement, Hub, SharedHub, SharedMonth
from parvis.delivery.shared_months import last_of, month_of, months_of, stored
from parvis.towns.models import Town


@transaction.atomic
def propose_agreement(
    *,
    town: Town,
    guest: Town,
    title: str,
    voted_on: date,
    starts_on: date,
    ends_on: date | None,
    notice_days: int,
    hubs: Collection[Hub],
    rule: str,
    guest_percent: int | None,
    at: datetime,
    by: Any,
    text: str = "",
    paper: "File[Any] | None" = None,
    from_guest: bool = False,
) -> Agreement:
    """One town writes the terms and signs them; nothing is shared before the other has signed too. ``town`` rides.

    Where it is the guest who writes, the host names the hubs as it signs. Raises Refusal where the towns cannot plan
    one day together, or where nothing would be shared.
    """
    if from_guest:
        check_host(guest, town)
    else:
        check_neighbours(town, guest)
        if not hubs:
            raise Refusal(_("Choose at least one hub."))
    if ends_on is not None and ends_on < day_of(at, town.zone):
        raise Refusal(_("The last day is over already."))
    agreement = Agreement.objects.create(
        town=town,
        guest=guest,
        title=title,
        voted_on=voted_on,
        text=text,
        paper=paper or "",
        starts_on=starts_on,
        ends_on=ends_on,
        notice_days=notice_days,
        rule=rule,
        guest_percent=guest_percent if rule == Agreement.Rule.PERCENT else None,
        from_guest=from_guest,
        proposed_at=at,
        proposed_by=by,
    )
    SharedHub.objects.bulk_create(SharedHub(town=town, agreement=agreement, hub=hub) for hub in hubs)
    _audit("propose_agreement", agreement, at, by)
    letters.proposed(agreement)
    return agreement


def check_neighbours(town: Town, other: Town) -> None:
    """Raises Refusal where two towns cannot share: a day and an amount must mean the same in both."""
    if town.pk == other.pk:
        raise Refusal(_("An agreement needs two towns."))
    if town.timezone != other.timezone:
        raise Refusal(_("%(town)s has another time zone: its day is not yours.") % {"town": other.name})
    if town.currency != other.currency:
        raise Refusal(_("%(town)s has another currency: costs could not be shared to the cent.") % {"town": other.name})


def check_host(town: Town, other: Town) -> None:
    """Raises Refusal where another town cannot ride for this one: bikes start from a hub."""
    check_neighbours(town, other)
    if not Hub.objects.filter(town=other).exists():
        raise Refusal(_("%(town)s has no hub here: its bikes cannot be shared.") % {"town": other.name})


@transaction.atomic
def sign_agreement(*, agreement: Agreement, at: datetime, by: Any, hubs: Collection[Hub] = ()) -> None:
    """The other town signs: from now on the guest's buyers are offered the host's times, on the days of the agreement.

    ``hubs`` are named by a host that signs what a guest has proposed. The agreement's row is locked, then the hubs, so
    that two agreements on one hub see each other. Raises Refusal when it was decided already, when its last day is
    over, or when a hub is shared otherwise on the same days.
    """
    agreement = _locked(agreement)
    _check_open(agreement)
    if agreement.from_guest:
        if not hubs:
            raise Refusal(_("Choose at least one hub."))
        SharedHub.objects.bulk_create(
            SharedHub(town=agreement.town, agreement=agreement, hub=hub) for hub in hubs
        )  # fmt: skip
    if agreement.last_day is not None and agreement.last_day < day_of(at, agreement.guest.zone):
        raise Refusal(_("The last day of this agreement is over already."))
    hubs = list(
        Hub.objects.select_for_update(no_key=True).filter(shared_hubs__agreement=agreement).order_by("pk")
    )  # fmt: skip
    for hub in hubs:
        _check_hub(agreement, hub)
    agreement.signed_at, agreement.signed_by = at, by
    agreement.save(update_fields=["signed_at", "signed_by"])
    _audit("sign_agreement", agreement, at, by)
    letters.signed(agreement)


def _check_hub(agreement: Agreement, hub: Hub) -> None:
    """One hub, one rule at a time; shares of a whole are never more than the whole."""
    signed = Agreement.objects.signed().filter(shared_hubs__hub=hub).select_related("guest")
    others = [other for other in signed if agreement.overlaps(other)]
    said = {"hub": hub.name}
    if any(other.guest_id == agreement.guest_id for other in others):
        raise Refusal(_("%(hub)s is shared between the two towns on these days already.") % said)
    if any(other.rule != agreement.rule for other in others):
        raise Refusal(_("%(hub)s is shared with another town on these days, and costs are split otherwise.") % said)
    if agreement.rule == Agreement.Rule.PERCENT:
        percent = sum(one.guest_percent or 0 for one in (agreement, *others))
        if percent > 100:
            raise Refusal(_("The towns that share %(hub)s would bear more than the whole of its costs.") % said)


@transaction.atomic
def close_agreement(*, agreement: Agreement, town: Town, at: datetime, by: Any) -> None:
    """One town refuses what was proposed, or the other takes it back. Raises Refusal once it is decided."""
    agreement = _locked(agreement)
    _check_open(agreement)
    agreement.closed_at, agreement.closed_from = at, town
    agreement.save(update_fields=["closed_at", "closed_from"])
    _audit("close_agreement", agreement, at, by, by_host=town.pk == agreement.town_id)
    letters.closed(agreement, town)


@transaction.atomic
def give_notice(*, agreement: Agreement, town: Town, last_day: date, at: datetime, by: Any) -> None:
    """Either town ends it. What is promised is still ridden; no time after ``last_day`` is promised any more.

    Raises Refusal before it was signed, when it ends as soon without notice, or when the notice is too short.
    """
    agreement = _locked(agreement)
    today = day_of(at, town.zone)
    if agreement.signed_at is None or agreement.notice_at is not None:
        raise Refusal(_("No notice can be given on this agreement any more."))
    if agreement.ends_on is not None and last_day >= agreement.ends_on:
        raise Refusal(_("It ends by then without notice."))
    if last_day < agreement.first_notice(today):
        raise Refusal(_("The agreement asks for %(days)d days of notice.") % {"days": agreement.notice_days})
    agreement.notice_at, agreement.notice_from, agreement.notice_ends_on = at, town, last_day
    agreement.save(update_fields=["notice_at", "notice_from", "notice_ends_on"])
    _audit("give_notice", agreement, at, by, last_day=last_day.isoformat(), by_host=town.pk == agreement.town_id)
    letters.ending(agreement, town)


@transaction.atomic
def issue_month(*, agreement: Agreement, first: date, at: datetime, by: Any) -> SharedMonth:
    """The host closes a month: its statement stands from now on. Twice is harmless.

    Raises Refusal while the month runs, or where the agreement did not hold in it.
    """
    agreement = _locked(agreement)
    today = day_of(at, agreement.town.zone)
    if first not in months_of(agreement, today):
        raise Refusal(_("The agreement did not hold in this month."))
    if last_of(first) >= today:
        raise Refusal(_("The month is not over yet."))
    month = month_of(agreement, first, at)
    if month.issued is not None:
        return month.issued
    made = SharedMonth.objects.create(
        town=agreement.town,
        agreement=agreement,
        first_day=first,
        issued_at=at,
        issued_by=by,
        lines=stored(month.lines),
    )
    _audit("issue_month", agreement, at, by, month=f"{first:%Y-%m}", cents=month.total.guest_cost.cents)
    letters.issued(made)
    return made


def _locked(agreement: Agreement) -> Agreement:
    return Agreement.objects.select_for_update(of=("self",)).select_related("town", "guest").get(pk=agreement.pk)


def _check_open(agreement: Agreement) -> None:
    if agreement.signed_at is not None:
        raise Refusal(_("This agreement is signed already."))
    if agreement.closed_at is not None:
        raise Refusal(_("This agreement was refused or taken back."))


def _audit(verb: str, agreement: Agreement, at: datetime, by: Any, **detail: Any) -> None:
    """A row in the trail of each of the two towns."""
    for town_id in (agreement.town_id, agreement.guest_id):
        audit.record(verb, agreement, at=at, town_id=town_id, actor=by, **detail)
