"""What holds for every kind in the table of those that lie on this machine."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from connectors import archive
from connectors.kinds import KINDS, LOCALS, STREAMS
from connectors.local import Local
from streams.codec import encode
from streams.sources import SourceSettings
from tests.archives import WHEN, Leafed, answer, crawl, leafed, line, page, put, table
from tests.feedmaker import entry, rss


def saved(folder: Path) -> Path:
    """Fill a folder with documents of every form, good and bad."""
    put(folder / "a.jsonl", b"".join(line(number) for number in range(6)) + b"{torn\n" + line(6))
    put(folder / "b.warc.gz", crawl(*(answer(number) for number in range(6)))[:-40])
    put(folder / "c.xml", rss(*(entry(number) for number in range(6))))
    put(folder / "d.html", page(9))
    put(folder / "e.txt", "The bridge is open.")
    put(
        folder / "f.csv",
        "id,title,text\r\n" + "".join(f'c{n},Quay {n},"Open,\r\nagain {n}"\r\n' for n in range(4)) + "torn\r\n",
    )
    put(
        folder / "g.parquet",
        table({"id": [f"p{n}" for n in range(5)], "text": [f"Dock {n}" for n in range(5)]}, rows=2),
    )
    return folder


NOW = datetime.now(UTC) + timedelta(hours=1)
# For each kind: how what it reads is laid down. A kind without material fails here.
MATERIAL: dict[str, Callable[[Path], Path]] = {"archive": saved}
pytestmark = pytest.mark.parametrize("kind", LOCALS.values(), ids=LOCALS)


@pytest.fixture
def source(kind: Local, tmp_path: Path) -> SourceSettings:
    """Return a source of this kind with its material."""
    url = str(MATERIAL[kind.kind](tmp_path))
    return SourceSettings(id="s", kind=kind.kind, url=url, owner="Owner", side="side", demo=True, language="ar")  # type: ignore[arg-type]


def told(found: Leafed) -> list[bytes]:
    """Return what was read but for the time of reading."""
    return [encode(msgspec.structs.replace(item, fetched_at=WHEN)) for item in found.items]


def test_material(kind: Local) -> None:
    """Every kind of the table is tried here, and is in no other table."""
    assert kind.kind in MATERIAL
    assert kind.kind not in {*KINDS, *STREAMS}


def test_items(source: SourceSettings) -> None:
    """Items carry the source's id, owner, side and mark, and no two are one."""
    items = leafed(source).items
    assert {(one.source, one.owner, one.side, one.demo, one.language) for one in items} == {
        ("s", "Owner", "side", True, "ar")
    }
    assert all(one.id.startswith("s:") for one in items)
    assert len({(one.id, one.revision) for one in items}) == len(items) > 0


@pytest.mark.parametrize("most", [1, 2, 7, 200])
def test_handfuls(source: SourceSettings, most: int) -> None:
    """Whatever the size of the handfuls, the same comes in the same order, and each document has one end."""
    whole, parts = leafed(source), leafed(source, most=most)
    assert told(parts) == told(whole)
    assert (parts.endings, parts.texts()) == (whole.endings, whole.texts())


def test_from_any_place(kind: Local, source: SourceSettings) -> None:
    """A process that begins at any saved state reads the rest, whole and once."""
    whole = leafed(source)
    state, before = b"", 0
    for _ in range(200):
        archive._PLACES.clear()
        found = kind.read(source, state, NOW, 1)
        before, state = before + len(found.items), found.state
        if found.is_all:
            break
        rest = leafed(source, state)
        assert before + len(rest.items) == len(whole.items)
    assert before == len(whole.items)


def test_finished(kind: Local, source: SourceSettings) -> None:
    """What was read to its end brings nothing more, and its state stays as it is, byte for byte."""
    known = leafed(source)
    again = kind.read(source, known.state, NOW, 200)
    assert (again.items, again.endings, again.is_all, again.state) == ((), {}, True, known.state)


def test_past(kind: Local, source: SourceSettings) -> None:
    """Behind a document that ended its reader the others are read; it is a dead letter itself."""
    first = kind.read(source, b"", NOW, 1)
    passed = kind.past(source, first.state, "the process ended")
    rest, whole = leafed(source, passed.state), leafed(source)
    assert passed.endings == {"dead-letter": len(passed.torn)} == {"dead-letter": 1}
    assert "the process ended" in passed.torn[0].text
    assert told(rest) == told(whole)[1:]


def test_state_is_json(source: SourceSettings) -> None:
    """The state is JSON, so that it travels in a cursor and people can look at it."""
    assert isinstance(msgspec.json.decode(leafed(source).state), dict)


def test_worker(kind: Local, source: SourceSettings) -> None:
    """The reading function and its parts travel to a worker process and back."""
    found = kind.read(source, b"", NOW, 200)
    for part in (kind.read, kind.past, source, found):
        assert pickle.loads(pickle.dumps(part)) == part  # noqa: S301 (our own bytes)
