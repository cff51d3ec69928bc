"""The fold of turns into stretches, sieges and fights: the rules of who holds a place, one by one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from processors.turns import Turn, What
from streams.alerts import AlertState
from streams.holding import By
from streams.mentions import Precision
from tests.turnings import BLUE, DAY, GREEN, GUNMEN, RED, held, spells, told, turn, word


def test_turns_are_read_in_the_order_of_their_days() -> None:
    """A change told last but happened first is the first stretch."""
    late = turn(0, gainer=RED, told_at=datetime(2031, 6, 1, tzinfo=UTC))
    assert held(told(turn(5, gainer=BLUE), late)) == [(0, "red"), (5, "blue")]


def test_a_change_of_the_day_comes_before_a_word_about_holding_on_that_day() -> None:
    """Who is said to hold the place on the day of its taking holds it by that taking."""
    page = told(turn(0, What.HOLDS, gainer=RED), turn(0, gainer=RED))
    assert [stretch.by for stretch in page.stretches] == [By.CHANGE]


def test_how_a_place_stood_is_known_for_each_turn_even_one_that_did_not_happen() -> None:
    """A rejected change opens nothing, and still is checked against what stood before it."""
    rejected = turn(3, gainer=BLUE, state=AlertState.REJECTED)
    page = told(turn(0, gainer=RED), rejected)
    assert held(page) == [(0, "red")]
    stood = page.stood[rejected.id]
    assert stood is not None
    assert stood.holders == (RED,)


@pytest.mark.parametrize("state", [AlertState.RETRACTED, AlertState.REJECTED])
def test_what_did_not_happen_is_not_entered(state: AlertState) -> None:
    """Retracted and rejected changes open no stretch."""
    assert held(told(turn(0, gainer=RED, state=state))) == []


def test_a_disputed_change_leaves_the_holder_and_is_a_fight() -> None:
    """The place stays with who held it, contested from the day of the disputed change."""
    page = told(turn(0, gainer=RED), turn(3, gainer=BLUE, state=AlertState.DISPUTED))
    assert held(page) == [(0, "red")]
    assert spells(page) == [(3, None)]


def test_who_takes_a_part_shares_the_place() -> None:
    """A part taken from a known holder is held beside him."""
    page = told(turn(0, gainer=BLUE), turn(3, gainer=RED, partial=True))
    assert held(page) == [(0, "blue"), (3, "blue+red")]
    assert page.stretches[-1].partial


def test_a_part_taken_from_the_loser_who_is_named_is_shared_with_him() -> None:
    """Where nothing was known before, the loser who is named still holds the rest."""
    assert held(told(turn(0, gainer=RED, loser=BLUE, partial=True))) == [(0, "blue+red")]


def test_the_rest_taken_after_a_part_is_a_stretch_of_its_own() -> None:
    """Who held a part holds all of it from the day on which he took the rest."""
    page = told(turn(0, gainer=BLUE), turn(3, gainer=RED, partial=True), turn(6, gainer=RED))
    assert held(page) == [(0, "blue"), (3, "blue+red"), (6, "red")]
    assert not page.stretches[-1].partial


def test_one_of_two_holders_leaves() -> None:
    """Who shares a place and leaves it leaves it to the other."""
    page = told(turn(0, gainer=BLUE), turn(3, gainer=RED, partial=True), turn(6, loser=BLUE))
    assert held(page)[-1] == (6, "red")


def test_who_did_not_hold_a_place_leaves_nothing() -> None:
    """A withdrawal of somebody else changes no stretch."""
    assert held(told(turn(0, gainer=RED), turn(3, loser=BLUE))) == [(0, "red")]


def test_leaving_a_part_changes_no_stretch() -> None:
    """Who leaves a part of what he held holds the rest."""
    assert held(told(turn(0, gainer=RED), turn(3, loser=RED, partial=True))) == [(0, "red")]


def test_a_place_that_is_lost_by_nobody_named_is_lost_by_its_holder() -> None:
    """Where only the loss is told, it is the holder's."""
    assert held(told(turn(0, gainer=RED), turn(3))) == [(0, "red"), (3, "")]


def test_leaving_where_nothing_was_known_is_a_stretch_without_holders() -> None:
    """Whoever left held it until then, and nobody is known since."""
    page = told(turn(0, loser=RED))
    assert held(page) == [(0, "")]
    assert page.stretches[0].taken_from == RED


def test_a_word_about_holding_opens_a_stretch_where_nothing_is_known() -> None:
    """The first who is said to hold the place does, since the day on which it was said."""
    page = told(turn(2, What.HOLDS, gainer=RED))
    assert held(page) == [(2, "red")]
    assert page.stretches[0].by is By.HOLDS


def test_one_of_the_holders_camp_is_said_to_hold_it() -> None:
    """Camp mates hold for one another: no stretch, no fight."""
    page = told(turn(0, gainer=RED), turn(30, What.HOLDS, gainer=GREEN))
    assert (held(page), spells(page)) == ([(0, "red")], [])


@pytest.mark.parametrize(("day", "stretches", "fights"), [(14, [(0, "red")], [(14, None)]), (15, None, [])])
def test_another_holder_is_a_fight_within_the_window_and_a_change_after_it(
    day: int, stretches: list[tuple[int, str]] | None, fights: list[tuple[int, int | None]]
) -> None:
    """A word against a fresh change contests it; long after, a change must have happened that nobody told."""
    page = told(turn(0, gainer=RED), turn(day, What.HOLDS, gainer=BLUE))
    assert held(page) == (stretches or [(0, "red"), (day, "blue")])
    assert spells(page) == fights


def test_a_part_said_to_be_held_is_shared() -> None:
    """Who is said to hold a part shares the place with its holder."""
    assert held(told(turn(0, gainer=RED), turn(5, What.HOLDS, gainer=BLUE, partial=True)))[-1] == (5, "red+blue")


def test_a_word_about_nobody_tells_nothing() -> None:
    """A holder who is not told opens nothing."""
    assert held(told(turn(0, What.HOLDS))) == []


def test_those_whom_no_text_names_hold_by_their_words() -> None:
    """Those who took a place as "gunmen" hold it until somebody named is said to, and nothing is contested."""
    page = told(turn(0, gainer=GUNMEN), turn(3, What.HOLDS, gainer=RED), turn(30, What.HOLDS, gainer=RED))
    assert held(page) == [(0, "~gunmen"), (30, "red")]
    assert spells(page) == []


def test_unnamed_holders_are_no_news_beside_a_named_one() -> None:
    """That "gunmen" hold a place says nothing against the one who is known to."""
    page = told(turn(0, gainer=RED), turn(30, What.HOLDS, gainer=GUNMEN))
    assert (held(page), spells(page)) == ([(0, "red")], [])


def test_two_of_one_camp_take_a_place_together() -> None:
    """Camp mates who are told to have taken it within a day hold it together, with the words of both."""
    page = told(turn(0, gainer=RED, words=(word(1),)), turn(1, gainer=GREEN, loser=BLUE, words=(word(2),)))
    assert held(page) == [(0, "red+green")]
    assert [one.claim_id for one in page.stretches[0].words] == ["1", "2"]


@pytest.mark.parametrize(
    ("later", "why"),
    [
        (turn(2, gainer=GREEN), "two days are not one operation"),
        (turn(1, gainer=GREEN, loser=RED), "taken from his own camp it is a change"),
        (turn(1, gainer=BLUE, loser=RED), "another camp takes it on"),
    ],
)
def test_a_taking_that_is_not_joint_is_a_stretch(later: Turn, why: str) -> None:
    """Days later, from the camp mate himself or by another camp it changes hands."""
    assert len(told(turn(0, gainer=RED), later).stretches) == 2, why


def test_a_joint_holding_told_again_by_one_of_the_two_stays_joint() -> None:
    """That one of two camp mates took it, told anew weeks later, takes nothing from the other."""
    page = told(turn(0, gainer=RED), turn(1, gainer=GREEN), turn(30, gainer=RED))
    assert held(page) == [(0, "red+green")]


@pytest.mark.parametrize(
    "turns",
    [
        (turn(0, gainer=RED), turn(2, gainer=BLUE)),
        (turn(0, gainer=RED), turn(1, gainer=BLUE, loser=GREEN)),
        (turn(0, gainer=RED, loser=BLUE), turn(1, gainer=BLUE)),
        (turn(-9, gainer=BLUE), turn(0, gainer=RED), turn(1, gainer=BLUE)),
        (turn(0, gainer=GUNMEN), turn(1, gainer=BLUE)),
        (turn(0, What.HOLDS, gainer=RED), turn(1, gainer=BLUE)),
    ],
    ids=["days apart", "from the camp", "back to the loser", "back to who held it", "nobody named", "held, not taken"],
)
def test_a_taking_that_contradicts_none_is_not_contested(turns: tuple[Turn, ...]) -> None:
    """Days later, from the first taker, back to who held it or after gunmen it is a change like any other."""
    assert spells(told(*turns)) == []


def test_a_siege_goes_on_while_it_is_told_and_ends_in_silence() -> None:
    """Within the window a siege is one; after longer silence it ended when it was told of last."""
    page = told(*(turn(day, What.SIEGE, gainer=BLUE) for day in (0, 10, 40)))
    assert [((one.since - DAY).days, one.until and (one.until - DAY).days) for one in page.sieges] == [
        (0, 10),
        (40, None),
    ]


@pytest.mark.parametrize("end", [turn(5, What.LIFTED), turn(5, gainer=BLUE)])
def test_a_siege_ends_when_it_is_lifted_or_the_place_falls(end: Turn) -> None:
    """Lifting and falling end a siege on their day."""
    page = told(turn(0, What.SIEGE, gainer=BLUE), end)
    assert [one.until for one in page.sieges] == [DAY + timedelta(days=5)]


def test_a_lifting_without_a_siege_is_nothing() -> None:
    """The end of a siege that nobody told of opens none."""
    assert told(turn(0, What.LIFTED)).sieges == ()


def test_a_fight_that_nobody_told_of_any_more_ended_before_the_change() -> None:
    """A place that falls years after the only word of fighting was fought over for a window, not until then."""
    assert spells(told(turn(0, What.CONTEST), turn(1000, gainer=RED))) == [(0, 14)]
    assert spells(told(turn(0, What.CONTEST), turn(10, gainer=RED))) == [(0, 10)]


def test_a_part_taken_ends_no_fight() -> None:
    """The fight for a place goes on after a part of it fell."""
    page = told(turn(0, gainer=BLUE), turn(2, What.CONTEST, gainer=RED), turn(4, gainer=RED, partial=True))
    assert spells(page) == [(2, None)]


def test_the_besieger_told_later_is_kept() -> None:
    """A siege without a name gets the name that is told next."""
    page = told(turn(0, What.SIEGE), turn(2, What.SIEGE, gainer=BLUE))
    assert [one.by for one in page.sieges] == [BLUE]


def test_three_words_are_kept_and_none_twice() -> None:
    """A stretch stands on its first three tellings."""
    page = told(
        turn(0, gainer=RED, words=(word(1), word(2))),
        turn(3, gainer=RED, words=(word(2), word(3), word(4))),
    )
    assert [one.claim_id for one in page.stretches[0].words] == ["1", "2", "3"]


def test_an_exchange_of_a_day_is_a_clash() -> None:
    """Held for a day between two stretches of one holder: an armed clash by ACLED's codebook."""
    page = told(turn(0, gainer=RED), turn(9, gainer=BLUE), turn(10, gainer=RED))
    assert [one.clash for one in page.stretches] == [False, True, False]


def test_a_first_exchange_is_a_clash_when_it_comes_back_to_the_loser_who_is_named() -> None:
    """The loser of the first change counts as the holder before it."""
    page = told(turn(0, gainer=BLUE, loser=RED), turn(1, gainer=RED))
    assert [one.clash for one in page.stretches] == [True, False]


@pytest.mark.parametrize(
    ("taken", "back"),
    [
        (turn(9, gainer=BLUE), turn(11, gainer=RED)),
        (turn(9, gainer=BLUE), turn(10, gainer=GREEN)),
        (turn(9, gainer=BLUE, precision=Precision.WEEK), turn(10, gainer=RED)),
        (turn(9, What.PASSING, gainer=BLUE), turn(10, gainer=RED)),
    ],
)
def test_other_exchanges_are_no_clash(taken: Turn, back: Turn) -> None:
    """Two days, a third party, a week in which the day is not known, or history in passing make no clash."""
    assert not any(one.clash for one in told(turn(0, gainer=RED), taken, back).stretches)


@pytest.mark.parametrize(
    ("known", "by"),
    [
        (turn(0, gainer=RED), By.CHANGE),
        (turn(0, gainer=RED, linked=True), By.LINKED),
        (turn(0, What.PASSING, gainer=RED), By.PASSING),
        (turn(0, What.HOLDS, gainer=RED), By.HOLDS),
    ],
)
def test_a_stretch_says_how_it_is_known(known: Turn, by: By) -> None:
    """By a change, a pledge, history in passing or a word about holding."""
    assert told(known).stretches[0].by is by
