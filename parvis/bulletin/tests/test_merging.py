"""Two entries made one: nobody who followed either loses it."""

import pytest

from parvis.bulletin.models import Follow
from parvis.demo import builders
from parvis.places.actions.upkeep import merge_places
from parvis.places.models import Place

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_follows_move_to_the_entry_that_stays(town, visit, citizen, merchant, agent, at):
    kept, dropped = (builders.make_shop(town, name).place for name in ("Zoé", "Zoé bis"))
    Place.objects.filter(pk=dropped.pk).update(organisation=None)
    for slug in (kept.slug, dropped.slug):
        visit(citizen).post("/news/follow/", {"place": slug})
    visit(merchant).post("/news/follow/", {"place": dropped.slug})
    merge_places(kept=kept, dropped=dropped, at=at, by=agent)
    assert sorted(Follow.objects.values_list("follower__person__email", "place__slug")) == sorted(
        [(citizen.email, kept.slug), (merchant.email, kept.slug)]
    )
