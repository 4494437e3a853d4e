"""The options of ``parvis simulate month``, read into what is to be played."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from parvis.demo.council.luck import Misfortune
from parvis.demo.council.month import INSERTION, SLOTS, Plan
from parvis.demo.simulation.baskets import BadInput

LANGUAGES = ("fr", "nl", "en")


def add_month_arguments(parser: argparse.ArgumentParser) -> None:
    """What a month takes beside ``--town`` and ``--seed``."""
    month = parser.add_argument_group("a month, for a council")
    month.add_argument("--days", type=int, default=22, help="open days of a month (22), from a Monday on")
    month.add_argument("--months", type=int, default=1, help="months that are played, each with its own chance (1)")
    month.add_argument("--demand", default="40,80,245", metavar="N,N", help="orders by bike a day (40,80,245)")
    month.add_argument("--fleet", default="2,3,4", metavar="N,N", help="bikes on the road (2,3,4)")
    month.add_argument("--windows", default="10-14,16-20", metavar="H-H", help="delivery windows (10-14,16-20)")
    month.add_argument("--places", type=int, help="fixed places a window, to compare; default: what bikes can keep")
    month.add_argument("--breakdown", type=float, default=0.02, help="share of shifts on which a bike breaks (0.02)")
    month.add_argument("--breakdown-a-day", action="store_true", help="a bike breaks every day, in the first window")
    month.add_argument("--fee", type=int, metavar="CENTS", help="what a buyer pays, VAT in; default: the town's rules")
    month.add_argument("--shops", type=int, metavar="CENTS", help="what its shops pay for it together, VAT in")
    month.add_argument("--fixed", type=int, default=0, metavar="CENTS", help="rent and others a month (0)")
    month.add_argument("--report", type=Path, metavar="PDF", help="write a report with charts")
    month.add_argument("--language", choices=LANGUAGES, help="of the report; default: the town's")


def plan_of(options: argparse.Namespace) -> Plan:
    """What the options ask for. Raises BadInput."""
    for name, least, most in (("days", 1, 60), ("months", 1, 24)):
        if not least <= getattr(options, name) <= most:
            raise BadInput(f"--{name} is a number from {least} to {most}.")
    if not 0 <= options.breakdown <= 1:
        raise BadInput("--breakdown is between 0 and 1.")
    if options.places is not None and not 1 <= options.places <= 1000:
        raise BadInput("--places is a number from 1 to 1000.")
    return Plan(
        demands=_numbers(options.demand, "--demand", 1, 2000),
        fleets=_numbers(options.fleet, "--fleet", 1, 40),
        days=options.days,
        months=options.months,
        seed=options.seed,
        places=options.places,
        misfortune=Misfortune(breakdown=options.breakdown, one_a_day=options.breakdown_a_day),
        methods=(INSERTION, SLOTS),
    )


def _numbers(text: str, name: str, least: int, most: int) -> tuple[int, ...]:
    try:
        found: Sequence[int] = sorted({int(part) for part in text.split(",")})
    except ValueError:
        found = ()
    if not found or len(found) > 6 or not all(least <= n <= most for n in found):
        raise BadInput(f"{name} is up to six numbers from {least} to {most}, as 40,80,245.")
    return tuple(found)
