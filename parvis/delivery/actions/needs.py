"""What a bag asks of a bike, where the hub sees more than weight and size tell: a mirror, a tall plant, a cake."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.delivery.actions.streets import ask_anew
from parvis.delivery.models import Bag, Delivery
from parvis.delivery.skills import together
from parvis.delivery.states import BagState

_GONE = {BagState.LOADED, BagState.DELIVERED, BagState.CANCELLED}


@transaction.atomic
def set_needs(*, bag: Bag, needs: Collection[str], at: datetime, by: Any = None) -> None:
    """What the bag asks of a bike from now on. Saying the same twice is harmless.

    Promises count with it at once; a round that is published already stays as it is: its pages say what does not fit.
    Raises Refusal when the bag is on the road, handed over or cancelled.
    """
    delivery = Delivery.objects.select_for_update().with_story().get(pk=bag.delivery_id)
    bag = next(one for one in delivery.bags.all() if one.pk == bag.pk)
    if bag.state in _GONE:
        raise Refusal(_("Bag %(code)s is not at the hub any more.") % {"code": bag.code})
    asked = list(together([needs]))
    if asked == bag.needs:
        return
    bag.needs = asked
    bag.save(update_fields=["needs"])
    audit.record("set_needs", bag, at=at, town_id=bag.town_id, actor=by, needs=asked)
    ask_anew(delivery.town)
