"""Background work of the portal: three lines each that call an action."""

from procrastinate.contrib.django import app


@app.periodic(cron="41 3 * * *")
@app.task(queue="upkeep", queueing_lock="refresh-search", lock="refresh-search")
def refresh_search(timestamp: int) -> None:
    """Every night: what rows are found by, and the words that mistakes are mended with."""
    from parvis.portal import upkeep
    from parvis.towns.models import Town

    for town in Town.objects.order_by("slug"):
        upkeep.reindex(town)
        upkeep.recount(town)
