"""The ledger in a terminal, read from a real journal: names instead of ids, rows that fit, nothing hostile."""

import io
from datetime import date

import pytest
import pytest_asyncio
from msgspec.structs import replace
from rich.cells import cell_len
from rich.console import Console

from processors.identity import letters
from streams import almanac
from streams.alerts import Holder
from streams.embedded.journal import SqliteJournal
from streams.topics import LEDGER
from tests.alerts import HOSTILE
from tests.ledgers import NORTH, RIVER, WADI, page, spell, stretch, word

TODAY = date(2026, 3, 1)


@pytest_asyncio.fixture
async def journal(tmp_path):
    opened = SqliteJournal(f"sqlite:///{tmp_path / 'journal.db'}")
    yield opened, f"sqlite:///{tmp_path / 'journal.db'}"
    await opened.close()


async def printed(journal, pages, ask, *, width=80, day=TODAY, place=None):
    opened, url = journal
    await opened.publish(LEDGER, pages)
    out = io.StringIO()
    asked = almanac.Asked(day=day, place=place)
    await ask(url, asked, letters, Console(file=out, width=width, color_system=None))
    return out.getvalue()


FULL = page(
    "Marsa Nahr",
    stretch("2014-06-01", WADI, until="2015-03-10"),
    stretch("2015-03-10", NORTH, words=(word(speaker="sudanese-armed-forces"), word("AFP", speaker="state:IQ"))),
    contests=(spell("2026-02-20", "2026-02-25", by=RIVER),),
)


@pytest.mark.asyncio
async def test_history_tells_the_volumes_of_a_page(journal):
    """What lies long back stands in a record of its own and is printed before what the page itself tells."""
    old = replace(page("Marsa Nahr", stretch("2012-01-01", RIVER, until="2014-01-01")), volume=7)
    new = replace(page("Marsa Nahr", stretch("2014-01-01", NORTH)), volumes=(7,), edition="x")
    said = await printed(journal, [old, new], almanac.history, place="Marsa Nahr", width=120)
    assert said.index("2012-01-01") < said.index("2014-01-01")
    assert "River Guard" in said


@pytest.mark.asyncio
@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("ask", [almanac.show, almanac.history])
async def test_rows_fit_and_speakers_have_names(journal, ask, width):
    """No row is wider than the terminal, and a speaker's id is told by his name, whole words kept together."""
    said = await printed(journal, [FULL], ask, width=width, place="Marsa Nahr")
    assert max(map(cell_len, said.splitlines())) <= width
    words = " ".join(said.split())
    assert "sudanese-armed-forces" not in said
    assert "state:IQ" not in said
    assert "Sudanese" in words
    assert "Northern" in words


@pytest.mark.asyncio
async def test_a_history_has_a_bar_and_its_legend(journal):
    """The bar's glyphs stand before the holders, and the fight's sign before its days."""
    said = await printed(journal, [FULL], almanac.history, width=120, place="مرسى نهر")
    lines = said.splitlines()
    assert lines[1].startswith("2014-06-01")
    assert set(lines[2]) == {"█", "▒"}
    assert any("▒ Northern Forces" in line for line in lines)
    assert "× fought over from 2026-02-20 on; told last for 2026-02-25 by River Guard" in said


@pytest.mark.asyncio
async def test_a_column_in_which_nothing_stands_is_left_out(journal):
    """Where no place is contested, besieged, partial or an area there is no column for it."""
    quiet = [page()]
    assert "state" not in await printed(journal, quiet, almanac.show)
    assert "contested by River Guard" in " ".join((await printed(journal, [FULL], almanac.show, width=120)).split())


@pytest.mark.asyncio
async def test_where_only_fictional_places_are_known_it_says_so(journal):
    """Somebody who has run the demonstration alone learns how to see what it told."""
    said = await printed(journal, [page("Demo Town", demo=True)], almanac.show)
    nothing, hint = said.splitlines()
    assert nothing == "nothing is known for 2026-03-01"
    assert "--demo" in hint


@pytest.mark.asyncio
async def test_hostile_names_order_the_terminal_nothing(journal):
    """Whatever a source wrote, no control character and no turning of direction reaches the terminal."""
    bad = "".join(HOSTILE)
    evil = Holder(key=bad, text=bad)
    told = page(bad, stretch("2015-01-01", evil, taken_from=evil, words=(word(bad, speaker=bad),)), key="test:1")
    for ask in (almanac.show, almanac.history):
        said = await printed(journal, [told], ask, place="test:1")
        assert not set(said) & {"\x1b", "\x07", "\u202e", "\u2066", "\u200b"}
