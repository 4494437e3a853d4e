"""Background work of the delivery room: three lines each that call an action."""

from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app


@app.task(queue="planning")
def compute_plan(plan_id: str) -> None:
    """Compute a plan that was asked for."""
    from parvis.delivery.actions import planning

    planning.compute_plan(plan_id=UUID(plan_id), at=timezone.now())
