"""Scenarios: reports in the words of their sources come to the alerts and the ledger written beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.play import alert_line, alerts, ledger_lines, notices, played
from tests.scenarios import lines, read

FILES = sorted(Path(__file__).with_name("scenarios").glob("*.scenario"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_scenario(path: Path) -> None:
    """A scenario comes to exactly its alerts, its ledger and its notices."""
    scenario = read(path)
    bare = played(scenario.happens)
    expected, told = lines(scenario.ledger), notices(bare)
    assert [alert_line(one) for one in alerts(bare)] == lines(scenario.alerts)
    assert sorted(ledger_lines(bare, expected)) == sorted(expected)
    assert len(told) == len(scenario.notices), told
    assert all(part in text for part, text in zip(scenario.notices, told, strict=True)), told
