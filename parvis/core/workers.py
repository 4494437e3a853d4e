"""Service workers: a script that must come from an address of its own, never from a cache of files."""

from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpResponse


def worker_script(name: str) -> HttpResponse:
    """The script of a worker by its static path; browsers ask again, so that a new version is taken at once."""
    response = HttpResponse(_text(name), content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response


@cache
def _text(name: str) -> str:
    return Path(str(finders.find(name))).read_text()
