"""What is remembered of how claims were grouped and alerts made saves work and changes nothing."""

from __future__ import annotations

from itertools import islice

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from processors.corroborate import PlaceMemory, corroborate
from processors.grouping import read_of
from streams.codec import encode
from streams.items import Claim, ClaimOp
from tests.chronicle import Chronicle
from tests.property.test_order_of_arrival import claims
from tests.stories import TOWN

WINDOW = 14.0


def shuffled(story: list[Claim], moves: list[int], taken_back: list[int]) -> list[Claim]:
    """Return the claims with some come late and some taken back at the end."""
    order = list(story)
    for at in moves:
        order.append(order.pop(at % len(order)))
    return order + [replace(order[at % len(order)], op=ClaimOp.WITHDRAW) for at in taken_back]


def forgetful(memory: PlaceMemory | None) -> PlaceMemory | None:
    """Return the memory as one that never knew how its claims were grouped and its alerts made."""
    opened = tuple(replace(alert, made=None) for alert in memory.opened) if memory else ()
    return memory and replace(memory, opened=opened, fit="")


def told(story: list[Claim], *, forgets: bool, window: float = WINDOW) -> list[bytes]:
    """Return all that comes of the claims about one place, as bytes."""
    memory, records = None, list[bytes]()
    for claim in story:
        outcome, memory = corroborate(claim, forgetful(memory) if forgets else memory, window_days=window)
        records += map(encode, outcome.records)
    return records


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    per_day=st.sampled_from([0.1, 0.5, 3.0, 40.0]),
    changing=st.sampled_from([0.5, 1.0]),
    moves=st.lists(st.integers(0, 99), max_size=8),
    taken_back=st.lists(st.integers(0, 99), max_size=4),
)
def test_alerts_made_anew_are_the_same(
    seed: int, per_day: float, changing: float, moves: list[int], taken_back: list[int]
) -> None:
    """Forty claims about a place, some late, some withdrawn: every revision, page and holding to the byte."""
    in_order = list(islice(Chronicle(places=1, per_day=per_day, changing=changing, seed=seed).claims(), 40))
    story = shuffled(in_order, moves, taken_back)
    assert told(story, forgets=False) == told(story, forgets=True)


@settings(max_examples=10, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    per_day=st.sampled_from([3.0, 15.0, 40.0, 1e5]),
    changing=st.sampled_from([0.5, 1.0]),
    late=st.lists(st.tuples(st.integers(0, 239), st.integers(1, 60)), max_size=5),
)
def test_what_was_counted_or_forgotten_leaves_the_rest_as_it_stands(
    seed: int, per_day: float, changing: float, late: list[tuple[int, int]]
) -> None:
    """More claims than are kept whole, counted and remembered, some late: the same to the byte."""
    story = list(islice(Chronicle(places=1, per_day=per_day, changing=changing, seed=seed).claims(), 240))
    for at, by in late:
        story.insert(min(len(story), at + by), story.pop(at))
    assert told(story, forgets=False) == told(story, forgets=True)


@settings(max_examples=60, deadline=None)
@given(
    story=st.lists(claims(), min_size=2, max_size=14, unique_by=lambda one: one.id),
    window=st.sampled_from([1.0, 4.0, 14.0]),
    in_order=st.booleans(),
)
def test_denials_and_third_parties_made_anew_are_the_same(story: list[Claim], window: float, in_order: bool) -> None:
    """Claims of three sides and of nobody named, denied and failed, in and out of order: the same to the byte."""
    story = [one for one in story if one.place_key == TOWN.id]
    if in_order:
        story = sorted(story, key=lambda one: read_of(one).order)
    assert told(story, forgets=False, window=window) == told(story, forgets=True, window=window)
