"""Primary keys and the short codes that people read aloud."""

import secrets
from uuid import UUID

from uuid_utils.compat import uuid7

# No vowels (no words by accident), no 0/O, 1/I/L, 5/S, 2/Z: what is read over a noisy counter is understood.
CODE_ALPHABET = "BCDFGHJKMNPQRTVWX346789"


def new_id() -> UUID:
    """A UUIDv7: made here, sorted by time, the same on every PostgreSQL and every shard."""
    return uuid7()


def short_code(length: int = 5) -> str:
    """A random code such as ``K7RVD``; 23**5 is 6.4 million, unique in its town by a database constraint."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(length))


def secret_token() -> str:
    """An unguessable key for links in mails (a guest's order), 128 bits."""
    return secrets.token_urlsafe(16)
