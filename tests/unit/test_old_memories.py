"""Memories that earlier releases wrote are read on, and what they remember stays."""

from __future__ import annotations

from pathlib import Path

from processors.corroborate import corroborate
from processors.placememory import PlaceMemory
from streams.alerts import Alert, AlertState
from streams.codec import decode_memory, encode_memory
from streams.mentions import Kind, Status
from streams.steps import Dropped, Why
from tests.stories import BLUE, RED, Told, claim, tell

# Ten tellings of one change by as many papers, two of them only counted; a word that its gainer holds the place; a
# denial that the loser gives. Written as JSON by the release before places were remembered in outline.
OLD = (Path(__file__).parents[1] / "golden" / "memories" / "place.json").read_bytes()
STORY = [
    *(claim(f"paper{number}", number / 100, gaining=RED, losing=BLUE) for number in range(10)),
    claim("herald", 1, kind=Kind.HOLDS, gaining=RED),
    claim("post", 2, gaining=RED, status=Status.DENIED, speaker="blue"),
]


def remembered() -> Told:
    """Return what is left of the story as the release before remembered it."""
    return Told(memories={"test:1": decode_memory(OLD.strip(), PlaceMemory)})


def test_an_alert_of_an_earlier_release_goes_on() -> None:
    """One telling more revises the alert that was open, under its id, with all that was told of it before."""
    more = claim("gazette", 3, gaining=RED, losing=BLUE)
    (alert,) = tell([more], after=remembered()).alerts
    (anew,) = (one for one in tell([*STORY, more]).alerts)
    assert (alert.id, alert.revision, alert.state) == (anew.id, anew.revision, AlertState.DISPUTED)
    assert (alert.independent_sources, alert.confidence) == (anew.independent_sources, anew.confidence) == (11, 0.495)
    assert [one.claim_id for one in alert.evidence] == [one.claim_id for one in anew.evidence]


def test_a_telling_that_an_earlier_release_only_counted_is_known() -> None:
    """Told again it is a duplicate, and its page and alert stay."""
    memory = decode_memory(OLD.strip(), PlaceMemory)
    outcome, after = corroborate(STORY[9], memory, window_days=14)
    assert (outcome, after) == (Dropped(Why.DUPLICATE), memory)


def test_what_is_written_now_is_packed_and_comes_back() -> None:
    """After one claim more the memory is MessagePack, smaller than it was, and decodes to what was encoded."""
    memory = tell([claim("gazette", 3, gaining=RED, losing=BLUE)], after=remembered()).memories["test:1"]
    data = encode_memory(memory)
    assert data[:1] >= b"\x80"
    assert len(data) < len(OLD) / 2
    assert decode_memory(data, PlaceMemory) == memory


def test_records_are_as_before() -> None:
    """What follows an old memory are alerts and pages like any other."""
    told = tell([claim("gazette", 3, gaining=BLUE, losing=RED)], after=remembered())
    assert all(isinstance(one, Alert) for one in told.revisions)
    assert [alert.to_holder for alert in told.alerts if alert.state is not AlertState.REVERSED][-1] == BLUE
