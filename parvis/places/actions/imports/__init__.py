"""Imports: a file is brought, read, shown, then applied or left; conflicts are settled. One verb a file."""

from parvis.places.actions.imports.applying import SOURCE, Imported, apply_difference, import_places
from parvis.places.actions.imports.conflicts import settle_conflict
from parvis.places.actions.imports.runs import (
    apply_run,
    ask_to_apply,
    bring_file,
    leave_run,
    queue_reading,
    read_again,
    read_run,
    record_run,
)

__all__ = [
    "SOURCE",
    "Imported",
    "apply_difference",
    "apply_run",
    "ask_to_apply",
    "bring_file",
    "import_places",
    "leave_run",
    "queue_reading",
    "read_again",
    "read_run",
    "record_run",
    "settle_conflict",
]
