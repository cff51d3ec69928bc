"""What X's search and look-up bring: the gap filled page by page, versions looked up, posts taken back."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from connectors.asking.status import refusal
from connectors.connector import Response
from connectors.posts.x.sieve import Streamed, streamed
from connectors.streaming import Ask, Taken
from connectors.x import X
from tests.xhouse import AMAL, line, post
from tests.xstate import MINUTE, NOW, RULES, URL, framed, known, opened, packed, query, replaced, source


def searched(state: Streamed, answer: dict[str, Any], more: dict[str, str] | None = None) -> Taken:
    """Return what an answer to the search means."""
    response = Response(url=URL, status=200, headers=more or {}, body=json.dumps(answer).encode())
    return X.told(source(), packed(state), Ask(name="search", url=URL), response, NOW)


def page(*numbers: int, token: str | None = None) -> dict[str, Any]:
    """Return a page of the search."""
    posts = [post(number, "The bridge is open") for number in numbers]
    return {"data": posts, "includes": {"users": [AMAL]}, "meta": {"next_token": token} if token else {}}


def test_pages() -> None:
    """A page is taken oldest first and leads to the next; after the last page of the last query the gap is filled."""
    taken = searched(known(since="1"), page(3, 2, token="abc"))
    assert [item.id for item in taken.items] == [f"s:{post(number, '')['id']}" for number in (2, 3)]
    state = streamed(taken.state)
    ask = X.gap(source(), taken.state, NOW)
    assert ask
    assert (query(ask.url)["next_token"], query(ask.url)["since_id"]) == ("abc", "1")
    taken = searched(state, page(2, 1))
    assert [item.id for item in taken.items] == [f"s:{post(1, '')['id']}"]
    assert (streamed(taken.state).since, dict(taken.endings)) == ("", {"repeated": 1})


def test_too_many_pages() -> None:
    """A gap beyond twenty thousand posts is cut, and people are told."""
    taken = searched(known(since="1", pages=199), page(1, token="abc"))
    assert "more than 20000 posts were missed" in taken.text
    assert streamed(taken.state).since == ""


def test_quota() -> None:
    """Where few requests are left the next page waits for the reset."""
    reset = str(int((NOW + 7 * MINUTE).timestamp()))
    more = {"x-rate-limit-remaining": "5", "x-rate-limit-reset": reset}
    taken = searched(known(since="1"), page(1, token="abc"), more)
    assert X.gap(source(), taken.state, NOW + 6 * MINUTE) is None
    assert X.gap(source(), taken.state, NOW + 7 * MINUTE)


def test_bad_post_in_page() -> None:
    """A post of a page that cannot be read is a dead letter, and the others are taken."""
    bad = {"id": "../etc", "text": "x"}
    taken = searched(known(since="1"), {**page(1), "data": [bad, post(1, "a")]})
    assert (len(taken.items), json.loads(taken.bad[0].data)) == (1, bad)


def looked(state: Streamed, answer: dict[str, Any]) -> Taken:
    """Return what an answer to the look-up means."""
    response = Response(url=URL, status=200, body=json.dumps(answer).encode())
    return X.told(source(recheck_hours=1), packed(state), Ask(name="look", url=URL), response, NOW)


def test_recheck() -> None:
    """Posts we hold are looked up once in the time wanted, never without that."""
    _, state = opened(known())
    frames = tuple(framed(line(number, "a", rules=RULES)) for number in range(150))
    state = streamed(X.take(source(), packed(state), frames, NOW).state)
    state = replaced(state, listed_at=NOW + timedelta(hours=1))
    assert X.gap(source(), packed(state), NOW + timedelta(hours=2)) is None
    assert X.gap(source(recheck_hours=1), packed(state), NOW + timedelta(minutes=59)) is None
    ask = X.gap(source(recheck_hours=1), packed(state), NOW + timedelta(hours=1))
    assert ask
    assert len(query(ask.url)["ids"].split(",")) == 100


@pytest.mark.parametrize(
    ("kind", "of", "is_gone"),
    [
        ("resource-not-found", "tweet", True),
        ("not-authorized-for-resource", "post", True),
        ("resource-not-found", "user", False),
        ("internal-error", "tweet", False),
    ],
)
def test_gone(kind: str, of: str, is_gone: bool) -> None:
    """A post is taken back where X says that it is no more or not for all; nothing else that fails does so."""
    state = streamed(X.take(source(), packed(known()), (framed(line(1, "a", rules=RULES)),), NOW).state)
    id_ = post(1, "")["id"]
    state = replaced(state, look=(id_,))
    problem = {"resource_id": id_, "resource_type": of, "type": f"https://api.x.com/2/problems/{kind}"}
    taken = looked(state, {"errors": [problem]})
    assert [(item.id, item.op, item.revision) for item in taken.items] == (
        [(f"s:{id_}", "delete", 2)] if is_gone else []
    )
    assert streamed(taken.state).look == ()


def test_limits_by_path() -> None:
    """What X says of one path's quota does not shut the host."""
    assert not refusal("https://api.x.com/2/tweets", 429, {}, NOW).host_wide
    assert refusal("https://api.x.com/2/tweets", 503, {}, NOW).host_wide
    assert refusal("https://other.example/", 429, {}, NOW).host_wide
