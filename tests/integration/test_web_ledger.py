"""The ledger over HTTP: standings of any day, whole pages, alarms; asked of a real journal over a real socket."""

import asyncio
import json
from datetime import timedelta

import pytest
import pytest_asyncio
from msgspec.structs import replace
from yarl import URL

from streams.alerts import Holder
from streams.embedded.journal import SqliteJournal
from streams.notices import Level
from streams.topics import LEDGER, NOTICES
from streams.web import survey
from tests.alerts import HOSTILE
from tests.ledgers import AT, NORTH, RIVER, WADI, page, silence, spell, stretch, word
from tests.served import HOPELESS, site


@pytest_asyncio.fixture
async def journal(tmp_path):
    opened = SqliteJournal(f"sqlite:///{tmp_path / 'journal.db'}")
    yield opened
    await opened.close()


async def asked(session, path="/api/ledger", *, status=200, headers=None, **query):
    async with session.get(path, params=query, headers=headers or {}) as response:
        assert response.status == status, await response.text()
        return await response.json() if response.content_type == "application/json" else await response.text()


async def until(session, holds, path="/api/ledger", **query):
    """Ask until it holds."""
    async with asyncio.timeout(HOPELESS):
        while True:
            found = await asked(session, path, **query)
            if holds(found):
                return found
            await asyncio.sleep(0.02)


async def ready(session, places, **query):
    return await until(session, lambda found: found["ready"] and found["total"] == places, **query)


def names(found):
    return [one["place"]["name"] for one in found["standings"]]


@pytest.mark.asyncio
async def test_a_day_is_asked_for_and_told(journal):
    """Who held the place on a day of 2014, who holds it today, and nobody known before all that is told."""
    await journal.publish(LEDGER, [page()])
    async with site(journal) as session:
        now = await ready(session, 1)
        then = await asked(session, at="2014-07-01")
        before = await asked(session, at="1999-01-01")
    assert [one["name"] for one in now["standings"][0]["holders"]] == ["Northern Forces"]
    assert now["standings"][0]["since"] == "2015-03-10"
    assert [one["name"] for one in then["standings"][0]["holders"]] == ["River Guard"]
    assert (then["at"], then["holders"]) == ("2014-07-01", [{"key": "river", "name": "River Guard", "places": 1}])
    assert (before["total"], before["standings"]) == (0, [])


def in_volumes():
    """Return a page of which two volumes hold the older part, and the volumes: one of them was replaced."""
    first = stretch("2012-01-01", WADI, until="2013-01-01")
    second = stretch("2013-01-01", RIVER, until="2014-01-01")
    last = stretch("2014-01-01", NORTH)
    wrong = replace(page("Marsa Nahr", stretch("1999-01-01", NORTH)), volume=0)
    volumes = [replace(page("Marsa Nahr", one), volume=at) for at, one in enumerate((first, second))]
    return [wrong, *volumes, replace(page("Marsa Nahr", last), volumes=(0, 1), edition="x")]


@pytest.mark.asyncio
async def test_volumes_are_told_with_their_page(journal):
    """What lies long back stands in volumes: a day of then is answered from them, the page lists all of it in order."""
    records = in_volumes()
    await journal.publish(LEDGER, records)
    async with site(journal) as session:
        await ready(session, 1)
        then = await asked(session, at="2012-06-01")
        key = records[0].place_key
        whole = await asked(session, f"/api/ledger/{key}")
    assert [one["name"] for one in then["standings"][0]["holders"]] == ["كتائب الوادي"]
    assert [one["since"] for one in whole["stretches"]] == ["2012-01-01", "2013-01-01", "2014-01-01"]


@pytest.mark.asyncio
async def test_a_page_whose_volumes_were_forgotten_is_read_from_the_journal(journal, monkeypatch):
    """Where too many pages are known, a place's whole page is still all of its volumes."""
    monkeypatch.setattr(survey, "_MOST_PAGES", 1)
    records = in_volumes()
    await journal.publish(
        LEDGER, [*records, page("Tall Zaytun", stretch("2014-01-01", WADI), key="test:2"), records[-1]]
    )
    async with site(journal) as session:
        await until(session, lambda found: found["ready"] and names(found) == ["Marsa Nahr"])
        whole = await asked(session, f"/api/ledger/{records[0].place_key}")
    assert [one["since"] for one in whole["stretches"]] == ["2012-01-01", "2013-01-01", "2014-01-01"]


@pytest.mark.asyncio
async def test_marks_and_words_are_told(journal):
    """A place that is fought over and besieged says by whom, and each standing on whose word."""
    told = stretch("2015-03-10", NORTH, partial=True, words=(word(speaker="north"), word(speaker="north"), word("AFP")))
    fights = (spell("2015-04-01", "2015-04-20", by=RIVER),)
    await journal.publish(LEDGER, [page("Marsa Nahr", told, sieges=fights, contests=fights, area=True)])
    async with site(journal, speakers={"north": "The North"}) as session:
        await ready(session, 1)
        (one,) = (await asked(session, at="2015-04-10"))["standings"]
    assert (one["contested_by"]["name"], one["besieged_by"]["name"]) == ("River Guard", "River Guard")
    assert (one["partial"], one["place"]["area"], one["how"]) == (True, True, "change")
    assert [(said["publisher"], said["speaker"]) for said in one["words"]] == [
        ("Harbour Post", "The North"),
        ("Harbour Post", None),
    ]


@pytest.mark.asyncio
async def test_places_and_actors_are_found_by_key_and_by_part_of_a_name(journal):
    """In either script, whatever the case; an actor's places are those he holds on that day."""
    await journal.publish(
        LEDGER, [page(), page("Tall Zaytun", stretch("2014-01-01", WADI), key="test:2", name_ar="تل الزيتون")]
    )
    async with site(journal) as session:
        await ready(session, 2)
        assert names(await asked(session, place="marsa")) == ["Marsa Nahr"]
        assert names(await asked(session, place="test:2")) == ["Tall Zaytun"]
        assert names(await asked(session, place="الزيتون")) == ["Tall Zaytun"]
        assert names(await asked(session, actor="NORTHERN")) == ["Marsa Nahr"]
        assert names(await asked(session, actor="كتائب")) == ["Tall Zaytun"]
        assert names(await asked(session, actor="river")) == []
        assert names(await asked(session, actor="river", at="2014-07-01")) == ["Marsa Nahr"]
        assert names(await asked(session, place="nowhere")) == []


@pytest.mark.asyncio
async def test_what_is_fictional_stands_apart(journal):
    """The DEMO places are told only where they are asked for, and both kinds are counted."""
    await journal.publish(LEDGER, [page(), page("Demo Town", demo=True)])
    async with site(journal) as session:
        found = await ready(session, 1)
        demo = await asked(session, demo="true")
        assert (await asked(session, "/api/ledger/test:1", demo="true"))["place"]["name"] == "Demo Town"
    assert (names(found), names(demo)) == (["Marsa Nahr"], ["Demo Town"])
    assert found["known"] == {"real": 1, "demo": 1}


@pytest.mark.asyncio
async def test_a_whole_page_is_given_by_its_key(journal):
    """All stretches oldest first, with sieges; a key may hold braces, a slash and letters of any script."""
    key = "sy:{تل}/الزيتون %2F"
    await journal.publish(
        LEDGER, [page("Tall", key=key, sieges=(spell("2014-06-05", "2014-06-20", until="2014-06-22"),))]
    )
    async with site(journal) as session:
        await ready(session, 1)
        told = await asked(session, f"/api/ledger/{quoted(key)}")
        assert "no place" in await asked(session, "/api/ledger/geonames:1", status=404)
    assert [(one["since"], one["until"]) for one in told["stretches"]] == [
        ("2014-06-01", "2015-03-10"),
        ("2015-03-10", None),
    ]
    assert told["stretches"][1]["taken_from"]["name"] == "River Guard"
    assert told["sieges"][0]["until"] == "2014-06-22"


def quoted(key):
    return URL.build(path=f"/{key}").raw_path[1:].replace("/", "%2F")


@pytest.mark.asyncio
async def test_a_new_page_changes_the_tag_and_an_unchanged_ledger_is_not_told_again(journal):
    """Who asks with the tag he has gets 304, until a page is published: then the change."""
    await journal.publish(LEDGER, [page()])
    async with site(journal) as session:
        await ready(session, 1)
        async with session.get("/api/ledger") as response:
            known = {"If-None-Match": response.headers["ETag"]}
        async with session.get("/api/ledger", headers=known) as response:
            assert (response.status, await response.read()) == (304, b"")
        await journal.publish(LEDGER, [page("Marsa Nahr", stretch("2016-01-01", WADI), revision=2)])
        async with asyncio.timeout(HOPELESS):
            while (found := await told_anew(session, known)) is None:
                await asyncio.sleep(0.02)
    assert found["standings"][0]["since"] == "2016-01-01"


async def told_anew(session, known):
    async with session.get("/api/ledger", headers=known) as response:
        return await response.json() if response.status == 200 else None


@pytest.mark.asyncio
async def test_an_alarm_lasts_until_it_is_cleared(journal):
    """What was raised and not cleared is told, without the demonstration's own."""
    cleared = silence("Homs, SY: river")
    await journal.publish(NOTICES, [silence(), cleared, silence("demo", demo=True)])
    await journal.publish(NOTICES, [silence("Homs, SY: river", level=Level.CLEARED)])
    async with site(journal) as session:
        found = await until(session, lambda told: told["total"] == 1, "/api/notices")
        demo = await asked(session, "/api/notices", demo="1")
    assert [one["name"] for one in found["notices"]] == ["Deir ez-Zor, SY: river"]
    assert [one["name"] for one in demo["notices"]] == ["demo"]


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
