"""Tables for spreadsheets."""

from __future__ import annotations

import csv
import io

import pytest

from streams.exports import written_csv

FORMULAS = (
    "=1+1",
    "+1",
    "-1+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    "\n=1",
    "\ufeff=1",
    "\u202e=1",
    "＝1",
    "＠a",
)


@pytest.mark.parametrize("words", FORMULAS)
def test_no_formula(words: str) -> None:
    """A cell whose words a spreadsheet would reckon with begins with an apostrophe, and keeps its words behind it."""
    ((_, _), (found, number)) = csv.reader(io.StringIO(written_csv([{"place": words, "number": -1.5}]), newline=""))
    assert found == f"'{words}"
    assert number == "-1.5"


@pytest.mark.parametrize("words", ["a=b", "Aleppo - north", "حلب", ' "quoted", and\nmore', ""])
def test_plain_words(words: str) -> None:
    """Other words stand as they are, with their commas, quotes and lines."""
    ((_, _), (found, _)) = csv.reader(io.StringIO(written_csv([{"place": words, "number": 1}]), newline=""))
    assert found == words
