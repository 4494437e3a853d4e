"""The agent's desk of a demonstration town is not empty, and filling it twice changes nothing."""

from datetime import datetime, timedelta

from parvis.demo.desk import SHOPS, fill_desk
from parvis.places import desk
from parvis.places.actions.claims import open_claims, refuse_claim
from parvis.places.models import Check, Claim, Place, Report
from parvis.towns.models import Town


def test_each_list_has_something(ivry: Town, noon: datetime) -> None:
    counts = desk.counts_of(ivry, noon)
    assert (counts.claims, counts.reports) == (1, 2)
    assert min(counts.hours, counts.twins, counts.stale) > 0


def test_twice_changes_nothing(ivry: Town, noon: datetime) -> None:
    before = [model.objects.count() for model in (Place, Claim, Report, Check)]
    fill_desk(ivry, at=noon + timedelta(hours=1))
    assert before == [model.objects.count() for model in (Place, Claim, Report, Check)]


def test_what_a_visitor_settled_is_asked_again(ivry: Town, noon: datetime, agent: object) -> None:
    [claim] = open_claims(ivry, noon)
    refuse_claim(claim=claim, reason="No", at=noon, by=agent)
    for day in range(1, 9):
        fill_desk(ivry, at=noon + timedelta(days=day))
    assert len(open_claims(ivry, noon + timedelta(days=9))) == 1


def test_the_shops_say_that_they_are_invented(ivry: Town) -> None:
    assert Place.objects.filter(town=ivry, slug__in=[shop.slug for shop in SHOPS], invented=True).count() == len(SHOPS)
