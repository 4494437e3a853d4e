"""``parvis goods``: what EANs stand for, for all towns of the installation."""

import argparse
import json
import sys
import time
from pathlib import Path

from parvis.core.errors import Refusal
from parvis.market.actions.known_products import load_known_products


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verbs of ``parvis goods``."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    catalogue = verbs.add_parser(
        "catalogue", help="bring a table of products (EAN, name, ingredients, picture) such as Open Food Facts gives"
    )
    catalogue.add_argument("file", type=Path)
    catalogue.add_argument("--source", default="Open Food Facts (ODbL 1.0)", help="whose data it is, with its licence")


def run(options: argparse.Namespace) -> int:
    """Do what was asked; 2 when it cannot be done, with a sentence on standard error."""
    started = time.monotonic()
    try:
        counts = load_known_products(options.file, source=options.source[:120])
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 2
    print(json.dumps(counts | {"seconds": round(time.monotonic() - started, 1)}))
    return 0
