"""Since when a source has failed, and what it brought in a week, of those that are polled and those that stream."""

from __future__ import annotations

from datetime import timedelta

from connectors.asking.status import no_answer
from connectors.connector import Reading
from connectors.listening.standing import Standing, broken, heard, still
from connectors.polling.progress import Progress, begun, failed, polled
from connectors.streaming import Loss, Taken, Why
from streams.items import SourceHealth
from tests.feedmaker import NOW, SOURCE, answer

FAILURE = no_answer(SOURCE.url, "nothing came")
HOUR = timedelta(hours=1)


def health(progress: Progress | Standing) -> SourceHealth:
    """Return what people read."""
    assert progress.health is not None
    return progress.health


def test_polled() -> None:
    """The first failure says since when, later ones keep it, an answer ends it; the week's items outlive a failure."""
    reading = Reading(state=b"{}", fresh=3, weekly=3)
    one = polled(begun(NOW, SOURCE.url), SOURCE, answer("x"), reading, now=NOW, chance=0).progress
    assert (health(one).failing_since, health(one).items_week) == (None, 3)
    two = failed(one, SOURCE, FAILURE, now=NOW + HOUR, chance=0).progress
    three = failed(two, SOURCE, FAILURE, now=NOW + 2 * HOUR, chance=0).progress
    assert (health(three).failing_since, health(three).items_week) == (NOW + HOUR, 3)
    four = polled(three, SOURCE, answer("x"), reading, now=NOW + 3 * HOUR, chance=0).progress
    assert (health(four).failing_since, health(four).items_week) == (None, 6)
    later = polled(four, SOURCE, answer("x"), reading, now=NOW + timedelta(days=8), chance=0).progress
    assert health(later).items_week == 3


def test_streamed() -> None:
    """A stream that was lost says since when until it is open again, be it that it has nothing to say."""
    loss = Loss(why=Why.CLOSED, failure=FAILURE)
    one = broken(Standing(), loss, NOW, 5, "")
    two = broken(one, loss, NOW + HOUR, 5, "")
    assert health(two).failing_since == NOW
    assert health(still(two, NOW + HOUR)).failing_since is None
    assert health(heard(two, Taken(state=b"{}"), NOW + HOUR, "")).failing_since is None
