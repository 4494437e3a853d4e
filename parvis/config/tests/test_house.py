"""The house is kept: a room imports only from lower floors, and documents say what the code does."""

import ast
import os
import re
import subprocess
from pathlib import Path

import pytest

from parvis.config import retention

pytestmark = pytest.mark.house

ROOT = Path(__file__).resolve().parents[3]
ROOMS = ROOT / "parvis"
FLOORS = {
    "core": 1,
    "towns": 2,
    "people": 2,
    "places": 3,
    "delivery": 3,
    "market": 4,
    "bulletin": 4,
    "joining": 5,
    "portal": 6,
    "demo": 6,
    "config": 7,
}
# people may import towns: a role is held in a town.
NEIGHBOURS = {("people", "towns")}


def sources(*, tests: bool = False) -> list[Path]:
    return [
        path
        for path in sorted(ROOMS.rglob("*.py"))
        if path.parent != ROOMS and (tests or not ({"tests", "migrations"} & set(path.relative_to(ROOMS).parts)))
    ]


def imported_rooms(path: Path) -> set[str]:
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names = [node.module] if node.module != "parvis" else [f"parvis.{alias.name}" for alias in node.names]
        rooms |= {name.split(".")[1] for name in names if name.startswith("parvis.")}
    return rooms & set(FLOORS)


def test_every_room_has_its_floor():
    rooms = {path.parent.name for path in ROOMS.glob("*/__init__.py")}
    assert rooms == set(FLOORS)


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOMS)))
def test_a_room_imports_only_lower_floors(path):
    room = path.relative_to(ROOMS).parts[0]
    wrong = [
        other
        for other in imported_rooms(path) - {room}
        if FLOORS[other] >= FLOORS[room] and (room, other) not in NEIGHBOURS
    ]
    assert not wrong, f"{room} (floor {FLOORS[room]}) imports {wrong}"


def test_the_planning_room_knows_no_django():
    for path in (ROOMS / "delivery" / "planning").glob("*.py"):
        assert "django" not in path.read_text(), path


def test_the_verifier_shares_nothing_with_the_solver():
    text = (ROOMS / "delivery" / "planning" / "verifying.py").read_text()
    imports = re.findall(r"^(?:from|import) (\S+)", text, re.MULTILINE)
    assert not {".solving", ".model", ".timing", "pyvrp"} & set(imports), imports


@pytest.mark.parametrize("room", sorted(set(FLOORS) - {"config"}))
def test_a_room_says_what_it_holds(room):
    docstring = ast.get_docstring(ast.parse((ROOMS / room / "__init__.py").read_text())) or ""
    assert len(docstring) > 120
    if room in {"core", "towns", "people", "places", "delivery", "market", "bulletin", "joining"}:
        assert "personal" in docstring.lower()


def test_settings_and_their_page_agree():
    code = (ROOMS / "config" / "settings.py").read_text()
    read = set(re.findall(r'(?:environ\.get\(|environ\[|_flag\()\s*"([A-Z_]+)"', code))
    written = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE))
    assert read == written


def test_the_retention_table_is_documented():
    page = (ROOT / "docs" / "install.md").read_text()
    for rule in retention.RULES:
        assert rule.what in page, rule.what
        assert f"{rule.keep.days} days" in page


def templates() -> dict[str, Path]:
    return {
        str(path.relative_to(folder)): path
        for folder in ROOMS.glob("*/templates")
        for path in folder.rglob("*")
        if path.is_file() and path.suffix in {".html", ".txt", ".typ"}
    }


def test_every_template_is_used():
    everything = "\n".join(
        path.read_text() for path in [*sources(), *templates().values()] if not path.name.startswith("test_")
    )
    by_name = re.compile(
        r"^(allauth|account|portal/(errors|about|legal|privacy|accessibility)|market/mail|bulletin/mail|core/documents)"
    )
    unused = [
        name
        for name in templates()
        if not by_name.match(name) and name not in everything and not name.endswith("README.md")
    ]
    assert unused == []


def test_nothing_vendored_and_nothing_of_this_machine():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert not [name for name in tracked if "node_modules/" in name or name.endswith((".min.js", ".min.css", ".woff2"))]
    large = [name for name in tracked if (ROOT / name).exists() and (ROOT / name).stat().st_size > 600_000]
    assert not large, large


def test_there_is_no_stray_print_or_breakpoint():
    for path in sources():
        if path.relative_to(ROOMS).parts[0] in {"config", "demo"} or path.name == "bench.py":
            continue
        assert not re.search(r"^\s*(print|breakpoint)\(", path.read_text(), re.MULTILINE), path


def test_the_commands_of_the_readme_exist():
    readme = (ROOT / "README.md").read_text()
    makefile = (ROOT / "Makefile").read_text()
    for target in set(re.findall(r"make ([a-z0-9]+)", readme)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
