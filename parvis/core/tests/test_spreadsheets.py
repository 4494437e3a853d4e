"""Files that open in a spreadsheet and do nothing there."""

import csv

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from parvis.core.spreadsheets import Cents, csv_response, safe_text, write_csv


@pytest.mark.parametrize(
    "text", ["=1+1", "+33 1", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "\x1e@", '=HYPERLINK("x")']
)
def test_formulas_become_text(text):
    assert safe_text(text).startswith("'")


@pytest.mark.parametrize("text", ["Pain", "4 = 4", "a@b.fr", "", "12,50", "L'Œuf"])
def test_words_stay_words(text):
    assert safe_text(text) == text


@given(st.lists(st.text(max_size=12), min_size=1, max_size=4))
def test_every_cell_comes_back_and_none_acts(cells):
    row = list(csv.reader([*write_csv(["x"], [cells]).splitlines(keepends=True)][1:], delimiter=";"))
    for cell in (cell for line in row for cell in line):
        assert not cell.startswith(("=", "+", "-", "@"))


def test_numbers_stay_numbers_in_the_readers_way():
    with translation.override("fr"):
        assert write_csv(["Été"], [[Cents(-1250), 3, None, Cents(5)]]) == "\ufeffÉté\r\n-12,50;3;;0,05\r\n"
    with translation.override("en"):
        assert "12.50" in write_csv(["x"], [[Cents(1250)]])


def test_the_answer_is_a_file_to_keep():
    response = csv_response("day", ["x"], [])
    assert response["Content-Disposition"] == 'attachment; filename="day.csv"'
    assert response["Cache-Control"] == "private, no-store"
