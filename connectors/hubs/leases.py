"""A subscription to a hub, by the rules of WebSub (W3C recommendation of 23 January 2018): pure.

Never met a real hub. The rules are those of the recommendation's text;
FreshRSS gave the times (renew at four fifths, after an error ask again in 23
hours), w3c/websub #42 and #53 why a verification is trusted for so little.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import unquote

from msgspec import Struct
from msgspec.structs import replace

# Section 7.1.1: the recognised algorithms, by the names a hub writes.
ALGORITHMS = frozenset({"sha1", "sha256", "sha384", "sha512"})
# After an error, a denial or silence the hub is asked again so much later: not at the same hour each day.
RETRY = timedelta(hours=23)
RENEW_AT = 0.8
# However short a lease is, and however often a feed names another hub, hubs are asked no oftener.
LEAST = timedelta(hours=1)
# Bodies that are told from new ones: hubs retry, and who has seen a signed body may send it again.
MAX_BODIES = 64
MAX_CHALLENGE, MAX_REASON = 4096, 200
PENDING = "its hub was asked to push and has not called back yet (it must reach push.callback from outside)"
# Silence after which a hub is no longer counted on: so many times the gap that the source usually leaves.
TIMES_HABIT = 3
DAY, WEEK = timedelta(days=1), timedelta(days=7)
SUBSCRIBE, UNSUBSCRIBE, DENIED = "subscribe", "unsubscribe", "denied"


class Lease(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What we know of one subscription; moments are UTC.

    `callback` is the public address under which this process was reached when
    it asked, `key` the secret from which the capability in the callback and
    the secret shared with the hub are derived. `asked_at` is the last asking
    for `seconds`, `ask_at` when to ask next, `verified_at` when the hub first
    verified the last asking that it verified, `until` when the lease ends.
    `bodies` are hashes of the last bodies, `refused` counts those whose
    signature was wrong, `text` is what went wrong with the last asking.
    """

    hub: str
    topic: str
    callback: str
    key: str
    asked_at: datetime
    seconds: int
    ask_at: datetime
    verified_at: datetime | None = None
    until: datetime | None = None
    pushed_at: datetime | None = None
    bodies: tuple[str, ...] = ()
    refused: int = 0
    text: str = ""


def _derived(lease: Lease, purpose: str) -> str:
    return hmac.new(lease.key.encode(), purpose.encode(), sha256).hexdigest()


def capability(lease: Lease) -> str:
    """Return the last part of the callback's path, which nobody can guess and which is this subscription's alone."""
    return _derived(lease, "callback")


def shared_secret(lease: Lease) -> str:
    """Return the hub.secret: it cannot be told from the callback, which stands in the logs of every proxy."""
    return _derived(lease, "secret")


def callback_of(lease: Lease) -> str:
    """Return the address under which the hub reaches this subscription."""
    return f"{lease.callback.rstrip('/')}/{capability(lease)}"


def asked(hub: tuple[str, str], callback: str, key: str, seconds: int, now: datetime) -> Lease:
    """Return a new subscription to a hub and topic at the moment of its first asking."""
    address, topic = hub
    return Lease(
        hub=address,
        topic=topic,
        callback=callback,
        key=key,
        asked_at=now,
        seconds=seconds,
        ask_at=now + RETRY,
        text=PENDING,
    )


def asked_again(lease: Lease, seconds: int, now: datetime) -> Lease:
    """Return the subscription at a further asking; the lease that it has stands until that is verified."""
    text = "" if is_live(lease, now) else PENDING
    return replace(lease, asked_at=now, seconds=seconds, ask_at=now + RETRY, text=text)


def form(lease: Lease, mode: str) -> dict[str, str]:
    """Return what is posted to the hub (section 5.1)."""
    said = {"hub.callback": callback_of(lease), "hub.mode": mode, "hub.topic": lease.topic}
    if mode == UNSUBSCRIBE:
        return said
    return {**said, "hub.lease_seconds": str(lease.seconds), "hub.secret": shared_secret(lease)}


def is_live(lease: Lease, now: datetime) -> bool:
    """Whether the hub is bound to push."""
    return lease.until is not None and lease.until > now


def _is_topic(lease: Lease, query: Mapping[str, str]) -> bool:
    """Whether the topic is ours; hubs may write it with other characters percent-encoded (section 5.1)."""
    return unquote(query.get("hub.topic", "")) == unquote(lease.topic)


def challenge_in(query: Mapping[str, str]) -> str | None:
    """Return what is to be echoed, None where there is nothing that could be."""
    said = query.get("hub.challenge", "")
    return said if 0 < len(said) <= MAX_CHALLENGE else None


def _seconds_in(lease: Lease, query: Mapping[str, str]) -> int | None:
    """Return the lease's length: never more than was asked for, None for one that is no positive number."""
    said = query.get("hub.lease_seconds")
    if said is None:  # hubs of before the recommendation
        return lease.seconds
    if not (said.isascii() and said.isdigit()) or not said.strip("0"):
        return None
    return min(int(said[:18]), lease.seconds) if len(said.lstrip("0")) <= len(str(lease.seconds)) else lease.seconds


def verified(lease: Lease, query: Mapping[str, str], now: datetime) -> Lease | None:
    """Return the subscription after the hub's question whether we asked for it (section 5.3), None where we did not.

    The question bears no secret but the capability, so it is believed only
    while an asking is open, its lease ends no later than the one asked for,
    and a repetition changes nothing.
    """
    if not _is_topic(lease, query) or challenge_in(query) is None or now - lease.asked_at >= RETRY:
        return None
    seconds = _seconds_in(lease, query)
    if seconds is None:
        return None
    if lease.verified_at is not None and lease.verified_at >= lease.asked_at:
        return lease
    until = min(now + timedelta(seconds=seconds), lease.asked_at + timedelta(seconds=lease.seconds))
    renewal = max(now + RENEW_AT * (until - now), lease.asked_at + LEAST)
    return replace(lease, verified_at=now, until=until, ask_at=renewal, text="")


def is_unsubscribed(lease: Lease, query: Mapping[str, str], now: datetime) -> bool:
    """Whether this question is about a subscription that we are ending."""
    return _is_topic(lease, query) and challenge_in(query) is not None and now - lease.asked_at < RETRY


def denied(lease: Lease, query: Mapping[str, str], now: datetime) -> Lease | None:
    """Return the subscription after the hub said that it will not be (section 5.2), None for another topic."""
    if not _is_topic(lease, query):
        return None
    reason = " ".join(query.get("hub.reason", "").split())[:MAX_REASON]
    text = f"the hub denied the subscription{': ' if reason else ''}{reason}"
    return replace(lease, until=None, verified_at=None, ask_at=now + RETRY, text=text)


def failed(lease: Lease, text: str, now: datetime, *, retry_after: float | None = None) -> Lease:
    """Return the subscription after an asking that the hub did not take: asked again after 23 hours.

    Where a lease is still running, half of what is left of it is waited, so
    that a hub that is away for an hour costs none. `retry_after` is in seconds.
    """
    wait = RETRY
    if lease.until is not None and lease.until > now:
        wait = min(wait, max((lease.until - now) / 2, LEAST))
    wait = max(wait, timedelta(seconds=retry_after or 0.0))
    return replace(lease, ask_at=now + wait, text=text)


def is_signed(lease: Lease, header: str, body: bytes) -> bool:
    """Whether the body was signed by who knows the shared secret (section 7.1), by the method the header states."""
    method, equals, said = header.strip().partition("=")
    if not equals or method.lower() not in ALGORITHMS or not said.isascii():
        return False
    right = hmac.new(shared_secret(lease).encode(), body, method.lower()).hexdigest()
    return hmac.compare_digest(right, said.strip().lower())


def is_known(lease: Lease, body: bytes) -> bool:
    """Whether this very body came before."""
    return _mark(body) in lease.bodies


def pushed(lease: Lease, body: bytes, now: datetime) -> Lease:
    """Return the subscription after a signed body, which is told from new ones from now on."""
    marks = tuple(mark for mark in lease.bodies if mark != _mark(body))
    return replace(lease, pushed_at=now, bodies=(*marks, _mark(body))[-MAX_BODIES:])


def _mark(body: bytes) -> str:
    return sha256(body).hexdigest()[:16]


def quiet_for(lease: Lease | None, hub: tuple[str, str] | None, weekly: int, now: datetime) -> float:
    """Return for how many seconds a source need not be polled, since its hub will tell.

    A day at most, no longer than the lease, and only after a hub that has
    pushed: one that is silent for three times the gap between the source's
    items, `weekly` of the last seven days, may have ended without a word.
    """
    if lease is None or lease.until is None or lease.pushed_at is None or hub != (lease.hub, lease.topic):
        return 0.0
    silent_at = lease.pushed_at + TIMES_HABIT * WEEK / max(1, weekly)
    return max(0.0, (min(lease.until, silent_at, now + DAY) - now).total_seconds())


def doubted(lease: Lease | None) -> Lease | None:
    """Return the subscription after a poll that brought news its hub had not told: not counted on until it pushes."""
    return lease and replace(lease, pushed_at=None)
