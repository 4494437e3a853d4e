"""``parvis demo`` and ``parvis simulate``."""

import argparse
import json
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from parvis.demo.council.command import simulate_month
from parvis.demo.council.options import add_month_arguments
from parvis.demo.profiles import PROFILES
from parvis.demo.refresh import are_built, bring_up, is_alive, stderr
from parvis.demo.simulation.baskets import BadInput, read_baskets, read_products
from parvis.demo.simulation.playing import simulate
from parvis.towns.models import Town


def add_demo_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``parvis demo``."""
    parser.add_argument(
        "--refresh", action="store_true", help="bring towns that exist up to now; build none (part of `make run`)"
    )
    parser.add_argument(
        "--town", action="append", metavar="SLUG", choices=[p.slug for p in PROFILES], help="only this town"
    )


def run_demo(options: argparse.Namespace) -> int:
    """Build or refresh the demonstration towns."""
    if not settings.DEMO:
        print("Demonstration towns are switched off on this installation (PARVIS_DEMO).", file=sys.stderr)
        return 2
    started = time.perf_counter()
    profiles = [p for p in PROFILES if not options.town or p.slug in options.town]
    bring_up(profiles, at=timezone.now(), say=stderr, build=not options.refresh)
    stderr(f"the demonstration is ready ({time.perf_counter() - started:.1f} s)")
    return 0


def refresh_demo() -> None:
    """What ``parvis serve --demo`` does before it opens: build the towns where they are missing.

    Towns that exist are brought up to now by a process of its own, so that pages open at once.
    """
    at = timezone.now()
    if not settings.DEMO or is_alive(at):
        return
    if are_built():
        subprocess.Popen([sys.executable, "-m", "parvis", "demo", "--refresh"])
    else:
        bring_up(at=at, say=stderr)


def add_simulate_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``parvis simulate``."""
    parser.add_argument(
        "what", nargs="?", choices=("day", "month"), default="day", help="a day through the pages' own code, or a month"
    )
    parser.add_argument("--town", required=True, metavar="SLUG", help="a town of this installation")
    parser.add_argument("--orders", type=int, default=500, help="how many orders are placed (default 500)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same day")
    parser.add_argument("--products", type=Path, metavar="CSV", help="of a day: columns ean, name_fr")
    parser.add_argument("--baskets", type=Path, metavar="CSV", help="of a day: one basket of item words a line")
    parser.add_argument("--date", metavar="YYYY-MM-DD", help="default: the next free weekday")
    parser.add_argument("--bike-share", type=float, default=0.8, help="share of orders that ask for the bike (0.8)")
    parser.add_argument("--capacity", type=int, help="deliveries promised in each window; default: what bikes can keep")
    parser.add_argument("--keep", action="store_true", help="keep the day in the database, to look at its pages")
    add_month_arguments(parser)


def run_simulate(options: argparse.Namespace) -> int:
    """Play a day or a month; the summary is one line of JSON on standard output."""
    try:
        town = _simulated_town(options)
        if options.what == "month":
            print(json.dumps(simulate_month(town, options, at=timezone.now(), say=stderr), ensure_ascii=False))
            return 0
        if options.products is None or options.baskets is None:
            raise BadInput("A day needs --products and --baskets.")
        summary = simulate(
            town=town,
            orders=options.orders,
            seed=options.seed,
            products=read_products(options.products),
            baskets=read_baskets(options.baskets),
            at=timezone.now(),
            day=_date(options.date),
            bike_share=options.bike_share,
            capacity=options.capacity,
            keep=options.keep,
            say=stderr,
        )
    except BadInput as problem:
        print(problem, file=sys.stderr)
        return 2
    print(json.dumps(summary, ensure_ascii=False))
    return 0


def _simulated_town(options: argparse.Namespace) -> Town:
    if not 1 <= options.orders <= 20_000:
        raise BadInput("--orders is a number from 1 to 20000.")
    if not 0 <= options.bike_share <= 1:
        raise BadInput("--bike-share is between 0 and 1.")
    if options.capacity is not None and not 1 <= options.capacity <= 1000:
        raise BadInput("--capacity is a number from 1 to 1000.")
    if options.seed < 0:
        raise BadInput("--seed is 0 or more.")
    town = Town.objects.filter(slug=options.town).first()
    if town is None:
        known = ", ".join(Town.objects.order_by("slug").values_list("slug", flat=True)) or "none yet"
        raise BadInput(f"There is no town {options.town} here. Towns: {known}.")
    return town


def _date(text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput("--date is written as 2026-11-26.") from None
