"""The bar of time in a terminal: a glyph a holder, as long as he held the place, fights and sieges below."""

from datetime import date

import pytest
from msgspec.structs import replace

from streams.timeline import timeline
from tests.ledgers import NORTH, RIVER, WADI, page, spell, stretch

TODAY = date(2026, 3, 1)
YEAR = stretch("2014-01-01", RIVER, until="2015-01-01"), stretch("2015-01-01", NORTH, until="2016-01-01")


def plain(told, *, width=60, today=TODAY):
    return [line.plain for line in timeline(told, width, today)]


def test_holders_are_as_long_as_they_held_the_place():
    """Two holders of a year each, and some room behind for the one who holds it still."""
    days, bar = plain(page("Town", *YEAR, stretch("2016-01-01", WADI)))
    assert (len(days), days[:10], days[-10:]) == (60, "2014-01-01", "2016-05-26")
    assert (bar.count("█"), bar.count("▒"), bar.count("▓"), len(bar)) == (25, 25, 10, 60)


def test_a_day_is_seen_however_long_the_bar():
    """A holder of one day among years has a column of his own."""
    told = stretch("2010-01-01", RIVER, until="2015-03-10"), stretch("2015-03-10", NORTH, until="2015-03-11")
    _, bar = plain(page("Town", *told, stretch("2015-03-11", RIVER)))
    assert bar.count("▒") == 1
    assert bar.startswith("█")
    assert bar.endswith("█")


def test_fights_and_sieges_stand_below():
    """Where it was fought over ×, where besieged =, where both #; no line where there was neither."""
    fought = (spell("2014-03-01", "2014-06-01", until="2014-07-01"),)
    siege = (spell("2014-05-01", "2014-10-01"),)
    below = plain(page("Town", *YEAR, contests=fought, sieges=siege))[2]
    assert below.strip("×=# ") == ""
    assert sorted(set(below)) == [" ", "#", "=", "×"]
    assert below.index("×") < below.index("#") < below.index("=")
    assert len(plain(page("Town", *YEAR))) == 2


def test_nobody_known_is_a_dot_and_what_is_not_told_is_left_blank():
    """A place held by nobody known has dots; two weeks are shown at least, before what is told where it is young."""
    days, bar = plain(page("Town", stretch("2026-02-01")))
    assert (bar, days[:10], days[-10:]) == ("·" * 60, "2026-02-01", "2026-02-15")
    days, bar = plain(page("Town", stretch("2026-02-28", NORTH)))
    assert (days[:10], days[-10:]) == ("2026-02-15", "2026-03-01")
    assert (bar.strip(), bar.rindex(" ") < bar.index("█")) == ("█" * 5, True)


@pytest.mark.parametrize("width", [0, 29])
def test_no_bar_where_there_is_no_room(width):
    """A terminal too narrow for two days gets none."""
    assert plain(page(), width=width) == []


def test_no_bar_without_a_day():
    """A page of which nothing is told has none."""
    assert plain(replace(page(), stretches=())) == []
