"""Whatever bytes come, reading them ends in a reading or in our own error: for every kind, and for what lies beside."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.asking.robots import leave
from connectors.asking.status import freshness, quota_wait, refusal, retry_after
from connectors.connector import Failure, Response
from connectors.finding.discovery import links_in, offers
from connectors.finding.opml import outlines
from connectors.kinds import KINDS, STREAMS
from connectors.reading.pdf import pdf_text
from connectors.streaming import Ask, Frame, Loss, Stream, Taken, Why
from streams.codec import decode, encode
from streams.errors import ConfigError, SourceRefused, SourceUnreadable
from streams.settings import load_settings
from streams.sources import SourceSettings
from tests import instance, skyhouse, xhouse
from tests.accountmaker import reddit, videos
from tests.channelmaker import Message, page
from tests.contract.test_connectors import NEEDS, URLS, listing, sitemap
from tests.feedmaker import NOW, URL, entry, rss

Made = TypeVar("Made")
# No examples are kept from run to run: a failure found once becomes a test of its own.
EXAMPLES = settings(max_examples=150, deadline=None, database=None, derandomize=True)
# What parsers stumble over: numbers without end, dates at the end of time, half a tag, half a letter, names of codecs.
NASTY = [
    *(b"9" * length for length in (20, 400, 5000)),
    *(b"-1", b"1e999", b"NaN", b"\xc2\xb2", b"null", b"[]", b"{}", b"true", b"", b"0"),
    *(b"0001-01-01T00:00:00+23:59", b"9999-12-31T23:59:59-23:59", b"Mon, 99 Foo 99999 99:99:99 +9999", b"2026-13-45"),
    *(b"\x00", b"\xed\xa0\x80", b"\xef\xbf\xbe", b"&#xD800;", b"&#99999999999;", b"\xff\xfe", b"\x1b]0;x\x07"),
    *(b"<![CDATA[", b"]]>", b"<!--", b"-->", b"</", b"<", b">", b'"', b"'", b"[", b"{", b"\r\n"),
    *(b"http://[", b"http://[::1", b"https://", b"//", b"javascript:alert(1)", b"http://a:99999/", b"data:,"),
    *(b"xml:base='http://['", b"<base href='http://['>", b"mode='base64'", b"type='xhtml'", b"<!DOCTYPE x>"),
    *(f"encoding='{name}'".encode() for name in ("utf-7", "utf-16", "idna", "punycode", "unicode_escape", "zlib")),
    "\u0301".encode() * 200,
    "\u202e\u200b\u2066".encode() * 20,
    b"<i>" * 2000,
    b"[" * 2000,
]
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://a.example/"><title>x</title><link rel="hub" href="/h"/>'
    '<entry><id>x</id><title type="html">t</title><link href="/a"/><author><name>Q</name></author><updated>2026-03-10'
    '</updated><content type="xhtml"><div>x<b>y</b></div></content><summary mode="base64">aGk=</summary></entry></feed>'
)
JSON = (
    '{"version":"https://jsonfeed.org/version/1.1","title":"t","hubs":[{"type":"WebSub","url":"http://h/"}],"items":[{'
    '"id":1,"url":"/a","title":"t","content_html":"<p>x","date_published":"2026-03-10","authors":[{"name":"z"}]}]}'
)
INDEX = "<sitemapindex><sitemap><loc>http://a.example/x.xml</loc><lastmod>2026-03-10</lastmod></sitemap></sitemapindex>"
PDFS = [path.read_bytes() for path in sorted(Path("tests/pdfs").glob("*.pdf"))]
SEEDS: dict[str, list[bytes]] = {
    "feed": [rss(entry(1), entry(2)).encode(), ATOM.encode(), JSON.encode()],
    "listing": [listing(1, 2).encode()],
    "sitemap": [sitemap(1, 2).encode(), INDEX.encode()],
    "page": [b"<html><head><title>x</title></head><body><p>News of the bridge</p></body></html>", PDFS[0]],
    "telegram": [page("harbour", Message(number=1, words='<a href="?q=%23x">#x</a> <b>a</b><br><br><br>b')).encode()],
    "youtube": [videos(1, 2).encode()],
    "reddit": [reddit(1, 2).encode()],
}
QUOTING = {"state": "accepted", "quoted_status": instance.status(3, "quoted")}
POST = instance.status(1, "one", tags=[{"name": "x"}], reblog=instance.status(2, "two"), quote=QUOTING)
SKY = skyhouse.Told(
    1,
    1_772_000_000_000_000,
    "did:plc:abc",
    "commit",
    {
        "rev": "3k1",
        "operation": "create",
        "collection": skyhouse.POSTS,
        "rkey": "abc",
        "record": skyhouse.record(
            "hello",
            facets=[{"index": {"byteStart": 0, "byteEnd": 5}, "features": [{"uri": "http://a.example/"}]}],
            embed={"record": {"record": {"uri": "at://did:plc:abc/app.bsky.feed.post/abc"}}, "media": {"images": [{}]}},
        ),
    },
)
LINKS = {"urls": [{"url": "https://t.co/x", "expanded_url": "http://a.example/", "display_url": "a"}]}
LINE = xhouse.line(1, "hello https://t.co/x", entities=LINKS, referenced_tweets=[{"type": "quoted", "id": "12"}])
FRAMES: dict[str, list[bytes]] = {
    "mastodon": [json.dumps(POST).encode()],
    "bluesky": [(told() if callable(told) else told).encode() for told in (SKY.first, SKY.second)],
    "x": [json.dumps(LINE).encode(), b'{"errors":[{"title":"x","detail":"y"}]}'],
}
ANSWERS = [
    b'{"configuration":{"urls":{"streaming":"wss://stream.example"}}}',
    b'{"did":"did:plc:abc"}',
    b'{"data":[{"id":"1","value":"x","tag":"y"}],"meta":{"next_token":"x"}}',
]
STREAMED = {
    "mastodon": {"url": "https://social.example", "token_file": "/t"},
    "bluesky": {"url": "https://jet.example/subscribe", "accounts": ("amal.example",)},
    "x": {"url": "https://api.x.example", "token_file": "/t", "words": ("hello",)},
}
NAMES = ("etag", "last-modified", "date", "expires", "cache-control", "age", "link", "retry-after", "content-type")
QUOTAS = ("x-ratelimit-remaining", "x-ratelimit-reset", "x-rate-limit-remaining", "x-rate-limit-reset")


@st.composite
def damaged(draw: st.DrawFn, seeds: list[bytes]) -> bytes:
    """Return a document with stretches of it replaced by what parsers stumble over."""
    body = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(body)))
        end = draw(st.integers(start, min(len(body), start + 60)))
        body = body[:start] + draw(st.one_of(st.sampled_from(NASTY), st.binary(max_size=20))) + body[end:]
    return body


@st.composite
def values(draw: st.DrawFn, seeds: list[bytes]) -> bytes:
    """Return a document with one of its values, between quotes or tags, replaced by what no reader expects there."""
    body = draw(st.sampled_from(seeds))
    marks = [at for at, byte in enumerate(body) if byte in b'">:']
    start = draw(st.sampled_from(marks)) + 1
    ends = [at for at in range(start, min(len(body), start + 400)) if body[at] in b'"<,}']
    end = ends[0] if ends else start
    return body[:start] + draw(st.sampled_from(NASTY)) + body[end:]


def documents(seeds: list[bytes]) -> st.SearchStrategy[bytes]:
    """Return a document of this kind that was tampered with, or any bytes."""
    return st.one_of(damaged(seeds), values(seeds), st.binary(max_size=200))


SAID = st.one_of(st.sampled_from(NASTY).map(lambda data: data.decode("utf-8", "surrogateescape")), st.text(max_size=30))
KINDS_OF = st.sampled_from(["text/html", "application/pdf", "text/html; charset=idna", "text/plain; charset=utf-7", ""])
HEADERS = st.dictionaries(st.sampled_from([*NAMES, *QUOTAS]), SAID, max_size=4)


def unless_refused(read: Callable[[], Made], error: type[Exception] = SourceUnreadable) -> Made | None:
    """Return what was made, None where it was refused in words that people can read; all else is raised."""
    said = ""
    try:
        return read()
    except error as refusal_:
        said = str(refusal_)
    assert 0 < len(said) < 2000
    return None


@pytest.mark.parametrize("kind", SEEDS)
def test_every_kind(kind: str) -> None:
    """A poll and what follows it end in readings, failures or SourceUnreadable, and what is read can be kept."""
    connector = KINDS[kind]
    more = NEEDS.get(kind, {})
    source = SourceSettings(id="s", kind=kind, url=URLS.get(kind, URL), **more)  # type: ignore[arg-type]

    @EXAMPLES
    @given(bodies=st.lists(documents(SEEDS[kind]), min_size=1, max_size=2), headers=HEADERS, kind_of=KINDS_OF)
    def reads(bodies: list[bytes], headers: dict[str, str], kind_of: str) -> None:
        state = b""
        for body in bodies:
            request = connector.plan(source, state, NOW)[-1]
            said = Response(url=request.url, status=200, headers={"content-type": kind_of, **headers}, body=body)
            reading = unless_refused(lambda: connector.read(source, state, request, said, NOW))  # noqa: B023 (called at once)
            if reading is None or isinstance(reading, Failure):
                return
            assert all(decode(encode(item)) == item for item in reading.items)
            assert timedelta(seconds=reading.hint) <= timedelta(days=1)
            assert all(len(item.title or "") <= 1000 and len(item.language or "") <= 100 for item in reading.items)
            state = reading.state

    reads()


@pytest.mark.parametrize("kind", FRAMES)
def test_every_stream(kind: str) -> None:
    """A frame, an answer beside the stream and an end of the connection are all taken, and it can be dialled again."""
    stream, source = STREAMS[kind], SourceSettings(id="s", kind=kind, **STREAMED[kind])  # type: ignore[arg-type]

    @EXAMPLES
    @given(data=documents(FRAMES[kind]), event=st.sampled_from(["update", "delete", "status.update"]))
    def takes(data: bytes, event: str) -> None:
        taken = stream.take(source, b"", (Frame(data=data, at=NOW, event=event, size=len(data)),), NOW)
        _sound(taken)
        _goes_on(taken.state, data)

    @EXAMPLES
    @given(data=documents([*ANSWERS, *(b"[%s]" % frame for frame in FRAMES[kind])]), headers=HEADERS)
    def tells(data: bytes, headers: dict[str, str]) -> None:
        first = stream.dial(source, b"", NOW)
        state = first.state if isinstance(first, Stream) else b""
        asks = [first, stream.gap(source, state, NOW), Ask(name="timeline", url="https://a.example")]
        for ask in asks:
            if isinstance(ask, Ask):
                said = Response(url=ask.url, status=200, headers=headers, body=data)
                taken = unless_refused(lambda: stream.told(source, state, ask, said, NOW))  # noqa: B023 (called at once)
                if taken:
                    _sound(taken)
                    _goes_on(taken.state, data)

    def _goes_on(state: bytes, data: bytes) -> None:
        try:
            stream.dial(source, state, NOW)
        except SourceRefused:
            return
        stream.gap(source, state, NOW)
        for why in Why:
            failure = refusal("https://a.example/", 429, {"retry-after": data.decode("latin-1")}, NOW)
            loss = Loss(why=why, failure=failure, tries=3, said=data.decode("utf-8", "replace")[:4096])
            assert stream.lost(source, state, loss, NOW).seconds <= 2 * 86400

    takes()
    tells()


def _sound(taken: Taken) -> None:
    assert all(decode(encode(item)) == item for item in taken.items)
    for item in taken.items:
        parts = (item.title, item.author, item.language, item.handle, item.published_raw)
        assert all(len(part or "") <= 1000 for part in parts)
    assert len(taken.text) <= 2000
    assert len(taken.over) <= 2000


@EXAMPLES
@given(headers=HEADERS, status=st.integers(100, 999))
def test_headers(headers: dict[str, str], status: int) -> None:
    """Any headers and any status give waits that time can be reckoned with."""
    waits = (freshness(headers, NOW), retry_after(headers, NOW), quota_wait(headers, NOW, refused=True))
    failure = refusal("http://a.example/", status, headers, NOW)
    assert all(timedelta(0) <= timedelta(seconds=wait or 0.0) <= timedelta(days=2) for wait in waits)
    assert timedelta(seconds=failure.retry_after or 0.0) <= timedelta(days=2)


OPML = (
    b'<?xml version="1.0"?><opml version="2.0"><body><outline text="A" category="/a/b,/c"><outline type="rss" text="x" '
    b'xmlUrl="http://a.example/" language="en-us" changehands:id="abc"/></outline></body></opml>'
)
ROBOTS = b"User-agent: *\nCrawl-delay: 5\nDisallow: /a*b$\nAllow: /a\nRequest-rate: 1/10\nSitemap: /x\n"
HOME = (
    b'<html><head><base href="/x"><link rel="alternate" type="application/rss+xml" href="/f" title="x"></head></html>'
)


def _offered(data: bytes) -> None:
    said = Response(url=URL, status=200, headers={"content-type": "text/html"}, body=data)
    offers(said)
    links_in(said)


BESIDE: dict[str, tuple[Callable[[bytes], object], list[bytes]]] = {
    "opml": (lambda data: outlines(data, "feeds.opml"), [OPML]),
    "robots": (lambda data: leave(data, "http://a.example/a?b=%ff", "changehands"), [ROBOTS]),
    "pdf": (lambda data: pdf_text(data, URL), PDFS),
    "home": (_offered, [HOME, listing(1).encode()]),
}


@pytest.mark.parametrize("name", BESIDE)
def test_what_lies_beside(name: str) -> None:
    """Lists of feeds, robots.txt, PDFs and home pages are read or refused in our own words."""
    read, seeds = BESIDE[name]

    @EXAMPLES
    @given(data=documents(seeds))
    def reads(data: bytes) -> None:
        unless_refused(lambda: read(data))

    reads()


CONFIGURATION = b'[[sources]]\nid = "a"\nkind = "feed"\nurl = "http://a.example/"\nmin_interval_seconds = 300\n'


def test_configuration(tmp_path: Path) -> None:
    """A configuration is read or refused with ConfigError, whatever stands in it."""
    path = tmp_path / "changehands.toml"

    @EXAMPLES
    @given(data=documents([CONFIGURATION]))
    def loads(data: bytes) -> None:
        path.write_bytes(data)
        unless_refused(lambda: load_settings(path, {}), ConfigError)

    loads()


@EXAMPLES
@given(state=st.binary(max_size=20))
def test_damaged_state(state: bytes) -> None:
    """A cursor that is none is told as such by every kind, and nothing else is raised."""
    for connector in KINDS.values():
        more = NEEDS.get(connector.kind, {})
        source = SourceSettings(id="s", kind=connector.kind, url=URLS.get(connector.kind, URL), **more)  # type: ignore[arg-type]
        try:
            connector.plan(source, state, NOW)
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
