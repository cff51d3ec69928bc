"""Saved files of every shape: crawls as ISO 28500 writes them, lines, feeds, pages; whole and torn."""

from __future__ import annotations

import gzip
import io
import json
import os
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from connectors.kinds import LOCALS
from connectors.local import Torn
from streams.items import RawItem
from streams.sources import SourceSettings

DATE = "2014-07-14T10:00:00Z"
WHEN = datetime(2014, 7, 14, 10, tzinfo=UTC)
NEWS = "The council gave notice on Tuesday that the old bridge will be open to carts and walkers from next week."


def page(number: int, more: str = "") -> str:
    """Return a page about a ship."""
    return f"<html><head><title>Ship {number}</title>{more}</head><body><p>Ship {number}: {NEWS}</p></body></html>"


def http(body: bytes | str, kind: str = "text/html; charset=utf-8", status: str = "200 OK", **headers: str) -> bytes:
    """Return a server's answer; underscores in names of headers stand for hyphens."""
    data = body.encode() if isinstance(body, str) else body
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {kind}",
        *(f"{k.replace('_', '-')}: {v}" for k, v in headers.items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + data


def record(
    block: bytes,
    url: str = "http://news.example/1",
    kind: str = "response",
    type_: str = "application/http",
    **more: str,
) -> bytes:
    """Return one record of a crawl."""
    lines = {
        "WARC-Type": kind,
        "WARC-Record-ID": "<urn:uuid:00000000-0000-4000-8000-000000000000>",
        "WARC-Target-URI": url,
        "WARC-Date": DATE,
        "Content-Type": type_,
        "Content-Length": str(len(block)),
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return b"WARC/1.1\r\n" + head.encode() + b"\r\n" + block + b"\r\n\r\n"


def answer(number: int) -> bytes:
    """Return the record of a page about a ship."""
    return record(http(page(number)), f"http://news.example/{number}")


def crawl(*records: bytes, is_packed: bool = True) -> bytes:
    """Return a crawl, each record packed by itself."""
    return b"".join(gzip.compress(one) if is_packed else one for one in records)


def line(number: int, **more: object) -> bytes:
    """Return a line about a ship."""
    told = {"id": number, "title": f"Ship {number}", "text": f"Ship {number}: {NEWS}", "published_at": DATE, **more}
    return json.dumps(told).encode() + b"\n"


def put(path: Path, data: bytes | str) -> Path:
    """Write a file that was saved before anybody looks."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def archive(path: Path, **more: object) -> SourceSettings:
    """Return the source of an archive."""
    return SourceSettings(**{"id": "old", "kind": "archive", "url": str(path), **more})  # type: ignore[arg-type]


def table(columns: Mapping[str, Sequence[object]], *, rows: int = 1000) -> bytes:
    """Return a Parquet file with these columns, so many rows in a group."""
    file = io.BytesIO()
    parquet.write_table(pa.table(columns), file, row_group_size=rows, compression="none", write_page_checksum=True)
    return file.getvalue()


@dataclass(slots=True)
class Leafed:
    """What an archive brought from end to end."""

    items: list[RawItem] = field(default_factory=list)
    endings: Counter[str] = field(default_factory=Counter)
    torn: list[Torn] = field(default_factory=list)
    state: bytes = b""
    handfuls: int = 0

    def urls(self) -> list[str]:
        """Return the addresses of the items."""
        return [item.url for item in self.items]

    def texts(self) -> list[str]:
        """Return why documents could not be read."""
        return [torn.text for torn in self.torn]


def leafed(source: SourceSettings, state: bytes = b"", *, most: int = 200, ahead: float = 10.0) -> Leafed:
    """Read an archive to its end, `ahead` seconds from now so that all files count as settled."""
    now = datetime.now(UTC) + timedelta(seconds=ahead)
    all_ = Leafed(state=state)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = LOCALS[source.kind].read(source, all_.state, now, most)
        all_.items += found.items
        all_.endings.update(found.endings)
        all_.torn += found.torn
        all_.state, all_.handfuls = found.state, all_.handfuls + 1
        if found.is_all:
            return all_
    raise AssertionError("the archive does not come to its end")


def aged(path: Path, when: datetime) -> Path:
    """Let a file have been changed at this time."""
    os.utime(path, (when.timestamp(), when.timestamp()))
    return path
