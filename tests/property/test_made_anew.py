"""What is remembered of how claims were grouped and alerts made saves work and changes nothing."""

from __future__ import annotations

from itertools import islice

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from processors.corroborate import PlaceMemory, corroborate
from streams.codec import encode
from streams.items import Claim, ClaimOp
from tests.chronicle import Chronicle

WINDOW = 14.0


def shuffled(claims: list[Claim], moves: list[int], taken_back: list[int]) -> list[Claim]:
    """Return the claims with some come late and some taken back at the end."""
    order = list(claims)
    for at in moves:
        order.append(order.pop(at % len(order)))
    return order + [replace(order[at % len(order)], op=ClaimOp.WITHDRAW) for at in taken_back]


def forgetful(memory: PlaceMemory | None) -> PlaceMemory | None:
    """Return the memory as one that never knew how its claims were grouped and its alerts made."""
    opened = tuple(replace(alert, made=None) for alert in memory.opened) if memory else ()
    return memory and replace(memory, opened=opened, grouped=())


def told(claims: list[Claim], *, forgets: bool) -> list[bytes]:
    """Return all that comes of the claims about one place, as bytes."""
    memory, records = None, list[bytes]()
    for claim in claims:
        outcome, memory = corroborate(claim, forgetful(memory) if forgets else memory, window_days=WINDOW)
        records += map(encode, outcome.records)
    return records


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    per_day=st.sampled_from([0.1, 0.5, 3.0]),
    moves=st.lists(st.integers(0, 99), max_size=8),
    taken_back=st.lists(st.integers(0, 99), max_size=4),
)
def test_alerts_made_anew_are_the_same(seed: int, per_day: float, moves: list[int], taken_back: list[int]) -> None:
    """Forty claims about a place, some late, some withdrawn: every revision, page and holding to the byte."""
    claims = list(islice(Chronicle(places=1, per_day=per_day, seed=seed).claims(), 40))
    story = shuffled(claims, moves, taken_back)
    assert told(story, forgets=False) == told(story, forgets=True)
