"""The bench of money: nothing is lost in random baskets, and it would notice if something were."""

import argparse
from random import Random

import pytest

from parvis.market import bench
from parvis.market.pricing import movements


def arguments(*words):
    parser = argparse.ArgumentParser()
    bench.add_arguments(parser)
    return parser.parse_args(words)


def test_no_cent_is_lost(tmp_path, capsys):
    figure = tmp_path / "money.md"
    assert bench.run(arguments("--baskets", "300", "--write", str(figure))) == 0
    assert figure.read_text() in capsys.readouterr().out
    assert figure.read_text().startswith("| 300 | 1 |")


def test_the_same_seed_is_the_same_basket():
    assert bench.play(Random("7")).balances == bench.play(Random("7")).balances != bench.play(Random("8")).balances


def to_the_buyer(*, buyer, shop, cents, line=""):
    """A mistake: the fund forgets that it owes."""
    return {f"voucher:{shop}:{line or 'town'}": cents, buyer: -cents}


def kept_twice(*, shop, cents):
    """A mistake: the money moves, and the shop owes it still."""
    return {"online:town": cents, f"online:{shop}": -cents}


@pytest.mark.parametrize(
    ("where", "name", "mistake"),
    [(movements, "voucher", to_the_buyer), (movements, "corrected", None), (movements, "kept", kept_twice)],
)
def test_it_notices_a_mistake(monkeypatch, where, name, mistake):
    right = getattr(where, name)

    def a_cent_too_much(**given):
        entries = right(**given)
        return {account: cents + (1 if account.startswith("vat:") else 0) for account, cents in entries.items()}

    monkeypatch.setattr(where, name, mistake or a_cent_too_much)
    _posted, wrong, _seconds = bench.measure(40, 1)
    assert wrong
