"""``parvis town addresses``: the doors of a town from the French address base (BAN)."""

import argparse
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from parvis.core.errors import Refusal
from parvis.towns.ban import Removals, import_base
from parvis.towns.models import Town

MOST_TOLD = 50  # wrong rows named one by one


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``parvis town addresses``."""
    parser.add_argument("slug")
    parser.add_argument(
        "--ban", type=Path, required=True, metavar="FILE", help="CSV of the address base, .csv or .csv.gz"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
    parser.add_argument(
        "--removals",
        choices=list(Removals),
        default=Removals.FEW,
        help="doors that the file lacks: removed unless they are many (few), removed (all), kept (none)",
    )


def run(options: argparse.Namespace, *, at: datetime) -> dict[str, Any]:
    """Import, or try; gives the summary that is printed. Wrong rows go to standard error, each with its line."""
    started = time.monotonic()
    town = Town.objects.filter(slug=options.slug).first()
    if town is None:
        raise Refusal(f"There is no town {options.slug} here.")
    print(f"  reading {options.ban}", file=sys.stderr, flush=True)
    report = import_base(town, options.ban, at=at, dry_run=options.dry_run, removals=Removals(options.removals))
    for wrong in report.wrong[:MOST_TOLD]:
        print(f"  line {wrong.line}: {wrong.reason}", file=sys.stderr)
    if len(report.wrong) > MOST_TOLD:
        print(f"  and {len(report.wrong) - MOST_TOLD} more", file=sys.stderr)
    return {
        "town": town.slug,
        "dry_run": options.dry_run,
        **report.figures,
        "seconds": round(time.monotonic() - started, 1),
    }
