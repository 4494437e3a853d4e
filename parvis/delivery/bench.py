"""How good the plans are: published instances solved by the very code that towns use.

Two families are read from a folder and those in it. VRPLIB (`NAME.vrp`, best known in `NAME.sol`): several trips,
release times, time windows, capacities, fleets. Solomon (`NAME.txt`, best known in `best-known.json`): one trip
per vehicle. Each becomes a `Problem` (see `bench_instances`), is given to `solve`, and its plan to
`verify`; a gap is cost / best known - 1. With `--compare`, other planners are given the same (`bench_rivals`).
"""

import argparse
import json
import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TextIO

from .bench_instances import Instance, NotExpressible, instance_paths, read_instance
from .bench_rivals import RIVALS, Rival, against, missing
from .planning import solve, verify

SEED = 1


@dataclass(frozen=True, slots=True)
class Line:
    """The outcome for one instance; `gap` is None without a best known cost or a complete plan."""

    name: str
    drops: int = 0
    cost: float = 0.0
    best: float | None = None
    gap: float | None = None
    trips: int = 0
    seconds: float = 0.0
    trouble: str = ""
    skipped: bool = False
    rivals: Mapping[str, Rival] = field(default_factory=dict)

    def __str__(self) -> str:
        if self.skipped:
            return f"{self.name:20} skipped: {self.trouble}"
        gap = "      -" if self.gap is None else f"{100 * self.gap:6.2f}%"
        best = "-" if self.best is None else f"{self.best:.10g}"
        size = f"{self.name:20} {self.drops:5} drops {self.trips:4} trips"
        cost = f"cost {self.cost:<10.10g} best {best:10} gap {gap}  {self.seconds:5.1f} s"
        others = "; ".join(f"{name} {rival}" for name, rival in self.rivals.items())
        return f"{size}  {cost}  {self.trouble}  {others}".rstrip()


def bench_routing(
    folder: Path,
    *,
    seconds: float,
    every: int = 1,
    first: int = 0,
    out: TextIO = sys.stdout,
    jobs: int = 1,
    rivals: Sequence[str] = (),
) -> dict[str, Any]:
    """Solves every K-th instance (by name, from that numbered `first`) of `folder`, `seconds` of processor time each.

    Writes a line per instance to `out` and a JSON summary as the last line, which is also returned:
    `n` instances solved, `mean_gap` and `worst_gap` as fractions over those with a complete plan and a best
    known cost (None if there are none), `infeasible` those left incomplete or refused by the verifier,
    `skipped` those that ask for what no town has (pick-ups, several hubs and the like); for each of `rivals`
    how many it solved, its mean gap, and ours on the same.
    """
    lines = []
    for line in _solved(instance_paths(folder)[first::every], seconds, jobs, rivals):
        print(line, file=out, flush=True)
        lines.append(line)
    summary = summarise(lines)
    print(json.dumps(summary), file=out, flush=True)
    return summary


def summarise(lines: Sequence[Line]) -> dict[str, Any]:
    """The figures over all instances; see `bench_routing`."""
    gaps = [line.gap for line in lines if line.gap is not None]
    return {
        "n": sum(not line.skipped for line in lines),
        "mean_gap": round(statistics.fmean(gaps), 6) if gaps else None,
        "worst_gap": round(max(gaps), 6) if gaps else None,
        "infeasible": sum(bool(line.trouble) and not line.skipped for line in lines),
        "skipped": sum(line.skipped for line in lines),
        **{name: _beside(name, lines) for name in RIVALS if any(name in line.rivals for line in lines)},
    }


def _beside(name: str, lines: Sequence[Line]) -> dict[str, Any]:
    """The mean gap of another planner where it has a plan, and ours on the same instances."""
    both = [(line.rivals[name].gap, line.gap) for line in lines if name in line.rivals]
    pairs = [(theirs, ours) for theirs, ours in both if theirs is not None and ours is not None]
    if not pairs:
        return {"n": 0}
    theirs, ours = (round(statistics.fmean(gaps), 6) for gaps in zip(*pairs, strict=True))
    return {"n": len(pairs), "mean_gap": theirs, "ours": ours}


def _solved(paths: Sequence[Path], seconds: float, jobs: int, rivals: Sequence[str]) -> Iterator[Line]:
    if jobs <= 1:
        yield from (solve_file(path, seconds, rivals) for path in paths)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(solve_file, paths, [seconds] * len(paths), [rivals] * len(paths))


def solve_file(path: Path, seconds: float, rivals: Sequence[str] = ()) -> Line:
    """One instance read, solved and verified, by us and by the planners named."""
    try:
        instance = read_instance(path)
    except NotExpressible as reason:
        return Line(path.stem, trouble=str(reason), skipped=True)
    try:
        line = solve_instance(instance, seconds)
    except Exception as error:
        return Line(path.stem, len(instance.problem.drops), trouble=f"the planner gave up ({error})")
    return replace(line, rivals={name: against(instance, name, seconds, SEED) for name in rivals})


def solve_instance(instance: Instance, seconds: float) -> Line:
    problem = instance.problem
    plan = solve(problem, seed=SEED, seconds=seconds)
    violations = verify(problem, plan)
    trouble = ", ".join(sorted({violation.kind for violation in violations}))
    if plan.unserved:
        left = f"no plan serves all: {len(plan.unserved)} of {len(problem.drops)} left out"
        trouble = f"{left}, {trouble}" if trouble else left
    cost = plan.cost / instance.scale
    gap = None if trouble or not instance.best else cost / instance.best - 1
    return Line(instance.name, len(problem.drops), cost, instance.best, gap, len(plan.trips), plan.seconds, trouble)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `parvis bench routing`."""
    parser.add_argument("folder", type=Path, help="folder of instances (.vrp with .sol, .txt with best-known.json)")
    parser.add_argument("--seconds", type=float, default=10, help="processor seconds per instance (10)")
    parser.add_argument("--every", type=int, default=1, metavar="K", help="only every K-th instance by name")
    parser.add_argument("--first", type=int, default=0, metavar="I", help="begin with the I-th instance (0)")
    parser.add_argument("--compare", action="store_true", help="other planners too, with the same seconds each")
    parser.add_argument("--jobs", type=int, default=1, help="instances at a time, one thread each (1)")
    parser.add_argument("--json", action="store_true", help="write only the JSON summary on standard output")


def run(args: argparse.Namespace) -> int:
    """Runs the command; 0 when something was solved, 2 when FOLDER holds nothing to solve."""
    if not args.folder.is_dir() or not instance_paths(args.folder):
        print(f"No instances in {args.folder}: give a folder with .vrp or .txt files.", file=sys.stderr)
        return 2
    out = sys.stderr if args.json else sys.stdout
    rivals = [name for name in RIVALS if name not in missing()] if args.compare else []
    if args.compare and missing():
        print(f"Not installed: {', '.join(missing())} (make bench installs them).", file=sys.stderr)
    summary = bench_routing(
        args.folder,
        seconds=args.seconds,
        every=max(1, args.every),
        first=max(0, args.first),
        out=out,
        jobs=args.jobs,
        rivals=rivals,
    )
    if args.json:
        print(json.dumps(summary))
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Plans published routing instances and compares with the best known.")
    add_arguments(parser)
    return run(parser.parse_args(argv))


if __name__ == "__main__":
    sys.exit(main())
