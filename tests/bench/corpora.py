"""Every document of the public feed collections through the feed connector: corpora.py DIR.

DIR holds check-outs of the collections under the names of their repositories.
Each document is read as a server's answer (charset, format, identity) in the
worker process, behind its wall, and has exactly one outcome: read, with so
many items; unreadable, with the reason; or raised, which is a fault of ours
and ends the run with status 1. feedparser's own expectations of encodings are
compared with what the charset rule decodes.
"""

from __future__ import annotations

import ast
import asyncio
import html
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from connectors.connector import Failure, Purpose, Request, Response
from connectors.feeds import FEEDS
from connectors.reading.charset import Decoded, decode
from connectors.reading.formats import document
from connectors.reading.readers import Readers, readers
from streams.errors import SourceUnreadable
from streams.highlight import printable
from streams.sources import SourceSettings

NOW = datetime(2026, 11, 23, tzinfo=UTC)
# Where each collection keeps its feeds, and how their names end.
COLLECTIONS = {
    "feedparser": ("tests/wellformed tests/illformed tests/encoding tests/entities tests/json", "xml json"),
    "chardet": ("tests", "xml"),
    "feedvalidator": ("testcases", "xml"),
    "gofeed": ("testdata", "xml"),
    "feedjira": ("spec/sample_feeds", "xml json"),
    "RSParser": ("Tests/RSParserTests/Resources", "xml rss atom json"),
    "feed-rs": ("feed-rs/fixture", "xml json"),
    "rome": ("rome/src/test/resources rome-modules/src/test/resources", "xml"),
    "miniflux": ("internal/reader/parser/testdata", "xml"),
    "simplepie": ("tests/data", "xml"),
    "reader": ("tests/data", "rss atom json"),
}
ENCODINGS = "feedparser/tests/encoding"
_HEADER = re.compile(r"^\s*Header:\s*Content-type:\s*(.+?)\s*$", re.IGNORECASE | re.MULTILINE)
_CHARSET = re.compile(r"\bencoding == '([^']+)'")
_TEXT = re.compile(r"(?:\]|\.\w+) == ('(?:[^'\\]|\\.)*')")
_CODE = re.compile(r"\bord\([^)]*\) == (\d+)")
_EXPECT = re.compile(r"^\s*Expect:\s*(.+?)\s*$", re.MULTILINE)


@dataclass(slots=True)
class Tally:
    """How the documents of one collection ended."""

    documents: int = 0
    items: int = 0
    endings: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    raised: list[str] = field(default_factory=list)
    seconds: float = 0.0


def comment_of(body: bytes) -> str:
    """Return a test document's beginning as plain text, whatever its encoding: what is told of it is ASCII."""
    return body.replace(b"\x00", b"")[:4000].decode("latin-1")


def declared_type(body: bytes) -> str:
    """Return the content type that a test document wants to be served with; XML where it says nothing."""
    match = _HEADER.search(comment_of(body))
    return match[1] if match else "application/xml"


def reason_of(error: Exception, url: str) -> str:
    """Return why a document could not be read, without what is particular to it."""
    text = re.sub(r"\(.*\)$", "", str(error).replace(url, "").strip(), flags=re.DOTALL)
    return printable(re.sub(r"\d+", "N", text)[:90].strip())


def documents(folder: Path, where: str, endings: str) -> Iterator[Path]:
    """Yield the files of a collection in a stable order."""
    for part in where.split():
        found = (path for path in (folder / part).rglob("*") if path.suffix[1:].lower() in endings.split())
        yield from sorted(path for path in found if path.is_file())


async def one(pool: Readers, tally: Tally, collection: str, path: Path) -> None:
    """Read one document and count its one ending."""
    body, url = path.read_bytes(), f"http://{collection.lower()}.example/{quote(path.name)}"
    source = SourceSettings(id="corpus", url=url, full_text=False)
    request = Request(purpose=Purpose.POLL, url=url, accept="*/*", limit=len(body) + 1)
    response = Response(url=url, status=200, headers={"content-type": declared_type(body)}, body=body)
    tally.documents += 1
    try:
        reading = await pool.read(FEEDS.read, url, source, b"", request, response, NOW)
    except SourceUnreadable as error:
        tally.endings["unreadable"] += 1
        tally.reasons[reason_of(error, url)] += 1
    except Exception as error:  # noqa: BLE001 (whatever it is, it should not have come)
        tally.endings["raised"] += 1
        tally.raised.append(f"{path}: {type(error).__name__}: {printable(str(error))[:200]}")
    else:
        assert not isinstance(reading, Failure), reading
        tally.endings["read" if reading.items else "read, no items"] += 1
        tally.items += len(reading.items)


async def collection(pool: Readers, name: str, paths: list[Path]) -> Tally:
    """Read one collection."""
    tally, begin = Tally(), time.perf_counter()
    for path in paths:
        await one(pool, tally, name, path)
    tally.seconds = time.perf_counter() - begin
    assert tally.endings.total() == tally.documents
    return tally


def show(name: str, tally: Tally) -> None:
    """Print what became of a collection."""
    ends = ", ".join(f"{count} {word}" for word, count in sorted(tally.endings.items()))
    rate = tally.documents / tally.seconds
    print(f"{name}: {tally.documents} documents, {tally.items} items: {ends}; {tally.seconds:.1f} s, {rate:.0f}/s")
    for reason, count in tally.reasons.most_common(8):
        print(f"    {count:5} unreadable: {reason}")
    others = sum(count for _, count in tally.reasons.most_common()[8:])
    if others:
        print(f"    {others:5} unreadable for {len(tally.reasons) - 8} other reasons")
    for text in tally.raised:
        print(f"    RAISED {text}")


def told_by(text: str) -> str:
    """Return what a feed tells: its text, and what its entries are read as; half of it is written as references."""
    try:
        entries = document(text, url="http://feedparser.example/", now=NOW).entries
    except SourceUnreadable:
        entries = ()
    return "\n".join((html.unescape(html.unescape(text)), *(f"{entry.title} {entry.body}" for entry in entries)))


def is_alike(body: bytes, decoded: Decoded, expected: str) -> bool | None:
    """Whether we decode as an expectation says; None where it does not speak of text or encoding."""
    texts = [ast.literal_eval(text) for text in _TEXT.findall(expected) if not _CHARSET.search(expected)]
    texts += [chr(int(code)) for code in _CODE.findall(expected)]
    if texts:
        return all(text in told_by(decoded.text) for text in texts)
    charset = _CHARSET.search(expected)
    if charset is None:
        return None
    try:
        return body.decode(charset[1]).lstrip("\ufeff") == decoded.text
    except (UnicodeError, LookupError):
        return False


def compare(folder: Path) -> None:
    """Print how many of feedparser's expectations of encodings the charset rule meets, and which it does not."""
    alike, silent, apart = 0, 0, []
    for path in sorted((folder / ENCODINGS).glob("*.xml")):
        body = path.read_bytes()
        expected = _EXPECT.search(comment_of(body))
        decoded = decode(body, content_type=declared_type(body))
        verdict = is_alike(body, decoded, expected[1]) if expected else None
        alike, silent = alike + (verdict is True), silent + (verdict is None)
        if verdict is False and expected:
            apart.append((decoded.rule, decoded.charset, path.name, printable(expected[1])))
    print(f"encodings: {alike} alike, {len(apart)} not, {silent} expectations speak of neither text nor encoding")
    for rule, charset, name, text in sorted(apart):
        print(f"    by {rule} as {charset}: {name} expects {text}")


async def main(folder: Path) -> int:
    """Read what is there, say what is not, and return the exit status."""
    status, found = 0, 0
    async with readers(workers=1) as pool:
        for name, (where, endings) in COLLECTIONS.items():
            missing = [part for part in where.split() if not (folder / name / part).is_dir()]
            for part in missing:
                print(f"{name}: not found: {folder / name / part}")
            if paths := list(documents(folder / name, where, endings)):
                found += 1
                tally = await collection(pool, name, paths)
                show(name, tally)
                status = status or (1 if tally.raised else 0)
    if (folder / ENCODINGS).is_dir():
        compare(folder)
    print(f"{found} of {len(COLLECTIONS)} collections were found under {folder}")
    return status if found else 1


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("give the folder that holds the collections: corpora.py DIR")
    sys.exit(asyncio.run(main(Path(sys.argv[1]))))
