"""What the room keeps: a town's rules of joining, pre-registrations and their calls."""

from parvis.joining.models.calls import CallEvent, Preregistration
from parvis.joining.models.rules import Rules

__all__ = ["CallEvent", "Preregistration", "Rules"]
