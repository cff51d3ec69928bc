"""Crawls: every record has one end, whole ones are read, torn ones are named, and what lies behind damage is found."""

from __future__ import annotations

import gzip
import tempfile

import brotli
import pytest

from connectors.archives.crawls import Record, records
from tests.archives import WHEN, answer, crawl, http, page, record

LIMIT = 1024 * 1024
PLAIN = [answer(number) for number in range(4)]
PACKED = [gzip.compress(one) for one in PLAIN]


def read(data: bytes, offset: int = 0, limit: int = LIMIT) -> list[Record]:
    """Return the records of a file."""
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        return list(records(file, offset, limit))


def ends(found: list[Record]) -> list[str]:
    """Return each record's end: its number where it is whole, else torn or the word why it is none."""
    return ["torn" if one.torn else one.ending or one.url.rpartition("/")[2] for one in found]


@pytest.mark.parametrize("is_packed", [True, False])
def test_whole(is_packed: bool) -> None:
    """Each record is read once, with its address, its time and the body behind the HTTP headers."""
    found = read(crawl(*PLAIN, is_packed=is_packed))
    assert ends(found) == ["0", "1", "2", "3"]
    assert found[2].data.decode() == page(2)
    assert (found[2].at, found[2].url) == (WHEN, "http://news.example/2")
    assert found[2].content_type == "text/html; charset=utf-8"


@pytest.mark.parametrize("is_packed", [True, False])
def test_from_any_record(is_packed: bool) -> None:
    """From the place of any record on, the same records follow."""
    data = crawl(*PLAIN, is_packed=is_packed)
    found = read(data)
    assert all(one.is_start for one in found)
    assert [ends(read(data, one.offset)) for one in found] == [ends(found)[n:] for n in range(4)]


def test_one_stream() -> None:
    """A crawl packed as one stream is read whole; within it no place is one to begin at."""
    found = read(gzip.compress(b"".join(PLAIN)))
    assert ends(found) == ["0", "1", "2", "3"]
    assert [one.is_start for one in found] == [True, False, False, False]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"".join(PLAIN)[:-40], ["0", "1", "2", "torn"]),
        (PLAIN[0] + PLAIN[1][:40] + PLAIN[2] + PLAIN[3], ["0", "torn", "2", "3"]),
        (PLAIN[0] + PLAIN[1][:-40] + PLAIN[2] + PLAIN[3], ["0", "torn", "2", "3"]),
        (PLAIN[0] + PLAIN[1].replace(b"Content-Length: ", b"Content-Length: 9") + PLAIN[2], ["0", "torn", "2"]),
        (PLAIN[0] + PLAIN[1].replace(b"Content-Length: ", b"Content-Length: 9999999") + PLAIN[2], ["0", "torn", "2"]),
        (PLAIN[0] + PLAIN[1].replace(b"Content-Length: ", b"Content-Length: -"), ["0", "torn"]),
        (PLAIN[0] + b"\x00" * 500 + PLAIN[2], ["0", "torn", "2"]),
        (PLAIN[0] + b"nothing of the kind" * 9, ["0", "torn"]),
        (b"".join(PACKED)[:-30], ["0", "1", "2", "torn"]),
        (b"".join(PACKED[:3]) + PACKED[3][:60], ["0", "1", "2", "torn"]),
        (b"".join(PACKED[:3]) + PACKED[3][:12], ["0", "1", "2", "torn"]),
        (PACKED[0] + PACKED[1][:99] + PACKED[2] + PACKED[3], ["0", "torn", "2", "3"]),
        (PACKED[0][:60] + b"\xff\x00\xff" + PACKED[0][63:] + PACKED[1], ["torn", "1"]),
        (PACKED[0] + PACKED[1][:60] + b"\xff\x00\xff" + PACKED[1][63:] + PACKED[2], ["0", "torn", "2"]),
        (b"WARC/1.0\r\nX: " + b"a" * 200_000 + b"\r\n\r\n" + PLAIN[2], ["torn", "2"]),
        (b"", []),
    ],
)
def test_torn(data: bytes, expected: list[str]) -> None:
    """Damage is told once, in its place, and the whole records on both sides of it are read."""
    assert ends(read(data)) == expected


def test_torn_says_where() -> None:
    """What is told of a torn record says how much of it there is, and keeps it."""
    torn = read(b"".join(PLAIN)[:-40])[3]
    assert torn.offset == len(b"".join(PLAIN[:3]))
    assert torn.torn == f"it ends after {torn.size - 36} of {torn.size} bytes"
    assert torn.data.startswith(b"HTTP/1.1 200 OK")


def test_no_documents() -> None:
    """Records that are no document end under the word that says what they are."""
    found = read(
        crawl(
            record(b"software: x", "", "warcinfo", "application/warc-fields"),
            record(b"GET / HTTP/1.1\r\n\r\n", kind="request"),
            record(b"HTTP/1.1 304 Not Modified\r\n\r\n", kind="revisit"),
            record(b"outlinks", kind="metadata", type_="text/plain"),
            record(http("gone", status="404 Not Found")),
            record(b"20140714 1.2.3.4", "dns:news.example", type_="text/dns"),
            record(b"no status line"),
        )
    )
    assert ends(found) == ["warcinfo", "request", "revisit", "metadata", "status", "address", "torn"]


def test_resource_and_conversion() -> None:
    """A file that was saved without a server's headers is a document, and so is the text made of a page."""
    saved = record(b"<html>", "http://news.example/7", "resource", "text/html")
    made = record(b"words", "<http://news.example/8>", "conversion", "text/plain")
    assert [(one.url[-1], one.data, one.content_type) for one in read(saved + made)] == [
        ("7", b"<html>", "text/html"),
        ("8", b"words", "text/plain"),
    ]


CHUNKED = b"5\r\nhello\r\n6;x=y\r\n there\r\n0\r\n\r\n"


@pytest.mark.parametrize(
    ("block", "body"),
    [
        (http(CHUNKED, Transfer_Encoding="chunked"), b"hello there"),
        (http("hello there", Transfer_Encoding="chunked"), b"hello there"),
        (http(gzip.compress(b"hello there"), Content_Encoding="gzip"), b"hello there"),
        (http("hello there", Content_Encoding="gzip"), b"hello there"),
        (http(brotli.compress(b"hello there"), Content_Encoding="br"), b"hello there"),
        (http("hello there", Content_Encoding="br"), b"hello there"),
        (http("hello there", Content_Encoding="identity, nonsense"), b"hello there"),
    ],
)
def test_encodings(block: bytes, body: bytes) -> None:
    """An encoding is undone where the bytes bear it out: crawlers keep headers of what they have unpacked."""
    assert [one.data for one in read(record(block))] == [body]


def test_bomb() -> None:
    """Of a page that grows beyond the limit when it is unpacked, once or twice, only the packed beginning is kept."""
    big = gzip.compress(b"\x00" * (64 * LIMIT))
    (once,) = read(crawl(record(http(b"\x00" * (8 * LIMIT)))))
    (twice,) = read(crawl(record(http(big, Content_Encoding="gzip"))))
    assert once.torn == twice.torn == f"it has more than {LIMIT} bytes"
    assert max(len(once.data), len(twice.data)) <= LIMIT
