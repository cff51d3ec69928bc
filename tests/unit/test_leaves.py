"""What the cursor of an archive tells people while nothing happens there."""

from __future__ import annotations

from datetime import timedelta

from connectors.archives.leaves import TOLD_FOR, Leaves, is_told, turned
from connectors.local import Handful
from streams.roster import state_of
from streams.sources import SourceSettings
from tests.feedmaker import NOW

SOURCE = SourceSettings(id="old", kind="archive", url="saved")
READ = Handful(state=b'{"a": 1}', is_all=True)
GONE = Handful(state=b'{"a": 1}', is_all=True, outcome="unavailable", text="saved cannot be read")


def test_told_again() -> None:
    """What nothing new is known of is saved once a minute at most, and then again: nobody may think it forgotten."""
    known = turned(Leaves(url="saved"), READ, NOW, 300.0)
    assert is_told(known, READ, NOW + timedelta(seconds=1))
    assert not is_told(known, READ, NOW + TOLD_FOR)
    assert not is_told(known, GONE, NOW + timedelta(seconds=1))


def test_never_overdue() -> None:
    """An archive that is looked at in vain for a day is well and never overdue."""
    known, now = Leaves(url="saved"), NOW
    for _ in range(288):
        if not is_told(known, READ, now):
            known = turned(known, READ, now, 300.0)
        assert state_of(SOURCE, known.health, now + timedelta(seconds=299)) == "ok"
        now += timedelta(seconds=300)


def test_failing_since() -> None:
    """Since when an archive cannot be read stays what it was at the first failure, and ends with the first success."""
    first = turned(Leaves(url="saved"), GONE, NOW, 300.0)
    later = turned(first, GONE, NOW + timedelta(hours=1), 300.0)
    assert later.health
    assert later.health.failing_since == NOW
    well = turned(later, READ, NOW + timedelta(hours=2), 300.0)
    assert well.health
    assert well.health.failing_since is None
