"""The list of calls as an agent works it: who waits, since when, what is late; and how well the town keeps its word."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from parvis.joining.actions.calls import promise_of
from parvis.joining.calls import State, state_of
from parvis.joining.models import CallEvent, Preregistration
from parvis.towns.models import Town

LOOKED_BACK = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Call:
    """A pre-registration with where it stands."""

    asked: Preregistration
    state: State


@dataclass(frozen=True, slots=True)
class Kept:
    """First calls of the last 30 days, made or missed: how many were due, made in time, and how soon."""

    due: int
    in_time: int
    median_seconds: float | None


def waiting_calls(town: Town) -> list[Call]:
    """Every pre-registration without an end, the one that is due first on top: the late ones are."""
    promise = promise_of(town)
    rows = Preregistration.objects.waiting(town).with_story()
    calls = [Call(row, state_of(list(row.events.all()), promise)) for row in rows]
    return sorted(calls, key=lambda call: (call.state.due, call.state.asked_at, call.asked.pk))


def count_for_now(town: Town, at: datetime) -> int:
    """How many calls may be made now: what a tab says."""
    return sum(call.state.is_for_now(at) for call in waiting_calls(town))


def ended_calls(town: Town, at: datetime) -> list[Call]:
    """Those that ended in the last 30 days, the last first."""
    ended = CallEvent.objects.filter(town=town, kind__in=CallEvent.ENDS, at__gt=at - LOOKED_BACK)
    promise = promise_of(town)
    rows = Preregistration.objects.filter(pk__in=ended.values("preregistration")).with_story()
    calls = [Call(row, state_of(list(row.events.all()), promise)) for row in rows]
    return sorted(calls, key=lambda call: max(event.at for event in call.asked.events.all()), reverse=True)


def kept_word(town: Town, at: datetime) -> Kept:
    """The service level of the last 30 days. What was asked twice counts once."""
    promise = promise_of(town)
    # A first call is due 30 working days after it was asked for at the latest; with holidays, within 60 days.
    rows = Preregistration.objects.filter(town=town, at__gt=at - LOOKED_BACK - timedelta(days=60)).with_story()
    states = [state_of(list(row.events.all()), promise) for row in rows]
    counted = [state for state in states if _counts(state, at)]
    waits = [(s.first_call_at - s.asked_at).total_seconds() for s in counted if s.first_call_at]
    in_time = sum(state.was_in_time is True for state in counted)
    return Kept(len(counted), in_time, median(waits) if waits else None)


def _counts(state: State, at: datetime) -> bool:
    """A first call made in the last 30 days, or one that should have been."""
    moment = state.first_call_at or (state.first_due if state.is_open else None)
    return moment is not None and at - LOOKED_BACK < moment <= at
