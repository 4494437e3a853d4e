"""Background work of the directory: three lines each that call an action."""

from django.utils import timezone
from procrastinate.contrib.django import app


@app.periodic(cron="17 * * * *")
@app.task(queue="upkeep", queueing_lock="refresh-spans", lock="refresh-spans")
def refresh_spans(timestamp: int) -> None:
    """Every hour, so that a worker that was away catches up soon; where nothing is due it looks at one index."""
    from parvis.places import spans

    spans.refresh_due(timezone.now())
