"""How a hub is asked and asks back: verified, denied, refused, led elsewhere, asked anew."""

from __future__ import annotations

import asyncio

import pytest

from connectors.hubs.call import posted
from connectors.hubs.leases import SUBSCRIBE, asked
from connectors.hubs.pushing import Asking
from connectors.poller import poll_forever
from streams.errors import ConfigError
from streams.settings import PushSettings
from tests.desk import Desk, desk, house, net, reading
from tests.feedmaker import NOW, entry, rss
from tests.hub import Subscription, hub
from tests.rig import Rig, free_port, rig

__all__ = ["desk", "house", "net", "reading", "rig"]
pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_questions(rig: Rig) -> None:
    """Questions of strangers are answered with 404, repeated ones change nothing, a storm of them included."""
    rig.hub.grants = 10**12
    async with rig.running():
        await rig.subscribed()
        one, lease = rig.hub.only(), (await rig.progress()).lease
        assert lease
        assert lease.until
        assert (lease.until - lease.asked_at).total_seconds() <= rig.push.lease_seconds
        said = {"hub.mode": "subscribe", "hub.topic": rig.topic(), "hub.challenge": "<b>x</b>"}
        guess = f"{rig.push.callback}/{'0' * 64}"
        assert (await rig.hub.get(guess, said))[0] == 404
        for wrong in (
            {"hub.topic": "http://x/"},
            {"hub.mode": "unsubscribe"},
            {"hub.mode": "x"},
            {"hub.challenge": ""},
        ):
            assert await rig.hub.get(one.callback, said | wrong) == (404, "")
        for _ in range(20):
            storm = [rig.hub.get(one.callback, said | {"hub.lease_seconds": "1"}) for _ in range(10)]
            assert set(await asyncio.gather(*storm)) == {(200, "<b>x</b>")}
        assert rig.hub.session
        async with rig.hub.session.get(one.callback, params=said) as answer:
            assert answer.headers["Content-Type"].startswith("text/plain")
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert (await rig.progress()).lease == lease
        await rig.publishes(2)
        await rig.has(2)


async def test_before_verified(rig: Rig) -> None:
    """What is pushed before the hub has asked is not taken, signed though it is; asked before its 202, it is."""
    rig.hub.verifies = False
    async with rig.running():
        await rig.until(lambda: rig.hub.asked)
        form = rig.hub.asked[0]
        early = Subscription(rig.topic(), form["hub.callback"], form["hub.secret"], 1, 0.0)
        assert await rig.hub.deliver(early, rss(entry(2)).encode()) == 404
        assert await rig.hub.verify(form)
        assert await rig.hub.deliver(early, rss(entry(3)).encode()) == 202
    assert await rig.titles() == ["Ship 1 arrives", "Ship 3 arrives"]


async def test_verified_at_once(rig: Rig) -> None:
    """A hub that asks before it has answered our asking gets its answer."""
    rig.hub.at_once = True
    async with rig.running():
        await rig.subscribed()
    assert rig.hub.verifications == [200]


async def test_denied(rig: Rig) -> None:
    """A denial is told with its reason; the source is polled on, and what is pushed all the same is not taken."""
    async with rig.running():
        await rig.subscribed()
        said = {"hub.mode": "denied", "hub.topic": rig.topic(), "hub.reason": "no \x1b[31mrobots"}
        assert await rig.hub.get(rig.hub.only().callback, said) == (200, "")
        assert await rig.hub.deliver(rig.hub.only(), rss(entry(2)).encode()) == 404
    health = await rig.health()
    assert health.leased_until is None
    assert health.push_text.startswith("the hub denied the subscription: no")
    assert await rig.titles() == ["Ship 1 arrives"]


async def test_refused(rig: Rig) -> None:
    """A hub that does not take us is told with its reason, and asked again after 23 hours."""
    rig.hub.status = 500
    async with rig.running():

        async def is_told() -> bool:
            return "(not today)" in (await rig.health()).push_text

        await rig.until(lambda: rig.hub.asked)
        await rig.until(is_told)
        await asyncio.sleep(1.2)
    lease = (await rig.progress()).lease
    assert lease
    assert (lease.ask_at - lease.asked_at).total_seconds() == pytest.approx(23 * 3600, abs=5)
    assert len(rig.hub.asked) == 1


async def test_led_elsewhere(rig: Rig) -> None:
    """A hub may lead to another with 307 (5.1.2), which is then asked with the same form."""
    async with hub() as other:
        rig.hub.leads_to = other.base
        async with rig.running():
            await rig.until(lambda: other.subscriptions)
        assert other.asked == rig.hub.asked


@pytest.mark.parametrize("place", ["http://169.254.169.254/latest", "ftp://x/", "/hub"])
async def test_led_astray(rig: Rig, desk: Desk, place: str) -> None:
    """A hub that leads to what may not be dialled, to no web address or in a circle has not taken us."""
    rig.hub.leads_to = place
    lease = asked((rig.hub.base, rig.topic()), "https://reader.example", "key", 3600, NOW)
    failure = await posted(desk.poller, rig.source, Asking(mode=SUBSCRIBE, lease=lease))
    assert failure
    assert failure.status is None
    assert len(rig.hub.asked) <= 4


@pytest.mark.parametrize("status", [301, 302, 303, 404, 410, 429, 503])
async def test_not_taken(rig: Rig, desk: Desk, status: int) -> None:
    """Anything but a success is no subscription, redirects that would make a GET of it among them."""
    rig.hub.status = status
    lease = asked((rig.hub.base, rig.topic()), "https://reader.example", "key", 3600, NOW)
    failure = await posted(desk.poller, rig.source, Asking(mode=SUBSCRIBE, lease=lease))
    assert failure
    assert failure.text.startswith(f"POST {rig.hub.base}: HTTP {status}")


async def test_other_address(rig: Rig) -> None:
    """Started at another public address the process subscribes there; without one it polls and trusts no lease."""
    async with rig.running():
        await rig.subscribed()
        first = rig.hub.only().callback
    port = free_port()
    rig.push = PushSettings(callback=f"http://127.0.0.1:{port}", port=port)
    async with rig.running():
        await rig.until(lambda: len(rig.hub.subscriptions) == 2)
    assert first not in [form["hub.callback"] for form in rig.hub.asked[1:]]
    rig.push = PushSettings()
    polls = len(rig.house.paths())

    async def is_forgotten() -> bool:
        return (await rig.health()).leased_until is None

    async with rig.running():
        await rig.until(lambda: len(rig.house.paths()) > polls)
        await rig.until(is_forgotten)


async def test_port_taken(rig: Rig) -> None:
    """A port that somebody has is named together with the setting."""
    async with rig.running():
        await rig.subscribed()
        with pytest.raises(ConfigError, match=r"set another push\.port"):
            await asyncio.wait_for(poll_forever([], rig.journal, push=rig.push), 10)
