"""What holds for every template of the house."""

import re
from pathlib import Path

import pytest
from django.template import engines

import parvis

ROOT = Path(parvis.__file__).parent
TEMPLATES = sorted(ROOT.glob("*/templates/**/*.*"))
PAGES = [file for file in TEMPLATES if file.suffix == ".html"]
COMPONENTS = sorted((ROOT / "core/templates/core/components").glob("*.html"))

# The policy of content allows nothing inside a page: no style, no handler, no script, no other host.
FORBIDDEN = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a <style> element": re.compile(r"<style[\s>]", re.IGNORECASE),
    "a handler attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "an hx-on attribute": re.compile(r"<[^>]*\shx-on[:-]", re.IGNORECASE),
    # Data for search engines is no script: browsers do not run it, and no policy asks for its address.
    "a script without src": re.compile(r"<script(?![^>]*\ssrc=|[^>]*application/ld\+json)[^>]*>", re.IGNORECASE),
    "a file of another host": re.compile(r"<(?:script|link|img|iframe)[^>]*\s(?:src|href)=[\"']https?:", re.IGNORECASE),
}


def name_of(file: Path) -> str:
    """``core/base.html`` for parvis/core/templates/core/base.html."""
    return str(file).partition("/templates/")[2]


@pytest.mark.parametrize("file", [f for f in TEMPLATES if f.suffix in {".html", ".txt"}], ids=name_of)
def test_it_parses(file: Path) -> None:
    engines["django"].from_string(file.read_text())


@pytest.mark.parametrize("file", PAGES, ids=name_of)
def test_nothing_stands_inside_that_the_policy_forbids(file: Path) -> None:
    text = file.read_text()
    found = [what for what, pattern in FORBIDDEN.items() if pattern.search(text)]
    assert not found, f"{name_of(file)} has {', '.join(found)}"


def test_forbidden_things_would_be_found() -> None:
    bad = [
        '<p class="a" style="color:red">',
        "<style>",
        '<a onclick="go()">',
        '<a hx-on:click="x">',
        "<script>",
        '<img src="https://x">',
    ]
    assert all(any(pattern.search(text) for pattern in FORBIDDEN.values()) for text in bad)


@pytest.mark.parametrize("file", COMPONENTS, ids=name_of)
def test_a_component_names_its_variables(file: Path) -> None:
    assert file.read_text().startswith("{# ")


def test_each_component_is_in_the_readme_and_in_the_gallery() -> None:
    readme = (COMPONENTS[0].parent / "README.md").read_text()
    gallery = (ROOT / "portal/templates/portal/gallery.html").read_text()
    inside = "".join(file.read_text() for file in [*COMPONENTS, ROOT / "core/templates/core/form.html"])
    names = [file.stem for file in COMPONENTS]
    assert [name for name in names if f"`{name}`" not in readme] == []
    shown = gallery + "".join(re.findall(r"include \"core/components/[^\"]+", inside))
    assert [name for name in names if f"components/{name}" not in shown] == []
