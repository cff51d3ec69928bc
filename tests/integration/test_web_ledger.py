"""The ledger over HTTP: standings of any day, whole pages, alarms; asked of a real journal over a real socket."""

import asyncio

import pytest
from msgspec.structs import replace
from yarl import URL

from streams.notices import Level
from streams.topics import LEDGER, NOTICES
from streams.web import survey
from tests.journals import journal
from tests.ledgers import NORTH, RIVER, WADI, page, silence, spell, stretch, word
from tests.served import HOPELESS, site
from tests.survey import asked, names, ready, until

__all__ = ["journal"]


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
