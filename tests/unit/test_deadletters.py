"""Dead letters found and chosen; nothing is sent here."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from streams.deadletters import folded, matching, one, refusal
from streams.errors import LetterRefused
from tests.alerts import NOON
from tests.letters import letter


def test_a_letter_told_twice_is_one_letter() -> None:
    """A repeated telling of a letter adds none; the telling that it was redriven marks it."""
    once, again = letter("a1"), letter("a1")
    told = replace(once, redriven_at=NOON)
    assert folded([once, again, letter("b2", sha256="bb")]) == [once, letter("b2", sha256="bb")]
    assert folded([once, told, again])[0].redriven_at == NOON


def test_tries_count_the_letters_of_the_same_bytes() -> None:
    """Bytes that came back from being redriven are in their second try."""
    tries = [found.tries for found in folded([letter("a1"), letter("b2", sha256="bb"), letter("c3")])]
    assert tries == [1, 1, 2]


def test_letters_are_chosen_by_step_topic_and_state() -> None:
    """Every condition narrows; none means all."""
    among = [letter("a1"), letter("b2", step="revise", topic="enriched-items"), letter("c3", redriven_at=NOON)]
    assert matching(among) == among
    assert [found.id for found in matching(among, step="enrich", redriven=False)] == ["a1"]
    assert [found.id for found in matching(among, topic="enriched-items")] == ["b2"]
    assert [found.id for found in matching(among, redriven=True)] == ["c3"]


@pytest.mark.parametrize(("start", "says"), [("x", "no dead letter"), ("a", "2 dead letters")])
def test_an_unclear_id_is_refused(start: str, says: str) -> None:
    """None or several letters under the beginning of an id are told apart."""
    with pytest.raises(LetterRefused, match=says):
        one([letter("a1"), letter("a2")], start)
    assert one([letter("a1"), letter("a2")], "a2").id == "a2"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"redriven_at": NOON}, "redriven already"),
        ({"topic": "source:wire"}, "not from a topic"),
        ({"topic": ""}, "not from a topic"),
        ({"complete": False, "size": 9_000_000}, "beginning of its 9000000 bytes"),
    ],
)
def test_some_letters_cannot_be_sent_again(changes: dict[str, object], says: str) -> None:
    """The reason is told for each; a plain letter has none."""
    assert says in (refusal(letter("a1", **changes)) or "")
    assert refusal(letter("a1")) is None
