"""Tellings that are copies, or of one owner, count as one source."""

from __future__ import annotations

import pytest

from processors.independence import Lineage, lineage_of, origins
from streams.items import Claim
from tests.stories import RED, claim

LONG = (
    "Residents reached by telephone said that the last vehicles of the garrison left Sindiyan before the morning call."
)


def count(*told: Claim) -> int:
    """Return how many independent origins the claims have."""
    return len(origins([lineage_of(one) for one in told]))


def told(source: str, **item: object) -> Claim:
    """Return a telling by `source`."""
    return claim(source, gaining=RED, item=item)


def test_two_publishers_are_two() -> None:
    """Publishers with nothing in common count each."""
    assert count(told("herald"), told("courier")) == 2


def test_numbers_tell_publishers_apart() -> None:
    """Channel 4 and Channel 5 are two publishers."""
    assert count(told("a", owner="Channel 4"), told("b", owner="Channel 5")) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"owner": "Herald"}, {"owner": "HERALD"}),
        ({"credit": "afp"}, {"credit": "afp"}),
        ({"owner": "Agence France-Presse"}, {"credit": "afp"}),
        ({"owner": "رويترز"}, {"credit": "reuters"}),
        ({"url": "https://post.example/7"}, {"url": "https://post.example/7"}),
        ({"signature": "00000000000003ff"}, {"signature": "0000000000000000"}),
    ],
)
def test_one_owner_agency_address_or_text_is_one(one: dict[str, str], other: dict[str, str]) -> None:
    """Tellings that share an owner, an agency, an address or all but ten bits of a signature are one source."""
    assert count(told("a", **one), told("b", **other)) == 1


def test_eleven_differing_bits_are_another_text() -> None:
    """A signature that differs in eleven bits is no copy."""
    assert count(told("a", signature="00000000000007ff"), told("b", signature="0000000000000000")) == 2


@pytest.mark.parametrize("label", ["Forwarded from the River Channel: ", "عاجل | ", "RT @river: "])
def test_a_post_passed_on_is_its_origin(label: str) -> None:
    """A long sentence with a label before it is a copy of the bare one."""
    assert count(claim("herald", gaining=RED, words=LONG), claim("courier", gaining=RED, words=label + LONG)) == 1


def test_an_agency_named_as_the_speaker_is_the_origin() -> None:
    """A paper that tells what an agency reported is no second source beside the agency."""
    assert count(claim("herald", gaining=RED, speaker="Reuters"), told("reuters-feed", owner="Reuters")) == 1


def test_a_long_sentence_is_copied_and_a_short_one_may_be_chance() -> None:
    """The same long sentence in two papers is one source; the same few words are two."""
    assert count(claim("herald", gaining=RED, words=LONG), claim("courier", gaining=RED, words=f" {LONG} ")) == 1
    assert (
        count(claim("herald", gaining=RED, words="Red took it."), claim("courier", gaining=RED, words="Red took it."))
        == 2
    )


def test_copies_of_copies_are_one() -> None:
    """What is linked through a third telling is one origin, and the others stay apart."""
    chain = [
        Lineage(claim_id="1", keys=("a",)),
        Lineage(claim_id="2", keys=("b",)),
        Lineage(claim_id="3", keys=("x",)),
        Lineage(claim_id="4", keys=("a", "b")),
    ]
    assert origins(chain) == (("1", "2", "4"), ("3",))


def test_nobody_is_no_origin() -> None:
    """No tellings have no origin."""
    assert origins([]) == ()


def test_a_post_passed_on_is_its_writers() -> None:
    """What a channel passes on is told by whose account it is from; its own posts tie that account to its owner."""
    forward = told("gatherer", owner="Gatherer", writer="river", passed_on=True)
    assert count(forward, told("gatherers-page", owner="Gatherer")) == 2
    assert count(forward, told("tg", owner="River News", writer="River")) == 1
    assert count(forward, told("lake", owner="Lake")) == 2
