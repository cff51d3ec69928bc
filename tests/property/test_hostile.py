"""Whatever bytes come, reading them ends in a reading or in our own error: for every kind, and for what lies beside."""

from __future__ import annotations

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
from tests.contract.test_connectors import NEEDS, URLS, listing
from tests.feedmaker import NOW, URL
from tests.tampered import ANSWERS, FRAMES, HEADERS, KINDS_OF, PDFS, SEEDS, STREAMED, documents

Made = TypeVar("Made")
# No examples are kept from run to run: a failure found once becomes a test of its own.
EXAMPLES = settings(max_examples=150, deadline=None, database=None, derandomize=True)


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
