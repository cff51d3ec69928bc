"""Damaged journals on disk: what is refused, what `changehands journal` says of them, and what it saves out of them."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner
from msgspec import Struct

from streams.cli import main
from streams.codec import decode, encode, encode_memory
from streams.counters import Ending
from streams.embedded.condition import examine
from streams.embedded.journal import SqliteJournal, Turn
from streams.embedded.rescue import Rescued, rescue
from streams.errors import JournalUnusable, SlotTaken
from streams.items import Cursor, ItemKind, RawItem
from streams.records import Record
from streams.steps import Dropped, Outcome, RememberingStep, Why
from streams.topics import CURSORS, DEAD_LETTERS, RAW_ITEMS

pytestmark = pytest.mark.asyncio
NOW = datetime(2026, 3, 1, tzinfo=UTC)
COUNT = 600
PAGE = 4096


class Seen(Struct, frozen=True):
    """What the step here remembers of a key."""

    times: int


def _see(_record: Record, memory: Seen | None) -> tuple[Outcome, Seen]:
    return Dropped(Why.KEPT), Seen(memory.times + 1 if memory else 1)


STEP = RememberingStep(
    name="see", source=RAW_ITEMS, targets=(DEAD_LETTERS,), function=_see, key=lambda item: item.id, memory=Seen
)
FLOW = (STEP,)


def item(number: int) -> RawItem:
    """Return an item; now and then one that takes several pages."""
    url = f"https://example.org/{number}"
    body = Random(number).randbytes(9000 if number % 50 == 0 else 700)
    return RawItem(
        id=f"item-{number}",
        source=f"source-{number % 7}",
        kind=ItemKind.ENTRY,
        url=url,
        canonical_url=url,
        fetched_at=NOW,
        body=body,
    )


ITEMS = [item(number) for number in range(COUNT)]


async def made(path: Path) -> SqliteJournal:
    """Return a journal with items, cursors, memories, a position and endings."""
    journal = await SqliteJournal.open(f"sqlite:///{path}")
    for start in range(0, COUNT, 100):
        some = ITEMS[start : start + 100]
        cursors = [Cursor(source=one.source, state=b"{}", saved_at=NOW) for one in some[:7]]
        await journal.publish(RAW_ITEMS, some)
        await journal.publish(CURSORS, cursors)
        memory: dict[str, bytes | None] = {one.id: encode_memory(Seen(1)) for one in some}
        ends = {Ending("see", "source-1", "kept"): 100}
        await journal.commit(
            Turn(step="see", source=RAW_ITEMS, position=start + 100, written=[], endings=ends, memory=memory)
        )
    return journal


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a whole journal, closed, to be copied."""
    path = tmp_path_factory.mktemp("whole") / "journal.db"

    async def make() -> None:
        await (await made(path)).close()

    asyncio.run(make())
    return path


@pytest.fixture
def damaged(whole: Path, tmp_path: Path) -> Path:
    """Return a copy that a test may damage."""
    return Path(shutil.copy(whole, tmp_path / "journal.db"))


def cut(path: Path) -> None:
    """Take the second half of the file away."""
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def overwrite(path: Path) -> None:
    """Write noise over twenty pages in the middle."""
    middle = path.stat().st_size // PAGE // 2 * PAGE
    with path.open("r+b") as file:
        file.seek(middle)
        file.write(Random(1).randbytes(20 * PAGE))


def behead(path: Path) -> None:
    """Write zeros over the first page, where the tables are named."""
    with path.open("r+b") as file:
        file.write(bytes(PAGE))


def noise(path: Path) -> None:
    """Turn over a byte in every eighth page."""
    chance = Random(2)
    with path.open("r+b") as file:
        for start in range(0, path.stat().st_size, 8 * PAGE):
            file.seek(start + chance.randrange(PAGE))
            file.write(bytes([chance.randrange(256)]))


async def contents(path: Path) -> dict[int, bytes]:
    """Return the items of a journal by offset."""
    journal = await SqliteJournal.open(f"sqlite:///{path}")
    found = {stored.offset: stored.value async for stored in journal.read(RAW_ITEMS)}
    await journal.close()
    return found


def told(path: Path) -> str:
    """Return what the files of a journal are, to see that nothing wrote to them."""
    return hashlib.sha256(path.read_bytes()).hexdigest() + str(path.stat().st_mtime_ns)


@pytest.mark.parametrize(("damage", "least"), [(cut, 0.4), (overwrite, 0.9), (behead, 1.0), (noise, 0.7)])
async def test_what_can_be_read_is_carried_over(damage: Callable[[Path], None], least: float, damaged: Path) -> None:
    """Each record that is carried over is what it was, at its offset; carried and lost make the whole."""
    damage(damaged)
    before, new = told(damaged), damaged.with_name("new.db")
    rescued = rescue(damaged, new, FLOW)
    found = await contents(new)
    right = sum(found[offset] == encode(ITEMS[offset]) for offset in found)
    assert len(found) == rescued.carried[RAW_ITEMS.name] >= least * COUNT
    assert right >= 0.97 * len(found)  # a byte turned over within a text makes another text
    assert len(found) + rescued.lost.get(RAW_ITEMS.name, 0) == COUNT
    assert told(damaged) == before
    assert examine(new).faults == ()
    assert [path.name for path in new.parent.iterdir() if path.name.startswith(".new")] == []


async def test_a_whole_journal_is_carried_over_whole(damaged: Path) -> None:
    """Of a file without a fault nothing is lost: records, cursors, memories, positions, endings, the next offsets."""
    new = damaged.with_name("new.db")
    rescued = rescue(damaged, new, FLOW)
    assert rescued == Rescued(
        carried={"raw-items": COUNT, "cursors": 7},
        lost={},
        memories={"see": COUNT},
        forgotten={},
        unreadable=0,
        wal=None,
        anew=(),
    )
    old, other = [await SqliteJournal.open(f"sqlite:///{path}") for path in (damaged, new)]
    assert [one async for one in old.read(RAW_ITEMS)] == [one async for one in other.read(RAW_ITEMS)]
    assert await old.cursors() == await other.cursors()
    assert await old.memories("see") == await other.memories("see")
    assert await other.position("see") == COUNT
    assert await other.endings() == Counter({Ending("see", "source-1", "kept"): COUNT})
    assert await old.end(CURSORS) == await other.end(CURSORS) == 42
    await old.close()
    await other.close()


async def test_what_lies_in_the_wal_is_carried_over(tmp_path: Path) -> None:
    """Commits that a killed process left in the -wal file are saved with the rest."""
    journal = await made(tmp_path / "live.db")
    for end in ("", "-wal"):
        shutil.copy(tmp_path / f"live.db{end}", tmp_path / f"journal.db{end}")
    await journal.close()
    assert (tmp_path / "journal.db-wal").stat().st_size > 100 * PAGE
    rescued = rescue(tmp_path / "journal.db", tmp_path / "new.db", FLOW)
    assert (rescued.carried["raw-items"], rescued.lost, rescued.wal) == (COUNT, {}, None)


async def test_a_journal_without_its_wal_holds_what_was_checkpointed(tmp_path: Path) -> None:
    """Where the -wal file is gone, records and positions of an earlier moment remain and fit together."""
    journal = await made(tmp_path / "live.db")
    journal._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    later = {Ending("see", "source-1", "kept"): 1}
    await journal.publish(RAW_ITEMS, [item(COUNT)])
    await journal.commit(
        Turn(step="see", source=RAW_ITEMS, position=COUNT + 1, written=[], endings=later, memory={"x": b"{}"})
    )
    shutil.copy(tmp_path / "live.db", tmp_path / "journal.db")
    await journal.close()
    assert examine(tmp_path / "journal.db").faults == ()
    found = await SqliteJournal.open(f"sqlite:///{tmp_path / 'journal.db'}")
    assert (await found.end(RAW_ITEMS), await found.position("see")) == (COUNT, COUNT)
    assert (await found.endings()).total() == COUNT
    await found.close()


async def test_offsets_are_not_given_again_after_a_rescue(damaged: Path) -> None:
    """What is published into a rescued journal takes its place behind all that ever was there."""
    cut(damaged)
    new = damaged.with_name("new.db")
    rescue(damaged, new, FLOW)
    journal = await SqliteJournal.open(f"sqlite:///{new}")
    await journal.publish(RAW_ITEMS, [item(COUNT)])
    last = [stored async for stored in journal.read(RAW_ITEMS)][-1]
    assert (last.offset, decode(last.value)) == (COUNT, item(COUNT))
    await journal.close()


async def test_a_journal_at_work_is_examined(tmp_path: Path) -> None:
    """Beside whoever writes, a check sees what is committed, also in the -wal file, and what is no record."""
    journal = await made(tmp_path / "journal.db")
    await journal.publish_bytes(RAW_ITEMS, partition=0, key="x", value=b"noise")
    with journal.slot():
        found = {one.topic: (one.records, one.unreadable) for one in examine(tmp_path / "journal.db").topics}
    assert (found["raw-items"], found["cursors"]) == ((COUNT + 1, 1), (7, 0))
    await journal.close()


async def test_a_rescue_stands_back(damaged: Path) -> None:
    """A journal that a host works on and a target that is there already are refused, and neither is touched."""
    new = damaged.with_name("new.db")
    journal = await SqliteJournal.open(f"sqlite:///{damaged}")
    with journal.slot(), pytest.raises(SlotTaken, match=r"process \d+ works on"):
        rescue(damaged, new, FLOW)
    await journal.close()
    new.write_text("mine")
    with pytest.raises(JournalUnusable, match="there already"):
        rescue(damaged, new, FLOW)
    assert new.read_text() == "mine"


async def test_what_is_no_journal_is_told(tmp_path: Path) -> None:
    """A file that holds nothing of a journal leads to no new one."""
    path = tmp_path / "notes.db"
    path.write_text("these are my notes, and many of them\n" * 1000)
    with pytest.raises(JournalUnusable, match=r"nothing of a journal.*restore a copy"):
        rescue(path, tmp_path / "new.db", FLOW)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["notes.db"]


async def _says(*arguments: str) -> tuple[int, str]:
    result = await asyncio.to_thread(CliRunner().invoke, main, list(arguments))
    return result.exit_code, result.output


async def test_the_commands_lead_from_the_refusal_to_a_new_journal(damaged: Path) -> None:
    """A damaged journal is refused by a text that names the rescue; check says no, rescue mends, check says yes."""
    url, new = f"sqlite:///{damaged}", damaged.with_name("new.db")
    assert (await _says("--journal", url, "journal", "check"))[0] == 0
    cut(damaged)
    status, text = await _says("--journal", url, "dead-letters", "list")
    assert (status, "changehands journal rescue --to" in text) == (3, True)
    status, text = await _says("--journal", url, "journal", "check")
    assert (status, "is damaged" in text) == (1, True)
    status, text = await _says("--journal", url, "journal", "rescue", "--to", str(new))
    assert (status, "raw-items" in text, "lost, at least" in text) == (0, True, True)
    status, text = await _says("--journal", f"sqlite:///{new}", "journal", "check")
    assert (status, "is whole" in text) == (0, True)


async def test_any_damage_ends_in_a_journal_or_a_clear_word(damaged: Path, tmp_path: Path) -> None:
    """Whatever is written wherever in the file, a rescue carries over what is left or says that nothing is."""
    original, chance = damaged.read_bytes(), Random(3)
    for round_ in range(25):
        data = bytearray(original[: chance.randrange(1, len(original))])
        for _ in range(chance.randrange(60)):
            start = chance.randrange(len(data))
            data[start : start + chance.randrange(1, 3000)] = chance.randbytes(chance.randrange(1, 3000))
        damaged.write_bytes(data)
        new = tmp_path / f"new-{round_}.db"
        with suppress(JournalUnusable):
            rescue(damaged, new, FLOW)
        assert not new.exists() or examine(new).faults == ()
