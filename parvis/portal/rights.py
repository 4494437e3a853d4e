"""People's rights over what is held about them, across all rooms: one literal table, read from top to bottom.

Every table of the installation that names people stands in ``COVERED`` (a test walks all models), with the room that
shows and erases it, or with the reason why it is not about a person.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from types import ModuleType
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from parvis.bulletin import personal as bulletin
from parvis.core import audit
from parvis.core import personal as core
from parvis.core.errors import Refusal
from parvis.core.personal import Held, Subject
from parvis.delivery import personal as delivery
from parvis.joining import personal as joining
from parvis.market import personal as market
from parvis.market.models import Document
from parvis.market.paper_pdf import document_pdf
from parvis.people import personal as people
from parvis.places import personal as places

# Erased in this order: what points to the account first, the account last.
ROOMS: tuple[tuple[Promise, ModuleType], ...] = (
    (_("Orders and baskets"), market),
    (_("Deliveries"), delivery),
    (_("News that you follow or wrote"), bulletin),
    (_("The directory"), places),
    (_("Asking to join as a shop"), joining),
    (_("Messages and traces"), core),
    (_("Your account"), people),
)


@dataclass(frozen=True, slots=True)
class Chapter:
    """One room's answer: its title, its tables with how many rows each has."""

    title: str
    tables: tuple[tuple[str, int], ...]

    @property
    def count(self) -> int:
        """Rows in all."""
        return sum(count for _name, count in self.tables)


def held(subject: Subject) -> Held:
    """Everything held about somebody, by table."""
    everything: Held = {}
    for _title, room in ROOMS:
        everything |= room.held(subject)
    return everything


def chapters(subject: Subject) -> list[Chapter]:
    """The same, counted, for a page."""
    return [
        Chapter(str(title), tuple((name, len(rows)) for name, rows in room.held(subject).items() if rows))
        for title, room in ROOMS
    ]


def archive(subject: Subject, at: datetime) -> bytes:
    """All of it as one ZIP: ``data.json``, and invoices as PDF."""
    everything = held(subject)
    papers = Document.objects.filter(order__in=market.orders_of(subject)).in_order().select_related("order__town")
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as file:
        data = {"made_at": at, "held": everything}
        file.writestr("data.json", json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1))
        for paper in papers:
            file.writestr(f"invoices/{paper.code}.pdf", document_pdf(paper))
    return out.getvalue()


def hindrances(subject: Subject, at: datetime) -> list[str]:
    """What must end before the account can go."""
    return [said for _title, room in ROOMS for said in room.hindrances(subject, at)]


def kept(subject: Subject) -> list[str]:
    """What stays, and why."""
    return [said for _title, room in ROOMS for said in room.kept(subject)]


@transaction.atomic
def erase(*, subject: Subject, at: datetime) -> None:
    """The account goes with all that names it. Raises Refusal while something is under way; cannot be undone."""
    if said := hindrances(subject, at):
        raise Refusal(said[0])
    audit.record("erase_person", subject.person, at=at, town_id=None)
    for _title, room in ROOMS:
        room.erase(subject, at)


COVERED: dict[str, str] = {
    "core.AuditEntry": "core",
    "core.OutboxMessage": "core",
    "people.Person": "people",
    "people.Role": "people",
    "account.EmailAddress": "people",
    "people.Organisation": "a business, not a person",
    "people.BankAccount": "where a business is paid; goes a while after it was replaced",
    "auth.Group": "not used",
    "auth.Permission": "names of the program",
    "towns.Town": "a town",
    "places.Place": "a shop's or a service's public entry",
    "places.ReminderWish": "how a shop wants to be asked; goes with its entry",
    "places.Report": "places",
    "places.Change": "places",
    "places.Check": "places",
    "places.Claim": "places",
    "places.ClaimEvent": "places",
    "places.ImportRun": "places",
    "places.Conflict": "places",
    "delivery.Hub": "a depot",
    "delivery.Agreement": "what two towns agreed; who signed is forgotten with the account",
    "delivery.SharedMonth": "what a month cost two towns; who issued it is forgotten with the account",
    "delivery.Bike": "a bike",
    "delivery.Bag": "the shop that packed it",
    "delivery.Shift": "delivery",
    "delivery.Delivery": "delivery",
    "delivery.BagEvent": "delivery",
    "delivery.DeliveryEvent": "delivery",
    "delivery.Plan": "delivery",
    "delivery.RefusedTap": "delivery",
    "delivery.RiderPosition": "delivery",
    "delivery.RoadClosure": "a street that is closed; who drew it is forgotten with the account",
    "delivery.Round": "delivery",
    "market.Shop": "a shop",
    "market.Modality": "what a shop tells all buyers",
    "market.Product": "goods",
    "market.GoodsImport": "market",
    "market.GoodsChange": "market",
    "market.KnownProduct": "goods of a public register",
    "market.OptionGroup": "goods",
    "market.Option": "goods",
    "market.LedgerTransaction": "accounting: what a movement of money is about",
    "market.Fund": "public money",
    "market.FundLine": "public money",
    "market.FundPromise": "public money, to businesses",
    "market.VoucherCampaign": "public money",
    "market.Voucher": "market",
    "market.Cycle": "when things are ordered and collected",
    "market.Operator": "who runs the market",
    "market.Basket": "market",
    "market.Order": "market",
    "market.Line": "market",
    "market.PartEvent": "market",
    "market.Document": "market",
    "market.Telling": "market",
    "market.TellingBrowser": "market",
    "market.Withdrawal": "market",
    "market.WithdrawalEvent": "market",
    "joining.Preregistration": "joining",
    "joining.CallEvent": "joining",
    "joining.Invitation": "joining",
    "joining.Opening": "joining",
    "joining.StepEvent": "joining",
    "bulletin.Follower": "bulletin",
    "bulletin.PushSubscription": "bulletin",
    "bulletin.Post": "bulletin",
    "bulletin.PostEvent": "bulletin",
}
