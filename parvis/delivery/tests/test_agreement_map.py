"""Both towns are told when the host's street map ends before the guest begins."""

from datetime import datetime

import pytest
from django.test import Client

from parvis.delivery.models import Hub
from parvis.delivery.tests.test_agreements import address, guest, host
from parvis.delivery.tests.test_dispatch_board import said
from parvis.delivery.tests.test_road_closures import EAST, mapped, tiles
from parvis.demo import builders
from parvis.towns.models import Town

__all__ = ["guest", "host", "mapped", "tiles"]
pytestmark = pytest.mark.usefixtures("clock")
WARNING = "does not reach Ivry-sur-Seine"


def test_the_map_ends_before_the_guest(
    host: Client, guest: Client, mapped: Hub, other_town: Town, at: datetime
) -> None:
    """Ivry lies 90 km from the streets drawn here; at their eastern end it is on the map."""
    agreement = builders.make_agreement(mapped, guest=other_town, at=at)
    for browser in (host, guest):
        assert WARNING in said(browser.get(address(agreement)))
    Town.objects.filter(pk=other_town.pk).update(lon=EAST.lon, lat=EAST.lat)
    for browser in (host, guest):
        assert WARNING not in said(browser.get(address(agreement)))


def test_where_there_is_no_map_its_end_is_no_news(host: Client, hub: Hub, other_town: Town, at: datetime) -> None:
    """All ways are in straight lines then, and the dispatcher's pages say it every day."""
    agreement = builders.make_agreement(hub, guest=other_town, at=at)
    assert WARNING not in said(host.get(address(agreement)))
