"""What is bound into volumes saves reading it again and changes nothing that is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import islice
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from processors import bookkeeping, volumes
from streams.codec import encode
from streams.holding import Ledger
from streams.items import Claim
from tests.chronicle import Chronicle
from tests.property.test_ledger import claims
from tests.stories import START, Told, tell, withdrawn

NEVER = 1_000_000
WINDOW = 4.0


def read(told: Told) -> dict[str, Ledger]:
    """Return the whole pages as readers see them, without what tells how they were put together."""
    return {
        key: replace(page, volumes=(), edition="", revision=0, revised_at=START) for key, page in told.ledger.items()
    }


def bound_by(turns: int, story: Sequence[Claim], window: float, kept: int = NEVER) -> Told:
    """Return what comes of a story where so many turns make a volume, and none that lies loose is forgotten."""
    with (
        patch.object(volumes, "TURNS_BOUND", turns),
        patch.object(bookkeeping, "STANDING_KEPT", NEVER),
        patch.object(bookkeeping, "SETTLED_KEPT", NEVER),
        patch.object(volumes, "VOLUMES_KEPT", kept),
    ):
        return tell(story, window_days=window)


@settings(deadline=None)
@given(
    st.lists(claims(), min_size=4, max_size=14, unique_by=lambda one: one.id),
    st.lists(st.integers(0, 13), max_size=3),
    st.sampled_from([2.0, WINDOW, 14.0]),
)
def test_a_bound_page_reads_as_a_loose_one(story: list[Claim], gone: list[int], window: float) -> None:
    """Claims in any order, some withdrawn: pages bound two turns at a time read as pages that never were bound."""
    story = story + [withdrawn(story[at]) for at in dict.fromkeys(gone) if at < len(story)]
    assert read(bound_by(2, story, window)) == read(bound_by(NEVER, story, window))


@settings(deadline=None, max_examples=20)
@given(
    seed=st.integers(0, 10_000),
    per_day=st.sampled_from([0.2, 1.0, 5.0]),
    late=st.lists(st.tuples(st.integers(0, 119), st.integers(1, 40)), max_size=6),
)
def test_a_long_story_reads_the_same_bound_and_loose(seed: int, per_day: float, late: list[tuple[int, int]]) -> None:
    """A hundred and twenty claims, some of them far too late: alerts and pages are those of a page never bound."""
    story = list(islice(Chronicle(places=1, per_day=per_day, seed=seed).claims(), 120))
    for at, by in late:
        story.insert(min(len(story), at + by), story.pop(at))
    one, other = bound_by(8, story, WINDOW), bound_by(NEVER, story, WINDOW)
    assert read(one) == read(other)
    assert one.revisions == other.revisions


def test_a_volume_closed_for_good_is_still_told() -> None:
    """Volumes that can no longer be opened stay on the page, and what follows them is told as though they could."""
    story = list(islice(Chronicle(places=1, per_day=0.2).claims(), 150))
    short, long = bound_by(8, story, WINDOW, kept=2), bound_by(8, story, WINDOW)
    assert short.revisions == long.revisions
    assert [encode(page) for page in short.pages] == [encode(page) for page in long.pages]


def test_what_is_older_than_all_that_can_be_opened_changes_nothing() -> None:
    """A word of long before the first volume that can be opened is entered nowhere, and opens none."""
    story = list(islice(Chronicle(places=1, per_day=0.2).claims(), 150))
    before = bound_by(8, story, WINDOW, kept=2)
    early = replace(next(one for one in story if one.kind == "holds"), id="late")
    with patch.object(bookkeeping, "unbound", side_effect=AssertionError):
        after = tell([early], after=before, window_days=WINDOW)
    assert after.pages == []


def test_a_long_story_is_told_in_volumes() -> None:
    """A page of many changes tells its latest alone; the volumes before it hold the rest, and each is told once."""
    story = list(islice(Chronicle(places=1, per_day=0.2).claims(), 200))
    told = tell(story, window_days=WINDOW)
    page = next(page for page in reversed(told.pages) if page.volume is None)
    made = [record.volume for record in told.pages if record.volume is not None]
    assert len(page.volumes) > 3
    assert made == sorted(set(made))
    assert len(page.stretches) < len(read(told)[page.place_key].stretches) / 2


def test_what_comes_far_too_late_is_entered_where_it_belongs() -> None:
    """A word about who held the place long ago opens the volumes, and they are told again from there on."""
    story = list(islice(Chronicle(places=1, per_day=0.2).claims(), 100))
    early = next(one for one in story if one.kind == "holds")
    rest = [one for one in story if one is not early]
    late = bound_by(8, [*rest, early], WINDOW)
    in_time = bound_by(NEVER, story, WINDOW)
    assert read(late) == read(in_time)
    assert late.pages[-1].revised_at - START < timedelta(days=1000)
