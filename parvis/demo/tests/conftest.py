"""A demonstration day in the middle of the week, played once for all tests of this room that only look."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from parvis.demo.profiles import Profile, profile_of
from parvis.demo.refresh import bring_up
from parvis.towns.models import Town

NOON = datetime(2026, 11, 26, 11, 10, tzinfo=UTC)  # Thursday, 12:10 in Ivry
NO_DATA = Path(__file__).parent / "no-data"  # what is built is the same where real data lies beside the program


@pytest.fixture(autouse=True)
def _nothing_beside_the_program(settings: Any) -> None:
    settings.DATA_DIR = NO_DATA


@pytest.fixture
def noon() -> datetime:
    return NOON


@contextmanager
def at_noon(profile: Profile, django_db_blocker: Any) -> Iterator[None]:
    """A demonstration town, played until noon for the tests of a module and rolled back after them."""
    with django_db_blocker.unblock():
        block = transaction.atomic()
        block.__enter__()
        try:
            with override_settings(DATA_DIR=NO_DATA):
                bring_up([profile], at=NOON)
            with django_db_blocker.block():
                yield
        finally:
            transaction.set_rollback(True)
            block.__exit__(None, None, None)


@pytest.fixture(scope="module")
def _ivry_at_noon(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The smallest demonstration town, played once for the tests of a module and rolled back after them."""
    profile = profile_of("ivry")
    assert profile
    with at_noon(profile, django_db_blocker):
        yield


@pytest.fixture
def ivry(_ivry_at_noon: None, db: None, settings: Any) -> Town:
    """That town."""
    settings.DEMO = True
    return Town.objects.get(slug="ivry")
