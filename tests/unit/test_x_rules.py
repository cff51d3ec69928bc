"""What a configuration makes of X's rules, and what keeps them so."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.asking.status import refusal
from connectors.connector import Failure, Response
from connectors.posts.x.rules import LONGEST_QUERY, LONGEST_RULE, queries_of, rules_of
from connectors.posts.x.sieve import Streamed, streamed
from connectors.posts.x.tending import ADD, BESIDE, DELETE, LIST, tended, tending
from connectors.streaming import Ask, Taken
from streams.errors import SourceRefused
from streams.sources import SourceSettings

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
BASE = "https://api.x.example/2/tweets/search/stream"


def source(**more: Any) -> SourceSettings:
    """Return a source of X."""
    return SourceSettings(**{"id": "birds", "kind": "x", "url": BASE, "token_file": "/no/token", **more})


def values(**more: Any) -> list[str]:
    """Return the words of the rules."""
    return [rule.value for rule in rules_of(source(**more))]


@pytest.mark.parametrize(
    ("more", "rules"),
    [
        ({"words": ("bridge",)}, ['"bridge"']),
        ({"words": ("bridge",), "language": "ar"}, ['"bridge" lang:ar']),
        ({"words": ("bridge", "took  control"), "language": "en"}, ['("bridge" OR "took control") lang:en']),
        ({"words": ("القصير",), "tags": ("#حلب",), "language": "ar"}, ['("القصير" OR #حلب) lang:ar']),
        ({"words": ("a",), "accounts": ("@Amal", "77")}, ['"a"', "from:Amal OR from:77"]),
        ({"words": ("a",), "accounts": ("amal",), "language": "he"}, ['"a" lang:iw', "from:amal"]),
        ({"words": ("a",), "language": "ku"}, ['"a"']),
        ({"words": ('say "OR" -lang:en',)}, ['"say OR -lang:en"']),
        ({"words": ("a\\", "\nb\t")}, ['"a" OR "b"']),
        ({"words": ("Bridge", "bridge", " ")}, ['"bridge"']),
    ],
)
def test_rule(more: dict[str, Any], rules: list[str]) -> None:
    """Words and tags are alternatives narrowed by the language where X knows it; accounts are wanted as they are."""
    assert values(**more) == rules


def test_lengths() -> None:
    """No rule and no query is longer than X takes, each is as full as may be, and none of the words is left out."""
    words = tuple(f"word number {number}" for number in range(500))
    for limit, made in (
        (LONGEST_RULE, values(words=words, language="ar")),
        (LONGEST_QUERY, queries_of(source(words=words, language="ar"))),
    ):
        assert max(map(len, made)) <= limit
        assert min(map(len, made[:-1])) > limit - 30
        assert all(rule.endswith(") lang:ar") for rule in made[:-1])
        assert sorted(word for rule in made for word in rule.split('"')[1::2]) == sorted(words)


def test_too_much() -> None:
    """More rules than X takes, a word longer than a query, and nothing at all are refused in words."""
    with pytest.raises(SourceRefused, match=r"1\d\d\d rules; X takes 1000"):
        rules_of(source(words=tuple(f"{number:0500}" for number in range(2500))))
    with pytest.raises(SourceRefused, match="too long for X"):
        rules_of(source(words=("x" * 600,)))
    with pytest.raises(SourceRefused, match="name words, tags or accounts"):
        rules_of(source(words=('""',)))


def test_tags() -> None:
    """A rule's tag names its source and its words: it stays with them and changes with them."""
    (one,), (same,), (other,) = (rules_of(source(words=(word,))) for word in ("a", "a", "b"))
    assert one == same
    assert one.tag != other.tag
    assert one.tag.startswith("changehands:birds:")


def asked(known: Streamed, *, is_open: bool = False, at: datetime = NOW, **more: Any) -> Ask | None:
    """Return what is asked next about the rules."""
    return tending(source(**{"words": ("bridge",), **more}), known, at, BASE, is_open=is_open)


def answered(known: Streamed, name: str, answer: Response | Failure | dict[str, Any], **more: Any) -> Taken:
    """Return what an answer means."""
    if isinstance(answer, dict):
        answer = Response(url=BASE, status=200, body=json.dumps(answer).encode())
    ask = Ask(name=name, url=f"{BASE}/rules")
    return tended(source(**{"words": ("bridge",), **more}), known, ask, answer, NOW)


def test_first_list() -> None:
    """A source never read lists the rules; there are many only where X says so."""
    ask = asked(Streamed())
    assert ask
    assert (ask.method, ask.url, ask.with_token) == ("GET", f"{BASE}/rules?max_results=1000", True)
    more = streamed(answered(Streamed(), LIST, {"data": [], "meta": {"next_token": "abc"}}).state)
    following = asked(more)
    assert following
    assert following.url.endswith("pagination_token=abc")


def test_age() -> None:
    """The list is asked for again before a connection a minute later, and once an hour beside an open stream."""
    (rule,) = rules_of(source(words=("bridge",)))
    known = Streamed(rules={"1": rule.tag}, listed_at=NOW)
    for seconds, is_open, is_asked in ((59, False, False), (61, False, True), (3599, True, False), (3601, True, True)):
        ask = asked(known, is_open=is_open, at=NOW + timedelta(seconds=seconds))
        assert bool(ask) == is_asked
        assert ask is None or ask.name == LIST + (BESIDE if is_open else "")


def test_order() -> None:
    """Old rules of ours go before new ones come, so that there is room; in hundreds."""
    old = {str(number): f"changehands:birds:{number:012}" for number in range(150)}
    known = Streamed(rules=old, listed_at=NOW)
    ask = asked(known)
    assert ask
    assert (ask.name, len(json.loads(ask.body)["delete"]["ids"])) == (DELETE, 100)
    known = streamed(answered(known, DELETE, {"meta": {}}).state)
    assert len(known.rules) == 50
    known = streamed(answered(known, DELETE, {"meta": {}}).state)
    ask = asked(known)
    assert ask
    assert (ask.name, json.loads(ask.body)["add"][0]["value"]) == (ADD, '"bridge"')


def test_not_taken() -> None:
    """Each rule that is not taken is told with its reason, five at most, and is not sent again before the next list."""
    words = tuple(f"{number:0500}" for number in range(20))
    errors = [{"value": rule.value, "title": "invalid"} for rule in rules_of(source(words=words))[1:]]
    (first, *_) = rules_of(source(words=words))
    made = {"id": "1", "value": first.value, "tag": first.tag}
    taken = answered(Streamed(listed_at=NOW), ADD, {"data": [made], "errors": errors}, words=words)
    assert taken.text.count("X does not take the rule") == 5
    assert taken.text.endswith("and 4 more")
    assert not taken.over
    known = streamed(taken.state)
    assert asked(known, words=words) is None
    assert streamed(answered(known, LIST, {"data": [made]}, words=words).state).refused == ()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('{"title": "Invalid Request", "detail": "One rule is wrong."}', "Invalid Request: One rule is wrong."),
        ('{"errors": [{"value": "\\"bridge\\"", "title": "no", "details": ["at 3"]}]}', "no: at 3"),
        ("<html>", "HTTP 400"),
        ("[1]", "HTTP 400"),
    ],
)
def test_none_taken(body: str, reason: str) -> None:
    """Where a refusal leaves no rule there is nothing to stream, and its reason is told in whatever form it comes."""
    failure = refusal(f"{BASE}/rules", 400, {}, NOW)
    failed = Failure(outcome="refused", text=failure.text, weight=1.0, status=400, said=body)
    taken = answered(Streamed(listed_at=NOW), ADD, failed)
    assert reason in taken.over
    assert asked(streamed(taken.state)).name == LIST  # type: ignore[union-attr]


@pytest.mark.parametrize("name", [LIST, DELETE, ADD])
@pytest.mark.parametrize("status", [401, 429, 503, None])
def test_failure(name: str, status: int | None) -> None:
    """What fails before the stream is open ends the try; beside an open one it is told, and left for an hour."""
    (rule,) = rules_of(source(words=("bridge",)))
    there = {"1": "changehands:birds:old"} if name == DELETE else {}
    known = Streamed(rules={**there, **({"2": rule.tag} if name != ADD else {})}, listed_at=NOW)
    failed = Failure(outcome="x", text="it failed", weight=1.0, status=status, said='{"title": "Why"}')
    assert "it failed" in answered(known, name, failed).over
    beside = answered(known, name + BESIDE, failed)
    assert (beside.over, "it failed Why" in beside.text) == ("", True)
    assert asked(streamed(beside.state), is_open=True) is None
