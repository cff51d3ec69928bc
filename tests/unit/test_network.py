"""When our own network counts as away, and how it comes back."""

from __future__ import annotations

from datetime import timedelta

from connectors.asking.network import FIRST_PROBE, LONGEST_PROBE, Network
from connectors.asking.status import no_answer
from connectors.connector import Response
from tests.feedmaker import NOW

SECOND = timedelta(seconds=1)


def asked(network: Network, name: str, *, away: bool, now=NOW):
    """Ask one host and return what is made of its answer."""
    url = f"http://{name}.example/"
    answer = no_answer(url, "its name is not known", ours=True) if away else Response(url=url, status=200)
    return network.judged(f"{name}.example", answer, now)


def outage(hosts: int = 20, away: int = 6) -> Network:
    """Return the network after so many hosts answered and so many others could not be found."""
    network = Network()
    for number in range(hosts):
        asked(network, f"h{number}", away=False)
    for number in range(away):
        asked(network, f"away{number}", away=True, now=NOW + SECOND)
    return network


def test_a_fifth_of_the_hosts() -> None:
    """More than a fifth of the hosts unknown by name within a minute is our own network; fewer are their own fault."""
    assert outage(20, 6).away_since is not None
    assert outage(20, 5).away_since is None
    assert outage(40, 8).away_since is None
    assert outage(0, 5).away_since is None


def test_old_answers_do_not_count() -> None:
    """Only what was asked in the last minute counts."""
    network = Network()
    for number in range(100):
        asked(network, f"h{number}", away=False)
    for number in range(6):
        asked(network, f"away{number}", away=True, now=NOW + timedelta(seconds=61))
    assert network.away_since is not None


def test_one_host_many_times() -> None:
    """One host that fails again and again is one host."""
    network = Network()
    for _ in range(50):
        asked(network, "same", away=True)
    assert network.away_since is None


def test_nobody_is_blamed() -> None:
    """While the network is away a host that cannot be found is not blamed, although others answered a moment ago."""
    network = outage()
    failure = asked(network, "another", away=True, now=NOW + 2 * SECOND)
    assert (failure.ours, failure.weight) == (True, 0.0)
    assert asked(Network(answered_at=NOW), "another", away=True).ours is False


def test_probes() -> None:
    """Nobody is asked for five seconds, then one at a time, with growing pauses of a minute at most."""
    network, now = outage(), NOW + SECOND
    pauses = []
    for _ in range(7):
        pauses.append(network.holds(now))
        now += timedelta(seconds=network.holds(now))
        assert network.holds(now) == 0
        network.begins(now)
        asked(network, "away1", away=True, now=now)
    assert pauses == [FIRST_PROBE, 10, 20, 40, LONGEST_PROBE, LONGEST_PROBE, LONGEST_PROBE]


def test_back() -> None:
    """The first answer brings everybody back, and what failed before is forgotten."""
    network = outage()
    assert network.holds(NOW + SECOND) > 0
    asked(network, "h3", away=False, now=NOW + 9 * SECOND)
    assert network.away_since is None
    assert network.holds(NOW + 9 * SECOND) == 0
    asked(network, "away9", away=True, now=NOW + 9 * SECOND)
    assert network.away_since is None
