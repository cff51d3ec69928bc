"""The ledger over HTTP where it is asked senseless, hostile or many things: hardened, bounded, shared."""

import asyncio
import json
from datetime import timedelta

import pytest
from msgspec.structs import replace

from streams.alerts import Holder
from streams.topics import LEDGER, NOTICES
from streams.web import survey
from tests.alerts import HOSTILE
from tests.journals import journal
from tests.ledgers import AT, page, silence, spell, stretch, word
from tests.served import site
from tests.survey import asked, names, ready, until

__all__ = ["journal"]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "query",
    [
        {"at": "yesterday"},
        {"at": "2014-13-01"},
        {"at": "٢٠١٤-٠١-٠١"},
        {"at": "2014-01-01T00:00"},
        {"limit": "-1"},
        {"limit": "9" * 40},
        {"demo": "perhaps"},
        {"place": "x" * 201},
        {"actor": "x" * 201},
    ],
)
async def test_a_senseless_question_is_refused(journal, query):
    """Each gets 400 with what would be right, not a trace."""
    async with site(journal) as session:
        assert "Traceback" not in await asked(session, status=400, **query)


@pytest.mark.asyncio
@pytest.mark.parametrize("path", ["/api/ledger", "/api/ledger/x", "/api/notices"])
async def test_every_answer_is_hardened(journal, path):
    """The ledger answers under the same policy, to this machine's own name only."""
    async with site(journal) as session:
        async with session.get(path) as response:
            assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        async with session.get(path, headers={"Host": "evil.example"}) as response:
            assert response.status == 421


@pytest.mark.asyncio
async def test_hostile_words_travel_as_strings(journal):
    """Names, publishers, speakers and addresses come out as JSON strings without control characters."""
    bad = "".join(HOSTILE)
    evil = Holder(key=bad, text=bad)
    told = stretch("2015-03-10", evil, taken_from=evil, words=(word(bad, speaker=bad, url=HOSTILE[3]),))
    await journal.publish(
        LEDGER, [page(bad, told, name_ar=bad, contests=(spell("2015-03-10", "2026-11-01", by=evil),))]
    )
    await journal.publish(NOTICES, [silence(bad)])
    async with site(journal) as session:
        found = await ready(session, 1)
        whole = await asked(session, "/api/ledger/test:1")
        alarms = await until(session, lambda alarms: alarms["total"], "/api/notices")
        assert names(await asked(session, actor=found["holders"][0]["key"][:200])) != ["nothing"]
    for answer in (found, whole, alarms):
        assert not set(json.dumps(answer, ensure_ascii=False)) & {"\x1b", "\x07", "\u202e", "\u2066"}
    assert found["standings"][0]["words"][0]["url"] is None


@pytest.mark.asyncio
async def test_the_list_is_limited_and_says_how_many_there_are(journal):
    """Of 30 places ten are listed when ten are asked for, by country and name, and the total is told."""
    nowhere = page("A place in no known country", key="xx:1")
    nowhere = replace(nowhere, place=replace(nowhere.place, country=None))
    towns = [page(f"Town {number:02}", key=f"test:{number}") for number in range(29)]
    await journal.publish(LEDGER, [nowhere, *towns])
    async with site(journal) as session:
        await ready(session, 30)
        found = await asked(session, limit="10")
        assert names(await asked(session))[-1] == "A place in no known country"
    assert (found["total"], names(found)) == (30, [f"Town {number:02}" for number in range(10)])
    assert found["holders"] == [{"key": "north", "name": "Northern Forces", "places": 30}]


@pytest.mark.asyncio
async def test_memory_is_bounded_and_a_forgotten_place_is_read_from_the_journal(journal, monkeypatch):
    """Of ten places three are kept, the answer says so, and the page of a forgotten one is still given."""
    monkeypatch.setattr(survey, "_MOST_PAGES", 3)
    await journal.publish(LEDGER, [page(f"Town {number}", key=f"test:{number}") for number in range(10)])
    async with site(journal) as session:
        found = await ready(session, 3)
        assert (found["complete"], names(found)) == (False, ["Town 7", "Town 8", "Town 9"])
        assert (await asked(session, "/api/ledger/test:0"))["place"]["name"] == "Town 0"
        await asked(session, "/api/ledger/test:99", status=404)


@pytest.mark.asyncio
async def test_a_record_that_is_no_page_is_passed_over(journal):
    """One bad record in the ledger's topic does not stop the followers."""
    await journal.publish_bytes(LEDGER, partition=0, key="x", value=b'{"v":99}')
    await journal.publish(LEDGER, [page()])
    async with site(journal) as session:
        assert names(await ready(session, 1)) == ["Marsa Nahr"]


@pytest.mark.asyncio
async def test_answers_are_shared_and_few_are_kept(journal):
    """Who asks the same at once gets the same answer, and of forty different ones sixteen are kept."""
    followed = survey.Survey(journal, {}, str.casefold)
    same = await asyncio.gather(*(followed.find(survey.Asked(day=AT.date())) for _ in range(20)))
    assert all(one is same[0] for one in same)
    others = [await followed.find(survey.Asked(day=AT.date() - timedelta(days=back))) for back in range(40)]
    assert len({id(one) for one in others}) == 40
    assert await followed.find(survey.Asked(day=AT.date() - timedelta(days=39))) is others[39]
    assert await followed.find(survey.Asked(day=AT.date())) is not same[0]
