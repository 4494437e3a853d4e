"""The measurement of second times: the same buyers each time, more of them with every step, plans that are verified."""

import json
from itertools import pairwise
from types import SimpleNamespace

import pytest

from parvis.config.bench_days import HOUR, place_of
from parvis.config.bench_second import PARTS, run, with_second_times
from parvis.config.bench_straight import SHOPS, WAVES, day, measured


def test_who_is_free_stays_free_and_the_last_wave_has_no_later_one() -> None:
    streets, doors = place_of("")
    problem, senders = day(streets, doors, doors[-SHOPS:], 40, 1, late=0.0, percent=None)
    free = [{d.id for d in with_second_times(problem, part, 1).drops if d.others} for part in PARTS]
    assert free[0] == set()
    assert all(fewer <= more for fewer, more in pairwise(free))
    assert free[-1] == {d.id for d in problem.drops if d.earliest != WAVES[-1] * HOUR}
    later = [d for d in with_second_times(problem, 100, 1).drops if d.others]
    assert all(d.others[0].earliest // HOUR in WAVES and d.others[0].earliest > d.earliest for d in later)
    assert measured(with_second_times(problem, 100, 1), senders)["refused"] == 0


def test_the_command_prints_what_it_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(SimpleNamespace(town="", deliveries=6, days=1)) == 0  # type: ignore[arg-type]
    found = json.loads(capsys.readouterr().out)["found"]
    assert [one["percent"] for one in found] == list(PARTS)
    assert found[0]["second"] == 0
