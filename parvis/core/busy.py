"""Waiting for a row that others hold: what is said when it takes longer than ``lock_timeout``."""

from collections.abc import Callable
from functools import wraps

from django.db import OperationalError
from django.utils.translation import gettext as _
from psycopg.errors import LockNotAvailable

from parvis.core.errors import Refusal


class Busy(Refusal):
    """Too many want the same thing at this moment; nothing was written, and the same may be asked again."""


def says_when_busy[**P, T](action: Callable[P, T]) -> Callable[P, T]:
    """An action (a whole transaction) whose waiting ends in a sentence instead of an error page."""

    @wraps(action)
    def patient(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return action(*args, **kwargs)
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
            raise Busy(_("Very many people are ordering right now. Nothing was ordered yet: try again.")) from error

    return patient
