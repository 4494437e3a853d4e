"""Background work of joining: three lines each that call an action."""

from django.utils import timezone
from procrastinate.contrib.django import app


@app.periodic(cron="*/5 * * * *")
@app.task(queue="upkeep", queueing_lock="open-shops", lock="open-shops")
def open_shops(timestamp: int) -> None:
    """Every five minutes: shops whose town lets them open by themselves, and whose last item was done elsewhere."""
    from parvis.joining.actions.opening import open_all_that_are_ready

    open_all_that_are_ready(timezone.now())
