"""A process that orders is killed before each of its statements and at random: nothing is ever half done."""

import json
import os
import subprocess
import sys
from urllib.parse import quote

import pytest
from django.db import connection


def address_of_the_tests_database():
    """As ``DATABASE_URL`` says it, so that another process finds it."""
    connection.ensure_connection()
    known = connection.settings_dict
    who = f"{known['USER']}:{known['PASSWORD']}@" if known["PASSWORD"] else f"{known['USER']}@"
    port = f"localhost:{known['PORT']}" if known["PORT"] else ""
    return f"postgresql://{who}{port}/{known['NAME']}?host={quote(str(known['HOST']), safe='')}"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="children are forked")
@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(600)
def test_killed_at_every_step_and_at_random():
    done = subprocess.run(
        [sys.executable, "-m", "parvis", "bench", "cuts", "--here", "--children", "3", "--rounds", "4", "--every", "5"],
        env=os.environ | {"DATABASE_URL": address_of_the_tests_database()},
        capture_output=True,
        text=True,
        timeout=580,
        check=False,
    )
    assert done.stdout, done.stderr[-2000:]
    found = {cut["action"]: cut for cut in json.loads(done.stdout)}
    assert {name: cut["wrong"] for name, cut in found.items() if cut["wrong"]} == {}
    assert done.returncode == 0
    assert found["place_order"]["cuts"] > 25, "an order of three shops is many statements"
    assert all(found[name]["cuts"] > 3 for name in ("accept_part", "prepare_part", "refuse_part", "cancel_part"))
    assert found["orders at random"]["cuts"] == 12
