"""How good the plans are: published instances solved by the very code that towns use.

Two families are read from a folder. VRPLIB (`NAME.vrp`, best known in `NAME.sol`): several trips, release
times, time windows, capacities, fleets. Solomon (`NAME.txt`, best known in `best-known.json`): one trip
per vehicle. Each becomes a `Problem` (see `bench_instances`), is given to `solve`, and its plan to
`verify`; a gap is cost / best known - 1.
"""

import argparse
import json
import statistics
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from .bench_instances import Instance, NotExpressible, instance_paths, read_instance
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

    def __str__(self) -> str:
        if self.skipped:
            return f"{self.name:20} skipped: {self.trouble}"
        gap = "      -" if self.gap is None else f"{100 * self.gap:6.2f}%"
        best = "-" if self.best is None else f"{self.best:.10g}"
        size = f"{self.name:20} {self.drops:5} drops {self.trips:4} trips"
        cost = f"cost {self.cost:<10.10g} best {best:10} gap {gap}  {self.seconds:5.1f} s"
        return f"{size}  {cost}  {self.trouble}".rstrip()


def bench_routing(
    folder: Path, *, seconds: float, every: int = 1, out: TextIO = sys.stdout, jobs: int = 1
) -> dict[str, Any]:
    """Solves every K-th instance (by name) of `folder` with `seconds` of processor time on one thread each.

    Writes a line per instance to `out` and a JSON summary as the last line, which is also returned:
    `n` instances solved, `mean_gap` and `worst_gap` as fractions over those with a complete plan and a best
    known cost (None if there are none), `infeasible` those left incomplete or refused by the verifier,
    `skipped` those that ask for what no town has (pick-ups, several hubs and the like).
    """
    lines = []
    for line in _solved(instance_paths(folder)[::every], seconds, jobs):
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
    }


def _solved(paths: Sequence[Path], seconds: float, jobs: int) -> Iterator[Line]:
    if jobs <= 1:
        yield from (solve_file(path, seconds) for path in paths)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(solve_file, paths, [seconds] * len(paths))


def solve_file(path: Path, seconds: float) -> Line:
    """One instance read, solved and verified."""
    try:
        instance = read_instance(path)
    except NotExpressible as reason:
        return Line(path.stem, trouble=str(reason), skipped=True)
    return solve_instance(instance, seconds)


def solve_instance(instance: Instance, seconds: float) -> Line:
    problem = instance.problem
    plan = solve(problem, seed=SEED, seconds=seconds)
    violations = verify(problem, plan)
    trouble = ", ".join(sorted({violation.kind for violation in violations}))
    if plan.unserved:
        trouble = f"{len(plan.unserved)} unserved {trouble}".strip()
    cost = plan.cost / instance.scale
    gap = None if trouble or not instance.best else cost / instance.best - 1
    return Line(instance.name, len(problem.drops), cost, instance.best, gap, len(plan.trips), plan.seconds, trouble)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `parvis bench routing`."""
    parser.add_argument("folder", type=Path, help="folder of instances (.vrp with .sol, .txt with best-known.json)")
    parser.add_argument("--seconds", type=float, default=10, help="processor seconds per instance (10)")
    parser.add_argument("--every", type=int, default=1, metavar="K", help="only every K-th instance by name")
    parser.add_argument("--jobs", type=int, default=1, help="instances at a time, one thread each (1)")
    parser.add_argument("--json", action="store_true", help="write only the JSON summary on standard output")


def run(args: argparse.Namespace) -> int:
    """Runs the command; 0 when something was solved, 2 when FOLDER holds nothing to solve."""
    if not args.folder.is_dir() or not instance_paths(args.folder):
        print(f"No instances in {args.folder}: give a folder with .vrp or .txt files.", file=sys.stderr)
        return 2
    out = sys.stderr if args.json else sys.stdout
    summary = bench_routing(args.folder, seconds=args.seconds, every=max(1, args.every), out=out, jobs=args.jobs)
    if args.json:
        print(json.dumps(summary))
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Plans published routing instances and compares with the best known.")
    add_arguments(parser)
    return run(parser.parse_args(argv))


if __name__ == "__main__":
    sys.exit(main())
