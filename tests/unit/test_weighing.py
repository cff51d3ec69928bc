"""Confidence and state follow from who tells a change and who denies it."""

from __future__ import annotations

import pytest

from streams.alerts import Alert, AlertState
from streams.items import Claim
from streams.mentions import Attribution, Kind, Status
from tests.stories import BLUE, GREEN, RED, Row, claim, tell

SIDES = {
    "red": Row(name="Red", side="north"),
    "blue": Row(name="Blue", side="south"),
    "green": Row(name="Green", side="north"),
}


def weighed(*told: Claim) -> Alert:
    """Return the only alert of the claims, told with a table of sides."""
    (alert,) = tell(told, parties=SIDES.get).alerts
    return alert


def test_one_telling_is_as_sure_as_itself() -> None:
    """A single neutral telling gives the alert its own confidence."""
    assert weighed(claim(gaining=RED, confidence=0.7)).confidence == 0.7


def test_independent_tellings_add_up() -> None:
    """Two independent tellings leave the product of their doubts."""
    both = weighed(claim("herald", gaining=RED, confidence=0.7), claim("courier", gaining=RED, confidence=0.6))
    assert both.confidence == pytest.approx(1 - 0.3 * 0.4)


def test_copies_add_nothing() -> None:
    """A second telling of one owner adds nothing; the surer of the two counts."""
    both = weighed(claim("herald", gaining=RED, confidence=0.6), claim("herald", 0.1, gaining=RED, confidence=0.7))
    assert both.confidence == 0.7


def test_nothing_is_certain() -> None:
    """However many tell it, confidence stays at 0.99."""
    assert weighed(*(claim(f"paper {n}", gaining=RED, confidence=0.9) for n in range(9))).confidence == 0.99


def test_a_gainers_word_counts_half() -> None:
    """A side's claim of its own gain counts half, quoted or printed by its own outlet."""
    assert weighed(claim(gaining=RED, speaker="red", confidence=0.8)).confidence == 0.4
    assert weighed(claim(gaining=RED, confidence=0.8, item={"side": "red"})).confidence == 0.4
    assert weighed(claim(gaining=RED, side="north", confidence=0.8)).confidence == 0.4


def test_a_losers_word_halves_the_doubt() -> None:
    """A side that tells its own loss is believed more, and the alert says so."""
    alert = weighed(claim(kind=Kind.WITHDRAWAL, losing=BLUE, speaker="blue", confidence=0.8))
    assert (alert.against_interest, alert.confidence) == (True, 0.9)


def test_an_ally_of_the_loser_admits_as_well() -> None:
    """An outlet of another actor in the loser's camp tells the loss against its interest."""
    assert weighed(claim(gaining=BLUE, losing=RED, item={"side": "green"})).against_interest


def test_a_paper_of_the_loser_that_quotes_others_admits_nothing() -> None:
    """What a loser's outlet quotes from somebody else is not its own admission."""
    told = claim(gaining=RED, losing=BLUE, speaker="a shepherd", item={"side": "blue"})
    assert not weighed(told).against_interest


def test_rivals_of_one_camp_do_not_speak_for_each_other() -> None:
    """Where gainer and loser are of one side, only the loser's own name admits a loss."""
    camp = claim("herald", gaining=RED, losing=GREEN, side="north")
    assert not weighed(camp).against_interest
    assert weighed(claim("herald", gaining=RED, losing=GREEN, speaker="green")).against_interest


def test_a_denial_halves() -> None:
    """A denied change is half as sure, disputed, and shows the denial."""
    alert = weighed(
        claim("herald", gaining=RED, losing=BLUE, confidence=0.8),
        claim("courier", 0.1, gaining=RED, status=Status.DENIED, speaker="blue"),
    )
    assert (alert.state, alert.confidence) == (AlertState.DISPUTED, 0.4)
    assert [(one.status, one.attribution) for one in alert.evidence][-1] == (
        Status.DENIED,
        Attribution(speaker="blue"),
    )
