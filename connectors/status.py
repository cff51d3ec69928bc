"""What an HTTP status means for a source: one table, and the failures without a status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from connectors.connector import Failure

DAY = 86400.0
# A server that asks for more is read as asking for this; 88 h have been seen in the wild.
LONGEST_WAIT = 2 * DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a status counts: see Failure for the fields; `wait` is in seconds, where the server names none."""

    outcome: str
    weight: float
    host_wide: bool = False
    gone: bool = False
    final: bool = False
    wait: float | None = None


PHRASES = {int(status): status.phrase for status in HTTPStatus}
HARD = Verdict(outcome="refused", weight=1.0, final=True)
# Working feeds do answer 404 for days, so it is never final for a feed; for a page it is.
SOFT = Verdict(outcome="unavailable", weight=0.5)
MISSING = Verdict(outcome="unavailable", weight=0.5, final=True)
BUSY = Verdict(outcome="unavailable", weight=0.25, host_wide=True, wait=600.0)
BLOCKED = Verdict(outcome="refused", weight=0.5, final=True, wait=6 * 3600.0)
VERDICTS: Mapping[int, Verdict] = {
    400: HARD,
    401: HARD,
    403: Verdict(outcome="refused", weight=0.5, final=True),
    404: MISSING,
    405: HARD,
    406: HARD,
    408: SOFT,
    410: Verdict(outcome="refused", weight=1.0, gone=True, final=True),
    425: SOFT,
    429: BUSY,
    451: HARD,
    503: BUSY,
}


def _verdict(status: int, headers: Mapping[str, str]) -> Verdict:
    if status == HTTPStatus.FORBIDDEN and headers.get("cf-mitigated") == "challenge":
        return BLOCKED
    return VERDICTS.get(status, HARD if status < HTTPStatus.INTERNAL_SERVER_ERROR else SOFT)


def _seconds_until(text: str, now: datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds()


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the wait in seconds that Retry-After asks for (RFC 9110 10.2.3), at most two days.

    A past date, zero or nonsense is no answer: some servers send 0 while they
    still refuse.
    """
    text = headers.get("retry-after", "").strip()
    seconds = float(text) if text.isascii() and text.isdigit() else _seconds_until(text, now)
    return min(seconds, LONGEST_WAIT) if seconds is not None and seconds > 0 else None


def freshness(headers: Mapping[str, str], now: datetime) -> float:
    """Return for how many seconds the answer is fresh (RFC 9111 4.2.1): max-age, else Expires less Date."""
    for directive in headers.get("cache-control", "").split(","):
        name, _, value = directive.strip().partition("=")
        if name.lower() == "max-age" and value.strip('"').isdigit():
            return min(float(value.strip('"')), DAY)
    expires = _seconds_until(headers.get("expires", ""), now)
    date = _seconds_until(headers.get("date", ""), now) or 0.0
    return min(max(expires - date, 0.0), DAY) if expires is not None else 0.0


def refusal(url: str, status: int, headers: Mapping[str, str], now: datetime) -> Failure:
    """Return what an answer other than 200 and 304 means."""
    verdict = _verdict(status, headers)
    phrase = PHRASES.get(status, "unknown status")
    asked = retry_after(headers, now)
    return Failure(
        outcome=verdict.outcome,
        text=f"GET {url}: HTTP {status} {phrase}",
        weight=verdict.weight,
        status=status,
        retry_after=asked or verdict.wait,
        host_wide=verdict.host_wide,
        gone=verdict.gone,
        final=verdict.final,
    )


def no_answer(url: str, why: str, *, ours: bool = False) -> Failure:
    """Return that nothing usable arrived; `ours` where our own network may be the reason."""
    return Failure(outcome="unavailable", text=f"GET {url}: {why}", weight=0.25 if ours else 0.5, ours=ours)


def theirs(failure: Failure) -> Failure:
    """Return the failure as the host's own: others answer, so it is not our network."""
    return replace(failure, ours=False, weight=0.5) if failure.ours else failure


def barred(url: str, why: str) -> Failure:
    """Return that we will not read this: too large, redirected in circles, a forbidden address."""
    return Failure(outcome="refused", text=f"GET {url}: {why}", weight=1.0, final=True)
