"""The rules of a shop: how long, how much at a time, from which amount; and the rhythm of an order cycle."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from parvis.core.amounts import AmountField
from parvis.core.forms import DayField
from parvis.market.models import Capacity, Cycle, Shop
from parvis.places.forms.boxes import time_field

MOST_DATES = 12  # boxes for single dates; more of them are another cycle
FREE_BOXES = 3
DATES = "dates"  # instead of a day of the week
LONGEST_BEFORE = 7  # days between the last moment to order and the collection


class RulesForm(forms.Form):
    """What decides when a shop's orders can be ready. Nothing in ``most`` is no limit."""

    preparation_minutes = forms.IntegerField(
        label=gettext_lazy("Minutes to prepare an order"),
        min_value=5,
        max_value=2880,
        help_text=gettext_lazy("Buyers are told when their order can be ready."),
    )
    minimum = AmountField(
        label=gettext_lazy("Smallest order"),
        required=False,
        help_text=gettext_lazy("Whatever the way to serve. Leave it empty to take every order."),
    )
    most = forms.IntegerField(
        label=gettext_lazy("Prepare at most"),
        min_value=1,
        max_value=1000,
        required=False,
        help_text=gettext_lazy("Leave it empty for no limit. When it is full, buyers are offered the next moment."),
    )
    counts = forms.ChoiceField(label=gettext_lazy("Counted in"), choices=Capacity.Counts.choices)
    minutes = forms.TypedChoiceField(label=gettext_lazy("In"), choices=Capacity.Minutes.choices, coerce=int)

    def __init__(self, shop: Shop, data: Mapping[str, Any] | None = None, capacity: Capacity | None = None) -> None:
        initial: dict[str, Any] = {
            "preparation_minutes": shop.preparation_minutes,
            "minimum": shop.minimum_cents or None,
            "counts": Capacity.Counts.ORDERS,
            "minutes": Capacity.Minutes.HOUR,
        }
        if capacity is not None:
            initial |= {"most": capacity.most, "counts": capacity.counts, "minutes": capacity.minutes}
        super().__init__(data, initial=initial)

    def values(self) -> dict[str, Any]:
        """What ``set_rules`` takes."""
        data = self.cleaned_data
        limit = {
            "most": data["most"],
            "minutes": data["minutes"],
            "counts": data["counts"],
        }
        return {
            "preparation_minutes": data["preparation_minutes"],
            "minimum_cents": data["minimum"] or 0,
            "capacity": limit if data["most"] else None,
        }


def _days_before() -> list[tuple[int, str]]:
    return [(0, _("the same day")), (1, _("the day before"))] + [
        (n, ngettext("%(count)d day before", "%(count)d days before", n) % {"count": n})
        for n in range(2, LONGEST_BEFORE + 1)
    ]


class CycleForm(forms.Form):
    """A cycle on one day of each week, or on single dates; ``shops`` only where the town sets it for several."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("For example: the Saturday basket."),
    )
    weekday = forms.TypedChoiceField(
        label=gettext_lazy("Collected on"), coerce=lambda typed: None if typed == DATES else int(typed)
    )
    starts = time_field(9 * 60, gettext_lazy("from"))
    ends = time_field(12 * 60, gettext_lazy("to"))
    days_before = forms.TypedChoiceField(label=gettext_lazy("Ordered until"), coerce=int)
    closes = time_field(12 * 60, gettext_lazy("at"))
    place = forms.CharField(
        label=gettext_lazy("Place of collection"),
        max_length=160,
        required=False,
        help_text=gettext_lazy("Leave it empty to hand over at the shop."),
    )
    most = forms.IntegerField(
        label=gettext_lazy("Orders at most, each time"),
        min_value=1,
        max_value=10_000,
        required=False,
        help_text=gettext_lazy("Leave it empty for no limit. When it is full, buyers are offered the next date."),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        today: date,
        cycle: Cycle | None = None,
        shops: Sequence[Shop] | None = None,
    ) -> None:
        super().__init__(data, initial=_as_it_stands(cycle) if cycle else {"weekday": 5, "days_before": 2})
        self.today = today
        for name in ("starts", "ends", "closes"):
            self.fields[name].required = True
        weekday, before = self.fields["weekday"], self.fields["days_before"]
        assert isinstance(weekday, forms.ChoiceField)
        assert isinstance(before, forms.ChoiceField)
        weekday.choices = [
            *((number, _("each %(day)s") % {"day": name}) for number, name in WEEKDAYS.items()),
            (DATES, _("on single dates")),
        ]
        before.choices = _days_before()
        known = sorted(day for day in cycle.dates if day >= today) if cycle else []
        self.date_names = [f"date-{n}" for n in range(min(MOST_DATES, len(known) + FREE_BOXES))]
        for number, name in enumerate(self.date_names):
            self.fields[name] = DayField(
                label=_("Date %(number)d") % {"number": number + 1},
                required=False,
                initial=known[number] if number < len(known) else None,
                widget=forms.DateInput(attrs={"type": "date"}),
            )
        if shops is not None:
            self.fields["shops"] = forms.MultipleChoiceField(
                label=_("Shops that take part"),
                choices=[(str(shop.pk), shop.name) for shop in shops],
                widget=forms.CheckboxSelectMultiple,
                initial=[str(shop.pk) for shop in cycle.shops.all()] if cycle else [],
                error_messages={"required": _("Choose at least one shop.")},
            )

    def date_boxes(self) -> list[forms.BoundField]:
        """The boxes for single dates."""
        return [self[name] for name in self.date_names]

    @property
    def dates_open(self) -> bool:
        """Whether the boxes for single dates are shown."""
        return bool(self["weekday"].value() == DATES)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["dates"] = sorted({data[name] for name in self.date_names if data.get(name)})
        if data.get("weekday") is None and "weekday" not in self.errors:
            self._clean_dates(data)
        starts, ends, closes = (data.get(name) for name in ("starts", "ends", "closes"))
        if starts and ends and ends <= starts:
            self.add_error("ends", _("Collecting ends after it begins."))
        if starts and closes and data.get("days_before") == 0 and closes >= starts:
            self.add_error("closes", _("Orders close before collecting begins."))
        return data

    def _clean_dates(self, data: dict[str, Any]) -> None:
        if any(name in self.errors for name in self.date_names):
            return
        if not data["dates"]:
            self.add_error("weekday", _("Choose a day of the week, or write a date."))
        elif late := [name for name in self.date_names if data.get(name) and data[name] < self.today]:
            self.add_error(late[0], _("This day is already past."))

    def values(self) -> dict[str, Any]:
        """What ``save_cycle`` takes; a cycle without a name is called by its day."""
        data = self.cleaned_data
        weekly = data["weekday"] is not None
        name = data["name"].strip()
        if not name:
            name = _("Collected on %(day)s") % {"day": WEEKDAYS[data["weekday"]]} if weekly else ""
        keys = ("weekday", "starts", "ends", "days_before", "closes", "place", "most")
        values = {key: data[key] for key in keys}
        return values | {"name": name or _("On single dates"), "dates": [] if weekly else data["dates"]}


def _as_it_stands(cycle: Cycle) -> dict[str, Any]:
    keys = ("name", "starts", "ends", "days_before", "closes", "place", "most")
    weekday = DATES if cycle.weekday is None else cycle.weekday
    return {key: getattr(cycle, key) for key in keys} | {"weekday": weekday}
