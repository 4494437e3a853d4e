"""Where PostgreSQL is: at ``DATABASE_URL``, or embedded in the folder of this installation.

The embedded server starts at the first connection, not when settings are read, so that commands which need
no database stay instant.
"""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

EMBEDDED_ENGINE = "parvis.config.embedded"
SERVER_ENGINE = "django.db.backends.postgresql"


def database_from_url(url: str, *, var_dir: Path) -> dict[str, Any]:
    """Turn ``postgresql://user:password@host:5432/name?sslmode=require`` into Django's settings.

    An empty ``url`` means the embedded server, with its data in ``var_dir / "postgres"``.
    Raises ``ValueError`` with a sentence for the operator when the scheme is not PostgreSQL.
    """
    common: dict[str, Any] = {
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": "-c statement_timeout=60000 -c lock_timeout=10000"},
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
