"""What every verb on a part does first and last: lock its row, look at its state, write what happened."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.core.taps import NO_TAP, Tap
from parvis.market.models import Part, PartEvent
from parvis.market.paying.later import settle_soon
from parvis.market.states import PartState


def lock(part: Part) -> Part:
    """The part with its row locked: whoever changes it waits for the one before."""
    Part.objects.select_for_update().get(pk=part.pk)
    return Part.objects.select_related("order__delivery", "shop__place").get(pk=part.pk)


def record(part: Part, kind: PartEvent.Kind, *, at: datetime, by: Any, reason: str = "", tap: Tap = NO_TAP) -> None:
    """Write what happened to the part, who did it, and by which tap."""
    PartEvent.objects.create(
        town_id=part.town_id, part=part, kind=kind, at=at, by=by, reason=reason, key=tap.key, tapped_at=tap.at
    )
    audit.record(f"part_{kind}", part, at=at, town_id=part.town_id, actor=by)
    if part.online:
        settle_soon(part.order_id)


def expect(part: Part, *states: PartState) -> None:
    """Raises Refusal unless the part is in one of ``states``."""
    if part.state not in states:
        raise Refusal(_("Order %(code)s has moved on meanwhile. Look at it again.") % {"code": part.order.code})
