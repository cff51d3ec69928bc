"""The past tells the same from the journal and from its archive, in either form."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from click.testing import CliRunner

from streams.cli import main
from streams.items import RawItem
from tests.integration.test_archiving import called, filled, read

STORY = Path(__file__).parents[2] / "docs" / "example" / "deir-ez-zor-2014.jsonl"


def told(path: Path, url: str, source: str, name: str) -> tuple[str, int]:
    """Return the digest over what a replay tells, and of how many items."""
    runner = CliRunner(env={"CHANGEHANDS_RUNS": str(path / "runs")})
    done = runner.invoke(main, ["--journal", url, "replay", source, "--as", name])
    assert done.exit_code == 0, done.output
    shown = json.loads(runner.invoke(main, ["--journal", url, "runs", "show", name, "--json"]).output)
    return shown["told"]["digest"], shown["told"]["items"]


def test_the_same_from_all(tmp_path: Path) -> None:
    """Raw items of a journal, its WARC files and its Parquet files bring the same alerts and ledger, to the byte."""
    story = [item for item in asyncio.run(read(STORY)) if isinstance(item, RawItem)]
    url = filled(tmp_path, story)
    for form in ("warc", "parquet"):
        assert called(url, "--to", str(tmp_path / form), "--format", form).exit_code == 0
    journal = told(tmp_path, url, "raw", "journal")
    assert journal[1] == len(story) > 20
    assert {told(tmp_path, url, str(tmp_path / form), form) for form in ("warc", "parquet")} == {journal}
