"""The table of HTTP statuses, row by row."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.asking.status import barred, freshness, no_answer, our_own, quota_wait, refusal, retry_after, theirs
from tests.feedmaker import NOW, URL

ROWS = {
    400: ("refused", 1.0),
    401: ("refused", 1.0),
    403: ("refused", 0.5),
    404: ("unavailable", 0.5),
    405: ("refused", 1.0),
    406: ("refused", 1.0),
    410: ("refused", 1.0),
    418: ("refused", 1.0),
    429: ("unavailable", 0.25),
    451: ("refused", 1.0),
    500: ("unavailable", 0.5),
    502: ("unavailable", 0.5),
    503: ("unavailable", 0.25),
    504: ("unavailable", 0.5),
    522: ("unavailable", 0.5),
}


@pytest.mark.parametrize("status", ROWS)
def test_row(status: int) -> None:
    """Each status has its word and its weight, and the text names status and address."""
    failure = refusal(URL, status, {}, NOW)
    assert (failure.outcome, failure.weight) == ROWS[status]
    assert str(status) in failure.text
    assert URL in failure.text


def test_busy_shuts_the_host() -> None:
    """429 and 503 shut the whole host, for ten minutes where they name no time."""
    assert [refusal(URL, status, {}, NOW).host_wide for status in (429, 503, 500, 403)] == [True, True, False, False]
    assert refusal(URL, 429, {}, NOW).retry_after == 600
    assert refusal(URL, 503, {"retry-after": "7"}, NOW).retry_after == 7


def test_gone() -> None:
    """Only 410 says gone."""
    assert [refusal(URL, status, {}, NOW).gone for status in (410, 404, 403)] == [True, False, False]


def test_challenge() -> None:
    """A challenge page of a shield is waited out for six hours; a file that says so is an ordinary 403."""
    page = {"cf-mitigated": "challenge", "content-type": "text/html; charset=UTF-8"}
    blocked = refusal(URL, 403, page, NOW)
    assert (blocked.retry_after, blocked.weight, blocked.about) == (6 * 3600, 0.5, "blocked")
    assert refusal(URL, 403, {**page, "content-type": "application/json"}, NOW).retry_after is None
    assert refusal(URL, 403, {}, NOW).about == ""


def test_what_an_operator_sees() -> None:
    """A missing password, a gone feed, a busy host and what we will not read are told apart."""
    assert [refusal(URL, status, {}, NOW).about for status in (401, 410, 429, 503, 404, 500)] == [
        *("auth", "gone", "busy", "busy", "", "")
    ]
    assert barred(URL, "too large").about == "security"
    assert (barred(URL, "too large").weight, barred(URL, "too large").outcome) == (1.0, "refused")


def test_forbidden_by_a_busy_host() -> None:
    """Where a domain of the table means "too many" by 403, the host shuts; its neighbours' 403 stays theirs."""
    for host in ("www.reddit.com", "old.reddit.com", "reddit.com"):
        failure = refusal(f"https://{host}/r/x/.rss", 403, {}, NOW)
        assert (failure.outcome, failure.weight, failure.host_wide) == ("unavailable", 0.25, True)
    assert not refusal("https://notreddit.com/", 403, {}, NOW).host_wide


def test_who_named_the_wait() -> None:
    """A wait that the server named stays; one of ours is marked, so that it can grow."""
    assert refusal(URL, 429, {}, NOW).guessed
    assert refusal(URL, 429, {"retry-after": "0"}, NOW).guessed
    assert not refusal(URL, 429, {"retry-after": "7"}, NOW).guessed
    assert not refusal(URL, 503, {"x-ratelimit-reset": "7"}, NOW).guessed
    assert not refusal(URL, 403, {"cf-mitigated": "challenge"}, NOW).guessed


def test_no_answer() -> None:
    """Silence counts half, a name that cannot be looked up just now a quarter, and our own outage nothing."""
    assert (no_answer(URL, "reset").weight, no_answer(URL, "reset").about) == (0.5, "")
    away = no_answer(URL, "no name", ours=True)
    assert (away.weight, away.about) == (0.25, "network")
    assert (theirs(away).weight, theirs(away).ours, our_own(away).weight) == (0.25, False, 0.0)


EPOCH = int(NOW.timestamp())


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "55"}, 55),
        ({"x-ratelimit-remaining": "0.0", "x-ratelimit-reset": "55.4"}, 55),
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": str(EPOCH + 90)}, 90),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "2026-03-10T12:05:00.000Z"}, 300),
        ({"ratelimit-remaining": "0", "ratelimit-reset": "12"}, 12),
        ({"x-ratelimit-remaining": "7", "x-ratelimit-reset": "55"}, None),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(EPOCH - 90)}, None),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "99999999"}, 2 * 86400),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "soon"}, None),
        ({"x-ratelimit-remaining": "0"}, None),
        ({"x-ratelimit-reset": "55"}, None),
        ({}, None),
    ],
)
def test_quota(headers: dict[str, str], seconds: float | None) -> None:
    """A spent quota is waited out: seconds to go, seconds since 1970 or a moment; what is left needs no wait."""
    assert quota_wait(headers, NOW) == seconds


def test_refused_for_its_quota() -> None:
    """A refusal waits for the reset it names, Retry-After comes first, a plain 404 is not about quotas."""
    reset = {"x-ratelimit-reset": "55"}
    assert refusal(URL, 429, reset, NOW).retry_after == 55
    assert refusal(URL, 429, {**reset, "retry-after": "7"}, NOW).retry_after == 7
    assert refusal(URL, 404, reset, NOW).retry_after is None


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120),
        ("Tue, 10 Mar 2026 12:05:00 GMT", 300),
        ("Tue, 10 Mar 2026 11:00:00 GMT", None),
        ("0", None),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("٣", None),
        ("999999999", 2 * 86400),
    ],
)
def test_retry_after(said: str, seconds: float | None) -> None:
    """Retry-After is seconds or a date; the past, zero and nonsense say nothing; two days are the most."""
    assert retry_after({"retry-after": said}, NOW) == seconds


def _http_date(moment: datetime) -> str:
    return f"{moment:%a, %d %b %Y %H:%M:%S GMT}"


def test_freshness() -> None:
    """max-age wins over Expires, Expires counts from the server's own Date, a day is the most."""
    later = {"date": _http_date(NOW - timedelta(hours=1)), "expires": _http_date(NOW)}
    assert freshness({"cache-control": "public, max-age=90", **later}, NOW) == 90
    assert freshness(later, NOW) == 3600
    assert freshness({"expires": "0"}, NOW) == 0
    assert freshness({"cache-control": "max-age=99999999"}, NOW) == 86400
    assert freshness({"cache-control": "no-cache, max-age=x"}, NOW) == 0
    assert freshness({"cache-control": "max-age=²"}, NOW) == 0
    assert freshness({"cache-control": "max-age=600", "age": "500"}, NOW) == 100
    assert freshness({"cache-control": "max-age=600", "age": "900"}, NOW) == 0


@given(
    text=st.text(max_size=60)
    | st.from_regex(r"[A-Z][a-z]{2}, \d{1,9} [A-Z][a-z]{2} \d{1,9} \d\d:\d\d:\d\d [+-]\d{1,9}")
)
def test_hostile_headers(text: str) -> None:
    """Whatever a header says, the wait is a number between nothing and two days."""
    names = ("retry-after", "x-ratelimit-reset", "expires", "date", "age")
    said = {**dict.fromkeys(names, text), "cache-control": f"max-age={text}", "x-ratelimit-remaining": "0"}
    waits = [retry_after(said, NOW) or 0.0, quota_wait(said, NOW) or 0.0, freshness(said, NOW)]
    assert all(0 <= wait <= 2 * 86400 for wait in waits)
