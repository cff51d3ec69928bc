"""Archives that grow, change, are not there yet, or are named in ways that mean nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.archive import read
from tests.archives import WHEN, Leafed, aged, answer, archive, crawl, leafed, line, put


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Leafed]:
    """Look at an archive as it is now, not as it was two seconds ago; the file system's clock ticks in between."""
    monkeypatch.setattr("connectors.archive.SETTLED", timedelta(0))

    def look(path: Path, state: bytes = b"") -> Leafed:
        time.sleep(0.03)
        found = leafed(archive(path), state, ahead=0)
        time.sleep(0.03)
        return found

    return look


def test_grown(tmp_path: Path, quick: Callable[..., Leafed]) -> None:
    """Of a file that has grown only what was added is read; of one that was only touched, nothing."""
    path = aged(put(tmp_path / "told.jsonl", line(1) + line(2)), WHEN)
    first = quick(tmp_path)
    aged(path, WHEN)
    second = quick(tmp_path, first.state)
    put(path, line(1) + line(2) + line(3))
    third = quick(tmp_path, second.state)
    path.chmod(0o600)
    fourth = quick(tmp_path, third.state)
    assert [len(one.items) for one in (first, second, third, fourth)] == [2, 0, 1, 0]
    assert (third.endings, fourth.endings) == ({"ok": 1}, {})


@pytest.mark.parametrize("is_packed", [True, False])
def test_grown_crawl(tmp_path: Path, quick: Callable[..., Leafed], is_packed: bool) -> None:
    """Of a crawl that goes on, the records that were added are read."""
    path = put(tmp_path / "crawl.warc", crawl(answer(1), answer(2), is_packed=is_packed))
    first = quick(tmp_path)
    put(path, crawl(answer(1), answer(2), answer(3), is_packed=is_packed))
    assert quick(tmp_path, first.state).urls() == ["http://news.example/3"]


def test_written_anew(tmp_path: Path, quick: Callable[..., Leafed]) -> None:
    """A file that was written anew is read from its beginning."""
    path = put(tmp_path / "told.jsonl", line(1) + line(2))
    first = quick(tmp_path)
    put(path, line(7) + line(8) + line(9))
    assert [item.title for item in quick(tmp_path, first.state).items] == ["Ship 7", "Ship 8", "Ship 9"]


def test_new_files(tmp_path: Path, quick: Callable[..., Leafed]) -> None:
    """A file put into the folder later is read at the next look, wherever its name stands in the order."""
    put(tmp_path / "m.jsonl", line(1))
    first = quick(tmp_path)
    put(tmp_path / "a.jsonl", line(2))
    assert [item.title for item in quick(tmp_path, first.state).items] == ["Ship 2"]


def test_half_written(tmp_path: Path) -> None:
    """A file that changed a moment ago is left to the next look, which comes as soon as it has settled."""
    put(tmp_path / "a.jsonl", line(1))
    found = read(archive(tmp_path), b"", datetime.now(UTC), 200)
    assert (found.items, found.is_all, found.again_seconds) == ((), True, 2.0)


def test_not_there(tmp_path: Path) -> None:
    """An archive that is not there is said to be so, and read once it is."""
    source = archive(tmp_path / "later")
    assert leafed(source).items == []
    put(tmp_path / "later" / "a.jsonl", line(1))
    assert len(leafed(source).items) == 1


@pytest.mark.parametrize("url", ["/srv/saved", "saved/2014.warc.gz", "./a b", "file:///srv/saved%20pages"])
def test_addresses(url: str) -> None:
    """An archive is named by a path or a file: address."""
    assert archive(Path(), url=url).url == url


@pytest.mark.parametrize(
    "url", ["", " ", "http://news.example/a.warc", "file://host/a", "//host/a", "file:///a?b", "a\0b", "file:///a%00b"]
)
def test_bad_addresses(url: str) -> None:
    """What is no path on this machine is refused, in words that say what would be right."""
    with pytest.raises(ValueError, match=r"needs in `url` the path of a file or a folder"):
        archive(Path(), url=url)
