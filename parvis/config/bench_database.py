"""A database of its own for measurements that several connections share: the installation's is not touched."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, connections


@contextmanager
def own_database(name: str) -> Iterator[None]:
    """Made with all its tables, dropped afterwards; no worker reads it, so that its letters leave for nobody."""
    usual = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = name
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connections.close_all()
        connection.creation.destroy_test_db(usual, verbosity=0)
