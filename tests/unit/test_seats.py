"""The positions that frames name, from the tables of all grammars."""

from __future__ import annotations

from collections import Counter

from processors.detect.arabic_seats import ARABIC
from processors.detect.english_seats import ENGLISH
from processors.detect.romance_open import OPEN
from processors.detect.romance_seats import ROMANCE
from processors.detect.seats import POSITIONS as COMMON
from processors.detect.slavic_seats import SLAVIC
from processors.detect.slots import OPEN_SEATS, POSITIONS
from processors.detect.turkish_seats import TURKISH
from processors.detect.verb_final import VERB_FINAL


def test_no_grammar_takes_a_position_from_another() -> None:
    """A name that two tables gave to different positions would silently change one language."""
    tables = (COMMON, ARABIC, VERB_FINAL, SLAVIC, ENGLISH, ROMANCE, OPEN, TURKISH)
    times = Counter(name for table in tables for name in table)
    assert {name for name, n in times.items() if n > 1} == set()
    assert set(POSITIONS) == set(times)


def test_a_seat_of_open_nouns_is_one_by_its_table() -> None:
    """What a grammar's table of open nouns holds is such a seat whatever it is called, and nothing else is."""
    assert OPEN.keys() <= OPEN_SEATS <= POSITIONS.keys()
    assert "left-unsaid" in OPEN_SEATS
    assert "opening" in POSITIONS.keys() - OPEN_SEATS
