"""For tests with several threads on one database."""

import time

from django.db import connection


def wait_until_blocked(count: int = 1) -> None:
    """Until so many wait for a lock that another holds; AssertionError after eight seconds."""
    for _look in range(400):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0] >= count:
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits")
