"""Background work of the directory: three lines each that call an action."""

from uuid import UUID

from django.utils import timezone, translation
from procrastinate.contrib.django import app


@app.periodic(cron="17 * * * *")
@app.task(queue="upkeep", queueing_lock="refresh-spans", lock="refresh-spans")
def refresh_spans(timestamp: int) -> None:
    """Every hour, so that a worker that was away catches up soon; where nothing is due it looks at one index."""
    from parvis.places import spans

    spans.refresh_due(timezone.now())


@app.periodic(cron="2 * * * *")
@app.task(queue="mail", queueing_lock="ask-shops", lock="ask-shops")
def ask_shops(timestamp: int) -> None:
    """Every hour: the shops of towns where it is nine o'clock on the month's first working day are asked."""
    from parvis.places.actions.reminders import ask_all_towns

    ask_all_towns(timezone.now())


@app.task(queue="imports")
def read_import(run_id: str) -> None:
    """Read a file that was brought to the directory; the sentences are for whoever brought it."""
    from parvis.places.actions import imports

    with _language_of(run_id):
        imports.read_run(UUID(run_id), at=timezone.now())


@app.task(queue="imports")
def apply_import(run_id: str, person_id: str) -> None:
    """Write a difference that was shown; what forbids it is said on its page."""
    from parvis.places.actions.imports import runs

    with _language_of(run_id):
        runs.apply_asked(UUID(run_id), UUID(person_id), at=timezone.now())


def _language_of(run_id: str) -> "translation.override":
    """The language of the person who brought a file, or the town's."""
    from parvis.places.models import ImportRun

    run = ImportRun.objects.only("by__language", "town").select_related("by", "town").get(pk=run_id)
    return translation.override((run.by.language if run.by else "") or run.town.default_language)
