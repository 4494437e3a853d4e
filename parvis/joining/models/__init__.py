"""What the room keeps: a town's rules, pre-registrations and their calls, shops on their way to open."""

from parvis.joining.models.calls import CallEvent, Preregistration
from parvis.joining.models.opening import Invitation, Opening, StepEvent
from parvis.joining.models.rules import Requirement, Rules

__all__ = ["CallEvent", "Invitation", "Opening", "Preregistration", "Requirement", "Rules", "StepEvent"]
