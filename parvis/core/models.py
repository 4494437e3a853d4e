"""Two registers that every room writes: what was done, and what must leave by mail or SMS."""

from django.db import models
from django.db.models import Q

from parvis.core.ids import new_id


class UUIDModel(models.Model):
    """A row with a UUIDv7 key."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)

    class Meta:
        abstract = True


class AuditEntry(UUIDModel):
    """Who did what to which row, and when. Never changed, never shown outside the town."""

    town_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    actor_id = models.UUIDField(null=True)
    actor = models.CharField(max_length=120)
    verb = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=40)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["town_id", "object_type", "object_id", "at"], name="audit_by_object")]


class OutboxQuerySet(models.QuerySet["OutboxMessage"]):
    """Questions about messages on their way."""

    def due(self) -> "OutboxQuerySet":
        """Messages still to be sent, oldest first."""
        return self.filter(sent_at=None, given_up=False).order_by("created_at")


class OutboxMessage(UUIDModel):
    """A message that leaves after commit, once: ``key`` says which one it is."""

    class Channel(models.TextChoices):
        MAIL = "mail"
        SMS = "sms"
        PUSH = "push"

    town_id = models.UUIDField(null=True)
    key = models.CharField(max_length=200, unique=True)
    channel = models.CharField(max_length=4, choices=Channel.choices, default=Channel.MAIL)
    to = models.CharField(max_length=254)
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField()
    headers = models.JSONField(
        default=dict, blank=True, help_text="more lines of a mail's head, such as List-Unsubscribe"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    not_before = models.DateTimeField(null=True, help_text="it rings, and waits for the end of quiet hours")
    about = models.CharField(max_length=80, blank=True, help_text="a newer message about the same overtakes it")
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    given_up = models.BooleanField(default=False)
    error = models.CharField(max_length=300, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["created_at"], condition=Q(sent_at=None, given_up=False), name="outbox_due"),
            models.Index(fields=["about"], condition=Q(sent_at=None) & ~Q(about=""), name="outbox_overtaken"),
        ]
