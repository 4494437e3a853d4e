"""What the directory keeps: places and their hours, who changed them, who may, and what came from where."""

from parvis.places.models.asking import ReminderWish, Report, ReportQuerySet
from parvis.places.models.entry import Change, Check, Claim, ClaimEvent, Reminder
from parvis.places.models.place import Closure, Place
from parvis.places.models.questions import PlaceQuerySet
from parvis.places.models.runs import Conflict, ImportRun
from parvis.places.models.span import OpenSpan

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
