"""What claims and alerts tell the ledger: as which turn, on which days, of whom and on whose word."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from processors.telling import changed, standing, taker_of, word_of
from processors.turns import What
from streams.alerts import Alert
from streams.items import Claim
from streams.mentions import Actor, EventDate, Kind, Precision, Status
from tests.stories import BLUE, RED, claim, tell


def dated(told: Claim, first: str, last: str, precision: Precision) -> Claim:
    """Return the claim with a date of its own."""
    days = date.fromisoformat(first), date.fromisoformat(last)
    return replace(told, event_date=EventDate(text=first, from_=days[0], to=days[1], precision=precision))


PAST = dated(claim(gaining=RED, background=True), "2014-01-01", "2014-12-31", Precision.YEAR)


@pytest.mark.parametrize(
    ("told", "what"),
    [
        (claim(kind=Kind.HOLDS, gaining=RED), What.HOLDS),
        (claim(kind=Kind.SIEGE_START, gaining=RED), What.SIEGE),
        (claim(kind=Kind.SIEGE_LIFT), What.LIFTED),
        (claim(gaining=RED, status=Status.CONTESTED), What.CONTEST),
        (claim(kind=Kind.HOLDS, gaining=RED, status=Status.CLAIMED), What.HOLDS),
        (PAST, What.PASSING),
    ],
)
def test_what_a_claim_tells_beside_the_alerts(told: Claim, what: What) -> None:
    """Holding, sieges, fights and dated history are entered."""
    turn = standing(told)
    assert turn is not None
    assert turn.what is what


@pytest.mark.parametrize(
    "told",
    [
        claim(gaining=RED, status=Status.PLANNED),
        claim(gaining=RED, status=Status.DENIED),
        claim(kind=Kind.HOLDS, gaining=RED, status=Status.NEGATED),
        claim(kind=Kind.HOLDS, gaining=RED, background=True),
        claim(kind=Kind.SIEGE_START, gaining=RED, background=True),
        claim(gaining=RED, status=Status.CONTESTED, background=True),
        claim(gaining=RED, background=True),
    ],
)
def test_what_tells_the_ledger_nothing(told: Claim) -> None:
    """Plans, denials, past sieges and fights, and history without a date are not entered."""
    assert standing(told) is None


def test_history_keeps_the_days_that_are_told() -> None:
    """A year told in passing is the days from its first to its last."""
    turn = standing(PAST)
    assert turn is not None
    assert (turn.first, turn.last, turn.precision) == (date(2014, 1, 1), date(2014, 12, 31), Precision.YEAR)


@pytest.mark.parametrize(
    ("words", "key"),
    [("gunmen", "~gunmen"), ("the rebels", "~therebels"), ("Syrian opposition fighters", "~syrianoppositionfighters")],
)
def test_takers_whom_no_text_names_go_by_their_words(words: str, key: str) -> None:
    """Rebels are no party of the actor table, but somebody holds the place."""
    taker = taker_of(Actor(text=words, start=0, end=len(words)))
    assert taker is not None
    assert (taker.key, taker.text) == (key, words)


@pytest.mark.parametrize("actor", [None, Actor(text="they", start=0, end=4)])
def test_a_pronoun_takes_nothing(actor: Actor | None) -> None:
    """A pronoun says of nobody that he holds a place."""
    assert taker_of(actor) is None


def test_a_party_is_known_by_its_id() -> None:
    """A party of the table goes by its id, one with a name of its own by its folded name."""
    named = Actor(text="Lions of the Valley", start=0, end=19)
    assert [taker_of(actor).key for actor in (RED, named) if taker_of(actor)] == ["red", "lionsofthevalley"]


def test_the_side_of_a_word_is_the_speakers_else_the_sources() -> None:
    """Who is quoted speaks for his side, the source for its own where nobody is."""
    quoted = claim(gaining=RED, speaker="a spokesman", side="blue", item={"side": "red"})
    assert (word_of(quoted).speaker, word_of(quoted).side) == ("a spokesman", "blue")
    assert word_of(claim(gaining=RED, item={"side": "red"})).side == "red"


def alert_of(*tellings: Claim) -> Alert:
    """Return the alert that tellings come to."""
    return tell(tellings).alerts[0]


def test_a_change_is_entered_on_the_day_that_is_told() -> None:
    """A day told goes before the day of publication."""
    tellings = (
        claim(day=3, gaining=RED),
        dated(claim("courier", 4, gaining=RED), "2031-05-02", "2031-05-02", Precision.DAY),
    )
    turn = changed(alert_of(*tellings), tellings)
    assert (turn.first, turn.last, turn.precision) == (date(2031, 5, 2), date(2031, 5, 2), Precision.DAY)


def test_a_month_told_moves_nothing_where_another_told_it_on_its_day() -> None:
    """The closest telling decides: the daily's day of publication, not the weekly's month."""
    month = dated(claim("weekly", 9, gaining=RED), "2031-05-01", "2031-05-31", Precision.MONTH)
    tellings = (claim(day=4, gaining=RED), month)
    turn = changed(alert_of(*tellings), tellings)
    assert (turn.first, turn.last, turn.precision) == (date(2031, 5, 5), date(2031, 5, 5), None)


def test_a_month_alone_is_entered_on_its_first_day() -> None:
    """Where only the month is told, the change lies within it."""
    tellings = (dated(claim("weekly", 9, gaining=RED), "2031-05-01", "2031-05-31", Precision.MONTH),)
    turn = changed(alert_of(*tellings), tellings)
    assert (turn.first, turn.last, turn.precision) == (date(2031, 5, 1), date(2031, 5, 31), Precision.MONTH)


def test_a_change_is_told_when_its_first_telling_was_known() -> None:
    """The turn carries the alert's id, its sides and the moment of the first telling."""
    tellings = (claim(day=1, gaining=RED, losing=BLUE), claim("courier", 2, gaining=RED))
    alert = alert_of(*tellings)
    turn = changed(alert, tellings)
    assert (turn.id, turn.alert_id, turn.told_at) == (alert.id, alert.id, datetime(2031, 5, 2, 9, tzinfo=UTC))
    assert [side.key for side in (turn.loser, turn.gainer) if side] == ["blue", "red"]
