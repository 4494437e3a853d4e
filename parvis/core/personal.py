"""What is held about somebody, and how it is let go: the shape in which every room answers (``<room>/personal.py``).

A room offers ``held`` (rows by table, plain values, for the person to read and take away: regulation 2016/679,
articles 15 and 20), ``hindrances`` (sentences: what must end before an erasure), ``kept`` (sentences: what the law
makes us keep, article 17 (3)) and ``erase`` (article 17). The portal lists the rooms in one table, and asks them in its
order.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from parvis.core.models import AuditEntry, OutboxMessage

type Held = dict[str, list[dict[str, Any]]]

NOBODY = "—"  # stands where a name stood


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody: their account, and their mail address when they have shown that it is theirs (else "")."""

    person: Any
    email: str = ""


def plain(rows: QuerySet[Any], *fields: str) -> list[dict[str, Any]]:
    """Rows as plain values, oldest first where rows have a date."""
    return list(rows.values(*fields))


def held(subject: Subject) -> Held:
    """Messages to the mail address, and what the audit trail says that the account did."""
    mine = OutboxMessage.objects.filter(to__iexact=subject.email) if subject.email else OutboxMessage.objects.none()
    done = AuditEntry.objects.filter(actor_id=subject.person.pk)
    return {
        "core.OutboxMessage": plain(mine.order_by("created_at"), "created_at", "channel", "to", "subject", "body"),
        "core.AuditEntry": plain(done.order_by("at"), "at", "verb", "object_type", "object_id"),
    }


def hindrances(subject: Subject, at: datetime) -> list[str]:
    """Nothing here holds anybody back."""
    return []


def kept(subject: Subject) -> list[str]:
    """Nothing is kept."""
    return []


def erase(subject: Subject, at: datetime) -> None:
    """Messages go, also those on their way; the audit trail forgets the name and keeps what was done."""
    if subject.email:
        OutboxMessage.objects.filter(Q(to__iexact=subject.email)).delete()
    AuditEntry.objects.filter(actor_id=subject.person.pk).update(actor=NOBODY)
