"""`changehands archive` on a real journal: what is in it comes back from the files, byte for byte, once."""

from __future__ import annotations

import asyncio
import json
import random
import shlex
import subprocess
import sys
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from connectors.archives.manifest import MANIFEST
from connectors.archives.whole import begun, handfuls, items
from connectors.local import Torn
from connectors.reading.readers import readers
from streams.cli import main
from streams.codec import encode
from streams.embedded.journal import SqliteJournal
from streams.errors import ConfigError, SourceUnreadable
from streams.items import EnrichedItem, ItemKind, RawItem
from streams.topics import RAW_ITEMS
from tests.archives import WHEN, archive, line, put

SOURCE = archive(Path("x"))
NOW = datetime.now(UTC) + timedelta(hours=1)


def item(number: int, **more: object) -> RawItem:
    """Return an item about a ship; three a day."""
    told = {
        "id": f"harbour:{number}",
        "source": "harbour",
        "kind": ItemKind.ENTRY,
        "url": f"http://news.example/{number}",
        "canonical_url": f"http://news.example/{number}",
        "fetched_at": WHEN + timedelta(hours=8 * number),
        "title": f"السفينة {number}",
        "body": zlib.compress(f"Ship {number} came in.".encode()),
        **more,
    }
    return RawItem(**told)  # type: ignore[arg-type]


def filled(path: Path, told: Iterable[RawItem], *raw: bytes) -> str:
    """Put items and bytes that are none into a journal; return its address."""
    url = f"sqlite:///{path / 'journal.db'}"

    async def fill() -> None:
        journal = SqliteJournal(url)
        await journal.publish(RAW_ITEMS, tuple(told))
        for value in raw:
            await journal.publish_bytes(RAW_ITEMS, partition=0, key="x", value=value)
        await journal.close()

    asyncio.run(fill())
    return url


def called(url: str, *arguments: str) -> Result:
    """Run the command on a journal."""
    return CliRunner(env={"COLUMNS": "200"}).invoke(main, ["--journal", url, "archive", *arguments])


async def read(path: Path, torn: list[Torn] | None = None) -> list[RawItem | EnrichedItem]:
    """Return what an archive holds, as a replay reads it."""
    told: list[Torn] = [] if torn is None else torn
    return [one async for one in items(path, SOURCE, now=NOW, torn=told.append)]


@pytest.mark.parametrize("form", ["warc", "parquet", "both"])
def test_there_and_back(tmp_path: Path, form: str) -> None:
    """What was in the journal comes back as it was from a folder that is whole, in each form."""
    given = [item(number) for number in range(7)]
    url = filled(tmp_path, given)
    done = called(url, "--to", str(tmp_path / "archive"), "--format", form)
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, f"7 items of 3 days into {tmp_path / 'archive'}")
    checked = called(url, "verify", str(tmp_path / "archive"))
    assert (checked.exit_code, checked.output.strip().endswith(": whole")) == (0, True)
    found = asyncio.run(read(tmp_path / "archive"))
    assert sorted(map(encode, found)) == sorted(map(encode, given))


def test_again(tmp_path: Path) -> None:
    """Run again it writes nothing; with new items in the journal it writes those."""
    folder = str(tmp_path / "archive")
    url = filled(tmp_path, [item(0), item(0), item(1)])
    assert "2 items of 1 day into" in called(url, "--to", folder).output
    before = {path.name: path.stat().st_mtime_ns for path in Path(folder).iterdir() if path.is_file()}
    again = called(url, "--to", folder)
    assert (again.exit_code, again.output) == (0, f"nothing new for {folder}; 3 already there\n")
    assert before == {path.name: path.stat().st_mtime_ns for path in Path(folder).iterdir() if path.is_file()}
    filled(tmp_path, [item(1, revision=2)])
    assert "2014-07-14  1 item  2014-07-14-002.warc.gz" in called(url, "--to", folder).output
    assert len(asyncio.run(read(tmp_path / "archive"))) == 3


def test_times(tmp_path: Path) -> None:
    """Only what was fetched since one time and before another is written, and the rest is counted."""
    url = filled(tmp_path, [item(number) for number in range(9)])
    asked = ("--to", str(tmp_path / "a"), "--from", "2014-07-15", "--to-time", "2014-07-16T02:00:00")
    assert called(url, *asked).output.splitlines()[-1].endswith("; 6 outside the time asked for")
    manifest = json.loads((tmp_path / "a" / MANIFEST).read_text())
    assert (manifest["first"], manifest["last"]) == ("2014-07-15T02:00:00Z", "2014-07-15T18:00:00Z")
    assert called(url, "--to", str(tmp_path / "a")).exit_code == 0
    assert len(asyncio.run(read(tmp_path / "a"))) == 9


def test_unreadable(tmp_path: Path) -> None:
    """A record of the journal that is none is named by its offset, the others are written, and the status is 1."""
    url = filled(tmp_path, [item(1)], b"\x1b[2Jtorn", encode(item(2))[:-9])
    done = called(url, "--to", str(tmp_path / "archive"))
    assert done.exit_code == 1
    assert "1 item of 1 day into" in done.output
    assert "2 unreadable" in done.output
    assert "raw-items, partition 0, offset 1: not a record" in done.output
    assert "\x1b" not in done.output


def test_verify(tmp_path: Path) -> None:
    """What is wrong with an archive is named, escaped, and the status is 1."""
    url = filled(tmp_path, [item(number) for number in range(4)])
    folder = tmp_path / "archive"
    called(url, "--to", str(folder))
    path = folder / "2014-07-15-001.warc.gz"
    path.write_bytes(path.read_bytes()[:-40])
    put(folder / "\x1b[2J.txt", "a stranger")
    done = called(url, "verify", str(folder))
    assert done.exit_code == 1
    assert "2014-07-15-001.warc.gz, record 2, from byte 866: " in done.output
    assert "%1B%5B2J.txt: is not in the manifest" in done.output
    assert "\x1b" not in done.output


@pytest.mark.parametrize(
    ("arguments", "status", "why"),
    [
        (["verify", "nowhere"], 2, "nowhere has no manifest"),
        ([], 2, "say --to FOLDER"),
        (["--to", "taken/archive"], 2, "taken/archive cannot be written"),
    ],
)
def test_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], status: int, why: str) -> None:
    """What cannot be done is told in a line that names the folder."""
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "taken", "a file")
    done = called(filled(tmp_path, []), *arguments)
    assert done.exit_code == status
    assert why in done.output


@pytest.mark.asyncio
async def test_from_any_handful(tmp_path: Path) -> None:
    """Whoever is killed between two handfuls reads on from the last one's state: each item comes once."""
    for number in range(3):
        put(tmp_path / f"{number}.jsonl", b"".join(line(100 * number + n) for n in range(700)))
    async with readers(wall=60.0) as at:
        whole = [found async for found in handfuls(archive(tmp_path), begun(NOW), at)]
        told = [one for found in whole for one in found.items]
        assert len(whole) > 1
        for number, found in enumerate(whole[:-1]):
            rest = [one async for more in handfuls(archive(tmp_path), found.state, at) for one in more.items]
            assert [*(one for before in whole[: number + 1] for one in before.items), *rest] == told


@pytest.mark.asyncio
async def test_enriched(tmp_path: Path) -> None:
    """A replay takes enriched items too, as they are; what is torn is told with file and record, and may stop it."""
    url = "http://news.example/1"
    given = EnrichedItem(
        id="a:1", revision=1, source="a", kind=ItemKind.ENTRY, url=url, canonical_url=url, fetched_at=WHEN, text="Open."
    )
    put(tmp_path / "told.jsonl", encode(given) + b"\n{torn\n" + line(1))
    torn: list[Torn] = []
    found = await read(tmp_path, torn)
    assert given in found
    assert len(found) == 2
    assert [one.place for one in torn] == [f"told.jsonl, line 2, from byte {len(encode(given)) + 1}"]

    def stop(one: Torn) -> None:
        raise SourceUnreadable(one.text)

    with pytest.raises(SourceUnreadable, match="line 2"):
        [one async for one in items(tmp_path, SOURCE, now=NOW, torn=stop)]


@pytest.mark.asyncio
async def test_same_at_any_time(tmp_path: Path) -> None:
    """When an archive is read leaves no trace: texts that nobody dates count as fetched when they were published."""
    put(tmp_path / "told.jsonl", line(1) + line(2, published_at=None))
    first = await read(tmp_path)
    again = [one async for one in items(tmp_path, SOURCE, now=NOW + timedelta(days=9), torn=print)]
    assert first == again
    changed = datetime.fromtimestamp(int((tmp_path / "told.jsonl").stat().st_mtime), UTC)
    assert [one.fetched_at for one in first] == [WHEN, changed]


@pytest.mark.asyncio
async def test_nothing_there(tmp_path: Path) -> None:
    """An archive that is not there is refused by name."""
    with pytest.raises(ConfigError, match="nowhere cannot be read"):
        await read(tmp_path / "nowhere")


def test_replay_tells_what_is_odd(tmp_path: Path) -> None:
    """Before an archive is replayed, files there twice or gone are named, and it stops there if so asked."""
    url, folder = filled(tmp_path, [item(number) for number in range(4)]), tmp_path / "archive"
    called(url, "--to", str(folder))
    copied = folder / "2014-07-14-001.warc.gz"
    put(folder / "copy.warc.gz", copied.read_bytes())
    (folder / "2014-07-15-001.warc.gz").unlink()
    done = replayed(tmp_path, str(folder), "--stop-on-torn")
    assert done.exit_code == 1
    assert "copy.warc.gz: is 2014-07-14-001.warc.gz once more" in done.output
    assert "2014-07-15-001.warc.gz: is not there; it held 2 items of 2014-07-15" in done.output
    assert not (tmp_path / "runs").exists()


def test_replay_of_columns_that_are_none(tmp_path: Path) -> None:
    """A column for what no row tells is refused, with what there is."""
    put(tmp_path / "told.csv", "notes\nOpen.\n")
    done = replayed(tmp_path, str(tmp_path / "told.csv"), "--columns", "txt=notes")
    assert done.exit_code == 2
    assert "'txt' is nothing that a row tells; known are id, text, " in done.output


def replayed(path: Path, *arguments: str) -> Result:
    """Replay something into a folder of its own."""
    runner = CliRunner(env={"CHANGEHANDS_RUNS": str(path / "runs"), "COLUMNS": "200"})
    return runner.invoke(main, ["replay", *arguments, "--as", "tried"])


@pytest.mark.asyncio
async def test_changed_meanwhile(tmp_path: Path) -> None:
    """A file that is changed after the reading began is not read by halves: it is left out and told."""
    put(tmp_path / "told.jsonl", line(1))
    torn: list[Torn] = []
    before = datetime.now(UTC) - timedelta(seconds=5)
    found = [one async for one in items(tmp_path, SOURCE, now=before, torn=torn.append)]
    assert found == []
    assert [one.text.partition(": ")[2].partition(",")[0] for one in torn] == [
        "files were changed after the reading began"
    ]


def test_no_room(tmp_path: Path) -> None:
    """Where a file finds no room it has no final name, the folder is named, and another run writes what is missing."""
    chance = random.Random(3)
    bodies = [zlib.compress(chance.randbytes(40_000)) for _ in range(3)]
    url, folder = filled(tmp_path, [item(n, body=body) for n, body in enumerate(bodies)]), tmp_path / "archive"
    command = [sys.executable, "-c", "from streams.cli import main; main()", "--journal", url]
    limited = f"ulimit -f 60; exec {shlex.join([*command, 'archive', '--to', str(folder), '--format', 'warc'])}"
    done = subprocess.run(["bash", "-c", limited], capture_output=True, text=True, check=False)
    assert (done.returncode, f"{folder} cannot be written: " in done.stderr) == (2, True)
    assert [path.name for path in folder.iterdir()] == [".writing"]
    assert called(url, "--to", str(folder)).exit_code == 0
    assert called(url, "verify", str(folder)).exit_code == 0
