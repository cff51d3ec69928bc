"""Jetstream's pure rules: both forms give one event, resuming, waiting."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from connectors.asking.status import no_answer, refusal
from connectors.bluesky import LIMIT, dial, lost, told
from connectors.connector import Response
from connectors.posts.bluesky.items import Record, item_of
from connectors.posts.bluesky.jetstream import Event, What, event_in
from connectors.posts.bluesky.sieve import Listened
from connectors.streaming import Ask, Frame, Loss, Stream, Why
from streams.errors import SourceRefused, SourceUnreadable
from streams.sources import SourceSettings
from tests.skyhouse import AMAL, SECOND, Told, record

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MICROS = 1_795_434_000_123_456
HOST = "https://jetstream.example"
SOURCE = SourceSettings(id="s", kind="bluesky", url=HOST + SECOND)


def frame(text: str) -> Frame:
    return Frame(data=text.encode(), size=len(text.encode()), at=NOW)


def told_of(kind: str, **inside: Any) -> Told:
    return Told(7, MICROS, AMAL, kind, inside)


@pytest.mark.parametrize(
    ("event", "what"),
    [
        (told_of("commit", rev="3k1", operation="create", collection="c", rkey="k", record={"a": 1}), What.CREATE),
        (told_of("commit", rev="3k1", operation="update", collection="c", rkey="k", record={"a": 1}), What.UPDATE),
        (told_of("commit", rev="3k1", operation="delete", collection="c", rkey="k"), What.DELETE),
        (told_of("commit", rev="3k1", operation="new", collection="c", rkey="k"), What.OTHER),
        (told_of("account", active=False, status="takendown"), What.ACCOUNT),
        (told_of("identity", handle="amal.example"), What.IDENTITY),
        (told_of("sync", blocks="x"), What.OTHER),
    ],
)
def test_two_forms(event: Told, what: What) -> None:
    """Both forms of an event are one and the same to us, down to the microsecond."""
    first, second = event_in(frame(event.first()), is_second=False), event_in(frame(event.second()), is_second=True)
    assert first == second
    assert (first.what, first.did, first.micros) == (what, AMAL, MICROS)


@pytest.mark.parametrize(
    "inside",
    [
        {"rev": "3k1", "operation": "create", "collection": "c", "rkey": "../x", "record": {}},
        {"rev": "3k1", "operation": "create", "collection": "c", "rkey": "k"},
        {"rev": "", "operation": "delete", "collection": "c", "rkey": "k"},
        {"rev": "3k/1", "operation": "delete", "collection": "c", "rkey": "k"},
    ],
)
def test_unsound(inside: dict[str, Any]) -> None:
    """Names that cannot be part of an id, and a record without its content, are unreadable."""
    for second in (False, True):
        told_ = told_of("commit", **inside)
        with pytest.raises(SourceUnreadable):
            event_in(frame(told_.second() if second else told_.first()), is_second=second)


def test_error_and_info() -> None:
    """An error frame ends the stream, an info is for people."""
    over = event_in(frame('{"$type":"error","error":"ConsumerTooSlow","message":"far behind"}'), is_second=True)
    assert (over.what, over.text) == (What.OVER, "ConsumerTooSlow: far behind")


def opened(source: SourceSettings = SOURCE, **fields: Any) -> tuple[str, dict[str, list[str]], Stream]:
    stream = dial(source, msgspec.json.encode(Listened(**fields)), NOW)
    assert isinstance(stream, Stream)
    return stream.url.partition("?")[0], parse_qs(urlsplit(stream.url).query), stream


def test_addresses() -> None:
    """Each form has its own names for what is asked; a bare host is the first form."""
    did = "did:plc:badr"
    url, query, stream = opened(SOURCE.model_copy(update={"accounts": (did,)}))
    assert (url, query["collections"], query["dids"], stream.protocols) == (
        HOST + SECOND,
        ["app.bsky.feed.post"],
        [did],
        ("xrpc.v1.json",),
    )
    assert query["kinds"] == ["commit", "account", "identity"]
    url, query, stream = opened(SOURCE.model_copy(update={"url": HOST, "accounts": (did,)}))
    assert (url, query["wantedCollections"], query["wantedDids"], stream.protocols) == (
        f"{HOST}/subscribe",
        ["app.bsky.feed.post"],
        [did],
        (),
    )


def test_many_accounts() -> None:
    """Accounts beside words, or too many for an address, are chosen here and not by the host."""
    some = SOURCE.model_copy(update={"accounts": ("did:plc:badr",), "words": ("bridge",)})
    many = SOURCE.model_copy(update={"accounts": tuple(f"did:plc:{number}" for number in range(300))})
    assert "dids" not in opened(some)[1]
    assert "dids" not in opened(many)[1]


def test_resume() -> None:
    """A stream goes on five seconds before its last event; one never heard begins with what comes."""
    assert "cursor" not in opened()[1]
    assert opened(micros=MICROS)[1]["cursor"] == [str(MICROS - 5_000_000)]
    assert msgspec.json.decode(opened()[2].state, type=Listened).micros == int(NOW.timestamp() * 1e6)


def test_late() -> None:
    """More than 36 hours late, people are told that posts are missing."""
    late = int((NOW - timedelta(hours=37)).timestamp() * 1e6)
    assert "36:00:00 before 2026-11-23 12:00" in opened(micros=late)[2].text.replace("1 day, 12", "36")
    assert opened(micros=late + 2 * 3_600_000_000)[2].text == ""


def test_names() -> None:
    """A name is looked up once; one that nobody has again after a day."""
    source = SOURCE.model_copy(update={"accounts": ("@Amal.Example",)})
    ask = dial(source, b"", NOW)
    assert isinstance(ask, Ask)
    assert ask.url == "https://public.api.bsky.app/xrpc/com.atproto.identity.resolveHandle?handle=amal.example"
    good = Response(url=ask.url, status=200, body=b'{"did": "did:plc:amal"}')
    assert isinstance(dial(source, told(source, b"", ask, good, NOW).state, NOW + timedelta(days=9)), Stream)
    nobody = told(source, b"", ask, refusal(ask.url, 400, {}, NOW), NOW)
    assert "nobody has the name 'amal.example'" in nobody.text
    assert isinstance(dial(source, nobody.state, NOW + timedelta(hours=23)), Stream)
    assert isinstance(dial(source, nobody.state, NOW + timedelta(hours=25)), Ask)
    assert told(source, b"", ask, no_answer(ask.url, "away"), NOW).over


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"did": 7}', b'{"did": "amal"}'])
def test_no_name(body: bytes) -> None:
    """An answer that tells no account is unreadable."""
    with pytest.raises(SourceUnreadable):
        told(SOURCE, b"", Ask(name="resolve x", url=HOST), Response(url=HOST, status=200, body=body), NOW)


def test_no_jetstream() -> None:
    """Another path is refused with those that are right."""
    with pytest.raises(SourceRefused, match="/subscribe"):
        dial(SOURCE.model_copy(update={"url": f"{HOST}/other"}), b"", NOW)


def wait(why: Why, tries: int, code: int = 0, said: str = "") -> float:
    failure = refusal(HOST, code, {}, NOW) if code else no_answer(HOST, "it ended")
    state = msgspec.json.encode(Listened(micros=MICROS))
    return lost(SOURCE, state, Loss(why=why, failure=failure, tries=tries, said=said), NOW).seconds


def test_waits() -> None:
    """1 s doubling to 5 min, from 5 s where we were too slow; an hour for what is refused."""
    assert [wait(Why.CLOSED, tries) for tries in (1, 2, 3, 20)] == [1.0, 2.0, 4.0, 300.0]
    assert [wait(Why.TOLD, tries) for tries in (1, 2)] == [5.0, 10.0]
    assert [wait(Why.ANSWERED, 1, code) for code in (400, 404, 500)] == [3600.0, 3600.0, 1.0]
    assert wait(Why.ANSWERED, 1, 400, '{"error":"CursorTooOld"}') == 1.0
    assert wait(Why.REFUSED, 1) == 3600.0


def test_oversize() -> None:
    """A message too large is tried once more, then passed over with a word about it."""
    state = msgspec.json.encode(Listened(micros=MICROS))
    loss = Loss(why=Why.OVERSIZE, failure=no_answer(HOST, "too large"))
    once = lost(SOURCE, state, loss, NOW)
    assert (once.text, opened(micros=MICROS)[2].limit) == ("", LIMIT)
    assert once.state
    twice = lost(SOURCE, once.state, loss, NOW)
    assert "left out" in twice.text
    assert twice.state
    assert msgspec.json.decode(twice.state, type=Listened).micros == 0


@pytest.mark.parametrize(
    ("created", "published"),
    [
        ("2026-11-20T12:00:00.000Z", "2026-11-20T12:00:00+00:00"),
        ("2031-01-01T00:00:00Z", "2026-11-23T10:20:00.123456+00:00"),
        (None, "2026-11-23T10:20:00.123456+00:00"),
        ("yesterday?", "2026-11-23T10:20:00.123456+00:00"),
    ],
)
def test_time(created: str | None, published: str) -> None:
    """A post was written when its author says, but not after it was seen."""
    event = Event(what=What.CREATE, did=AMAL, micros=1_795_429_200_123_456, key="k", rev="r")
    item = item_of(Record(text="x", created_at=created), event, SOURCE, handle=AMAL, revision=1, now=NOW)
    assert item.published_at
    assert item.published_at.isoformat() == published


@pytest.mark.parametrize(
    "more",
    [
        {"facets": [{"index": {"byteStart": 5, "byteEnd": 900}, "features": [{"uri": "https://x.example"}]}]},
        {"facets": [{"index": {"byteStart": -1, "byteEnd": 2}, "features": [{"uri": "https://x.example"}]}]},
        {"facets": [{"index": {"byteStart": 0, "byteEnd": 2}, "features": [{"uri": "javascript:alert(1)"}]}]},
        {"embed": {"images": 7, "record": [], "external": "x", "media": 7}},
        {"embed": {"record": {"uri": "at://did:plc:x/app.bsky.graph.list/1"}}},
        {"embed": {"images": [{"image": {"ref": {"$link": "../../x"}}, "alt": 7}]}},
    ],
)
def test_odd_records(more: dict[str, Any]) -> None:
    """Facets and embeds that point nowhere leave the text as it is, and make no link."""
    data = msgspec.json.encode(record("a <b> post", **more))
    event = Event(what=What.CREATE, did=AMAL, micros=MICROS, key="k", rev="r", record=data)
    parsed = msgspec.json.decode(data, type=Record)
    item = item_of(parsed, event, SOURCE, handle=AMAL, revision=1, now=NOW)
    assert (item.quotes, item.media) == ((), ())
    assert zlib.decompress(item.body) == b"a &lt;b&gt; post"
