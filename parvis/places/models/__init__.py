"""What the directory keeps: places and their hours, who changed them, who may, and what came from where."""

from parvis.places.models.asking import ReminderWish, Report, ReportQuerySet
from parvis.places.models.entry import Change, Check, Claim, ClaimEvent, Reminder
from parvis.places.models.place import Closure, OpenSpan, Place, PlaceQuerySet
from parvis.places.models.runs import Conflict, ImportRun

__all__ = [
    "Change",
    "Check",
    "Claim",
    "ClaimEvent",
    "Closure",
    "Conflict",
    "ImportRun",
    "OpenSpan",
    "Place",
    "PlaceQuerySet",
    "Reminder",
    "ReminderWish",
    "Report",
    "ReportQuerySet",
]
