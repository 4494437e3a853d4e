"""``parvis simulate month``: play, tell, and write the report."""

import argparse
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from parvis.core.time import day_of
from parvis.delivery.models import RunningCosts
from parvis.delivery.models.costs import rates_on
from parvis.demo.council.money import Books, terms_of
from parvis.demo.council.month import Plan, Say, play_all
from parvis.demo.council.options import plan_of
from parvis.demo.council.report import report_pdf
from parvis.demo.council.scene import Scene, blocks_of, scene_of
from parvis.demo.council.telling import tell
from parvis.demo.simulation.baskets import BadInput
from parvis.towns.models import Town


def simulate_month(town: Town, options: argparse.Namespace, *, at: datetime, say: Say) -> dict[str, Any]:
    """Play what the options ask for; the summary is plain JSON. Raises BadInput."""
    started = time.perf_counter()
    plan, blocks = plan_of(options), blocks_of(options.windows)
    if options.report is not None and not options.report.parent.is_dir():  # better now than after minutes
        raise BadInput(_unwritable(options.report))
    today = day_of(at, town.zone)
    terms = terms_of(town, today, fee=options.fee, shops=options.shops, fixed=options.fixed)
    books = Books(terms, rates_on(list(RunningCosts.objects.of(town)), today))
    say(f"{town.name}: asking for the ways between its doors")
    scene = scene_of(town, blocks, seed=plan.seed)
    told = tell(scene, plan, play_all(scene, plan, say), books)
    if options.report is not None:
        language = options.language or town.default_language
        _write(options.report, report_pdf(town, scene, plan, books, told, language=language, at=at))
        say(f"the report is {options.report}")
    return _frame(town, scene, plan, books) | {
        "trials": [one.to_json() for one in told],
        "seconds": round(time.perf_counter() - started, 1),
    }


def _write(path: Path, report: bytes) -> None:
    try:
        path.write_bytes(report)
    except OSError:
        raise BadInput(_unwritable(path)) from None


def _unwritable(path: Path) -> str:
    return f"The report cannot be written to {path}."


def _frame(town: Town, scene: Scene, plan: Plan, books: Books) -> dict[str, Any]:
    """What was played, so that somebody can play it again."""
    return {
        "town": town.slug,
        "streets": scene.streets,
        "doors": scene.doors,
        "windows": [f"{span.starts // 3600}-{span.ends // 3600}" for span in scene.spans],
        "days": plan.days,
        "months": plan.months,
        "seed": plan.seed,
        "income_each_cents": books.terms.income,
        "ranges": "middle, and eight months of ten (days for what is said by the day)",
    }
