"""How records end, as every host counts and keeps them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from streams.codec import decode, encode
from streams.counters import Ending
from streams.endings import dead_letter, ended, failed, source_of, written
from streams.errors import BadRecord, StepFailed
from streams.items import Cursor, DeadLetter, EnrichedItem, ItemKind
from streams.journal import Stored
from streams.notices import Heard, Subject, Tick
from streams.steps import Dropped, Passed, RememberingStep, Why
from streams.topics import CLAIMS, DEAD_LETTERS, ENRICHED_ITEMS, MAX_RECORD
from streams.verdicts import Feedback, Verdict

NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)
STEP = RememberingStep(
    name="revise",
    source=ENRICHED_ITEMS,
    targets=(CLAIMS,),
    function=lambda _record, memory: (Dropped(Why.EMPTY), memory),
    key=lambda item: item.id,
    memory=dict,
)


def stored(value: bytes, *, offset: int = 7) -> Stored:
    """Return a record as it lies in a journal."""
    return Stored(topic="enriched-items", partition=2, offset=offset, key="item-1", value=value, stored_at=NOON)


def enriched(text: str) -> EnrichedItem:
    """Return an enriched item with this text."""
    url = "https://example.org/1"
    return EnrichedItem(
        id="item-1",
        revision=1,
        source="wire",
        kind=ItemKind.PAGE,
        url=url,
        canonical_url=url,
        fetched_at=NOON,
        text=text,
    )


def test_a_drop_is_counted_under_its_word_and_source() -> None:
    """A dropped record writes nothing and counts once."""
    end = ended(STEP, enriched("words"), Dropped(Why.UNCHANGED))
    assert (end.ending, end.written) == (Ending("revise", "wire", "unchanged"), ())


@pytest.mark.parametrize(
    ("record", "source"),
    [
        (enriched("words"), "wire"),
        (Heard(subject=Subject.SOURCE, key="wire", name="The Wire", item_id="i", at=NOON), "wire"),
        (Heard(subject=Subject.FRONT, key="SY:Homs:houthis", name="Homs, SY: houthis", item_id="i", at=NOON), "front"),
        (
            Feedback(id="f", alert_id="a", place_key="p", revision=1, verdict=Verdict.REJECT, analyst="Layla", at=NOON),
            "analyst",
        ),
        (Tick(at=NOON), "tick"),
        (None, "unknown"),
    ],
)
def test_only_sources_are_counted_by_name(record: object, source: str) -> None:
    """What goes back to no source is counted under its kind: a front's or an analyst's name is no label of a metric."""
    assert source_of(record) == source


def test_an_output_of_another_topic_is_refused() -> None:
    """A step whose output its target does not carry has failed."""
    with pytest.raises(BadRecord, match="claims carries Claim or Feedback, not EnrichedItem"):
        ended(STEP, enriched("words"), Passed((enriched("more words"),)))


def test_an_output_beyond_the_limit_is_refused() -> None:
    """A record larger than its topic takes is refused with both sizes."""
    with pytest.raises(BadRecord, match=f"too large for enriched-items .limit: {MAX_RECORD}."):
        written(ENRICHED_ITEMS, enriched("x" * MAX_RECORD))


def test_a_letter_holds_the_bytes_and_the_reason() -> None:
    """A dead letter carries where the record lay, its bytes, and what was wrong."""
    end = failed("revise", stored(b"\x00odd"), None, BadRecord("not a record"), at=NOON)
    letter = decode(end.written[0].value)
    assert isinstance(letter, DeadLetter)
    assert end.ending == Ending("revise", "unknown", "dead-letter")
    assert (letter.topic, letter.partition, letter.offset, letter.key) == ("enriched-items", 2, 7, "item-1")
    assert (letter.payload, letter.complete, letter.size) == (b"\x00odd", True, 4)
    assert (letter.error, letter.text, letter.at) == ("BadRecord", "not a record", NOON)


def test_a_letters_id_follows_from_the_record() -> None:
    """The same record makes the same letter, whenever and why ever; another place or other bytes make another."""
    first = dead_letter("revise", stored(b"a"), ValueError("x"), at=NOON)
    again = dead_letter("revise", stored(b"a"), KeyError("y"), at=NOON.replace(hour=13))
    others = [dead_letter("revise", one, ValueError("x"), at=NOON) for one in (stored(b"b"), stored(b"a", offset=8))]
    assert first.id == again.id
    assert len({first.id, *(other.id for other in others)}) == 3


def test_a_letter_of_an_oversized_record_says_that_it_is_cut() -> None:
    """Above the limit of a record, the first MiB is kept and the hash is over all."""
    letter = dead_letter("revise", stored(b"x" * (MAX_RECORD + 1)), BadRecord("large"), at=NOON)
    assert (len(letter.payload), letter.complete, letter.size) == (1024 * 1024, False, MAX_RECORD + 1)


def test_the_largest_record_fits_whole_into_a_letter() -> None:
    """A letter around a record at the limit is within the limit of its own topic."""
    letter = dead_letter("revise", stored(b"x" * MAX_RECORD), BadRecord("no"), at=NOON)
    assert letter.complete
    assert len(written(DEAD_LETTERS, letter).value) <= DEAD_LETTERS.limit


def test_what_nobody_foresaw_comes_with_its_traceback() -> None:
    """An unforeseen exception is kept with where it came from."""
    with pytest.raises(KeyError) as raised:
        {}["missing"]
    letter = dead_letter("revise", stored(b"a"), raised.value, at=NOON)
    assert "test_endings.py" in letter.text
    assert letter.error == "KeyError"


def test_any_words_of_an_error_can_be_written() -> None:
    """An error's text is bounded and encodable, whatever an exception's words hold."""
    letter = dead_letter("revise", stored(b"a"), ValueError("x" * 10_000 + "\ud800"), at=NOON)
    assert len(letter.text) <= 4_000
    assert decode(encode(letter)) == letter


def test_a_failed_step_names_its_cause() -> None:
    """What a worker ran into stands in the letter's error word."""
    letter = dead_letter("enrich", stored(b"a"), StepFailed("took longer", cause="wall"), at=NOON)
    assert (letter.error, letter.text) == ("StepFailed: wall", "took longer")


def test_a_cursor_is_counted_under_its_source() -> None:
    """Records that name a source are counted under it."""
    cursor = Cursor(source="wire", state=b"{}", saved_at=NOON)
    assert ended(STEP, cursor, Dropped(Why.EMPTY)).ending.source == "wire"
