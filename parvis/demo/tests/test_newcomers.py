"""A demonstration town has shops to call, one of them late, and one halfway to its opening."""

from datetime import datetime, timedelta

import pytest

from parvis.demo.newcomers import welcome_newcomers
from parvis.joining.checklist import states_of
from parvis.joining.models import Opening, Preregistration
from parvis.joining.queue import waiting_calls
from parvis.people.models import Role
from parvis.towns.models import Town


def test_calls_to_make_and_a_shop_halfway(ivry: Town, noon: datetime) -> None:
    calls = waiting_calls(ivry)
    assert len(calls) == 5
    assert sum(call.state.is_late(noon) for call in calls) >= 1
    assert any(call.state.next_at for call in calls)
    [opening] = Opening.objects.under_way(ivry).with_story()
    assert not opening.shop.is_open
    states = states_of(opening)
    assert [state.key for state in states if state.is_settled] == ["identity", "hours", "ways"]
    assert Role.objects.get(organisation=opening.shop.organisation).person.is_demo
    before = Preregistration.objects.count()
    welcome_newcomers(ivry, at=noon)
    assert (Preregistration.objects.count(), Opening.objects.count()) == (before, 1), "twice changes nothing"


@pytest.mark.parametrize("later", range(1, 8))
def test_on_each_day_of_the_week(ivry: Town, noon: datetime, later: int) -> None:
    """On a Sunday the working day after may be the same for who calls and for when they call again."""
    Preregistration.objects.all().delete()
    welcome_newcomers(ivry, at=noon + timedelta(days=later))
    assert any(call.state.next_at for call in waiting_calls(ivry))
