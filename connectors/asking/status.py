"""What an HTTP status means for a source: one table, and the failures without a status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from connectors.asking.hosts import policy
from connectors.connector import Failure
from streams.dial import web_host

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
    about: str = ""


# Of a number with hundreds of digits nothing but its size is of interest; infinity could not be reckoned with.
MOST = 1e15
PHRASES = {int(status): status.phrase for status in HTTPStatus}
HARD = Verdict(outcome="refused", weight=1.0, final=True)
AUTH = Verdict(outcome="refused", weight=1.0, final=True, about="auth")
FORBIDDEN = Verdict(outcome="refused", weight=0.5, final=True)
GONE = Verdict(outcome="refused", weight=1.0, gone=True, final=True, about="gone")
# Working feeds do answer 404 for days, so it is never final for a feed; for a page it is.
SOFT = Verdict(outcome="unavailable", weight=0.5)
MISSING = Verdict(outcome="unavailable", weight=0.5, final=True)
BUSY = Verdict(outcome="unavailable", weight=0.25, host_wide=True, wait=600.0, about="busy")
BLOCKED = Verdict(outcome="refused", weight=0.5, final=True, wait=6 * 3600.0, about="blocked")
VERDICTS: Mapping[int, Verdict] = {
    400: HARD,
    401: AUTH,
    403: FORBIDDEN,
    404: MISSING,
    405: HARD,
    406: HARD,
    407: AUTH,
    408: SOFT,
    410: GONE,
    425: SOFT,
    429: BUSY,
    451: HARD,
    503: BUSY,
}
# Seconds since 1970 are larger than any wait in seconds.
EPOCH_FROM = 1e9
RESETS = ("x-ratelimit-reset", "x-rate-limit-reset", "ratelimit-reset")
REMAINS = ("x-ratelimit-remaining", "x-rate-limit-remaining", "ratelimit-remaining")


def _is_challenge(headers: Mapping[str, str]) -> bool:
    """Whether a shield asks for a browser (miniflux `isCloudflareChallenge`)."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    return headers.get("cf-mitigated", "").lower() == "challenge" and kind in {"", "text/html"}


def _verdict(url: str, status: int, headers: Mapping[str, str]) -> Verdict:
    if status == HTTPStatus.FORBIDDEN and _is_challenge(headers):
        return BLOCKED
    if status == HTTPStatus.FORBIDDEN and policy(web_host(url)).forbidden_is_busy:
        return BUSY
    return VERDICTS.get(status, HARD if status < HTTPStatus.INTERNAL_SERVER_ERROR else SOFT)


def _seconds_until(text: str, now: datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(text)
        return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds()
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def digits(text: str) -> float | None:
    """Return the number that these digits write, None for any other text; no number is larger than MOST."""
    text = text.strip()
    return min(float(text), MOST) if text.isascii() and text.isdigit() else None


def _waited(seconds: float | None) -> float | None:
    return min(seconds, LONGEST_WAIT) if seconds is not None and seconds > 0 else None


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the wait in seconds that Retry-After asks for (RFC 9110 10.2.3), at most two days.

    A past date, zero or nonsense is no answer: some servers send 0 while they
    still refuse.
    """
    text = headers.get("retry-after", "")
    seconds = digits(text)
    return _waited(_seconds_until(text, now) if seconds is None else seconds)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _reset(headers: Mapping[str, str], now: datetime) -> float | None:
    text = next((headers[name] for name in RESETS if name in headers), "")
    whole, _, fraction = text.strip().partition(".")
    seconds = digits(whole) if not fraction or digits(fraction) is not None else None
    if seconds is not None:
        return _waited(seconds - now.timestamp() if seconds >= EPOCH_FROM else seconds)
    moment = _moment(text)
    return _waited((moment - now).total_seconds()) if moment else None


def quota_wait(headers: Mapping[str, str], now: datetime, *, refused: bool = False) -> float | None:
    """Return the seconds until a spent quota is filled again, None where nothing is said or something is left.

    A refusal that only names the reset means that nothing is left. The reset
    is written as seconds to go (Reddit), as seconds since 1970 (X, GitHub) or
    as a moment (Mastodon).
    """
    left = next((headers[name] for name in REMAINS if name in headers), "0" if refused else "1")
    return _reset(headers, now) if not left.strip().strip("0.") else None


def _max_age(headers: Mapping[str, str]) -> float | None:
    for directive in headers.get("cache-control", "").split(","):
        name, _, value = directive.strip().partition("=")
        seconds = digits(value.strip('"'))
        if name.lower() == "max-age" and seconds is not None:
            return seconds
    return None


def freshness(headers: Mapping[str, str], now: datetime) -> float:
    """Return for how many seconds the answer stays fresh (RFC 9111 4.2): max-age less Age, else Expires less Date."""
    lifetime = _max_age(headers)
    if lifetime is not None:
        return min(max(lifetime - (digits(headers.get("age", "")) or 0.0), 0.0), DAY)
    expires = _seconds_until(headers.get("expires", ""), now)
    date = _seconds_until(headers.get("date", ""), now) or 0.0
    return min(max(expires - date, 0.0), DAY) if expires is not None else 0.0


def refusal(url: str, status: int, headers: Mapping[str, str], now: datetime) -> Failure:
    """Return what an answer other than 200 and 304 means."""
    verdict = _verdict(url, status, headers)
    phrase = PHRASES.get(status, "unknown status")
    said = retry_after(headers, now)
    quota = quota_wait(headers, now, refused=True) if verdict.host_wide else None
    quota_by_path = policy(web_host(url)).quota_by_path
    return Failure(
        outcome=verdict.outcome,
        text=f"GET {url}: HTTP {status} {phrase}",
        weight=verdict.weight,
        status=status,
        retry_after=said or quota or verdict.wait,
        host_wide=verdict.host_wide and not (status == HTTPStatus.TOO_MANY_REQUESTS and quota_by_path),
        gone=verdict.gone,
        final=verdict.final,
        guessed=verdict.host_wide and not (said or quota),
        about=verdict.about,
        host=web_host(url),
    )


def no_answer(url: str, why: str, *, ours: bool = False) -> Failure:
    """Return that nothing usable arrived; `ours` where our own network may be the reason."""
    weight, about = (0.25, "network") if ours else (0.5, "")
    return Failure(outcome="unavailable", text=f"GET {url}: {why}", weight=weight, ours=ours, about=about)


def theirs(failure: Failure) -> Failure:
    """Return the failure as the host's own: others answer, so it is not our network."""
    return replace(failure, ours=False, about="") if failure.ours else failure


def our_own(failure: Failure) -> Failure:
    """Return the failure as our own network's: the source is not blamed for it at all."""
    return replace(failure, weight=0.0) if failure.ours else failure


def barred(url: str, why: str, *, about: str = "security") -> Failure:
    """Return that we will not read this: too large, redirected in circles, a forbidden address."""
    return Failure(outcome="refused", text=f"GET {url}: {why}", weight=1.0, final=True, about=about)
