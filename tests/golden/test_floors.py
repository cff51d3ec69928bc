"""The gate: no language's figures on the golden sentences fall below their floor, measured on these very sentences."""

import tomllib

from processors.knowledge import load
from tests.golden import floors


def test_no_figure_is_below_its_floor() -> None:
    """Decision and event F1 of every language stand at or above their floors."""
    assert list(floors.fallen(floors.figures(load()), floors.stored())) == []


def test_floors_are_those_of_these_sentences() -> None:
    """The golden sentences are the ones the floors were measured on."""
    kept = tomllib.loads(floors.FLOORS.read_text("utf-8"))["digest"]
    assert kept == floors.digest(), "sentences changed: run `python -m tests.golden.floors --write` and read what fell"


def test_lowered_floors_are_explained() -> None:
    """A floor below the highest it ever stood at names its entry in DECISIONS.md."""
    assert list(floors.unexplained(floors.stored(), floors.DECISIONS.read_text("utf-8"))) == []


def test_a_fall_is_seen() -> None:
    """A figure below its floor is named, and so is a language that is gone."""
    floor = {"ar": {"decision": 0.9, "event": 0.8}, "xx": {"decision": 0.5, "event": 0.5}}
    assert len(list(floors.fallen({"ar": {"decision": 0.899, "event": 0.8}}, floor))) == 3


def test_an_unexplained_lowering_is_seen() -> None:
    """A floor that was lowered without a heading that exists is named."""
    floor = {"ar": {"decision": 0.8, "highest_decision": 0.9, "event": 0.8, "highest_event": 0.8}}
    assert len(list(floors.unexplained(floor, "## 2026-01-01 Other"))) == 1
    explained = {"ar": {**floor["ar"], "decision_md": "2026-01-01 Why"}}
    assert list(floors.unexplained(explained, "## 2026-01-01 Why")) == []
