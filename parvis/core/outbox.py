"""Mail and SMS leave through here: written in the transaction, sent after commit, once.

A message has a key that says which one it is (``order-placed:<id>``): asking twice for the same key is asking
once. The job is deferred on the same connection, so it exists exactly when the row does.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from uuid import UUID

from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from parvis.core.models import OutboxMessage

MAX_ATTEMPTS = 8
_muted: ContextVar[bool] = ContextVar("outbox_muted", default=False)


@contextmanager
def muted() -> Iterator[None]:
    """Nothing is queued in the block: a day played for a demonstration writes to nobody."""
    token = _muted.set(True)
    try:
        yield
    finally:
        _muted.reset(token)


def is_wanted(to: str) -> bool:
    """Whether a message to this address would be queued at all; asked before a letter is written."""
    return bool(to) and not _muted.get()


def send_mail(
    *, key: str, to: str, subject: str, body: str, town_id: UUID | None, headers: Mapping[str, str] | None = None
) -> None:
    """Queue a mail for after the commit; a second call with the same ``key`` does nothing.

    ``headers`` are more lines of its head, made by the program and never typed by anybody.
    """
    if not is_wanted(to):
        return
    _, created = OutboxMessage.objects.get_or_create(
        key=key,
        defaults={"town_id": town_id, "to": to, "subject": " ".join(subject.split())[:200], "body": body}
        | ({"headers": dict(headers)} if headers else {}),
    )
    if created:
        from parvis.core.tasks import send_outbox_message

        message = OutboxMessage.objects.only("id").get(key=key)
        send_outbox_message.defer(message_id=str(message.pk))


def deliver(message_id: UUID) -> bool:
    """Hand one message to the mail server. True when it has left; an error waits longer each time.

    The row is locked while the server is spoken to, so two workers cannot send it twice.
    """
    with transaction.atomic():
        message = OutboxMessage.objects.select_for_update(skip_locked=True).filter(pk=message_id).first()
        if message is None or message.sent_at or message.given_up:
            return False
        message.attempts += 1
        try:
            EmailMessage(message.subject, message.body, to=[message.to], headers=message.headers).send()
        except OSError as error:  # smtplib's errors are OSErrors: the server is away or refuses
            message.error = str(error)[:300]
            message.given_up = message.attempts >= MAX_ATTEMPTS
        else:
            message.sent_at = timezone.now()
            message.error = ""
        message.save()
    if message.error and not message.given_up:
        from parvis.core.tasks import send_outbox_message

        wait = timedelta(seconds=30 * 2**message.attempts)
        send_outbox_message.configure(schedule_in={"seconds": int(wait.total_seconds())}).defer(
            message_id=str(message_id)
        )
    return message.sent_at is not None
