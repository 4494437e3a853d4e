"""Mail and SMS leave through here: written in the transaction, sent after commit, once.

A message has a key that says which one it is (``order-placed:<id>``): asking twice for the same key is asking
once. The job is deferred on the same connection, so it exists exactly when the row does.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from parvis.core.clients import push, sms
from parvis.core.letters import Letter
from parvis.core.models import OutboxMessage
from parvis.core.quiet import Quiet
from parvis.core.sms import segments

MAX_ATTEMPTS = 8
MAX_SEGMENTS = 2  # what a text message of ours may cost
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
    head = {"headers": dict(headers)} if headers else {}
    _queue(key, {"town_id": town_id, "to": to, "subject": " ".join(subject.split())[:200], "body": body} | head)


def send_sms(
    *, key: str, to: str, body: str, town_id: UUID | None, quiet: Quiet | None = None, about: str = ""
) -> None:
    """Queue a text message for after the commit; ``to`` is E.164 (``parvis.core.phones``), once per ``key``.

    In ``quiet`` hours it waits for their end, and a newer one ``about`` the same thing takes its place.
    Raises ValueError for a text of more than two segments: ``parvis.core.sms.fitted`` makes it fit.
    """
    if not is_wanted(to):
        return
    if segments(body) > MAX_SEGMENTS:
        raise ValueError(f"{segments(body)} segments are too many for a text message")
    _ring(key, {"town_id": town_id, "to": to, "body": body, "channel": OutboxMessage.Channel.SMS}, quiet, about)


def send_push(
    *,
    key: str,
    browser: UUID,
    keys: Mapping[str, str],
    message: Mapping[str, str],
    town_id: UUID | None,
    quiet: Quiet | None = None,
    about: str = "",
) -> None:
    """Queue a notice for one browser (``keys``: endpoint, p256dh, auth), once per ``key``; quiet hours as for SMS."""
    if _muted.get():
        return
    values: dict[str, Any] = {
        "town_id": town_id,
        "to": f"browser:{browser}",
        "body": json.dumps(message, ensure_ascii=False),
    }
    values |= {"channel": OutboxMessage.Channel.PUSH, "headers": dict(keys)}
    _ring(key, values, quiet, about)


def is_gone(browser: UUID) -> bool:
    """Whether a push service has said that this browser is no longer there."""
    return OutboxMessage.objects.filter(to=f"browser:{browser}", given_up=True, error__startswith="gone").exists()


def _ring(key: str, values: dict[str, Any], quiet: Quiet | None, about: str) -> None:
    """What rings waits for the end of quiet hours; what still waits about the same thing is overtaken."""
    until = quiet.until(timezone.now()) if quiet else None
    if about and not OutboxMessage.objects.filter(key=key).exists():
        waiting = OutboxMessage.objects.filter(about=about, to=values["to"], channel=values["channel"], sent_at=None)
        waiting.filter(attempts=0, not_before__isnull=False).delete()
    _queue(key, values | {"not_before": until, "about": about})


def _queue(key: str, values: dict[str, Any]) -> None:
    message, created = OutboxMessage.objects.get_or_create(key=key, defaults=values)
    if created:
        from parvis.core.tasks import send_outbox_message

        job = send_outbox_message
        if message.not_before:
            job.configure(schedule_at=message.not_before).defer(message_id=str(message.pk))
        else:
            job.defer(message_id=str(message.pk))


def deliver(message_id: UUID) -> bool:
    """Hand one message to the mail server or the SMS gateway. True when it has left; an error waits longer each time.

    The row is locked while the server is spoken to, so two workers cannot send it twice.
    """
    with transaction.atomic():
        message = OutboxMessage.objects.select_for_update(skip_locked=True).filter(pk=message_id).first()
        if message is None or message.sent_at or message.given_up:
            return False
        if message.not_before and timezone.now() < message.not_before:
            return False  # its job is booked for that moment
        message.attempts += 1
        try:
            _hand_over(message)
        except (OSError, sms.TryLater, push.TryLater) as error:  # smtplib's errors are OSErrors
            message.error = str(error)[:300]
            message.given_up = message.attempts >= MAX_ATTEMPTS
        except (sms.GiveUp, push.Refused) as error:
            message.error, message.given_up = str(error)[:300], True
        except push.Gone as error:
            message.error, message.given_up = f"gone {error}"[:300], True
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


def _hand_over(message: OutboxMessage) -> None:
    if message.channel == OutboxMessage.Channel.SMS:
        sms.send(message.to, message.body, message.key)
    elif message.channel == OutboxMessage.Channel.PUSH:
        topic = sha256((message.about or message.key).encode()).hexdigest()[:32]
        push.send(**message.headers, message=message.body.encode(), topic=topic, at=timezone.now())
    else:
        Letter(message.subject, message.body, to=[message.to], headers=message.headers).send()
