"""What several tests of the market's pages stand on."""

from datetime import timedelta

import pytest

from parvis.demo import builders


@pytest.fixture
def tomorrow(hub, rider, at):
    """Tomorrow from 17:00 to 19:00, with a bike."""
    builders.make_shift(hub.bikes.first(), rider, at + timedelta(days=1))
    return builders.make_window(hub, at + timedelta(days=1, hours=7))
