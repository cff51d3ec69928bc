"""`changehands evaluate` on a labelled file, as a user runs it."""

import json
from pathlib import Path

from click.testing import CliRunner

from streams.cli import main

LABELLED = [
    {
        "id": 1, "lang": "en", "text": "The Syrian army captured the town of Saraqib on Monday.",
        "events": [{"type": "capture", "status": "asserted", "places": ["Saraqib"], "gaining": "The Syrian army"}],
    },
    {"id": 2, "lang": "en", "text": "Firefighters took control of the blaze near Saraqib.", "events": []},
    {
        "id": 3, "lang": "ar", "text": "انسحب الجيش السوري من بلدة سراقب.",
        "events": [{"type": "withdrawal", "status": "asserted", "places": ["سراقب"], "losing": "الجيش السوري"}],
    },
    {
        "id": 4, "lang": "en", "text": "Nothing is said here.",
        "events": [{"type": "capture", "status": "asserted", "places": ["Nadir"]}],
    },
]  # fmt: skip


def gold(folder: Path) -> Path:
    path = folder / "labelled.jsonl"
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in LABELLED), "utf-8")
    return path


def test_figures_and_misses(tmp_path: Path) -> None:
    """Figures come by language, kind and status, and the missed event is listed with its text."""
    result = CliRunner().invoke(main, ["evaluate", "--json", str(gold(tmp_path))])
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)
    figures = {line["name"]: line["figures"] for line in found["languages"]}
    assert figures["ar"]["decision"] == 1.0
    assert (figures["en"]["precision"], figures["en"]["recall"]) == (1.0, 0.5)
    assert [line for line in found["misses"] if "Nadir" in line] == [
        "missed en 4 capture asserted [Nadir]: Nothing is said here."
    ]


def test_tables_for_people(tmp_path: Path) -> None:
    """Without --json the same stands in tables."""
    result = CliRunner().invoke(main, ["evaluate", str(gold(tmp_path))])
    assert result.exit_code == 0, result.output
    assert "withdrawal" in result.output
    assert "missed en 4" in result.output
    assert {"language", "decision", "gaining", "calibration"} <= set(result.output.split())


def test_unreadable_gold_is_named(tmp_path: Path) -> None:
    """A file that is no gold is refused with its name and line."""
    path = tmp_path / "bad.jsonl"
    path.write_text("{}\n", "utf-8")
    result = CliRunner().invoke(main, ["evaluate", str(path)])
    assert result.exit_code != 0
    assert "bad.jsonl" in result.output
    assert "line 1" in result.output
