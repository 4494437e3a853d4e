"""A demonstration day in the middle of the week, played once for all tests of this room that only look."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction

from parvis.demo.profiles import profile_of
from parvis.demo.refresh import bring_up
from parvis.towns.models import Town

NOON = datetime(2026, 11, 26, 11, 10, tzinfo=UTC)  # Thursday, 12:10 in Ivry


@pytest.fixture
def noon() -> datetime:
    return NOON


@pytest.fixture(scope="module")
def _ivry_at_noon(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The smallest demonstration town, played once for the tests of a module and rolled back after them."""
    with django_db_blocker.unblock():
        block = transaction.atomic()
        block.__enter__()
        try:
            profile = profile_of("ivry")
            assert profile
            bring_up([profile], at=NOON)
            with django_db_blocker.block():
                yield
        finally:
            transaction.set_rollback(True)
            block.__exit__(None, None, None)


@pytest.fixture
def ivry(_ivry_at_noon: None, db: None, settings: Any) -> Town:
    """That town."""
    settings.DEMO = True
    return Town.objects.get(slug="ivry")
