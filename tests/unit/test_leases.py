"""The rules of WebSub's recommendation for a subscriber, row by row."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

import pytest
from msgspec.structs import replace

from connectors.hubs.leases import (
    LEAST,
    MAX_BODIES,
    RETRY,
    Lease,
    asked,
    asked_again,
    callback_of,
    capability,
    denied,
    failed,
    form,
    is_known,
    is_live,
    is_signed,
    is_unsubscribed,
    pushed,
    quiet_for,
    shared_secret,
    verified,
)
from tests.feedmaker import NOW, URL

HUB = ("https://hub.example/", URL)
DAY = 86_400
LEASE = asked(HUB, "https://reader.example/push", "key", 10 * DAY, NOW)
BODY = b"<feed/>"


def query(seconds: str | None = str(10 * DAY), *, topic: str = URL, challenge: str = "abc") -> dict[str, str]:
    """Return a hub's question."""
    said = {"hub.mode": "subscribe", "hub.topic": topic, "hub.challenge": challenge}
    return said if seconds is None else {**said, "hub.lease_seconds": seconds}


def signed(method: str, lease: Lease = LEASE, body: bytes = BODY) -> str:
    """Return the header of a body signed as agreed."""
    return f"{method}={hmac.new(shared_secret(lease).encode(), body, method).hexdigest()}"


def test_asking() -> None:
    """The form bears callback, mode, topic, lease and a secret of less than 200 bytes (5.1); an ending none."""
    said = form(LEASE, "subscribe")
    assert said == {
        "hub.callback": callback_of(LEASE),
        "hub.mode": "subscribe",
        "hub.topic": URL,
        "hub.lease_seconds": "864000",
        "hub.secret": shared_secret(LEASE),
    }
    assert len(said["hub.secret"].encode()) < 200
    assert form(LEASE, "unsubscribe").keys() == {"hub.callback", "hub.mode", "hub.topic"}


def test_capability() -> None:
    """Each subscription has its own callback, the same after a renewal; it does not tell the secret."""
    other = replace(LEASE, key="other")
    words = {capability(LEASE), shared_secret(LEASE), capability(other), shared_secret(other)}
    assert len(words) == 4
    assert all(len(word) == 64 for word in words)
    assert callback_of(asked_again(LEASE, DAY, NOW + timedelta(days=8))) == callback_of(LEASE)
    assert callback_of(LEASE) == f"https://reader.example/push/{capability(LEASE)}"


@pytest.mark.parametrize(
    ("seconds", "granted"),
    [
        ("864000", 10 * DAY),
        ("3600", 3600),
        ("864001", 10 * DAY),
        ("9" * 4000, 10 * DAY),
        (None, 10 * DAY),
        ("0", None),
        ("-1", None),
        ("1.5", None),
        ("٣٦٠٠", None),
        ("", None),
        ("0x10", None),
        ("007200", 7200),
    ],
)
def test_granted(seconds: str | None, granted: int | None) -> None:
    """The hub grants less than was asked for and never more; what is no positive decimal number grants nothing."""
    after = verified(LEASE, query(seconds), NOW)
    assert (after and after.until and (after.until - NOW).total_seconds()) == granted


@pytest.mark.parametrize(
    ("lease", "said", "at"),
    [
        (LEASE, query(topic="http://other.example/"), timedelta(0)),
        (LEASE, query(topic=""), timedelta(0)),
        (LEASE, query(challenge=""), timedelta(0)),
        (LEASE, query(challenge="a" * 5000), timedelta(0)),
        (LEASE, query(), RETRY),
    ],
)
def test_unasked(lease: Lease, said: dict[str, str], at: timedelta) -> None:
    """A question about another topic, without a challenge, or long after we asked is not ours."""
    assert verified(lease, said, NOW + at) is None


def test_encoded_topic() -> None:
    """Hubs may decode characters of the topic or encode them (5.1.1)."""
    lease = replace(LEASE, topic="https://news.example/a%20b?c=%D8%AD")
    assert verified(lease, query(topic="https://news.example/a b?c=ح"), NOW)


def test_repeated_question() -> None:
    """A repeated or forged question is answered as the first was and changes nothing, be it hours later."""
    after = verified(LEASE, query(), NOW)
    assert after
    for later in (query(), query("1"), query("9" * 20)):
        assert verified(after, later, NOW + timedelta(hours=5)) == after


def test_late_question() -> None:
    """A lease ends no later than the one asked for at the asking, however late the hub verifies."""
    after = verified(LEASE, query(), NOW + timedelta(hours=20))
    assert after
    assert after.until == NOW + timedelta(days=10)


def test_renewal() -> None:
    """The hub is asked again at four fifths of the lease, at the earliest an hour after the last asking."""
    after = verified(LEASE, query(), NOW)
    short = verified(LEASE, query("60"), NOW)
    assert after
    assert short
    assert after.ask_at - NOW == timedelta(days=8)
    assert short.ask_at - NOW == LEAST
    again = asked_again(after, 10 * DAY, after.ask_at)
    assert again.until == after.until, "the lease stands until the renewal is verified"
    renewed = verified(again, query(), after.ask_at + timedelta(minutes=1))
    assert renewed
    assert renewed.until == again.asked_at + timedelta(days=10)


def test_told() -> None:
    """Until a hub calls back people are told that it must reach us; a renewal under way is not worth a word."""
    after = verified(LEASE, query(), NOW)
    assert after
    assert "push.callback" in LEASE.text
    assert after.text == asked_again(after, DAY, after.ask_at).text == ""
    assert "push.callback" in asked_again(replace(after, until=NOW), DAY, after.ask_at).text


def test_failure() -> None:
    """After an error the hub is asked again in 23 hours; a running lease is not let run out; Retry-After is kept."""
    assert failed(LEASE, "x", NOW).ask_at - NOW == RETRY
    assert failed(LEASE, "x", NOW, retry_after=2 * DAY).ask_at - NOW == timedelta(days=2)
    running = replace(LEASE, until=NOW + timedelta(hours=10))
    assert failed(running, "x", NOW).ask_at - NOW == timedelta(hours=5)
    assert failed(replace(LEASE, until=NOW + timedelta(minutes=5)), "x", NOW).ask_at - NOW == LEAST
    assert failed(replace(LEASE, until=NOW), "x", NOW).ask_at - NOW == RETRY


def test_denial() -> None:
    """A denial ends the subscription at any time and says why in one short line; of another topic it is nothing."""
    after = verified(LEASE, query(), NOW)
    assert after
    over = denied(after, {"hub.topic": URL, "hub.reason": "not\n" + "you " * 999}, NOW)
    assert over
    assert not is_live(over, NOW)
    assert over.ask_at - NOW == RETRY
    assert over.text.startswith("the hub denied the subscription: not you")
    assert len(over.text) < 300
    assert denied(after, {"hub.topic": "x"}, NOW) is None


def test_ending() -> None:
    """The hub's question about an ending is ours for that topic while it is open."""
    assert is_unsubscribed(LEASE, query(), NOW)
    assert not is_unsubscribed(LEASE, query(topic="x"), NOW)
    assert not is_unsubscribed(LEASE, query(), NOW + RETRY)


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512", "SHA256"])
def test_signed(method: str) -> None:
    """The four algorithms are taken, by the method that the header states (7.1.1)."""
    plain = method.lower()
    assert is_signed(LEASE, signed(plain).replace(plain, method, 1), BODY)
    assert is_signed(LEASE, f" {signed(plain).upper().replace(plain.upper(), plain)} ", BODY)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "sha256",
        "sha256=",
        "=",
        signed("sha256")[:-1],
        signed("sha256").replace("sha256", "sha1"),
        signed("sha256", body=BODY + b" "),
        signed("sha256", replace(LEASE, key="other")),
        "md5=" + hmac.new(shared_secret(LEASE).encode(), BODY, "md5").hexdigest(),
        "sha224=" + hmac.new(shared_secret(LEASE).encode(), BODY, "sha224").hexdigest(),
        "sha256=" + hashlib.sha256(BODY).hexdigest(),
        "sha256=" + hmac.new(b"", BODY, "sha256").hexdigest(),
        "sha256=" + "é" * 64,
        "blake2b=" + "0" * 128,
    ],
)
def test_not_signed(header: str) -> None:
    """Whatever is not the HMAC of these very bytes with our secret by a recognised algorithm is no signature."""
    assert not is_signed(LEASE, header, BODY)


def test_bodies() -> None:
    """A body is told from one that came before, among the last ones."""
    lease = pushed(LEASE, BODY, NOW)
    assert is_known(lease, BODY)
    assert not is_known(lease, BODY + b" ")
    for number in range(MAX_BODIES):
        lease = pushed(lease, str(number).encode(), NOW)
    assert not is_known(lease, BODY)
    assert len(lease.bodies) == MAX_BODIES


def test_counted_on() -> None:
    """A hub is counted on after its first push, for the topic the source names now, as long as its habit says."""
    held = replace(LEASE, until=NOW + timedelta(days=9))
    assert quiet_for(held, HUB, 7, NOW) == 0
    held = replace(held, pushed_at=NOW)
    assert quiet_for(held, HUB, 7, NOW) == DAY
    assert quiet_for(held, HUB, 168, NOW) == 3 * 3600
    assert quiet_for(held, HUB, 168, NOW + timedelta(hours=4)) == 0
    assert quiet_for(held, None, 7, NOW) == 0
    assert quiet_for(held, ("https://other.example/", URL), 7, NOW) == 0
    assert quiet_for(None, HUB, 7, NOW) == 0
