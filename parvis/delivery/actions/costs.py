"""The town says what its bikes cost, from a day on."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from parvis.core import audit
from parvis.delivery.models import RunningCosts
from parvis.towns.models import Town


@transaction.atomic
def set_costs(*, town: Town, starts_on: date, values: Mapping[str, int], at: datetime, by: Any = None) -> RunningCosts:
    """The rates of every day from ``starts_on`` until the next that was set; one for the same day is replaced.

    ``values`` has the fields of ``RunningCosts`` in cents (and minutes). A day that is past may be given: what a month
    really cost is often known only when its bills have come.
    """
    rates, _new = RunningCosts.objects.update_or_create(town=town, starts_on=starts_on, defaults=dict(values))
    audit.record("set_costs", rates, at=at, town_id=town.pk, actor=by, starts=str(starts_on), **values)
    return rates
