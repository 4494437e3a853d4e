"""The cast and the stage of every test.

A citizen, a merchant and another who must see nothing of the first, hub staff, a dispatcher, a rider, an agent,
and a stranger with every role in another town. The clock stands at Thursday 26 November 2026, 10:00 in Issy.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from parvis.delivery.models import Hub, Window
from parvis.demo import builders
from parvis.market.models import Product, Shop
from parvis.people.models import Person, Role
from parvis.towns.models import Town

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)  # 10:00 in Paris


@pytest.fixture(autouse=True)
def _quiet_settings(settings: Any, tmp_path: Any) -> None:
    settings.STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.ALLOWED_HOSTS = ["*"]


@pytest.fixture(autouse=True)
def _sentences_as_written() -> Iterator[None]:
    """Outside of pages, sentences are compared as they stand in the code; pages speak the town's language."""
    with translation.override("en"):
        yield


@pytest.fixture
def at() -> datetime:
    """The moment at which tests play."""
    return NOW


@pytest.fixture
def town(db: None) -> Town:
    return builders.make_town()


@pytest.fixture
def other_town(db: None) -> Town:
    return builders.make_town("ivry", name="Ivry-sur-Seine", lon=2.3844, lat=48.8113)


@pytest.fixture
def citizen(town: Town) -> Person:
    return builders.make_person("Camille Martin")


@pytest.fixture
def merchant(town: Town) -> Person:
    return builders.make_person("Rose Boulanger")


@pytest.fixture
def other_merchant(town: Town) -> Person:
    """Speaks for another shop of the same town."""
    person = builders.make_person("Paul Primeur")
    builders.make_shop(town, "Primeurs de la Place", owner=person, trade="greengrocer")
    return person


@pytest.fixture
def hub_keeper(town: Town) -> Person:
    person = builders.make_person("Hakim Dépôt")
    builders.give_role(person, town, Role.Kind.HUB)
    return person


@pytest.fixture
def dispatcher(town: Town) -> Person:
    person = builders.make_person("Dina Tournée")
    builders.give_role(person, town, Role.Kind.DISPATCHER)
    return person


@pytest.fixture
def rider(town: Town) -> Person:
    person = builders.make_person("Rémi Vélo")
    builders.give_role(person, town, Role.Kind.RIDER)
    return person


@pytest.fixture
def agent(town: Town) -> Person:
    person = builders.make_person("Agathe Mairie")
    builders.give_role(person, town, Role.Kind.AGENT)
    return person


@pytest.fixture
def stranger(other_town: Town) -> Person:
    """Has every role, and a shop, but in another town."""
    person = builders.make_person("Ivo Ailleurs")
    builders.make_shop(other_town, "Épicerie d'Ivry", owner=person)
    for kind in (Role.Kind.HUB, Role.Kind.DISPATCHER, Role.Kind.RIDER, Role.Kind.AGENT):
        builders.give_role(person, other_town, kind)
    return person


@pytest.fixture
def shop(town: Town, merchant: Person) -> Shop:
    return builders.make_shop(town, owner=merchant)


@pytest.fixture
def product(shop: Shop) -> Product:
    return builders.make_product(shop, stock=10)


@pytest.fixture
def hub(town: Town, rider: Person, at: datetime) -> Hub:
    """The hub with one bike and the rider's shift today."""
    hub = builders.make_hub(town)
    builders.make_shift(builders.make_bike(hub), rider, at)
    return hub


@pytest.fixture
def window(hub: Hub, at: datetime) -> Window:
    """Today from 17:00 to 19:00."""
    return builders.make_window(hub, at + timedelta(hours=7))


@pytest.fixture
def visit(town: Town) -> Any:
    """``visit(person)`` is a browser at the host of the town, signed in as ``person`` (or as nobody)."""

    def browser(person: Person | None = None, town: Town = town) -> Client:
        client = Client(headers={"host": f"{town.slug}.localhost"})
        if person is not None:
            client.force_login(person)
        return client

    return browser


@pytest.fixture
def clock(at: datetime) -> Iterator[Any]:
    """The machine's clock stands at ``at``, for pages (actions are given their time)."""
    import time_machine

    with time_machine.travel(at, tick=False) as traveller:
        yield traveller
