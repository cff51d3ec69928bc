"""The starter list."""

from __future__ import annotations

import tomllib
from pathlib import Path

from connectors.starter import starter_sources
from streams.dial import web_host

ROWS = tomllib.loads((Path(__file__).parents[2] / "connectors" / "starter.toml").read_text("utf-8"))["feeds"]


def test_rows() -> None:
    """Every row is a source with a name, an owner and a language, under an id and an address of its own."""
    sources = starter_sources()
    assert len({source.id for source in sources}) == len({source.url for source in sources}) == len(ROWS) >= 15
    assert all(source.name and source.owner and source.language and web_host(source.url) for source in sources)


def test_notes() -> None:
    """Every row says where its address was read."""
    assert all(" at " in row["source_note"] and "/" in row["source_note"] for row in ROWS)


def test_guarded() -> None:
    """No row may be read at a private address or more often than every five minutes."""
    assert not any(source.allow_private or source.min_interval_seconds < 300 for source in starter_sources())


def test_arabic_first() -> None:
    """The list begins with its Arabic feeds."""
    languages = [source.language for source in starter_sources()]
    assert languages[: languages.count("ar")] == ["ar"] * languages.count("ar")
