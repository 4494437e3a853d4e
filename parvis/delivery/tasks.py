"""Background work of the delivery room: three lines each that call an action."""

from uuid import UUID

from django.utils import timezone, translation
from procrastinate.contrib.django import app


@app.periodic(cron="*/2 * * * *")
@app.task(queue="planning", queueing_lock="tidy-tours", lock="tidy-tours")
def tidy_tours(timestamp: int) -> None:
    """Better tours for the days that took a promise: there is room for more afterwards."""
    from parvis.delivery.actions import tidying

    tidying.tidy_all(timezone.now())


@app.task(queue="planning", lock="tidy-tours")
def tidy_soon() -> None:
    """The same at once, when the streets have changed."""
    from parvis.delivery.actions import tidying

    tidying.tidy_all(timezone.now())


@app.periodic(cron="20 2 * * *")
@app.task(queue="planning", queueing_lock="learn-paces", lock="learn-paces")
def learn_paces(timestamp: int) -> None:
    """How fast riders really are, from the rounds of the last weeks."""
    from parvis.delivery.actions.learning import learn_pace
    from parvis.delivery.models import Hub

    for hub in Hub.objects.select_related("town"):
        learn_pace(hub, timezone.now())


@app.task(queue="planning")
def compute_plan(plan_id: str) -> None:
    """Compute a plan that was asked for."""
    from parvis.delivery.actions import planning
    from parvis.delivery.models import Plan

    plan = Plan.objects.only("made_by__language", "town").select_related("made_by", "town").get(pk=plan_id)
    language = (plan.made_by.language if plan.made_by else "") or plan.town.default_language
    with translation.override(language):  # if it fails, the sentence is for whoever asked
        planning.compute_plan(plan_id=UUID(plan_id), at=timezone.now())
