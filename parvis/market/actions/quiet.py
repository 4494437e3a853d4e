"""The town says when nothing may ring."""

from datetime import datetime
from typing import Any

from django.db import transaction

from parvis.core import audit
from parvis.market.models import Market
from parvis.towns.models import Town


@transaction.atomic
def set_quiet_hours(*, town: Town, start: int, end: int, at: datetime, by: Any = None) -> Market:
    """From one hour of the town's clock to another, for whoever chose no others; what waits already waits on."""
    market = Market.objects.select_for_update().get(town=town)
    market.quiet_from, market.quiet_until = start, end
    market.save(update_fields=["quiet_from", "quiet_until"])
    audit.record("market.quiet", market, at=at, town_id=town.pk, actor=by, start=start, end=end)
    return market
