"""Routing files of every make are read the same; what cannot be read costs one sentence and no run."""

import io
import json
from pathlib import Path
from random import Random

import numpy as np
import pytest

from parvis.delivery import bench
from parvis.delivery.bench import bench_routing, solve_file
from parvis.delivery.bench_files import read_raw, read_records, read_solution
from parvis.delivery.bench_instances import NotExpressible, read_instance
from parvis.delivery.planning import solve

from .test_bench import SOLOMON, TINY, write


@pytest.mark.parametrize("plain", [TINY, SOLOMON], ids=["vrplib", "solomon"])
@pytest.mark.parametrize(
    "dressed",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\n\n"),
        lambda text: "\ufeff" + text,
        str.lower,
        lambda text: text.replace("tiny", "Liège").replace("TINY", "Liège"),
        lambda text: text.rstrip() + "  \n\n \n",
        lambda text: text.replace(" 90", " 90.0").replace(": 10\n", ": 10.00\n"),
        lambda text: text.replace(": ", " :\t").replace("_SECTION\n", "_SECTION :\n"),
        lambda text: text.replace("XCOORD.  YCOORD.", "X Y").replace("DEPOT_SECTION\n1\nEOF\n", "DEPOT_SECTION\n1\n-1"),
    ],
    ids=["crlf", "blank", "bom", "lower", "name", "tail", "decimal", "spaced", "headings"],
)
def test_the_same_file_in_other_clothes(tmp_path: Path, plain: str, dressed: object) -> None:
    assert callable(dressed)
    expected = read_instance(write(tmp_path, "plain.txt", plain)).problem
    for encoding in ("utf-8", "latin-1") if "\ufeff" not in dressed(plain) else ("utf-8",):
        path = tmp_path / "dressed.vrp"
        path.write_bytes(dressed(plain).encode(encoding))
        assert read_instance(path).problem == expected


FULL = "0 1 2 3\n1 0 4 5\n2 4 0 6\n3 5 6 0"


@pytest.mark.parametrize(
    ("form", "numbers"),
    [
        ("FULL_MATRIX", FULL),
        ("FULL_MATRIX", FULL.replace("\n", " ")),
        ("FULL_MATRIX", "0 1 2 3 1\n0 4 5\n2 4 0 6 3 5\n6 0"),
        ("FULL_MATRIX", FULL.replace("0", "9999")),
        ("LOWER_ROW", "1\n2 4\n3 5 6"),
        ("LOWER_ROW", "1 2 4 3\n5 6"),
        ("UPPER_COL", "1 2 4 3 5 6"),
        ("UPPER_ROW", "1 2 3\n4 5\n6"),
        ("LOWER_COL", "1 2 3 4 5 6"),
        ("LOWER_DIAG_ROW", "0\n1 0\n2 4 0\n3 5 6 0"),
        ("UPPER_DIAG_COL", "0 1 0 2 4 0 3 5 6 0"),
        ("UPPER_DIAG_ROW", "0 1 2 3 0 4 5 0 6 0"),
        ("lower_diag_col", "0 1 2 3 0 4 5 0 6 0"),
    ],
)
def test_matrices_of_every_form_on_any_lines(tmp_path: Path, form: str, numbers: str) -> None:
    demand = "\n".join(f"{place} {int(place > 1)}" for place in range(1, 5))
    text = (
        f"NAME: m\nEDGE_WEIGHT_TYPE: EXPLICIT\nEDGE_WEIGHT_FORMAT: {form}\nDIMENSION: 4\nCAPACITY: 3\n"
        f"EDGE_WEIGHT_SECTION\n{numbers}\nDEMAND_SECTION\n{demand}\nDEPOT_SECTION\n1\n-1\nEOF\n"
    )
    raw, _solomon = read_raw(write(tmp_path, "m.vrp", text))
    assert raw["edge_weight"].tolist() == [[0, 1, 2, 3], [1, 0, 4, 5], [2, 4, 0, 6], [3, 5, 6, 0]]


def test_lines_between_places_are_exact_before_they_are_cut_off(tmp_path: Path) -> None:
    places = "1 0.3 0.7\n2 0.3 0.7\n3 1000000.1 4.7\n4 1000000.1 1.7\n"
    raw, _solomon = read_raw(write(tmp_path, "near.vrp", TINY.replace("1 0 0\n2 3 4\n3 0 5\n4 1 1\n", places)))
    assert raw["edge_weight"][0][1] == 0
    assert raw["edge_weight"][2][3] == pytest.approx(3, abs=1e-12)
    assert not np.isnan(raw["edge_weight"]).any()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "neither of VRPLIB's form nor of Solomon's"),
        ("These are 2 instances.\nEnjoy.\n", "neither of"),
        (TINY.replace("4 1 1\n", ""), "3 lines in NODE_COORD_SECTION for a dimension of 4"),
        (TINY.replace("4 0 90\n", ""), "3 lines in TIME_WINDOW_SECTION"),
        (TINY.replace("DIMENSION: 4\n", ""), "lacks 'dimension'"),
        (TINY.replace("EUC_2D", "GEO"), "distances of type GEO"),
        (TINY.replace("EUC_2D", "EXPLICIT"), "a matrix of form unknown"),
        (
            TINY.replace("EUC_2D", "EXPLICIT\nEDGE_WEIGHT_FORMAT: LOWER_ROW"),
            "0 distances where a LOWER_ROW of 4 places has 6",
        ),
        (SOLOMON.replace("    1       3 ", "    1 "), "lines of seven numbers"),
        (SOLOMON.replace("    2       0 ", "    7       0 "), "numbered from 0"),
        (SOLOMON.replace("0         100", "500       100"), "the shift ends after it starts"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(tmp_path: Path, text: str, reason: str) -> None:
    path = write(tmp_path, "odd.txt", text)
    with pytest.raises(NotExpressible, match=reason):
        read_instance(path)
    line = str(solve_file(path, 0.01))
    assert line.startswith("odd")
    assert "\n" not in line


@pytest.mark.parametrize("said", ["", "Route #1: 1 x\nCost 7\n", "Route #1: 1\nCost: unknown\n", "Cost\n"])
def test_a_solution_that_cannot_be_read_is_none(tmp_path: Path, said: str) -> None:
    path = write(tmp_path, "tiny.vrp", TINY)
    write(tmp_path, "tiny.sol", said)
    assert read_solution(path) is None
    assert read_instance(path).best is None


def test_places_that_are_not_there_prove_no_rule(tmp_path: Path) -> None:
    path = write(tmp_path, "tiny.vrp", TINY)
    write(tmp_path, "TINY.SOL", "Route #1: 1 3 0 99\nCost 200\n")
    assert read_instance(path).best == 200
    assert read_instance(path).problem.distances[0][3] == 14


def test_costs_in_wholes_of_lines_cut_off_at_tenths(tmp_path: Path) -> None:
    """As the solutions beside Solomon's instances are often published: 827.3, not 8273."""
    for name, text in (("a.txt", SOLOMON), ("b.vrp", TINY)):
        path = write(tmp_path, name, text)
        write(tmp_path, f"{path.stem}.sol", "Route #1: 1 2\nCost 13.1\n")
        instance = read_instance(path)
        assert (instance.best, instance.scale, instance.problem.distances[1][2]) == (13.1, 10, 31)


@pytest.mark.parametrize("known", ["", "[]", '{"TINY": 20.5}', '{"tiny": {"best_known_cost": 20.5}}', '{"TINY": null}'])
def test_best_known_costs_in_any_shape(tmp_path: Path, known: str) -> None:
    for name, text in (("Tiny.txt", SOLOMON), ("Tiny.vrp", TINY)):
        path = write(tmp_path, name, text)
        write(tmp_path, "Best-Known.json", known)
        assert read_instance(path).best == (20.5 if "20.5" in known else None)
    assert read_records(tmp_path / "Tiny.txt").keys() <= {"TINY"}


def test_folders_in_the_folder_are_read_too(tmp_path: Path) -> None:
    for name in ("multi", "solomon"):
        (tmp_path / name).mkdir()
    write(tmp_path / "multi", "tiny.VRP", TINY)
    write(tmp_path / "solomon", "TINY.TXT", SOLOMON)
    assert bench_routing(tmp_path, seconds=0.01, out=io.StringIO())["n"] == 2


def test_one_that_fails_does_not_end_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "a.vrp", TINY)
    write(tmp_path, "b.vrp", TINY)

    def fails_once(*args: object, **how: object) -> object:
        monkeypatch.setattr("parvis.delivery.bench.solve", solve)
        raise OverflowError("too large")

    monkeypatch.setattr("parvis.delivery.bench.solve", fails_once)
    out = io.StringIO()
    assert bench_routing(tmp_path, seconds=0.01, out=out)["infeasible"] == 1
    assert "a  " in out.getvalue()
    assert "the planner gave up (too large)" in out.getvalue()


def test_what_cannot_be_served_is_said_in_one_sentence(tmp_path: Path) -> None:
    write(tmp_path, "late.vrp", TINY.replace("1 0 100", "1 0 20"))
    out = io.StringIO()
    bench_routing(tmp_path, seconds=0.01, out=out)
    assert "no plan serves all: 1 of 3 left out" in out.getvalue()


@pytest.mark.parametrize("customers", [10, 50, 200, 400])
@pytest.mark.parametrize("horizon", [1_500, 5_000, 100_000])
def test_sizes_and_horizons(tmp_path: Path, customers: int, horizon: int) -> None:
    """From ten customers to four hundred, one vehicle or many: whatever comes out, the verifier accepts it."""
    chance = Random(customers + horizon)
    places = range(2, customers + 2)
    released = {place: chance.randrange(horizon // 4) for place in places}
    sections = {
        "NODE_COORD": ["1 50 50", *(f"{p} {chance.randrange(100)} {chance.randrange(100)}" for p in places)],
        "DEMAND": ["1 0", *(f"{p} {chance.randint(1, 30)}" for p in places)],
        "TIME_WINDOW": [f"1 0 {horizon}", *(f"{p} {released[p] + 150} {3 * horizon // 4}" for p in places)],
        "RELEASE_TIME": ["1 0", *(f"{p} {released[p]}" for p in places)],
        "VEHICLES_RELOAD_DEPOT": [f"{k} 1" for k in range(1, 1 + max(1, customers // 50))],
        "DEPOT": ["1"],
    }
    head = f"NAME: x\nEDGE_WEIGHT_TYPE: EUC_2D\nDIMENSION: {customers + 1}\nCAPACITY: 100\nSERVICE_TIME: 10\n"
    fleet = f"VEHICLES: {max(1, customers // 50)}\n"
    text = head + fleet + "".join(f"{name}_SECTION\n" + "\n".join(rows) + "\n" for name, rows in sections.items())
    instance = read_instance(write(tmp_path, "x.vrp", text))
    line = bench.solve_instance(instance, 0.05)
    assert line.trouble == "" or line.trouble.startswith("no plan serves all")
    assert "," not in line.trouble, "else the verifier found something"
    assert json.dumps(bench.summarise([line]))
