"""What a damaged journal still holds, carried over into a new one; the damaged file is only ever read.

A copy of it is made, with what its -wal file holds put in where SQLite still
can; then the pages of the copy are gone through. Of two versions of one thing
the later counts. What is lost is counted by what the indexes and the ends of
the topics still name: "at least", for these may be damaged too.
"""

from __future__ import annotations

import fcntl
import mmap
import shutil
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeGuard

from streams.codec import decode, decode_memory
from streams.embedded import tables
from streams.embedded.pages import Kind, Row, Value, rows
from streams.errors import BadRecord, JournalUnusable, SlotTaken
from streams.steps import Flow, RememberingStep
from streams.topics import BY_NAME, Topic

_TOGETHER = 2000  # rows of a transaction
_LATEST = 253_402_300_799_000_000  # microseconds since 1970: the last moment that a time can say

_RECORD = "INSERT OR IGNORE INTO records (topic, offset, key, stored_at, value) VALUES (?, ?, ?, ?, ?)"
_MEMORY = (
    "INSERT INTO memory (step, key, value, touched_at) VALUES (?, ?, ?, ?) ON CONFLICT (step, key) DO UPDATE"
    " SET value = excluded.value, touched_at = excluded.touched_at WHERE excluded.touched_at > touched_at"
)
_TOPIC = (
    "INSERT INTO topics (name, next_offset) VALUES (?, ?)"
    " ON CONFLICT (name) DO UPDATE SET next_offset = max(next_offset, excluded.next_offset)"
)
_POSITION = (
    "INSERT INTO positions (step, topic, next_offset) VALUES (?, ?, ?)"
    " ON CONFLICT (step) DO UPDATE SET next_offset = max(next_offset, excluded.next_offset)"
)
_ENDING = (
    "INSERT INTO endings (step, source, outcome, n) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (step, source, outcome) DO UPDATE SET n = max(n, excluded.n)"
)
_SUPERSEDED = (
    "DELETE FROM records WHERE topic = ? AND offset <"
    " (SELECT max(offset) FROM records AS later WHERE later.topic = records.topic AND later.key = records.key)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescued:
    """What a rescue carried over and what it knows to be lost, each by topic or step.

    `unreadable` are cells of which nobody can tell what they held, `wal` says
    why the newest commits could not be read where that is so, and `anew` names
    the steps whose position is lost: they begin at the start of their topic.
    """

    carried: Mapping[str, int]
    lost: Mapping[str, int]
    memories: Mapping[str, int]
    forgotten: Mapping[str, int]
    unreadable: int
    wal: str | None
    anew: tuple[str, ...]


@dataclass(slots=True)
class _Named:
    """What the indexes say that there was, to be compared with what was carried."""

    records: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    memories: set[tuple[str, str]] = field(default_factory=set)
    unreadable: int = 0


def rescue(path: Path, to: Path, flow: Flow) -> Rescued:
    """Carry over what the journal at `path` still holds into a new one at `to`, a file that is not there yet.

    Raises JournalUnusable where there is nothing to read or no way to write,
    and SlotTaken where a host works on the file.
    """
    with tables.usable(path), _alone(path):
        if to.exists():
            raise JournalUnusable(f"{to} is there already; name a file that is not, for the new journal")
        if not path.is_file():
            raise JournalUnusable(f"{path} is no file; name the damaged journal")
        to.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=f".{to.name}-", dir=to.parent) as folder:
            copy, new = Path(folder) / "damaged", Path(folder) / "new"
            wal = _copied(path, copy)
            rescued = _carried(copy, new, flow, wal)
            new.replace(to)
    return rescued


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep hosts away while we read; where no host ever was, nobody is to be kept away."""
    lock = path.with_name(path.name + ".lock")
    if not lock.exists():
        yield
        return
    with lock.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SlotTaken(f"process {file.read(20).strip()} works on {path}; stop it before a rescue") from error
        yield


def _copied(path: Path, copy: Path) -> str | None:
    """Copy the file, put into it what its -wal holds, and return why that could not be done where it could not."""
    wal = path.with_name(path.name + "-wal")
    shutil.copyfile(path, copy)
    if not wal.exists():
        return None
    shutil.copyfile(wal, copy.with_name("damaged-wal"))
    try:
        with closing(sqlite3.connect(copy)) as connection:
            connection.execute("PRAGMA writable_schema = ON")  # a file that is shorter than it says is opened too
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        return str(error)
    return None


def _carried(copy: Path, new: Path, flow: Flow, wal: str | None) -> Rescued:
    memories = {step.name: step.memory for step in flow if isinstance(step, RememberingStep)}
    with closing(tables.connect(new)) as into, copy.open("rb") as file:
        tables.prepare(into, new)
        named = _Named()
        if copy.stat().st_size:
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as held:
                _carry(rows(held), into, memories, named)  # type: ignore[arg-type]  # it is read as bytes are
        with tables.transaction(into):
            _in_order(into)
        rescued = _compared(into, named, flow, wal)
    if not rescued.carried and not rescued.memories:
        raise JournalUnusable(f"nothing of a journal can be read in it; {tables.ADVICE_OF_COPIES}")
    return rescued


def _carry(found: Iterator[Row], into: sqlite3.Connection, memories: Mapping[str, type], named: _Named) -> None:
    done = False
    while not done:
        with tables.transaction(into):
            for _ in range(_TOGETHER):
                row = next(found, None)
                if row is None:
                    done = True
                    break
                _take(row, into, memories, named)


def _take(row: Row, into: sqlite3.Connection, memories: Mapping[str, type], named: _Named) -> None:
    """Put one row where it belongs; what it is follows from the page it lay on and from its shape."""
    if row.values is None:
        named.unreadable += 1
    elif row.kind is Kind.TABLE:
        _take_kept(row.values, into, memories, named)
    else:
        _take_indexed(row.values, into, memories, named)


def _take_kept(
    values: tuple[Value, ...], into: sqlite3.Connection, memories: Mapping[str, type], named: _Named
) -> None:
    match values:
        case (str(topic), int(offset), str(), int(at), bytes(value)) if topic in BY_NAME:
            if offset >= 0 and abs(at) < _LATEST and _is_record(topic, value):
                into.execute(_RECORD, values)
            else:
                named.unreadable += 1
        case (str(step), str(), bytes(value), *touched) if len(touched) <= 1:
            if _is_memory(memories.get(step), value) and all(isinstance(at, int) for at in touched):
                into.execute(_MEMORY, (*values[:3], *(touched or [0])))
            else:
                named.unreadable += 1


def _take_indexed(
    values: tuple[Value, ...], into: sqlite3.Connection, memories: Mapping[str, type], named: _Named
) -> None:
    match values:
        case (str(topic), int()) if topic in BY_NAME:
            into.execute(_TOPIC, values)
        case (str(topic), int(offset), int()) if topic in BY_NAME:
            named.records[topic].add(offset)
        case (str(), str(topic), int()) if topic in BY_NAME:
            into.execute(_POSITION, values)
        case (str(step), str(key), int()) if step in memories:
            named.memories.add((step, key))
        case (str(), str(), str(), int()) if values[0] not in BY_NAME:
            into.execute(_ENDING, values)


def _is_record(topic: str, value: bytes) -> bool:
    with suppress(BadRecord):
        return isinstance(decode(value), BY_NAME[topic].carries)
    return False


def _is_memory(kind: type | None, value: bytes) -> TypeGuard[bytes]:
    """Whether a memory can be read; that of a step which is no more cannot be judged and is kept."""
    if kind is None:
        return True
    with suppress(BadRecord):
        decode_memory(value, kind)
        return True
    return False


def _in_order(into: sqlite3.Connection) -> None:
    """Leave of compacted topics the last of each key, and give no offset again that was given once."""
    for topic in BY_NAME.values():
        if topic.compacted:
            into.execute(_SUPERSEDED, (topic.name,))
    given = "SELECT topic, max(offset) + 1 FROM records GROUP BY topic"
    read = "SELECT topic, max(next_offset) FROM positions GROUP BY topic"
    for query in (given, read):
        into.executemany(_TOPIC, into.execute(query).fetchall())


def _compared(into: sqlite3.Connection, named: _Named, flow: Flow, wal: str | None) -> Rescued:
    carried = dict(into.execute("SELECT topic, count(*) FROM records GROUP BY topic").fetchall())
    kept = set(into.execute("SELECT step, key FROM memory").fetchall())
    known = {step for (step,) in into.execute("SELECT step FROM positions")}
    lost = {name: _lost(into, topic, named.records[name]) for name, topic in BY_NAME.items()}
    return Rescued(
        carried=carried,
        lost={name: count for name, count in lost.items() if count},
        memories=Counter(step for step, _ in kept),
        forgotten=Counter(step for step, _ in named.memories - kept),
        unreadable=named.unreadable,
        wal=wal,
        anew=tuple(step.name for step in flow if step.name not in known and carried.get(step.source.name)),
    )


def _lost(into: sqlite3.Connection, topic: Topic, named: set[int]) -> int:
    """Return how many records the index or a gap between offsets tells of that are not there.

    A compacted topic has gaps by its nature, so there only the index counts.
    """
    there = {offset for (offset,) in into.execute("SELECT offset FROM records WHERE topic = ?", (topic.name,))}
    missed = len(named - there)
    if topic.compacted or not (there or named):
        return missed
    return max(missed, tables.end(into, topic.name) - min(there | named) - len(there))
