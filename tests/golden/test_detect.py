"""What detection finds in sentences written for it: every claim with its slots, and nothing in the near misses."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from processors.detect import detect
from processors.knowledge import Knowledge, load
from streams.mentions import Actor, EventDate, Mention

FOLDER = Path(__file__).parent / "detect"


def cases() -> list[Any]:
    found = []
    for path in sorted(FOLDER.glob("*.toml")):
        rows = tomllib.loads(path.read_text("utf-8"))["case"]
        found += [
            pytest.param(path.stem.partition("_")[0], row, id=f"{path.stem}-{n}") for n, row in enumerate(rows, start=1)
        ]
    return found


@cache
def knowledge() -> Knowledge:
    return load()


def is_actor(expected: str | None, actor: Actor | None) -> bool:
    """Tell whether an actor has the expected id or the expected words; empty words expect none."""
    if not expected:
        return expected is None or actor is None
    return actor is not None and any(words == actor.id or words in actor.text for words in expected.split("|"))


def is_dated(expected: str | None, date: EventDate | None) -> bool:
    """Tell whether a date stands in the expected words."""
    return expected is None or (date is not None and date.text in expected.split("|"))


def is_said_by(expected: str | None, mention: Mention) -> bool:
    """Tell whether a mention's speaker is the expected one, by id or by all its words; empty words expect none."""
    speaker = mention.attribution.speaker if mention.attribution else None
    return expected is None or (speaker or "") in expected.split("|")


def tells(mention: Mention, claim: dict[str, Any]) -> bool:
    """Tell whether a mention is the expected claim; a bar parts readings that are equally right."""
    places = [place.text for place in mention.places]
    return (
        mention.kind == claim["kind"]
        and mention.status in claim["status"].split("|")
        and len(places) == len(claim["places"])
        and all(any(text in expected.split("|") for text in places) for expected in claim["places"])
        and is_actor(claim.get("gaining"), mention.gaining)
        and is_actor(claim.get("losing"), mention.losing)
        and is_dated(claim.get("date"), mention.event_date)
        and is_said_by(claim.get("speaker"), mention)
        and mention.background == claim.get("background", mention.background)
        and mention.extent == claim.get("extent", mention.extent)
    )


@pytest.mark.parametrize(("language", "case"), cases())
def test_claims_of_a_sentence(language: str, case: dict[str, Any]) -> None:
    """A sentence gives exactly the claims it makes."""
    left = list(detect(case["text"], knowledge=knowledge(), language=language))
    for claim in case["claims"]:
        found = next((mention for mention in left if tells(mention, claim)), None)
        assert found is not None, (claim, left)
        left.remove(found)
    assert left == []


@pytest.mark.parametrize(("language", "case"), cases())
def test_offsets_of_a_sentence(language: str, case: dict[str, Any]) -> None:
    """Every span of a mention is a substring of the text at its offsets, and the trigger lies in the evidence."""
    text = case["text"]
    for mention in detect(text, knowledge=knowledge(), language=language):
        evidence = mention.evidence
        assert evidence.trigger is not None
        spans = [mention.gaining, mention.losing, *mention.places, evidence, evidence.trigger]
        assert all(text[span.start : span.end] == span.text for span in spans if span is not None)
        assert evidence.start <= evidence.trigger.start
        assert evidence.trigger.end <= evidence.end
        assert evidence.sentence in text


def test_there_are_enough() -> None:
    """The golden sentences number a hundred and twenty at least, a quarter of them without any claim."""
    rows = [param.values[1] for param in cases()]
    assert len(rows) >= 120
    assert sum(1 for row in rows if not row["claims"]) * 4 >= len(rows)
