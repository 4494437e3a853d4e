"""Each wrong file: one clear sentence, and nothing is written."""

import re
import time

import pytest

from parvis.core.errors import Refusal
from parvis.places.actions.imports import apply_difference
from parvis.places.imports import compare, read_file
from parvis.places.models import Change, Conflict, ImportRun, Place
from parvis.places.tests.imports.wrong_files import WRONG, row

pytestmark = pytest.mark.django_db


def written():
    return [model.objects.count() for model in (Place, Change, Conflict, ImportRun)]


def sentence_for(path, town, at):
    """What the importer says of a file; nothing may be left to write."""
    try:
        reading = read_file(path, town, at=at)
    except Refusal as refusal:
        return str(refusal)
    difference = compare(town, "wrong", reading, at=at)
    assert difference.writes == 0
    assert len({error.sentence for error in difference.errors}) == 1
    assert difference.errors[0].row >= 1
    return difference.errors[0].sentence


@pytest.mark.parametrize("case", list(WRONG))
def test_one_sentence_and_nothing_written(case, town, at, tmp_path):
    name, content, words = WRONG[case]
    path = tmp_path / name
    path.write_bytes(content(tmp_path) if callable(content) else content)
    before, started = written(), time.monotonic()
    sentence = sentence_for(path, town, at)
    assert re.search(words, sentence), sentence
    assert 10 < len(sentence) < 240
    assert "\n" not in sentence
    assert str(tmp_path) not in sentence  # nothing of this machine
    assert written() == before
    assert time.monotonic() - started < 20


def test_enough_of_them():
    assert len(WRONG) >= 40


def test_what_is_no_file(town, at, tmp_path):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    (tmp_path / "device").symlink_to("/dev/zero")
    (tmp_path / "folder").mkdir()
    said = {name: sentence_for(tmp_path / name, town, at) for name in ("loop", "dangling", "device", "folder", "none")}
    assert said == {
        "loop": "loop cannot be read.",
        "dangling": "There is no file dangling.",
        "device": "device is not a plain file.",
        "folder": "folder is a folder, not a file.",
        "none": "There is no file none.",
    }


def test_a_link_to_a_file_is_that_file(bring, town, at, tmp_path):
    (tmp_path / "real.csv").write_bytes(row())
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    assert len(read_file(tmp_path / "link.csv", town, at=at).incoming) == 1


def test_formulas_are_text(bring, the, visit):
    difference = bring(row(name="=cmd|' /C calc'!A0", opening_hours="=1+1"))
    assert not difference.errors
    assert the("=cmd|' /C calc'!A0").hours_text == "=1+1"


def test_formulas_in_excel_are_not_run(town, at, tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["name", "category", "lat", "lon"])
    book.active.append(["=cmd|' /C calc'!A0", "bakery", 48.82, 2.27])  # a formula that was never calculated
    book.save(tmp_path / "f.xlsx")
    assert sentence_for(tmp_path / "f.xlsx", town, at) == "The name is missing."


def test_numbers_twice_are_told_line_by_line(bring):
    content = row() + b"1;B;bakery;48.821;2.27;;;\n1;C;bakery;48.822;2.27;;;\n"
    difference = bring(content)
    assert [(error.row, error.name) for error in difference.errors] == [(3, "B"), (4, "C")]
    assert len(difference.new) == 1


def test_good_rows_beside_wrong_ones_are_taken(bring, the):
    difference = bring(row() + b"2;B;bakery;2.27;48.82;;;\n")
    assert difference.counts()["errors"] == 1
    assert the("A").category == "bakery"
    assert not Place.objects.filter(name="B").exists()


def test_a_wrong_row_is_not_a_missing_place(bring, the):
    bring(row() + b"2;B;bakery;48.821;2.27;;;\n")
    difference = bring(row() + b"2;B;bakery;2.27;48.82;;;\n", missing="gone")
    assert difference.counts()["gone"] == 0
    assert the("B").gone_on is None


def test_nothing_is_written_when_the_last_row_fails(town, at, tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_bytes(row() + b"2;B;bakery;48.821;2.27;;;\n")
    difference = compare(town, "x", read_file(path, town, at=at), at=at)

    def fails(*args, **kwargs):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("parvis.places.actions.imports.applying.rewrite_spans", fails)
    with pytest.raises(RuntimeError):
        apply_difference(difference, town=town, at=at)
    assert not Place.objects.exists()
