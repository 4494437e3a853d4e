"""How long personal data is kept: one table, read by ``parvis purge`` and by nothing else.

Run it daily. It deletes or blanks what each room's docstring promises, in one transaction per line.
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from parvis.bulletin.models import Post, PostEvent
from parvis.core.models import AuditEntry, OutboxMessage
from parvis.delivery.models import Delivery, DeliveryEvent, Rating, RefusedTap, RiderPosition
from parvis.joining.models import Invitation, Preregistration
from parvis.market.actions.bringing import forget as forget_goods
from parvis.market.models import (
    Basket,
    Document,
    GoodsChange,
    GoodsImport,
    Order,
    ProviderCall,
    ProviderEvent,
    Telling,
    Voucher,
    Withdrawal,
)
from parvis.market.papers import SIMPLIFIED_UP_TO_CENTS
from parvis.people.models import BankAccount
from parvis.places.models import Change, Claim, ImportRun, Place, Reminder, Report

BLANK_NAME = "—"


@dataclass(frozen=True, slots=True)
class Rule:
    """What, after how long, and the function that removes what is older and says how many."""

    what: str
    keep: timedelta
    remove: Callable[[datetime], int]


def _messages(before: datetime) -> int:
    return OutboxMessage.objects.filter(created_at__lt=before).exclude(sent_at=None, given_up=False).delete()[0]


def _audit(before: datetime) -> int:
    return AuditEntry.objects.filter(at__lt=before).delete()[0]


def _baskets(before: datetime) -> int:
    return Basket.objects.filter(updated_at__lt=before).delete()[0]


def _deliveries(before: datetime) -> int:
    old = Delivery.objects.filter(window__ends_at__lt=before).exclude(name=BLANK_NAME)
    proofs = DeliveryEvent.objects.filter(delivery__in=old)
    for event in proofs.exclude(photo=""):
        event.photo.delete(save=False)
    proofs.update(photo="", detail={})
    Rating.objects.filter(delivery__in=old).update(comment="")
    blank = {"phone": "", "address": "", "note": "", "leave_with": "", "leave_note": ""}
    return old.update(name=BLANK_NAME, lon=0, lat=0, **blank)


def _positions(before: datetime) -> int:
    """A position is forgotten when the bike is back; here goes what nobody said to be over."""
    return RiderPosition.objects.filter(day__lt=before.date()).delete()[0]


def _refused_taps(before: datetime) -> int:
    return RefusedTap.objects.filter(at__lt=before).delete()[0]


def _orders(before: datetime) -> int:
    old = Order.objects.filter(placed_at__lt=before).exclude(name=BLANK_NAME)
    Telling.objects.filter(order__in=old).delete()
    return old.update(name=BLANK_NAME, email="", phone="", address="", note="", person=None)


def _withdrawals(before: datetime) -> int:
    old = Withdrawal.objects.filter(asked_at__lt=before).exclude(name=BLANK_NAME)
    return old.update(name=BLANK_NAME, email="", words="")


def _payment_pages(before: datetime) -> int:
    return ProviderCall.objects.filter(wanted_at__lt=before).forget_pages()


def _payment_news(before: datetime) -> int:
    """News that nobody could handle stays: somebody must look."""
    return ProviderEvent.objects.filter(received_at__lt=before).exclude(handled_at=None).delete()[0]


def _small_invoices(before: datetime) -> int:
    """A simplified invoice needs no buyer (directive 2006/112/EC, article 226b): the name goes with the order's."""
    small = Document.objects.filter(gross_cents__range=(-SIMPLIFIED_UP_TO_CENTS, SIMPLIFIED_UP_TO_CENTS))
    return small.filter(issued_at__lt=before).exclude(recipient={}).update(recipient={})


def _invoices(before: datetime) -> int:
    return Document.objects.filter(issued_at__lt=before).exclude(recipient={}).update(recipient={})


def _voucher_addresses(before: datetime) -> int:
    return Voucher.objects.filter(campaign__last_day__lt=before.date()).exclude(email="").update(email="")


def _reporters(before: datetime) -> int:
    return PostEvent.objects.filter(at__lt=before).exclude(reporter="").update(reporter="")


def _ended_posts(before: datetime) -> int:
    ended = PostEvent.objects.filter(at__lt=before, kind__in=[PostEvent.Kind.REFUSED, PostEvent.Kind.WITHDRAWN])
    old = Post.objects.filter(pk__in=ended.values("post"))
    for post in old.exclude(picture=""):
        post.picture.delete(save=False)
    return old.delete()[1].get("bulletin.Post", 0)


def _claims(before: datetime) -> int:
    """Whatever came of them: who speaks for a place is a role, and the audit trail says since when."""
    old = Claim.objects.annotate(last=Max("events__at")).filter(last__lt=before)
    return Claim.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()[1].get("places.Claim", 0)


def _reports(before: datetime) -> int:
    return Report.objects.filter(at__lt=before).delete()[0]


def _senders(before: datetime) -> int:
    return Report.objects.filter(at__lt=before).exclude(sender="").update(sender="")


def _reminders(before: datetime) -> int:
    return Reminder.objects.filter(asked_at__lt=before).delete()[0]


def _imports(before: datetime) -> int:
    old = ImportRun.objects.filter(created_at__lt=before, applied_at=None)
    for run in old.only("file"):
        run.file.delete(save=False)
    return old.delete()[0]


def _goods_brought(before: datetime) -> int:
    old = list(GoodsImport.objects.filter(created_at__lt=before))
    for run in old:
        forget_goods(run)
    return len(old)


def _bulk_changes(before: datetime) -> int:
    return GoodsChange.objects.filter(at__lt=before).delete()[0]


def _replaced_pictures(before: datetime) -> int:
    """Pictures that only the history of an entry names; undoing brings none back then."""
    replaced = Q(before__picture__gt="") | Q(after__picture__gt="")
    names = {name for change in Change.objects.filter(replaced, at__lt=before) for name in _pictures_of(change)}
    names -= {name for change in Change.objects.filter(replaced, at__gte=before) for name in _pictures_of(change)}
    names -= set(Place.objects.filter(picture__in=names).values_list("picture", flat=True))
    for change in Change.objects.filter(Q(before__picture__in=names) | Q(after__picture__in=names)):
        for values in (change.before, change.after):
            if values.get("picture") in names:
                values["picture"] = ""
        change.save(update_fields=["before", "after"])
    for name in names:
        transaction.on_commit(partial(default_storage.delete, name))
    return len(names)


def _pictures_of(change: Change) -> set[str]:
    return {name for values in (change.before, change.after) if (name := values.get("picture"))}


def _preregistrations(before: datetime) -> int:
    """Whatever came of them: a shop that joined is known by its own rows."""
    old = Preregistration.objects.annotate(last=Max("events__at")).filter(last__lt=before)
    keys = list(old.values_list("pk", flat=True))
    return Preregistration.objects.filter(pk__in=keys).delete()[1].get("joining.Preregistration", 0)


def _invitations(before: datetime) -> int:
    return Invitation.objects.filter(sent_at__lt=before).delete()[0]


def _replaced_accounts(before: datetime) -> int:
    """Until then a payment that comes back can be told from a mistake."""
    return BankAccount.objects.filter(replaced_at__lt=before).delete()[0]


def _joining_senders(before: datetime) -> int:
    return Preregistration.objects.filter(at__lt=before).exclude(sender="").update(sender="")


RULES = (
    Rule("messages that have left", timedelta(days=90), _messages),
    Rule("audit entries", timedelta(days=3 * 365), _audit),
    Rule("baskets left alone", timedelta(days=30), _baskets),
    Rule("names, wishes and proofs of deliveries, and the words of ratings", timedelta(days=90), _deliveries),
    Rule("taps of riders that could not be used", timedelta(days=30), _refused_taps),
    Rule("that a rider let their position be seen, after its day", timedelta(days=0), _positions),
    Rule("names and addresses of orders", timedelta(days=3 * 365), _orders),
    Rule("names in cases of withdrawal", timedelta(days=3 * 365), _withdrawals),
    Rule("addresses of payment pages", timedelta(days=30), _payment_pages),
    Rule("news of payment providers", timedelta(days=90), _payment_news),
    Rule("buyers' names on invoices up to 100 €", timedelta(days=3 * 365), _small_invoices),
    Rule("buyers' names on larger invoices", timedelta(days=10 * 365), _invoices),
    Rule("to whom vouchers were sent, after their last day", timedelta(days=365), _voucher_addresses),
    Rule("who reported a post", timedelta(days=30), _reporters),
    Rule("posts refused or withdrawn", timedelta(days=365), _ended_posts),
    Rule("requests to keep an entry, after their last step", timedelta(days=365), _claims),
    Rule("reports of residents about entries", timedelta(days=365), _reports),
    Rule("from which network a report came (a digest)", timedelta(days=30), _senders),
    Rule("the month's questions to shops", timedelta(days=365), _reminders),
    Rule("files of imports that nobody applied", timedelta(days=30), _imports),
    Rule("goods that a shop brought in bulk", timedelta(days=90), _goods_brought),
    Rule("who changed a shop's goods in bulk, and from what", timedelta(days=365), _bulk_changes),
    Rule("pictures that an entry showed before", timedelta(days=365), _replaced_pictures),
    Rule("pre-registrations of shops, after their last step", timedelta(days=365), _preregistrations),
    Rule("invitations of merchants", timedelta(days=365), _invitations),
    Rule("bank accounts that a shop has replaced", timedelta(days=395), _replaced_accounts),
    Rule("from which network a pre-registration came (a digest)", timedelta(days=30), _joining_senders),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``parvis purge``."""
    parser.add_argument("--list", action="store_true", help="show the table and delete nothing")


def run(options: argparse.Namespace) -> int:
    """Remove what is too old; says what and how many."""
    now = timezone.now()
    for rule in RULES:
        if options.list:
            print(f"{rule.what}: {rule.keep.days} days")
            continue
        with transaction.atomic():
            print(f"{rule.what}: {rule.remove(now - rule.keep)} removed", file=sys.stderr)
    return 0
