"""Static files of npm packages, served from ``node_modules`` under plain names.

One literal table: a file of a package is public when it has a line here, and only then.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

FILES = {
    "fonts/atkinson.woff2": "@fontsource-variable/atkinson-hyperlegible-next/files/"
    "atkinson-hyperlegible-next-latin-wght-normal.woff2",
    "fonts/bricolage.woff2": "@fontsource/bricolage-grotesque/files/bricolage-grotesque-latin-700-normal.woff2",
    # .mjs keeps the manifest from following the comments that name their source maps, which are not served
    "map/maplibre-gl.mjs": "maplibre-gl/dist/maplibre-gl.mjs",
    "map/maplibre-gl-worker.mjs": "maplibre-gl/dist/maplibre-gl-worker.mjs",
    "map/pmtiles.mjs": "pmtiles/dist/pmtiles.js",
    # reads QR codes where the browser cannot; it fetches the file beside it by its plain name
    "scan/decode.js": "qr/decode.js",
    "scan/index.js": "qr/index.js",
}


class _Packages(FileSystemStorage):
    """Reads ``fonts/x.woff2`` from where the package keeps it."""

    def path(self, name: str) -> str:
        return str(Path(self.location) / FILES[name])


class NodePackagesFinder(BaseFinder):
    """Finds the files of the table above."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        self.storage = _Packages(location=settings.NODE_MODULES)

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        if path not in FILES:
            return []
        found = self.storage.path(path)
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        for name in FILES:
            if Path(self.storage.path(name)).exists():
                yield name, self.storage
