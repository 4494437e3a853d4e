"""A bag that was lost on its way: its shop fills it once more, or gives it up and nothing is charged."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from parvis.core.errors import Refusal
from parvis.delivery.actions import cancel_bags, mark_bags_ready
from parvis.delivery.models import Delivery
from parvis.delivery.states import DeliveryState
from parvis.market import ledger_fees, letters, refunds
from parvis.market.actions.locks import expect, lock, record
from parvis.market.actions.vouchers import give_back_vouchers
from parvis.market.models import Part, PartEvent
from parvis.market.states import LOST, PartState


@transaction.atomic
def write_off_part(*, part: Part, at: datetime, by: Any = None) -> None:
    """The lost bag is not packed again: the sale is reversed. The goods are gone, so no stock comes back.

    Raises Refusal unless the bag is lost.
    """
    part = lock(part)
    expect(part, PartState.LOST)
    record(part, PartEvent.Kind.CANCELLED, at=at, by=by, reason=LOST)
    give_back_vouchers(part, at=at)
    if part.order.delivery:
        cancel_bags(delivery=part.order.delivery, sender_ref=str(part.pk), at=at, by=by)
    part = Part.objects.get(pk=part.pk)
    ledger_fees.settle_commission(part, at=at)
    refunds.take_back_sale(part, at=at)  # its credit note holds the series: the last lock
    letters.part_written_off(part)


@transaction.atomic
def pack_again(*, part: Part, at: datetime, by: Any = None) -> None:
    """The shop fills the lost bag once more, under the same code, and the buyer hears of it: where the bike stood at
    the door in vain, they choose another time. Raises Refusal where the rest was handed over.
    """
    part = lock(part)
    expect(part, PartState.LOST)
    # Behind its lock, so that the rest is not handed over between the look and the new bag.
    known = part.order.delivery
    delivery = Delivery.objects.select_for_update().with_story().get(pk=known.pk) if known else None
    if delivery is None or delivery.state == DeliveryState.DELIVERED:
        said = _("The rest of order %(code)s was handed over: no bike comes for it again.")
        raise Refusal(said % {"code": part.order.code})
    grams = sum(line.weighs for line in part.lines.all())
    mark_bags_ready(delivery=delivery, sender_ref=str(part.pk), grams=grams, at=at, by=by)
    letters.part_packed_again(part, choose=delivery.state == DeliveryState.FAILED, at=at)
