"""What is tried on detection, the codec and the remembering steps, and what must hold of whatever comes of it.

The property suite tries a little of it at each run, `make fuzz` for as long as
it is told. Each check takes what was drawn and fails where the rule is broken.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import strategies as st

from processors.detect import find
from processors.enrich import enrich
from processors.flow import flow
from streams.codec import decode, decode_memory, encode, encode_memory, unpack
from streams.embedded.pages import rows
from streams.endings import DEAD_LETTER, Ended, ended
from streams.errors import BadRecord
from streams.fetches import Came, Fetch, Way
from streams.items import Cursor, DeadLetter, SourceState
from streams.journal import Stored
from streams.notices import Tick
from streams.records import Record
from streams.settings import Settings
from streams.steps import RememberingStep, Step
from streams.topics import RAW_ITEMS
from streams.turns import Recall, remembered_end
from tests.known import knowledge
from tests.play import played
from tests.raw import raw_item
from tests.scenarios import read

GOLDEN = Path(__file__).parent / "golden"
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
# Between them these leave records of most kinds and memories of all steps.
SCENARIOS = (
    "a_branch_of_a_movement",
    "a_confirmed_capture_is_reversed_all_the_same",
    "a_side_on_a_front_falls_silent",
)
FLOW = flow(Settings())
REMEMBERING = tuple(step for step in FLOW if isinstance(step, RememberingStep))
BESIDE: tuple[Record, ...] = (
    Cursor(source="a", state=b"{}", saved_at=NOW),
    SourceState(source="a", state=b"{}"),
    Fetch(source="a", at=NOW, way=next(iter(Way)), came=next(iter(Came))),
    DeadLetter(
        id="a",
        topic=RAW_ITEMS.name,
        partition=0,
        offset=0,
        payload=b"x",
        size=1,
        sha256="a",
        step="enrich",
        error="ValueError",
        text="x",
        at=NOW,
    ),
)

# Controls, directions, marks without end, letters of no script or of several in one word, ends of the number lines.
SIGNS = (
    *("\x00", "\x1b[2J", "\x1b]0;x\x07", "\r", "\x85", "\u2028", "\ufeff", "\ufffe", "\U000e0041", "\U0010ffff"),
    *("\u202e", "\u2066", "\u200f", "\u200d" * 30, "\u0301" * 200, "\u0640" * 200, "\u064b" * 60, "\ufdfa" * 20),
    *("аrmy", "Μоscow", "الجيشarmy", "ﷲ", "ﬁ", "İ" * 20, "ß", "Ａ", "１２٣۴५", "٪", "—" * 50, "«" * 40, '"', "'" * 30),
    *("9" * 400, "-1", "0", "31/02/0000", "٣١ فبراير", "1e999", "yesterday", "أمس", "@x — 9999", "#" * 100, "." * 200),
    *("\n\n", "\n" * 200, "\t", " " * 300, ", " * 100, "(" * 100, "of " * 100, "ال" * 100, "و" * 200),
)
VALUES: tuple[Any, ...] = (
    *(None, True, -1, 0, 2**31, 2**63 - 1, 2**64, 10**40, 1e308, -0.0, "", " ", "x" * 5000, [], {}, [[]], [None]),
    *(
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "0001-01-01T00:00:00+23:59",
        "2026-02-30T00:00:00Z",
        "2026-13-01",
    ),
    *("9999-12-31", "0001-01-01", "\x00\x1b[2J", "\u202e", "\U0010ffff", "\ud800", "NaN", "ﷺ" * 50, {"a": {"b": []}}),
)


@cache
def sentences() -> tuple[str, ...]:
    """Return what the golden cases of all languages say."""
    found = (tomllib.loads(path.read_text("utf-8"))["case"] for path in sorted((GOLDEN / "detect").glob("*.toml")))
    return tuple(row["text"] for rows in found for row in rows)


@cache
def left_behind() -> tuple[Mapping[str, list[Record]], Mapping[str, Mapping[str, bytes]]]:
    """Return the records by topic and the memories by step that some scenarios leave."""
    records: dict[str, list[Record]] = {}
    memories: dict[str, dict[str, bytes]] = {}
    for name in SCENARIOS:
        bare = played(read(GOLDEN / "scenarios" / f"{name}.scenario").happens)
        for topic, some in bare.topics.items():
            records.setdefault(topic, []).extend(some)
        for step, known in bare.memories.items():
            kept = {key: encode_memory(memory) for key, memory in known.items() if memory is not None}
            memories.setdefault(step, {}).update(kept)
    return records, memories


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Return pieces of sentences of several languages, torn and joined, with signs that nobody expects within."""
    pieces: list[str] = []
    for _ in range(draw(st.integers(1, 5))):
        sentence = draw(st.sampled_from(sentences()))
        start = draw(st.integers(0, len(sentence)))
        pieces.append(sentence[start : draw(st.integers(start, len(sentence)))])
        pieces.append(draw(st.sampled_from(SIGNS) | st.text(st.characters(exclude_categories=("Cs",)), max_size=8)))
    return draw(st.sampled_from(["", " ", "\n\n"])).join(draw(st.permutations(pieces)))


def _paths(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    children = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, child in children:
        yield from _paths(child, (*path, key))


def _changed(tree: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    inner = _changed(tree[path[0]], path[1:], value)
    if isinstance(tree, dict):
        return tree | {path[0]: inner}
    return [*tree[: path[0]], inner, *tree[path[0] + 1 :]]


@st.composite
def trees(draw: st.DrawFn, seed: Any) -> Any:
    """Return JSON with one or two of its values replaced by what no reader expects there."""
    for _ in range(draw(st.integers(1, 2))):
        paths = [path for path in _paths(seed) if path]
        if paths:
            seed = _changed(seed, draw(st.sampled_from(paths)), draw(st.sampled_from(VALUES)))
    return seed


@st.composite
def bitten(draw: st.DrawFn, seed: bytes) -> bytes:
    """Return bytes with a stretch of them replaced."""
    start = draw(st.integers(0, len(seed)))
    end = draw(st.integers(start, min(len(seed), start + 40)))
    nested = b'{"v":1,"record":' + b"[" * 3000
    return seed[:start] + draw(st.binary(max_size=12) | st.sampled_from([b"[" * 3000, nested])) + seed[end:]


@st.composite
def records(draw: st.DrawFn) -> bytes:
    """Return the bytes of a record of any kind, damaged in its bytes or in what they say."""
    seed = encode(draw(st.sampled_from([*BESIDE, *(one for some in left_behind()[0].values() for one in some)])))
    if draw(st.booleans()):
        return draw(bitten(seed))
    return json.dumps(draw(trees(msgspec.json.decode(seed)))).encode()


@st.composite
def memories(draw: st.DrawFn) -> tuple[RememberingStep, Record, bytes]:
    """Return a step, a record that it may be given or a tick, and the damaged memory that it has of its key."""
    step = draw(st.sampled_from([step for step in REMEMBERING if left_behind()[1].get(step.name)]))
    record = draw(st.sampled_from([one for one in left_behind()[0][step.source.name] if not isinstance(one, Tick)]))
    seed = draw(st.sampled_from(sorted(left_behind()[1][step.name].values())))
    if step.on_tick and draw(st.booleans()):
        record = Tick(at=draw(st.datetimes(timezones=st.just(UTC))))
    if draw(st.booleans()):
        return step, record, draw(bitten(seed))
    packed = seed[:1] >= b"\x80"
    tree = draw(trees(msgspec.msgpack.decode(seed) if packed else msgspec.json.decode(seed)))
    with suppress(msgspec.MsgspecError, OverflowError, UnicodeEncodeError):
        return step, record, msgspec.msgpack.encode(tree) if packed else msgspec.json.encode(tree)
    return step, record, seed


def spans(value: Any) -> Iterator[tuple[str, int, int]]:
    """Yield every stretch of text that a value names, with its offsets."""
    if isinstance(value, msgspec.Struct):
        if {"text", "start", "end"} <= set(value.__struct_fields__):
            yield value.text, value.start, value.end  # type: ignore[attr-defined]
        for name in value.__struct_fields__:
            yield from spans(getattr(value, name))
    elif isinstance(value, tuple):
        for one in value:
            yield from spans(one)


def detected(text: str) -> None:
    """Read any text: what is named stands in it at its offsets, and the whole step's outcome can be kept."""
    found = find(text, knowledge=knowledge(), published=NOW)
    for words, start, end in (*spans(found.mentions), *spans(found.pledges)):
        assert 0 <= start <= end <= len(text)
        assert text[start:end] == words
    step = next(step for step in FLOW if isinstance(step, Step))
    item = raw_item(text.encode("utf-8", "replace"), title=text[:80].encode("utf-8", "replace").decode())
    with suppress(BadRecord):
        for one in ended(step, item, enrich(item, knowledge=knowledge())).written:
            assert encode(decode(one.value)) == one.value


def decoded(data: bytes) -> None:
    """Take any bytes as a record, which comes back as it was, or see them refused in a few words."""
    try:
        record = decode(data)
    except BadRecord as refusal:
        assert 0 < len(str(refusal)) < 2000  # noqa: PT017 - a record is as good an end
        return
    assert decode(encode(record)) == record


def unpacked(data: bytes) -> None:
    """Take any bytes as a memory of each step, or as something packed, or see them refused as such."""
    for kind in (*(step.memory for step in REMEMBERING), dict[str, Any]):
        for reader in (unpack, decode_memory):
            with suppress(BadRecord):
                reader(data, kind)


def remembered(case: tuple[RememberingStep, Record, bytes]) -> None:
    """Give a step a record and whatever memory: there is one end, and what it remembers then can be read again."""
    step, record, memory = case
    end, changed = asyncio.run(_taken(step, record, memory))
    assert end.ending.outcome
    if end.ending.outcome == DEAD_LETTER:
        assert changed == {}
        assert isinstance(decode(end.written[0].value), DeadLetter)
    for after in changed.values():
        assert after is None or decode_memory(after, step.memory) is not None


async def _taken(step: RememberingStep, record: Record, memory: bytes) -> tuple[Ended, dict[str, bytes | None]]:
    async def one(_key: str) -> bytes:
        return memory

    async def every() -> Mapping[str, bytes]:
        return {"key": memory}

    changed: dict[str, bytes | None] = {}
    stored = Stored(topic=step.source.name, partition=0, offset=0, key="key", value=encode(record), stored_at=NOW)
    return await remembered_end(step, stored, Recall(one=one, every=every), changed), changed


@cache
def small_file() -> bytes:
    """Return an SQLite file of a hundred small pages, some of them free, with rows that take several of them."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as file:
        file.execute("PRAGMA page_size = 512")
        file.execute("CREATE TABLE records (topic TEXT, offset INTEGER, value BLOB, PRIMARY KEY (topic, offset))")
        file.execute("CREATE TABLE topics (name TEXT PRIMARY KEY, n REAL) WITHOUT ROWID")
        for number in range(120):
            file.execute("INSERT INTO records VALUES (?, ?, ?)", ("raw", number, bytes(number * 7 % 1500)))
            file.execute("INSERT INTO topics VALUES (?, ?)", (f"topic-{number}", number / 7))
        file.execute("DELETE FROM records WHERE offset > 100")
        return file.serialize()


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """Return a file with several stretches of it overwritten, or cut short."""
    file = bytearray(small_file())
    for _ in range(draw(st.integers(0, 12))):
        start = draw(st.integers(0, len(file) - 1))
        noise = draw(st.binary(min_size=1, max_size=8) | st.sampled_from([b"\xff" * 9, bytes(9), b"\x80" * 9]))
        file[start : start + len(noise)] = noise
    return bytes(file[: draw(st.integers(0, len(file)))]) if draw(st.booleans()) else bytes(file)


def salvaged(file: bytes) -> None:
    """Go through the pages of a file: there is an end to it, and nothing is raised."""
    assert sum(1 for _ in rows(file)) <= len(file)


TARGETS: dict[str, tuple[Callable[[], st.SearchStrategy[Any]], Callable[[Any], None]]] = {
    "detect": (texts, detected),
    "codec": (records, decoded),
    "packed": (lambda: st.binary(max_size=60), unpacked),
    "memory": (memories, remembered),
    "pages": (files, salvaged),
}
