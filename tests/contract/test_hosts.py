"""What every journal and host must do alike: one suite, run on each."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from streams.codec import decode, encode
from streams.counters import Ending
from streams.deadletters import letters, matching, redrive, whole
from streams.errors import BadRecord, LetterRefused
from streams.items import Cursor, DeadLetter, RawItem
from streams.records import Record
from streams.steps import Passed
from streams.topics import (
    CLAIMS,
    CONTROL_ALERTS,
    CURSORS,
    DEAD_LETTERS,
    ENRICHED_ITEMS,
    RAW_ITEMS,
    Topic,
)
from tests.contract.hosts import PATIENCE_SECONDS, Rig, digest, values
from tests.contract.small_flow import BROKEN_READ, CLAIM_WORDS, FLOW, TELL, WHEN, item, read

pytestmark = pytest.mark.asyncio


def expected(items: Sequence[RawItem]) -> dict[str, list[bytes]]:
    """Return the alerts' bytes by alert id, worked out without any host."""
    alerts: dict[str, list[bytes]] = {}
    seen: dict[str, object] = {}
    told: dict[str, object] = {}
    for claim in (claim for raw in items for claim in _claims(raw, seen)):
        outcome, told[claim.place_key] = TELL.function(claim, told.get(claim.place_key))
        if isinstance(outcome, Passed):
            for alert in outcome.records:
                alerts.setdefault(CONTROL_ALERTS.key(alert), []).append(encode(alert))
    return alerts


def _claims(raw: RawItem, seen: dict[str, object]) -> Sequence[Record]:
    enriched = read(raw).records[0]  # type: ignore[union-attr]
    outcome, seen[raw.id] = CLAIM_WORDS.function(enriched, seen.get(raw.id))
    return outcome.records if isinstance(outcome, Passed) else ()


async def by_key(rig: Rig, topic: Topic) -> dict[str, list[bytes]]:
    """Return a topic's bytes by key, in their order."""
    found: dict[str, list[bytes]] = {}
    for stored in await values(rig.journal, topic):
        found.setdefault(stored.key, []).append(stored.value)
    return found


async def dead(rig: Rig) -> list[DeadLetter]:
    """Return the dead letters as they lie in the topic."""
    return [decode(stored.value) for stored in await values(rig.journal, DEAD_LETTERS)]  # type: ignore[misc]


async def through(rig: Rig, items: Sequence[RawItem]) -> None:
    """Take items through the whole flow."""
    await rig.journal.publish(RAW_ITEMS, items)
    async with rig.running(FLOW):
        await rig.drained(FLOW)


async def test_alerts_are_what_the_functions_say(rig: Rig) -> None:
    """A host adds nothing and takes nothing: alerts are those of the bare functions, byte for byte."""
    items = [item(n, f"north-{n} south-{n}", revision=r) for r in (1, 2) for n in range(40)]
    await through(rig, items)
    assert await by_key(rig, CONTROL_ALERTS) == expected(items)
    assert await dead(rig) == []


async def test_a_duplicate_is_counted_and_changes_nothing(rig: Rig) -> None:
    """The second delivery of an item ends as a duplicate and adds no output."""
    items = [item(n, f"place-{n}") for n in range(10)]
    await through(rig, items)
    once = digest(await values(rig.journal, CONTROL_ALERTS))
    await through(rig, items)
    assert digest(await values(rig.journal, CONTROL_ALERTS)) == once
    assert (await rig.endings())[Ending("revise", "test", "duplicate")] == 10


async def test_every_record_has_one_ending(rig: Rig) -> None:
    """Each step counts as many endings as its topic has records, by source and word."""
    titles = ["one two", "drops", "raises", "three", "three four five"]
    items = [item(n, f"{title}", source=f"source-{n % 2}") for n, title in enumerate(titles)]
    await through(rig, [*items, items[0]])
    await rig.append_raw(RAW_ITEMS, "stranger", b"not a record")
    async with rig.running(FLOW):
        await rig.drained(FLOW)
    assert await rig.endings() == Counter(
        {
            Ending("enrich", "source-0", "passed"): 3,
            Ending("enrich", "source-1", "passed"): 1,
            Ending("enrich", "source-1", "empty"): 1,
            Ending("enrich", "source-0", "dead-letter"): 1,
            Ending("enrich", "unknown", "dead-letter"): 1,
            Ending("revise", "source-0", "passed"): 2,
            Ending("revise", "source-1", "passed"): 1,
            Ending("revise", "source-0", "duplicate"): 1,
            Ending("corroborate", "source-0", "passed"): 5,
            Ending("corroborate", "source-1", "passed"): 1,
        }
    )


async def test_one_key_keeps_its_order(rig: Rig) -> None:
    """What is said of one place is taken in the order in which it was said."""
    await through(rig, [item(1, "harbour", revision=n) for n in range(1, 61)])
    alerts = [decode(value) for value in (await by_key(rig, CONTROL_ALERTS))["alert-harbour"]]
    assert [alert.revision for alert in alerts] == list(range(1, 61))
    assert alerts[-1].headline.en.split() == [f"item-1/{n}/harbour" for n in range(1, 61)]


async def test_a_stop_midway_changes_nothing(rig: Rig) -> None:
    """Stopped as soon as something came out, and started again, the flow ends as if it had never stopped."""
    items = [item(n, f"hill-{n} river-{n}", revision=r) for r in (1, 2) for n in range(60)]
    await rig.journal.publish(RAW_ITEMS, items[:90])
    for topic in (ENRICHED_ITEMS, CLAIMS, CONTROL_ALERTS):
        async with rig.running(FLOW), asyncio.timeout(PATIENCE_SECONDS):
            await anext(rig.journal.follow(topic))
    await through(rig, items[90:])
    assert await by_key(rig, CONTROL_ALERTS) == expected(items)
    assert sum((await rig.endings()).values()) == 120 + 120 + 240


async def test_memory_outlives_the_host_and_can_be_forgotten(rig: Rig) -> None:
    """A step's memory is there after a restart; a step that hands back None begins anew for that key."""
    await through(rig, [item(1, "market")])
    await through(rig, [item(2, "market")])
    await through(rig, [item(3, "forget market")])
    await through(rig, [item(4, "market")])
    alerts = [decode(value) for value in (await by_key(rig, CONTROL_ALERTS))["alert-market"]]
    assert [alert.revision for alert in alerts] == [1, 2, 1]


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (b'{"v":1,"record":{"type":"RawItem","id":"half', "truncated"),
        (b"\xff\xfe\x00not text", "not a record"),
        (b'{"record":{"type":"RawItem"},"v":99}', "version 99"),
        (b'{"record":{"type":"Rumour"},"v":1}', "Rumour"),
        (b"", "not a record"),
        (encode(Cursor(source="a", state=b"{}", saved_at=WHEN)), "carries RawItem, not Cursor"),
    ],
    ids=["half", "binary", "version", "unknown", "empty", "other"],
)
async def test_unreadable_bytes_end_in_a_dead_letter(rig: Rig, value: bytes, says: str) -> None:
    """Bytes that are no record of the topic are kept whole with a reason, and the next record goes its way."""
    await rig.append_raw(RAW_ITEMS, "item-1", value)
    await through(rig, [item(1, "bridge")])
    (letter,) = await dead(rig)
    assert (letter.payload, letter.complete, letter.size) == (value, True, len(value))
    assert (letter.topic, letter.key, letter.step, letter.error) == ("raw-items", "item-1", "enrich", "BadRecord")
    assert says in letter.text
    assert list(await by_key(rig, CONTROL_ALERTS)) == ["alert-bridge"]


@pytest.mark.parametrize(
    ("title", "error", "says"),
    [
        ("raises", "StepFailed: raised", "not to my taste"),
        ("exits", "StepFailed: raised", "SystemExit"),
        ("odd", "StepFailed: raised", "not an outcome"),
        ("dies", "StepFailed: died", "exit status -6"),
        ("hangs", "StepFailed: wall", "3.0 s"),
        ("grows", "StepFailed: memory", "512 MiB"),
        ("huge", "BadRecord", "too large for enriched-items"),
    ],
)
async def test_a_step_that_misbehaves_costs_its_record_only(rig: Rig, title: str, error: str, says: str) -> None:
    """A record that makes a step raise, die, hang or grow becomes a dead letter; those beside it pass, in order."""
    items = [item(1, "mill"), item(2, title), item(1, "mill", revision=2)]
    await through(rig, items)
    (letter,) = await dead(rig)
    assert (letter.error, letter.payload) == (error, encode(items[1]))
    assert says in letter.text
    assert await by_key(rig, CONTROL_ALERTS) == expected([items[0], items[2]])


async def test_a_failure_leaves_memory_as_it_was(rig: Rig) -> None:
    """A remembering step that raises forgets nothing and learns nothing from that record."""
    items = [item(1, "orchard", revision=1), item(1, "raise later", revision=2), item(1, "orchard", revision=3)]
    await through(rig, items)
    (letter,) = await dead(rig)
    assert (letter.step, letter.error, letter.topic) == ("revise", "KeyError", "enriched-items")
    assert "the second step fell over" in letter.text
    assert await by_key(rig, CONTROL_ALERTS) == expected([items[0], items[2]])


async def test_reading_ends_and_following_goes_on(rig: Rig) -> None:
    """`read` gives what is there and ends; `follow` gives the same and then what comes."""
    await rig.journal.publish(RAW_ITEMS, [item(1, "first"), item(1, "second")])
    read_now = await values(rig.journal, RAW_ITEMS)
    following = rig.journal.follow(RAW_ITEMS)
    async with asyncio.timeout(PATIENCE_SECONDS):
        followed = [await anext(following) for _ in range(2)]
        assert [stored.value for stored in followed] == [stored.value for stored in read_now]
        await rig.journal.publish(RAW_ITEMS, [item(1, "third")])
        assert (await anext(following)).value == encode(item(1, "third"))
    assert all(stored.stored_at.utcoffset() is not None for stored in read_now)
    assert [stored.offset for stored in read_now] == [0, 1]


async def test_following_from_now_leaves_out_what_was(rig: Rig) -> None:
    """`follow(from_start=False)` gives nothing that was there before, and everything after its first record."""
    await rig.journal.publish(RAW_ITEMS, [item(1, "old")])
    following = rig.journal.follow(RAW_ITEMS, from_start=False)
    first = asyncio.ensure_future(anext(following))
    revision = 1
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not first.done():
            revision += 1
            await rig.journal.publish(RAW_ITEMS, [item(1, "new", revision=revision)])
            await asyncio.wait({first}, timeout=0.1)
        start = decode((await first).value).revision
        rest = [decode((await anext(following)).value).revision for _ in range(start, revision)]
    assert start >= 2
    assert rest == list(range(start + 1, revision + 1))


async def test_items_and_cursor_are_saved(rig: Rig) -> None:
    """The last cursor of each source is given back, and what was saved with it is readable."""
    cursors = [Cursor(source=source, state=b"%d" % n, saved_at=WHEN) for n in range(3) for source in ("a", "b")]
    for n, cursor in enumerate(cursors):
        await rig.journal.save([item(n, "well")], cursor)
    assert await rig.journal.cursors() == {"a": cursors[-2], "b": cursors[-1]}
    assert len(await values(rig.journal, RAW_ITEMS)) == 6
    last = {stored.key: decode(stored.value) for stored in await values(rig.journal, CURSORS)}
    assert last == {"a": cursors[-2], "b": cursors[-1]}


async def test_a_record_too_large_is_refused_at_the_door(rig: Rig) -> None:
    """A large record passes; one beyond its topic's limit is refused with its size, and nothing of that call stays."""
    large = replace(item(1, "large"), body=os.urandom(5_900_000))
    await rig.journal.publish(RAW_ITEMS, [large])
    too_large = replace(large, body=os.urandom(6_400_000))
    with pytest.raises(BadRecord, match="too large for raw-items"):
        await rig.journal.publish(RAW_ITEMS, [item(2, "small"), too_large])
    assert [stored.value for stored in await values(rig.journal, RAW_ITEMS)] == [encode(large)]


async def test_the_largest_record_still_makes_a_whole_letter(rig: Rig) -> None:
    """A record near the limit that cannot be handled is kept whole and can be redriven."""
    large = replace(item(1, "raises"), body=os.urandom(5_900_000))
    await through(rig, [large])
    letter = await whole(rig.journal, (await letters(rig.journal))[0].id)
    assert (letter.complete, letter.payload) == (True, encode(large))


async def test_a_letter_is_redriven_once(rig: Rig) -> None:
    """Redriving puts the very bytes back at the end of their topic; a second time is refused."""
    poison = b'{"half": '
    await rig.append_raw(RAW_ITEMS, "item-9", poison)
    await through(rig, [item(1, "tower")])
    (letter,) = matching(await letters(rig.journal), step="enrich", redriven=False)
    await redrive(rig.journal, [letter], now=datetime.now(UTC))
    with pytest.raises(LetterRefused, match="redriven already"):
        await redrive(rig.journal, [letter], now=datetime.now(UTC))
    assert [stored.value for stored in await values(rig.journal, RAW_ITEMS)].count(poison) == 2
    async with rig.running(FLOW):
        await rig.drained(FLOW)
    again = await letters(rig.journal)
    assert [(one.redriven_at is not None, one.tries) for one in again] == [(True, 1), (False, 2)]
    assert again[1].key == "item-9"


async def test_a_redriven_record_ends_well_once_the_reason_is_gone(rig: Rig) -> None:
    """After a fix, a redriven record becomes what it would have been."""
    broken = (BROKEN_READ, CLAIM_WORDS, TELL)
    await rig.journal.publish(RAW_ITEMS, [item(1, "garden")])
    async with rig.running(broken):
        await rig.drained(broken)
    await redrive(rig.journal, await letters(rig.journal), now=datetime.now(UTC))
    async with rig.running(FLOW):
        await rig.drained(FLOW)
    assert await by_key(rig, CONTROL_ALERTS) == expected([item(1, "garden")])
