"""The table of HTTP statuses, row by row."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from connectors.status import freshness, refusal, retry_after
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
    """A challenge page of a shield is waited out for six hours."""
    assert refusal(URL, 403, {"cf-mitigated": "challenge"}, NOW).retry_after == 6 * 3600


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
