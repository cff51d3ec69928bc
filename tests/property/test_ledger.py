"""The ledger depends on what is told, not on how often, in which order or over how many restarts it arrives."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from processors.turns import is_named
from streams.codec import decode_memory, encode_memory
from streams.holding import Ledger
from streams.items import Claim
from streams.mentions import Actor, Extent, Kind, Status
from tests.stories import AREA, BLUE, GREEN, OTHER, RED, START, TOWN, Told, claim, tell, withdrawn

SIDES = st.sampled_from([None, RED, BLUE, GREEN, Actor(text="gunmen", start=0, end=6)])
untimed = settings(deadline=None)


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    """Draw a claim of any kind and status about two towns within a month, some dated, some of them history."""
    day = draw(st.integers(0, 30)) / 2
    on = draw(st.sampled_from([None, 0, -1, -60]))
    return claim(
        draw(st.sampled_from(["herald", "courier", "gazette", "times"])),
        day,
        place=draw(st.sampled_from([TOWN, AREA, OTHER])),
        kind=draw(st.sampled_from(list(Kind))),
        losing=draw(SIDES),
        gaining=draw(SIDES),
        status=draw(st.sampled_from([Status.ASSERTED, Status.CLAIMED, Status.DENIED, Status.CONTESTED])),
        extent=draw(st.sampled_from([Extent.FULL, Extent.FULL, Extent.PARTIAL])),
        on=None if on is None else (START + timedelta(days=day + on)).date(),
        demo=draw(st.sampled_from([False, False, False, True])),
    )


STORIES = st.lists(claims(), max_size=9, unique_by=lambda one: one.id)
WINDOWS = st.sampled_from([2.0, 14.0, 60.0])


def seen(told: Told) -> dict[str, object]:
    """Return each page as it stands at last, without when and how often it was revised and which id an alert has."""
    return {
        key: _bare(page) for key, page in told.ledger.items() if _bare(page).stretches or page.sieges or page.contests
    }


def _bare(page: Ledger) -> Ledger:
    stretches = tuple(replace(stretch, alert_id=None) for stretch in page.stretches)
    return replace(page, stretches=stretches, revision=0, revised_at=START)


@untimed
@given(STORIES.flatmap(lambda told: st.tuples(st.just(told), st.permutations(told))), WINDOWS)
def test_the_order_of_arrival_changes_no_final_ledger(orders: tuple[list[Claim], list[Claim]], window: float) -> None:
    """Claims in any order leave the same stretches, sieges and fights on the same pages."""
    one, other = orders
    assert seen(tell(one, window_days=window)) == seen(tell(other, window_days=window))


@untimed
@given(STORIES.flatmap(lambda told: st.tuples(st.just(told), st.permutations(told + told))), WINDOWS)
def test_repeats_change_no_final_ledger(orders: tuple[list[Claim], list[Claim]], window: float) -> None:
    """Claims delivered twice, shuffled, leave the same ledger."""
    once, twice = orders
    assert seen(tell(once, window_days=window)) == seen(tell(twice, window_days=window))


@untimed
@given(STORIES, st.integers(0, 9), WINDOWS)
def test_a_restart_changes_no_ledger(story: list[Claim], at: int, window: float) -> None:
    """Memories that went through their bytes midway lead to the same pages, byte for byte."""
    first = tell(story[:at], window_days=window)
    kept = Told(
        pages=list(first.pages),
        memories={
            key: decode_memory(encode_memory(memory), type(memory)) if memory else None
            for key, memory in first.memories.items()
        },
    )
    assert tell(story[at:], after=kept, window_days=window).memories == tell(story, window_days=window).memories


@untimed
@given(STORIES, st.data(), WINDOWS)
def test_what_is_taken_back_was_never_entered(story: list[Claim], data: st.DataObject, window: float) -> None:
    """Claims put and withdrawn leave the ledger as if they had never come."""
    gone = data.draw(st.lists(st.sampled_from(story), unique_by=lambda one: one.id)) if story else []
    kept = [one for one in story if one not in gone]
    assert seen(tell([*story, *map(withdrawn, gone)], window_days=window)) == seen(tell(kept, window_days=window))


@untimed
@given(STORIES, WINDOWS)
def test_stretches_follow_one_another(story: list[Claim], window: float) -> None:
    """Each stretch ends on the day the next begins, the last one lasts, and none ends before it begins."""
    for page in tell(story, window_days=window).ledger.values():
        for earlier, later in zip(page.stretches, page.stretches[1:], strict=False):
            assert earlier.since <= later.since
            assert earlier.until == later.since
        assert all(stretch.until is None for stretch in page.stretches[-1:])
        for spell in (*page.sieges, *page.contests):
            assert spell.until is None or spell.since <= spell.until


@untimed
@given(STORIES, WINDOWS)
def test_who_came_and_left_adds_up_to_who_holds(story: list[Claim], window: float) -> None:
    """What the step that follows actors is told of a place leaves it with the named holders of the last stretch."""
    told = tell(story, window_days=window)
    held: dict[tuple[str, bool], set[str]] = {}
    for one in told.holdings:
        keys = held.setdefault((one.page, one.demo), set())
        keys.add(one.actor.key) if one.held else keys.discard(one.actor.key)
    for page in told.ledger.values():
        last = page.stretches[-1].holders if page.stretches else ()
        assert held.get((page.place_key, page.demo), set()) == {holder.key for holder in last if is_named(holder)}
