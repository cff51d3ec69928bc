"""The table of hosts with rules of their own."""

from __future__ import annotations

from connectors.asking.hosts import GAP_SECONDS, policy


def test_reddit() -> None:
    """Reddit is asked once a minute, under whichever of its names."""
    assert {policy(host).gap for host in ("reddit.com", "www.reddit.com", "OLD.Reddit.com.")} == {60.0}


def test_others() -> None:
    """A host that only looks like one of the table keeps the usual gap."""
    assert {policy(host).gap for host in ("notreddit.com", "reddit.com.example", "127.0.0.1", "::1")} == {GAP_SECONDS}
