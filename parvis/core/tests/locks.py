"""For tests with several threads on one database."""

import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, connections


def wait_until_blocked(count: int = 1) -> None:
    """Until so many wait for a lock that another holds; AssertionError after eight seconds."""
    for _look in range(400):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0] >= count:
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits")


def started(*calls: Callable[[], Any]) -> Callable[[], list[Any]]:
    """The calls run in threads of their own; call what is given back for what they gave, once all have ended."""
    found: list[Any] = []

    def run(call: Callable[[], Any]) -> None:
        try:
            found.append(call())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()

    def ended() -> list[Any]:
        for thread in threads:
            thread.join(20)
        return found

    return ended
