"""How X's stream is opened, made level and made again."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from connectors.asking.status import no_answer, refusal
from connectors.posts.held import Post
from connectors.posts.x.sieve import Streamed, id_at, streamed
from connectors.streaming import Ask, Loss, Pause, Why
from connectors.x import X
from tests.xhouse import crowded, line, post
from tests.xstate import MINUTE, NOW, RULES, URL, framed, known, opened, packed, query, replaced, source


def loss(why: Why, tries: int = 1, status: int | None = None, said: str = "", **headers: str) -> Loss:
    """Return the end of a connection."""
    failure = refusal(URL, status, headers, NOW) if status else no_answer(URL, "it ended")
    return Loss(why=why, failure=failure, tries=tries, said=said)


def lost(state: Streamed, loss_: Loss, at: datetime = NOW) -> Pause:
    """Return what follows from a loss."""
    return X.lost(source(), packed(state), loss_, at)


def waits(why: Why, status: int | None = None, said: str = "", state: Streamed | None = None) -> list[float]:
    """Return the waits in seconds of ten losses in a row."""
    return [lost(state or known(), loss(why, tries, status, said)).seconds for tries in range(1, 11)]


def test_network() -> None:
    """Without a connection the wait grows by a quarter of a second, to 16 s."""
    assert waits(Why.NETWORK)[:4] == [0.25, 0.5, 0.75, 1.0]
    assert lost(known(), loss(Why.NETWORK, 100)).seconds == 16.0


@pytest.mark.parametrize("status", [401, 403, 409, 500, 503])
def test_answers(status: int) -> None:
    """After a refusal the wait doubles from 5 s to 320 s."""
    assert waits(Why.ANSWERED, status) == [5, 10, 20, 40, 80, 160, 320, 320, 320, 320]


def test_too_many() -> None:
    """After 429, or where another connection is in the way, the wait doubles from a minute to an hour."""
    doubled = [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600]
    assert waits(Why.ANSWERED, 429) == doubled
    assert waits(Why.TOLD, said="TooManyConnections: ConnectionException") == doubled


@pytest.mark.parametrize("why", [Why.SILENT, Why.CLOSED])
def test_at_once(why: Why) -> None:
    """A stream that was open is made again at once; one that ends again within the minute waits longer each time."""
    state = known(opened_at=NOW - 2 * MINUTE)
    assert lost(state, loss(why)).seconds == 0
    seconds, at = [], NOW
    for _ in range(4):
        _, state = opened(state, at)
        pause = lost(state, loss(why), at + timedelta(seconds=1))
        state, at = streamed(pause.state or b""), at + timedelta(seconds=30)
        seconds.append(pause.seconds)
    assert seconds == [0, 5, 10, 20]
    _, state = opened(state, at)
    assert lost(state, loss(why), at + 2 * MINUTE).seconds == 0


def test_no_rules() -> None:
    """That X has no rules any more makes us list them anew."""
    pause = lost(known(), loss(Why.ANSWERED, status=409))
    ask = X.dial(source(), pause.state or b"", NOW)
    assert isinstance(ask, Ask)


def test_crowded() -> None:
    """That another connection is in the way is told in X's words, with what to look for."""
    pause = lost(known(), loss(Why.ANSWERED, status=429, said=json.dumps(crowded())))
    assert pause.text.startswith("TooManyConnections: ConnectionException: This stream is currently at the maximum")
    assert "another installation" in pause.text


def test_first_connection() -> None:
    """What was posted before the first connection is not asked for."""
    stream, state = opened(known())
    assert (query(stream.url).get("backfill_minutes"), state.since) == (None, "")
    assert stream.wire == "lines"
    assert X.gap(source(), stream.state, NOW + 5 * MINUTE) is None


def test_gap_waits() -> None:
    """The search waits a minute after the stream was opened, and begins a minute before the newest post."""
    stream, state = opened(known(newest=id_at(NOW - 20 * MINUTE), heard_at=NOW - 10 * MINUTE))
    assert X.gap(source(), stream.state, NOW + MINUTE - timedelta(seconds=1)) is None
    ask = X.gap(source(), stream.state, NOW + MINUTE)
    assert ask
    asked = query(ask.url)
    assert (ask.name, asked["query"], asked["max_results"]) == ("search", '"bridge"', "100")
    assert asked["since_id"] == state.since == id_at(NOW - 21 * MINUTE)


def test_gap_unfinished() -> None:
    """A gap that was not filled when the next connection came begins where it began."""
    _, first = opened(known(newest=id_at(NOW), heard_at=NOW))
    _, second = opened(replaced(first, newest=id_at(NOW + 9 * MINUTE), page="x", query=0, pages=3), NOW + 10 * MINUTE)
    assert (second.since, second.page, second.pages) == (first.since, "", 0)


def test_week() -> None:
    """Beyond the seven days that search knows people are told what is lost."""
    stream, state = opened(known(newest=id_at(NOW - timedelta(days=9)), heard_at=NOW - timedelta(days=8)))
    assert state.since == id_at(NOW - timedelta(days=7) + 10 * MINUTE)
    assert stream.text == "what was posted between 2026-11-15 12:00 and 2026-11-16 12:10 UTC cannot be asked for"
    quiet, _ = opened(known(newest=id_at(NOW - timedelta(days=9)), heard_at=NOW - MINUTE))
    assert quiet.text == ""


@pytest.mark.parametrize(("away", "minutes", "is_searched"), [(0.5, "2", False), (3, "4", False), (9, "5", True)])
def test_backfill(away: float, minutes: str, is_searched: bool) -> None:
    """Who may has as many minutes streamed once more as he was away, and searches only beyond five."""
    state = known(newest=id_at(NOW - timedelta(hours=1)), heard_at=NOW - away * MINUTE)
    stream, after = opened(state, backfill_minutes=5)
    assert (query(stream.url)["backfill_minutes"], bool(after.since)) == (minutes, is_searched)


def test_backfill_cut_off() -> None:
    """A connection that ends before the minutes were streamed once more does not count as whole."""
    state = known(newest=id_at(NOW), heard_at=NOW)
    _, state = opened(state, NOW + 2 * MINUTE, backfill_minutes=5)
    frame = framed(line(1, "a", rules=RULES), NOW + 2 * MINUTE + timedelta(seconds=5))
    after = streamed(X.take(source(), packed(state), (frame,), NOW).state)
    assert after.heard_at == NOW
    stream, _ = opened(after, NOW + 3 * MINUTE, backfill_minutes=5)
    assert query(stream.url)["backfill_minutes"] == "4"


def test_ours() -> None:
    """Only what a rule of this configuration let through is taken: not what an old one did, nor another source's."""
    others = [{"id": "2", "tag": "changehands:s:000000000000"}, {"id": "3", "tag": "cats"}]
    frames = (framed(line(1, "a", rules=others)), framed(line(2, "b", rules=[*others, *RULES])))
    taken = X.take(source(), packed(known()), frames, NOW)
    assert ([item.id for item in taken.items], taken.endings) == ([f"s:{post(2, '')['id']}"], {"filtered": 1})


@pytest.mark.parametrize(
    ("told", "over"),
    [
        (
            {"errors": [{"title": "operational-disconnect", "detail": "For reasons."}]},
            "operational-disconnect: For reasons.",
        ),
        (crowded(), "TooManyConnections: ConnectionException"),
        ({"title": "usage-capped", "detail": "Monthly cap"}, "usage-capped: Monthly cap"),
        ({"errors": [{"code": 88, "message": "Rate limit exceeded"}]}, "Rate limit exceeded"),
    ],
)
def test_over(told: dict[str, Any], over: str) -> None:
    """What X says of the stream itself ends the connection, readably, and what came before it is taken."""
    taken = X.take(source(), packed(known()), (framed(line(1, "a", rules=RULES)), framed(told)), NOW)
    assert taken.over.startswith(over)
    assert len(taken.items) == 1


def test_partial_errors() -> None:
    """A post with a note on what could not be shown beside it is taken like any other."""
    told = {**line(1, "a", rules=RULES), "errors": [{"title": "Not Found Error", "type": "x/resource-not-found"}]}
    assert len(X.take(source(), packed(known()), (framed(told),), NOW).items) == 1


def test_state_bounded() -> None:
    """With as many rules as X takes and all posts we hold to be looked up the state stays below half a MiB."""
    ids = [id_at(NOW + number * MINUTE) for number in range(2000)]
    tags = [f"changehands:{'s' * 64}:{number:012}" for number in range(1000)]
    held = {id_: Post(id_.zfill(20), 2) for id_ in ids}
    state = known(held=held, look=tuple(ids), lent=dict(zip(ids, tags, strict=False)))
    assert len(packed(state)) < 512 * 1024
