"""Mastodon's pure rules: places, the instance's word, pages of a gap, looking up, waiting."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from connectors.asking.status import barred, no_answer, refusal
from connectors.connector import Response
from connectors.mastodon import MAX_PAGES, dial, gap, lost, told
from connectors.posts.mastodon.sieve import Followed, Phase
from connectors.posts.mastodon.statuses import plain
from connectors.streaming import Ask, Loss, Stream, Taken, Why
from streams.errors import SourceRefused, SourceUnreadable
from streams.items import Op
from streams.sources import SourceSettings
from tests.instance import status

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ORIGIN = "https://social.example"
SOURCE = SourceSettings(id="s", kind="mastodon", url=f"{ORIGIN}/public")


def answer(body: Any, **headers: str) -> Response:
    return Response(url=ORIGIN, status=200, body=json.dumps(body).encode(), headers=headers)


def state(**fields: Any) -> bytes:
    return msgspec.json.encode(Followed(origin=ORIGIN, **fields))


def known(taken: Taken) -> Followed:
    return msgspec.json.decode(taken.state, type=Followed)


def instance(streaming: str | None) -> Taken:
    body = {"configuration": {"urls": {"streaming": streaming}}}
    return told(SOURCE, b"", Ask(name="instance", url=ORIGIN), answer(body), NOW)


@pytest.mark.parametrize(
    ("said", "url"),
    [
        ("wss://streaming.social.example", "https://streaming.social.example"),
        ("wss://social.example/streaming/", "https://social.example/streaming"),
        (None, ORIGIN),
        ("", ORIGIN),
    ],
)
def test_where(said: str | None, url: str) -> None:
    """The stream is opened where the instance says, else on its own host."""
    stream = dial(SOURCE, instance(said).state, NOW)
    assert isinstance(stream, Stream)
    assert stream.url == f"{url}/api/v1/streaming/public"
    assert stream.with_token


@pytest.mark.parametrize("said", ["ws://social.example", "http://social.example", "ftp://x", "javascript:x"])
def test_where_not(said: str) -> None:
    """A token is not sent over an open line, whatever the instance says."""
    with pytest.raises(SourceUnreadable, match="token"):
        instance(said)


def test_old_instance() -> None:
    """An instance from before version 4 has no such page: its own host is tried."""
    failure = refusal(ORIGIN, 404, {}, NOW)
    taken = told(SOURCE, b"", Ask(name="instance", url=ORIGIN), failure, NOW)
    assert (taken.over, known(taken).streaming) == ("", ORIGIN)


@pytest.mark.parametrize("path", ["/about", "/@amal", "/lists", "/lists/../x", "/tags/", "/api/v1/streaming/public"])
def test_no_place(path: str) -> None:
    """An address that is no stream is refused with those that are."""
    with pytest.raises(SourceRefused, match="/public/local"):
        dial(SOURCE.model_copy(update={"url": ORIGIN + path}), b"", NOW)


def test_gap_goes_forwards() -> None:
    """The gap is read from the lowest of the last forty ids, then from the end of each page, until one has no more."""
    seen = tuple(str(1000 + number) for number in range(100))
    before = state(streaming=ORIGIN, seen=seen, phase=Phase.GAP)
    ask = gap(SOURCE, before, NOW)
    assert ask
    assert ask.url == f"{ORIGIN}/api/v1/timelines/public?limit=40&min_id=1060"
    first = told(SOURCE, before, ask, answer([status(2, "b"), status(1, "a")]), NOW)
    assert [item.id[-1] for item in first.items] == ["1", "2"]
    ask = gap(SOURCE, first.state, NOW)
    assert ask
    assert ask.url.endswith("min_id=115000000000000002")
    assert gap(SOURCE, told(SOURCE, first.state, ask, answer([]), NOW).state, NOW) is None


def test_gap_too_long() -> None:
    """A gap beyond what is read is left, and people are told what is missing."""
    before = state(streaming=ORIGIN, seen=("1",), phase=Phase.GAP, pages=MAX_PAGES - 1)
    ask = gap(SOURCE, before, NOW)
    assert ask
    taken = told(SOURCE, before, ask, answer([status(1, "a")]), NOW)
    assert "those after 115000000000000001 are left out" in taken.text
    assert gap(SOURCE, taken.state, NOW) is None


def test_not_a_list() -> None:
    """An answer that is no list of statuses is unreadable; a bad one among good ones is one dead letter."""
    before = state(streaming=ORIGIN, phase=Phase.GAP)
    ask = gap(SOURCE, before, NOW)
    assert ask
    with pytest.raises(SourceUnreadable):
        told(SOURCE, before, ask, answer({"error": "x"}), NOW)
    taken = told(SOURCE, before, ask, answer([{"id": 7}, status(1, "a")]), NOW)
    assert (len(taken.items), len(taken.bad)) == (1, 1)


def looked(answered: list[dict[str, Any]]) -> Taken:
    """Look up posts 1 and 2, that we hold, and get this."""
    ids = [status(number, "")["id"] for number in (1, 2)]
    before = state(streaming=ORIGIN, phase=Phase.LOOK, look=tuple(ids), held={id_: ["", 1] for id_ in ids})
    ask = gap(SOURCE, before, NOW)
    assert ask
    assert ask.url == f"{ORIGIN}/api/v1/statuses?id%5B%5D={ids[0]}&id%5B%5D={ids[1]}"
    return told(SOURCE, before, ask, answer(answered), NOW)


def test_looked_up() -> None:
    """Of posts that are looked up an edited one is the next revision and a missing one is gone."""
    taken = looked([status(1, "corrected", edited_at="2026-11-21T12:00:00.000Z")])
    assert [(item.op, item.revision, item.id[-1]) for item in taken.items] == [(Op.PUT, 2, "1"), (Op.DELETE, 2, "2")]
    assert known(taken).phase is Phase.LEVEL


def test_looked_up_in_vain() -> None:
    """An instance that suddenly knows none of them is in trouble: nothing is taken back."""
    assert looked([]).items == ()


@pytest.mark.parametrize(("code", "later"), [(429, True), (500, True), (403, False), (404, False)])
def test_unanswered(code: int, later: bool) -> None:
    """A timeline that is busy is asked again later, one that is closed is not asked again."""
    before = state(streaming=ORIGIN, phase=Phase.GAP)
    failure = refusal(ORIGIN, code, {"retry-after": "90"}, NOW)
    taken = told(SOURCE, before, Ask(name="timeline", url=ORIGIN), failure, NOW)
    assert taken.over == ""
    assert gap(SOURCE, taken.state, NOW) is None
    assert (gap(SOURCE, taken.state, NOW + timedelta(seconds=91)) is not None) is later


def test_quota() -> None:
    """Where few of the requests are left, the next waits until the quota is full again."""
    before = state(streaming=ORIGIN, phase=Phase.GAP)
    ask = Ask(name="timeline", url=ORIGIN)
    headers = {"x-ratelimit-remaining": "20", "x-ratelimit-reset": "2026-11-23T12:04:00.000Z"}
    taken = told(
        SOURCE, state(streaming=ORIGIN, phase=Phase.GAP, seen=("1",)), ask, answer([status(1, "a")], **headers), NOW
    )
    assert known(taken).not_before == NOW + timedelta(minutes=4)
    headers["x-ratelimit-remaining"] = "21"
    assert known(told(SOURCE, before, ask, answer([status(1, "a")], **headers), NOW)).not_before is None


def wait(why: Why, tries: int, code: int = 0) -> float:
    failure = refusal(ORIGIN, code, {}, NOW) if code else no_answer(ORIGIN, "it ended")
    return lost(SOURCE, state(streaming=ORIGIN), Loss(why=why, failure=failure, tries=tries), NOW).seconds


def test_waits() -> None:
    """At once after silence, else 2 s doubling to 5 min; an hour for a refused token; a minute if busy."""
    assert [wait(Why.SILENT, tries) for tries in (1, 2, 3)] == [0.0, 4.0, 8.0]
    assert [wait(Why.CLOSED, tries) for tries in (1, 2, 8, 20)] == [2.0, 4.0, 256.0, 300.0]
    assert [wait(Why.ANSWERED, 1, code) for code in (401, 403, 429, 500)] == [3600.0, 3600.0, 60.0, 2.0]
    assert wait(Why.REFUSED, 1) == 3600.0


def test_moved_stream() -> None:
    """After the second loss in a row the instance is asked anew where it streams."""
    for tries, streaming in ((1, ORIGIN), (2, "")):
        loss = Loss(why=Why.NETWORK, failure=no_answer(ORIGIN, "refused"), tries=tries)
        after = lost(SOURCE, state(streaming=ORIGIN), loss, NOW).state or state(streaming=ORIGIN)
        assert msgspec.json.decode(after, type=Followed).streaming == streaming


def test_stream_that_is_refused() -> None:
    """Where the host of the stream may not be dialled, the instance is asked anew, however good its own address is."""
    loss = Loss(why=Why.REFUSED, failure=barred(ORIGIN, "private"))
    before = state(streaming="https://10.0.0.1")
    asked = dial(SOURCE, lost(SOURCE, before, loss, NOW).state or before, NOW)
    assert isinstance(asked, Ask)
    assert asked.url == f"{ORIGIN}/api/v2/instance"


def test_address_that_is_refused() -> None:
    """A source whose address names no stream waits like any other that is refused."""
    nowhere = SOURCE.model_copy(update={"url": f"{ORIGIN}/no/stream"})
    pause = lost(nowhere, state(streaming=ORIGIN), Loss(why=Why.REFUSED, failure=barred(ORIGIN, "no stream")), NOW)
    assert pause.seconds == 3600.0


def test_new_address() -> None:
    """Ids of one instance mean nothing on another: a source with a new address starts anew."""
    elsewhere = SOURCE.model_copy(update={"url": "https://other.example/public"})
    asked = dial(elsewhere, state(streaming=ORIGIN, seen=("1",)), NOW)
    assert isinstance(asked, Ask)
    assert asked.url == "https://other.example/api/v2/instance"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, ""),
        ("<p>a<br>b</p><p>c</p>", "a\nb\n\nc"),
        (
            '<a href="x"><span class="invisible">https://</span><span class="ellipsis">x.example</span></a>',
            "https://x.example",
        ),
        ("a &lt;b&gt; &amp;", "a <b> &"),
        ("<script>x</script>", "x"),
        ("<" * 100_000, "<" * 100_000),
    ],
)
def test_plain(content: str | None, words: str) -> None:
    """The words of a post are read out of its HTML, with paragraphs and breaks."""
    assert plain(content)[:100] == words[:100]
