"""An import that is killed in the middle has not happened, and runs again."""

import os
import subprocess
import sys
import textwrap

import pytest
from django.db import connection

from parvis.places.models import Change, ImportRun, OpenSpan, Place

pytestmark = pytest.mark.django_db(transaction=True)

SCRIPT = """
    import os, signal, sys
    import django
    django.setup()
    from parvis.config import cli
    from parvis.places.actions.imports import applying

    point = {point!r}
    real = getattr(applying, point) if hasattr(applying, point) else None
    calls = []

    def dies(*args, **kwargs):
        calls.append(1)
        if len(calls) == 2 or point != "rewrite_spans":
            print("killed in", point, flush=True)
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **kwargs)

    if point:
        setattr(applying, point, dies)
    from parvis.config import serve
    serve.prepare = lambda: None
    sys.exit(cli.main(["places", "import", "issy", {file!r}, "--source", "Chamber"]))
"""


def run(file, point=""):
    settings = connection.settings_dict
    url = f"postgresql://{settings['USER']}:{settings['PASSWORD']}@/{settings['NAME']}?host={settings['HOST']}"
    if settings["PORT"]:
        url += f"&port={settings['PORT']}"
    script = textwrap.dedent(SCRIPT).format(file=str(file), point=point)
    environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "parvis.config.settings"}
    return subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=100)


def written():
    return [model.objects.count() for model in (Place, OpenSpan, Change, ImportRun)]


@pytest.mark.timeout(300)  # two fresh processes
@pytest.mark.parametrize("point", ["rewrite_spans", "refresh_statistics"])
def test_killed_in_the_middle(town, tmp_path, point):
    file = tmp_path / "shops.csv"
    rows = [f"{n};Lieu {n};bakery;{48.81 + n / 1e5:.5f};2.27;Mo-Fr 09:00-12:00" for n in range(1200)]
    file.write_text("ref;name;category;lat;lon;horaires\n" + "\n".join(rows))
    before = written()
    killed = run(file, point)
    assert f"killed in {point}" in killed.stdout, killed.stderr
    assert killed.returncode == -9
    assert written() == before
    again = run(file)
    assert again.returncode == 0, again.stderr
    assert Place.objects.count() == 1200
    assert ImportRun.objects.get().applied_at is not None
    assert OpenSpan.objects.count() > 1200
