"""Politeness at a host's door."""

from __future__ import annotations

import asyncio

import pytest

from connectors.asking.gates import AT_ONCE, SWEEP, Gates, site_of
from connectors.asking.hosts import GAP_SECONDS
from connectors.connector import Purpose

pytestmark = pytest.mark.asyncio


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def time(self) -> float:
        """Return the moment in seconds."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Let the time pass at once."""
        self.now += seconds
        await asyncio.sleep(0)


async def visits(
    hosts: list[str], purpose: Purpose, *, is_own: bool = False
) -> tuple[dict[str, list[float]], int, int]:
    """Visit the hosts all at once; return each host's starts, the most at one host and the most in all at one time."""
    clock = Clock()
    gates = Gates(clock=clock.time, sleep=clock.sleep, at_once=32)
    starts: dict[str, list[float]] = {}
    inside: list[str] = []
    most: list[tuple[int, int]] = []

    async def visit(host: str) -> None:
        async with gates.turn(host, purpose, is_own=is_own):
            starts.setdefault(host, []).append(clock.now)
            inside.append(host)
            most.append((inside.count(host), len(inside)))
            for _ in range(5):
                await asyncio.sleep(0)
            inside.remove(host)

    await asyncio.gather(*map(visit, hosts))
    return starts, max(one for one, _ in most), max(everywhere for _, everywhere in most)


@pytest.mark.parametrize("purpose", list(Purpose))
async def test_apart(purpose: Purpose) -> None:
    """Requests to one host start a second apart and are few at once; all of them get their turn."""
    starts, at_one, _ = await visits(["a"] * 6, purpose)
    gaps = [later - sooner for sooner, later in zip(starts["a"], starts["a"][1:], strict=False)]
    assert len(gaps) == 5
    assert min(gaps) >= GAP_SECONDS
    assert at_one <= AT_ONCE[purpose]


async def test_own_house() -> None:
    """A host of our own house keeps no gap."""
    starts, _, _ = await visits(["a"] * 6, Purpose.POLL, is_own=True)
    assert set(starts["a"]) == {0.0}


async def test_many_hosts() -> None:
    """Many hosts are visited together, up to the limit of all."""
    _, _, everywhere = await visits([f"h{n}" for n in range(100)], Purpose.POLL)
    assert everywhere == 32


async def test_large_host_starves_nobody() -> None:
    """A host with hundreds of requests waiting holds no place that others need."""
    starts, _, _ = await visits(["large"] * 300 + ["small"], Purpose.POLL)
    assert starts["small"][0] < starts["large"][-1] / 10


async def test_shut() -> None:
    """A host that asked for rest lets nobody in before its time, and other hosts are not touched by it."""
    clock = Clock()
    gates = Gates(clock=clock.time, sleep=clock.sleep)
    gates.shut("a", 100)
    gates.shut("a", 10)
    assert (gates.wait_for("a"), gates.wait_for("b")) == (100, 0)
    async with gates.turn("a", Purpose.PAGE, is_own=False):
        assert clock.now == 100
    assert gates.wait_for("a") == 0


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("feeds.bbc.co.uk", "bbc.co.uk"),
        ("www.aawsat.com", "aawsat.com"),
        ("one.blogspot.com", "one.blogspot.com"),
        ("co.uk", "co.uk"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("2001:db8::1", "2001:db8::1"),
        ("www.xn--mgbai9azgqp6j.xn--fiqs8s", "xn--mgbai9azgqp6j.xn--fiqs8s"),
    ],
)
async def test_sites(host: str, site: str) -> None:
    """A site is what one registration owns; an address is a site of its own."""
    assert site_of(host) == site


async def test_one_site() -> None:
    """Two hosts of one site share its gate, two blogs of a farm do not."""
    starts, _, _ = await visits(["a.news.example", "b.news.example"], Purpose.POLL)
    assert abs(starts["a.news.example"][0] - starts["b.news.example"][0]) >= GAP_SECONDS
    starts, _, _ = await visits(["a.blogspot.com", "b.blogspot.com"], Purpose.POLL)
    assert starts["a.blogspot.com"] == starts["b.blogspot.com"]


async def test_rest_is_the_hosts_own() -> None:
    """A host that is shut says nothing about its site's others."""
    gates = Gates(clock=Clock().time, sleep=Clock().sleep)
    gates.shut("busy.news.example", 100)
    assert (gates.wait_for("busy.news.example"), gates.wait_for("www.news.example")) == (100, 0)


async def test_own_rules() -> None:
    """A host with rules of its own is asked at its own pace."""
    starts, _, _ = await visits(["www.reddit.com"] * 3, Purpose.PAGE)
    assert starts["www.reddit.com"] == [0, 60, 120]


async def test_forgotten() -> None:
    """Gates nobody needs any more are forgotten; who rests or is inside stays."""
    clock = Clock()
    gates = Gates(clock=clock.time, sleep=clock.sleep)
    gates.shut("resting.example", 1e6)
    async with gates.turn("inside.example", Purpose.PAGE, is_own=False):
        clock.now += 10
        for number in range(5 * SWEEP):
            async with gates.turn(f"h{number}.example", Purpose.PAGE, is_own=False):
                clock.now += 2
        assert "inside.example" in gates.sites
    assert len(gates.sites) <= SWEEP
    assert gates.wait_for("resting.example") > 0
