"""Probes answer on any host, without a session."""

import pytest


@pytest.mark.django_db
@pytest.mark.parametrize("host", ["localhost", "nowhere.example", "issy.localhost"])
def test_probes(client, host):
    assert client.get("/health/", headers={"host": host}).json() == {"status": "alive"}
    assert client.get("/ready/", headers={"host": host}).json() == {"status": "ready"}
