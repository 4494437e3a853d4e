"""The break of a shift, and whether the law allows the shift at all."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.core.time import day_bounds, day_of
from parvis.delivery.models import Hub, Shift, Window
from parvis.delivery.worktime import Law, Span, break_minutes, law_of, place_break, too_long_a_day, too_short_a_night
from parvis.people.models import Person

ONE_DAY = timedelta(days=1)


def break_of(hub: Hub, rider: Person, shift: Span, break_at: datetime | None = None) -> Span | None:
    """When the rider of a new shift rests; None where no break is due and none is asked for.

    Raises Refusal when the day is too long, the night before or after too short, or ``break_at`` no good.
    """
    law = law_of(hub.town.country)
    start, end = day_bounds(day_of(shift[0], hub.town.zone), hub.town.zone)
    around = Shift.objects.filter(
        town=hub.town_id, rider=rider, starts_at__lt=end + ONE_DAY, ends_at__gt=start - ONE_DAY
    )
    same_day = [other for other in around if start <= other.starts_at < end]
    _check_night(law, shift, [(o.starts_at, o.ends_at) for o in around if not start <= o.starts_at < end])
    rest = _chosen(law, shift, break_at) if break_at else _placed(hub, law, shift)
    worked = [((o.starts_at, o.ends_at), timedelta(minutes=o.break_minutes)) for o in same_day]
    if too_long_a_day(law, [*worked, (shift, rest[1] - rest[0] if rest else timedelta())]):
        said = _("That is more than %(hours)s hours of work in a day: the law (%(source)s) does not allow it.")
        raise Refusal(said % {"hours": f"{law.day_hours:g}", "source": law.source})
    return rest


def without_breaks(hub: Hub, day: date, at: datetime) -> list[Shift]:
    """The shifts of a day, still to begin, that have no break though the law asks for one."""
    start, end = day_bounds(day, hub.town.zone)
    law = law_of(hub.town.country)
    shifts = Shift.objects.filter(
        town=hub.town_id, bike__hub=hub, starts_at__gte=max(start, at), starts_at__lt=end, break_starts_at=None
    )
    return [s for s in shifts.order_by("starts_at", "pk") if break_minutes(law, s.starts_at, s.ends_at)]


@transaction.atomic
def add_breaks(*, hub: Hub, day: date, by: Any, at: datetime) -> int:
    """Give them theirs, where it hurts least; how many there were. Twice is harmless."""
    law, count = law_of(hub.town.country), 0
    for known in without_breaks(hub, day, at):
        shift = Shift.objects.select_for_update().get(pk=known.pk)
        rest = _placed(hub, law, (shift.starts_at, shift.ends_at))
        if rest is None or shift.break_starts_at is not None:
            continue
        shift.break_starts_at, shift.break_minutes = rest[0], (rest[1] - rest[0]) // timedelta(minutes=1)
        shift.save(update_fields=["break_starts_at", "break_minutes"])
        audit.record("add_break", shift, at=at, town_id=shift.town_id, actor=by)
        count += 1
    return count


def _check_night(law: Law, shift: Span, others: list[Span]) -> None:
    if too_short_a_night(law, shift, others):
        said = _("Between two working days lie %(hours)s hours at least (%(source)s).")
        raise Refusal(said % {"hours": f"{law.rest_hours:g}", "source": law.source})


def _placed(hub: Hub, law: Law, shift: Span) -> Span | None:
    """Where it hurts least: outside windows, and not when the others rest."""
    windows = Window.objects.filter(town=hub.town_id, hub=hub, starts_at__lt=shift[1], ends_at__gt=shift[0])
    others = Shift.objects.filter(
        town=hub.town_id, bike__hub=hub, starts_at__lt=shift[1], ends_at__gt=shift[0], break_starts_at__isnull=False
    )
    taken = [(o.break_starts_at, o.break_ends_at) for o in others if o.break_starts_at and o.break_ends_at]
    return place_break(law, *shift, windows.values_list("starts_at", "ends_at"), taken)


def _chosen(law: Law, shift: Span, break_at: datetime) -> Span:
    """The break where the dispatcher wants it, as long as the law says."""
    minutes = max(break_minutes(law, *shift), 15)
    rest = (break_at, break_at + timedelta(minutes=minutes))
    if not shift[0] < rest[0] < rest[1] < shift[1]:
        said = ngettext(
            "The break of %(count)s minute lies inside the shift.",
            "The break of %(count)s minutes lies inside the shift.",
            minutes,
        )
        raise Refusal(said % {"count": minutes})
    stretch = timedelta(hours=law.stretch_hours)
    if break_minutes(law, *shift) and max(rest[0] - shift[0], shift[1] - rest[1]) > stretch:
        said = _("Nobody works longer than %(hours)s hours without a break (%(source)s): choose another moment.")
        raise Refusal(said % {"hours": f"{law.stretch_hours:g}", "source": law.source})
    return rest
