"""The audit trail: one call in each action, in the same transaction as what it records."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Model

from parvis.core.models import AuditEntry


def record(
    verb: str, subject: Model, *, at: datetime, town_id: UUID | None, actor: Any = None, **detail: Any
) -> AuditEntry:
    """Write one audit row about ``subject``; ``actor`` is a person, or None when the program acts by itself.

    ``detail`` holds plain JSON values and nothing personal: ids and numbers, not names and texts.
    """
    return AuditEntry.objects.create(
        town_id=town_id,
        at=at,
        actor_id=getattr(actor, "pk", None),
        actor=str(actor)[:120] if actor else "parvis",
        verb=verb,
        object_type=subject._meta.label,
        object_id=str(subject.pk),
        detail=detail,
    )
