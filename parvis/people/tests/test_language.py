"""What a cache between us and the visitor may keep depends on the language that was chosen."""

import pytest


@pytest.mark.parametrize("address", ["/", "/api/v1/places", "/places/boulangerie-du-parvis/hours.ics"])
def test_a_shared_cache_keeps_languages_apart(visit, shop, address):
    answer = visit().get(address, headers={"accept-language": "nl"})
    assert answer.status_code == 200
    assert {"Accept-Language", "Cookie"} <= {name.strip() for name in answer["Vary"].split(",")}
