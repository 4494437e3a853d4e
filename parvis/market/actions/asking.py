"""A shop that may not be ready asks the buyer for another time; the buyer keeps the one there is.

Choosing another one is ``change_time``, as for everybody.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.delivery.actions import ask_for_time, keep_time
from parvis.market import letters
from parvis.market.actions.locks import expect, lock
from parvis.market.asking import asked_by, later_times
from parvis.market.changing import check_open
from parvis.market.models import Modality, Order, Part
from parvis.market.states import PartState


@transaction.atomic
def ask_another_time(*, part: Part, reason: str, at: datetime, by: Any = None) -> bool:
    """Ask the buyer, who gets one letter; what was promised stands until they answer. False if it is asked already.

    Raises Refusal when the bag is packed, when nothing of it comes by bike, when no later time can be promised, and
    when the buyer has answered that the time stays.
    """
    part = lock(part)
    expect(part, PartState.PLACED, PartState.ACCEPTED)
    order = Order.objects.with_story().select_related("town").get(pk=part.order_id)
    check_open(order)
    mine = next(found for found in order.parts.all() if found.pk == part.pk)
    if order.delivery is None or part.kind != Modality.Kind.BIKE:
        raise Refusal(_("Nothing of this order comes by bike."))
    if asked_by(mine) is None and not later_times(order, order.town, at):
        raise Refusal(_("No later time can be promised. Call the buyer."))
    if not ask_for_time(delivery=order.delivery, sender_ref=str(part.pk), reason=reason, at=at, by=by):
        return False
    audit.record("ask_another_time", part, at=at, town_id=part.town_id, actor=by)
    letters.order_asked(mine, order.delivery.window, " ".join(reason.split()), at)
    return True


@transaction.atomic
def keep_promised_time(*, order: Order, at: datetime, by: Any = None) -> bool:
    """The buyer was asked and keeps the time; the shops that asked are told. False if nothing is asked (any more)."""
    list(Part.objects.select_for_update().filter(order=order).order_by("pk").values_list("pk"))
    if order.delivery is None:
        return False
    answered = set(keep_time(delivery=order.delivery, at=at, by=by))
    for part in Part.objects.filter(order=order).select_related("shop__organisation", "order__town"):
        if str(part.pk) in answered:
            letters.order_kept(part, order.delivery.window, at)
    return bool(answered)
