"""What the room knows about somebody: baskets, orders, cases of withdrawal, invoices; and what they did for a shop.

Accounting keeps amounts and invoices ten years (France: code de commerce, article L123-22; Belgium: code of economic
law, article III.86). An invoice up to 100 € needs no buyer (directive 2006/112/EC, article 226b): its name goes at
once; above, the law wants the buyer named (article 226 (5)) for as long as the invoice is kept.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.core.ids import secret_token
from parvis.core.models import OutboxMessage
from parvis.core.personal import NOBODY, Held, Subject, plain
from parvis.delivery import personal as delivery_personal
from parvis.market.models import (
    Basket,
    BasketLine,
    Document,
    GoodsChange,
    GoodsImport,
    Line,
    Order,
    Part,
    PartEvent,
    Payment,
    PaymentEvent,
    ProviderCall,
    SellerPerson,
    Shop,
    Telling,
    TellingBrowser,
    Voucher,
    Withdrawal,
    WithdrawalEvent,
    WithdrawalLine,
)
from parvis.market.models.orders import OrderQuerySet
from parvis.market.papers import SIMPLIFIED_UP_TO_CENTS
from parvis.market.story import stories
from parvis.people.models import Role


def orders_of(subject: Subject) -> OrderQuerySet:
    """Orders of the account, and those placed without it from the same mail address."""
    mine = Q(person=subject.person)
    if subject.email:
        mine |= Q(person=None, email__iexact=subject.email)
    return Order.objects.filter(mine)


def _in_their_name(subject: Subject) -> Any:
    """What the yearly report tells of who trades in their own name, for those who speak for that business."""
    mine = Role.objects.filter(person=subject.person, kind=Role.Kind.MERCHANT).values("organisation")
    return SellerPerson.objects.filter(organisation__in=mine)


_BORN = ("first_name", "last_name", "born_on", "born_in", "born_country", "tin")


def held(subject: Subject) -> Held:
    """Everything about what somebody bought, and what they did for shops."""
    baskets = Basket.objects.filter(person=subject.person)
    lines = BasketLine.objects.filter(basket__in=baskets)
    wishes = Telling.objects.filter(Q(person=subject.person) | Q(order__in=orders_of(subject)))
    browsers = TellingBrowser.objects.filter(telling__in=wishes)
    brought, changed = GoodsImport.objects.filter(by=subject.person), GoodsChange.objects.filter(by=subject.person)
    done, cases = PartEvent.objects.filter(by=subject.person), WithdrawalEvent.objects.filter(by=subject.person)
    return {
        "market.Basket": plain(baskets, "town__name", "created_at", "updated_at"),
        "market.BasketLine": plain(lines, "product__name", "quantity"),
        "market.PartEvent (done by me)": plain(done.order_by("at"), "at", "kind", "part__order__code", "reason"),
        "market.WithdrawalEvent (done by me)": plain(cases.order_by("at"), "at", "kind", "reason"),
        "market.GoodsImport": plain(brought.order_by("created_at"), "created_at", "shop__name", "way", "name"),
        "market.GoodsChange": plain(changed.order_by("at"), "at", "shop__name", "kind"),
        "market.Voucher": plain(_vouchers(subject), "campaign__name", "code", "email", "value_cents", "left_cents"),
        "market.Telling": plain(wishes, "town__name", "by_sms", "phone", "quiet_from", "quiet_until"),
        "market.TellingBrowser": plain(browsers, "endpoint", "created_at"),
        "market.SellerPerson": plain(_in_their_name(subject), "organisation__name", *_BORN),
        **held_of(orders_of(subject).values_list("pk", flat=True)),
    }


def held_of(orders: Iterable[UUID]) -> Held:
    """Everything about some orders, the way to the door included."""
    pks = list(orders)
    mine = Order.objects.filter(pk__in=pks).order_by("placed_at")
    deliveries = [pk for pk in mine.values_list("delivery", flat=True) if pk]
    parts = Part.objects.filter(order__in=pks)
    lines = Line.objects.filter(part__in=parts).order_by("part__placed_at", "pk")
    papers = Document.objects.filter(order__in=pks).in_order()
    fields = ("code", "town__name", "placed_at", "name", "email", "phone", "language", "address", "note")
    sold = ("part__order__code", "part__shop__name", "name", "unit_price_cents", "vat_bp", "quantity")
    events = PartEvent.objects.filter(part__in=parts).order_by("at")
    cases = Withdrawal.objects.filter(part__in=parts)
    payments = Payment.objects.filter(order__in=pks).order_by("asked_at")
    paid = PaymentEvent.objects.filter(payment__in=payments).order_by("at")
    return {
        "market.Order": plain(mine, *fields),
        "market.Payment": plain(payments, "order__code", "provider", "reference", "amount_cents", "asked_at"),
        "market.PaymentEvent": plain(paid, "payment__order__code", "at", "kind", "amount_cents", "reason"),
        "market.Line": plain(lines, *sold, "prepared_quantity"),
        "market.PartEvent": plain(events, "part__order__code", "part__shop__name", "at", "kind", "reason"),
        "market.Withdrawal": plain(cases, "part__order__code", "asked_at", "name", "email", "words"),
        "market.WithdrawalLine": plain(
            WithdrawalLine.objects.filter(withdrawal__in=cases),
            "line__name",
            "quantity",
        ),
        "market.WithdrawalEvent": plain(
            WithdrawalEvent.objects.filter(withdrawal__in=cases).order_by("at"), "at", "kind", "reason", "cents"
        ),
        "market.Document": [
            {"number": paper.code, "issued_at": paper.issued_at, "recipient": paper.recipient, **paper.content}
            for paper in papers
        ],
        **delivery_personal.held_of(deliveries),
    }


def hindrances(subject: Subject, at: datetime) -> list[str]:
    """Orders and cases under way, and shops that nobody else speaks for."""
    return [*_open_orders(orders_of(subject), at), *_shops_alone(subject.person)]


def _open_orders(orders: OrderQuerySet, at: datetime) -> list[str]:
    live = orders.exclude(name=NOBODY)
    codes = [order.code for order in live.with_story() if not all(story.is_over for story in stories(order, at))]
    asked = Withdrawal.objects.filter(part__order__in=live).prefetch_related("events").select_related("part__order")
    codes += [case.part.order.code for case in asked if case.is_open and case.part.order.code not in codes]
    return [_("Order %(code)s is still under way. Come back when it is over.") % {"code": code} for code in codes]


def _shops_alone(person: Any) -> list[str]:
    mine = Role.objects.filter(person=person, kind=Role.Kind.MERCHANT).values("organisation")
    shared = Role.objects.filter(kind=Role.Kind.MERCHANT).exclude(person=person).values("organisation")
    alone = Shop.objects.filter(organisation__in=mine, is_open=True).exclude(organisation__in=shared)
    say = _("You alone speak for %(shop)s. Ask the town to close it, or to let somebody else speak for it, first.")
    return [say % {"shop": shop.name} for shop in alone]


def kept(subject: Subject) -> list[str]:
    """What accounting must keep."""
    return kept_of(orders_of(subject))


def kept_of(orders: OrderQuerySet) -> list[str]:
    """Of these orders."""
    said = []
    if count := orders.count():
        said.append(
            ngettext(
                "The amounts of %(count)d order, without your name: accounting keeps them ten years.",
                "The amounts of %(count)d orders, without your name: accounting keeps them ten years.",
                count,
            )
            % {"count": count}
        )
    if count := _large(Document.objects.filter(order__in=orders)).count():
        said.append(
            ngettext(
                "Your name and address on %(count)d invoice above 100 €: the law wants them there for ten years.",
                "Your name and address on %(count)d invoices above 100 €: the law wants them there for ten years.",
                count,
            )
            % {"count": count}
        )
    return said


def _small() -> Q:
    return Q(gross_cents__range=(-SIMPLIFIED_UP_TO_CENTS, SIMPLIFIED_UP_TO_CENTS))


def _large(papers: Any) -> Any:
    return papers.exclude(_small()).exclude(recipient={})


def erase(subject: Subject, at: datetime) -> None:
    """Orders forget their buyer, baskets go."""
    forget(list(orders_of(subject).values_list("pk", flat=True)))
    Basket.objects.filter(person=subject.person).delete()
    _vouchers(subject).update(email="")
    wishes = Telling.objects.filter(person=subject.person)
    OutboxMessage.objects.filter(to__in=_ringing(wishes)).delete()
    wishes.delete()


def _vouchers(subject: Subject) -> Any:
    """Vouchers that were sent to the mail address."""
    return Voucher.objects.filter(email__iexact=subject.email) if subject.email else Voucher.objects.none()


def _ringing(wishes: Any) -> list[str]:
    """The addresses that ring: telephones, and browsers by their key."""
    browsers = TellingBrowser.objects.filter(telling__in=wishes).values_list("pk", flat=True)
    return [*wishes.exclude(phone="").values_list("phone", flat=True), *(f"browser:{pk}" for pk in browsers)]


def forget(orders: Collection[UUID]) -> None:
    """These orders, their deliveries and cases name nobody any more; the links of their mails open nothing."""
    rows = Order.objects.filter(pk__in=orders)
    _forget_letters(rows)
    wishes = Telling.objects.filter(order__in=orders)
    OutboxMessage.objects.filter(to__in=_ringing(wishes)).delete()
    wishes.delete()
    delivery_personal.forget([pk for pk in rows.values_list("delivery", flat=True) if pk])
    Withdrawal.objects.filter(part__order__in=orders).update(name=NOBODY, email="", words="")
    ProviderCall.objects.filter(payment__order__in=orders).forget_pages()
    Document.objects.filter(_small(), order__in=orders).exclude(recipient={}).update(recipient={})
    for order in rows:
        order.name, order.email, order.phone, order.address, order.note = NOBODY, "", "", "", ""
        order.person, order.secret = None, secret_token()
        order.save(update_fields=["name", "email", "phone", "address", "note", "person", "secret"])


def _forget_letters(orders: OrderQuerySet) -> None:
    """Letters to buyers and shops about these orders: their keys end with the order, the part or the case."""
    parts = Part.objects.filter(order__in=orders)
    cases = Withdrawal.objects.filter(part__in=parts)
    pks = [str(pk) for rows in (orders, parts, cases) for pk in rows.values_list("pk", flat=True)]
    towns = orders.values("town_id")
    if pks:
        OutboxMessage.objects.filter(town_id__in=towns, key__regex=f":({'|'.join(pks)})").delete()
        codes = {f"forget-{order.code}" for order in orders}
        OutboxMessage.objects.filter(key__regex=f"^code:({'|'.join(codes)}):").delete()


@transaction.atomic
def erase_order(*, order: Order, at: datetime) -> None:
    """A guest lets one order forget them. Raises Refusal while it is under way."""
    if said := _open_orders(Order.objects.filter(pk=order.pk), at):
        raise Refusal(said[0])
    audit.record("erase_order", order, at=at, town_id=order.town_id)
    forget([order.pk])
