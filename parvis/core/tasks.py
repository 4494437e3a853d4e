"""Background work of the ground floor: three lines each that call an action."""

from uuid import UUID

from procrastinate.contrib.django import app


@app.task(queue="mail")
def send_outbox_message(message_id: str) -> None:
    """Send one queued mail or text message."""
    from parvis.core.outbox import deliver

    deliver(UUID(message_id))
