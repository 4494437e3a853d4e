"""``parvis demo`` and ``parvis simulate``."""

import argparse
import subprocess
import sys
import time

from django.conf import settings
from django.utils import timezone

from parvis.demo.profiles import PROFILES
from parvis.demo.refresh import are_built, bring_up, is_alive, stderr


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
