"""Where PostgreSQL is: at ``DATABASE_URL``, or embedded in the folder of this installation.

The embedded server starts at the first connection, not when settings are read, so that commands which need
no database stay instant.
"""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

EMBEDDED_ENGINE = "parvis.config.embedded"
SERVER_ENGINE = "django.db.backends.postgresql"

SESSION = {
    "statement_timeout": 60_000,  # milliseconds
    "lock_timeout": 10_000,
    # PostgreSQL's 4 stands for a disk that turns. A town's rows are in memory, or on a disk where one page costs as
    # much as the next: with 4, a table grown by half is read from end to end where an index would do.
    "random_page_cost": 1.1,
}
"""What each connection asks of the server."""


def database_from_url(url: str, *, var_dir: Path) -> dict[str, Any]:
    """Turn ``postgresql://user:password@host:5432/name?sslmode=require`` into Django's settings.

    An empty ``url`` means the embedded server, with its data in ``var_dir / "postgres"``.
    Raises ``ValueError`` with a sentence for the operator when the scheme is not PostgreSQL.
    """
    common: dict[str, Any] = {
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": " ".join(f"-c {name}={value}" for name, value in SESSION.items())},
    }
    if not url:
        return common | {"ENGINE": EMBEDDED_ENGINE, "NAME": "parvis", "VAR_DIR": var_dir}
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError("DATABASE_URL must start with postgresql:// ; Parvis runs on PostgreSQL 15 or later.")
    options = dict(parse_qsl(parts.query))
    return common | {
        "ENGINE": SERVER_ENGINE,
        "NAME": unquote(parts.path.lstrip("/")) or "parvis",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", None) or unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": common["OPTIONS"] | options,
    }
