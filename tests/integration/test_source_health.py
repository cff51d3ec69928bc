"""`changehands sources health` and what is known of a configured source, on a real journal."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import timedelta
from pathlib import Path

from streams.embedded.journal import SqliteJournal
from streams.items import Cursor, SourceHealth
from streams.topics import CURSORS
from tests.feedmaker import entry
from tests.towns import CONFIG, NOW, feed, running, sources, town
from tests.unruly import Unruly

__all__ = ["running", "town"]


def test_by_id_with_what_is_known(town: Unruly, tmp_path: Path) -> None:
    """A configured source is told with how it fared so far, such as that its server's word is not to be trusted."""
    town.says["/feed.xml"] = feed(town, entry(1))
    Path(CONFIG).write_text(
        f"journal = 'sqlite:///j.db'\n[[sources]]\nid = 'sea'\nurl = '{town.url('/feed.xml')}'\n"
        "allow_private = true\nfull_text = false\n",
        encoding="utf-8",
    )
    lied = cursor("sea", notes=("validators-lie",), text="its server said 304 while there was news")
    asyncio.run(keep(tmp_path / "j.db", lied))
    out = sources("test", "sea").output
    assert re.search(r"so far: ok, \d+ min ago, validators-lie", out)
    assert "so far: its server said 304 while there was news" in out


async def keep(path: Path, *cursors: Cursor) -> None:
    """Put cursors into a journal."""
    journal = SqliteJournal(f"sqlite:///{path}")
    await journal.publish(CURSORS, cursors)
    await journal.close()


def cursor(source: str, **facts: object) -> Cursor:
    """Return the cursor of a source that answered a minute ago."""
    usual = {"polled_at": NOW - timedelta(minutes=1), "next_at": NOW + timedelta(minutes=9), "outcome": "ok"}
    return Cursor(source=source, state=b"{}", health=SourceHealth(**(usual | facts)), saved_at=NOW)  # type: ignore[arg-type]


def test_health(town: Unruly, tmp_path: Path) -> None:
    """Failing sources come first with since when and why; --failing shows them alone and makes the exit status 1."""
    assert town.asked == []
    Path(CONFIG).write_text("demo = false\njournal = 'sqlite:///j.db'\n", encoding="utf-8")
    nothing = sources("health", "--failing")
    assert (nothing.exit_code, Path("j.db").exists()) == (0, False)
    bad = cursor(
        "bbc-arabic", outcome="refused", text="GET https://a:b@x.example: HTTP 403 Forbidden", http_status=403,
        failures=2.0, failing_since=NOW - timedelta(hours=5, minutes=1),
    )  # fmt: skip
    asyncio.run(keep(tmp_path / "j.db", cursor("aawsat", items_week=77), bad))
    done = sources("health")
    lines = done.output.splitlines()
    assert done.exit_code == 0
    assert lines[1].split()[:4] == ["bbc-arabic", "failing", "5", "h"]
    assert "https://***@x.example: HTTP 403" in lines[1]
    assert "77" in lines[2]
    assert "never asked: skynewsarabia" in done.output
    assert lines[-1] == "1 of 2 sources are failing"
    failing = sources("health", "--failing", "--json")
    assert failing.exit_code == 1
    assert [json.loads(line)["id"] for line in failing.output.splitlines()] == ["bbc-arabic"]
    assert "failing 5 h: HTTP 403" in sources("list").output
