"""A rider's tap that could not be used is told to the dispatcher too: who is on the road cannot put it right alone."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.core.taps import Tap
from parvis.delivery.models import Delivery, RefusedTap, Round


def plan_changed() -> Refusal:
    """The row that was tapped is another's, or is gone: somebody has planned meanwhile."""
    return Refusal(_("The plan has changed meanwhile. Look at it again."))


@transaction.atomic
def note_refusal(
    *, rider: Any, round_: Round, said: str, at: datetime, delivery: Delivery | None = None, tap: Tap
) -> None:
    """Write down that a tap was refused, and why; the same tap once, however often its phone sends it.

    Nothing where the round is gone: the dispatcher has emptied it, and its page shows where its doors are now.
    """
    if not Round.objects.select_for_update(no_key=True).filter(pk=round_.pk).exists():
        return
    values = {
        "town_id": round_.town_id,
        "rider": rider,
        "round": round_,
        "delivery": delivery,
        "said": said[:300],
        "at": tap.when(at, since=round_.left_at),
    }
    if tap.key:
        RefusedTap.objects.get_or_create(key=tap.key, defaults=values)
    else:
        RefusedTap.objects.create(**values)


@transaction.atomic
def read_refusal(*, refused: RefusedTap, by: Any, at: datetime) -> None:
    """The dispatcher has read it: it leaves the board. Twice is harmless."""
    if RefusedTap.objects.filter(pk=refused.pk, seen_at=None).update(seen_at=at):
        audit.record("read_refusal", refused, at=at, town_id=refused.town_id, actor=by)
