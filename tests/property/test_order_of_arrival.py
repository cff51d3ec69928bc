"""Alerts depend on what is told, not on how often or in which order it arrives."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from processors.placememory import PlaceMemory
from streams.alerts import AlertState
from streams.codec import decode_memory, encode, encode_memory
from streams.items import Claim
from streams.mentions import Actor, Kind, Status
from tests.stories import AREA, BLUE, GREEN, OTHER, RED, START, TOWN, Row, Told, claim, tell, withdrawn

TOLD = [kind for kind in Kind if kind not in {Kind.SIEGE_START, Kind.SIEGE_LIFT}]
SIDES = st.sampled_from([None, RED, BLUE, GREEN, Actor(text="gunmen", start=0, end=6)])


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    """Draw a claim of one of five publishers within a month: any kind, sides, status and place."""
    losing, gaining = draw(SIDES), draw(SIDES)
    day = draw(st.integers(0, 30)) / 2
    on = draw(st.sampled_from([None, 0, -1]))
    return claim(
        draw(st.sampled_from(["herald", "courier", "gazette", "times", "post"])),
        day,
        place=draw(st.sampled_from([TOWN, AREA, OTHER])),
        kind=draw(st.sampled_from(TOLD)),
        losing=losing,
        gaining=gaining,
        status=draw(st.sampled_from([Status.ASSERTED, Status.CLAIMED, Status.CLAIMED, Status.DENIED, Status.NEGATED])),
        on=None if on is None else (START + timedelta(days=day + on)).date(),
    )


STORIES = st.lists(claims(), max_size=8, unique_by=lambda one: one.id)
WINDOWS = st.sampled_from([1.0, 4.0, 60.0])
untimed = settings(deadline=None)
# Green is of the red movement.
MOVEMENT = {"red": Row(name="Red", side="red"), "green": Row(name="Green", side="red"), "blue": Row(name="Blue")}


def seen(told: Told) -> list[tuple[object, ...]]:
    """Return what readers were left with: each alert that still stands, without its id and times."""
    return sorted(
        (
            *(a.place.id, str(a.from_holder), str(a.to_holder), a.kind, a.state, a.independent_sources, a.confidence),
            [one.claim_id for one in a.against],
        )
        for a in told.alerts
        if a.state is not AlertState.RETRACTED
    )


@untimed
@given(STORIES.flatmap(lambda told: st.tuples(st.just(told), st.permutations(told))), WINDOWS)
def test_the_order_of_arrival_changes_no_alert(stories: tuple[list[Claim], list[Claim]], window: float) -> None:
    """Claims in any order end in the same places, sides, kinds, states and counts."""
    one, other = stories
    assert seen(tell(one, window_days=window)) == seen(tell(other, window_days=window))


@untimed
@given(STORIES.flatmap(lambda told: st.tuples(st.just(told), st.permutations(told))))
def test_the_order_of_arrival_changes_no_alert_of_camps(stories: tuple[list[Claim], list[Claim]]) -> None:
    """Nor does it where a movement and a group inside it are told of, and their enemy."""
    one, other = (tell(story, parties=MOVEMENT.get) for story in stories)
    assert seen(one) == seen(other)


@untimed
@given(STORIES.flatmap(lambda told: st.tuples(st.just(told), st.permutations(told + told))), WINDOWS)
def test_repeats_change_no_alert(stories: tuple[list[Claim], list[Claim]], window: float) -> None:
    """Claims delivered twice, shuffled, end in the same alerts."""
    once, twice = stories
    assert seen(tell(once, window_days=window)) == seen(tell(twice, window_days=window))


@untimed
@given(STORIES, st.data(), WINDOWS)
def test_what_is_taken_back_was_never_told(story: list[Claim], data: st.DataObject, window: float) -> None:
    """Claims put and withdrawn leave the standing alerts as if they had never come."""
    gone = data.draw(st.lists(st.sampled_from(story), unique_by=lambda one: one.id)) if story else []
    kept = [one for one in story if one not in gone]
    assert seen(tell([*story, *map(withdrawn, gone)], window_days=window)) == seen(tell(kept, window_days=window))


@untimed
@given(STORIES)
def test_an_alert_keeps_its_id_place_and_opening_time(story: list[Claim]) -> None:
    """Each alert's revisions count from 1 without a gap, under one key and one opening time, never back in time."""
    told = tell([*story, *map(withdrawn, story)])
    for alert in told.alerts:
        life = [one for one in told.revisions if one.id == alert.id]
        assert [one.revision for one in life] == list(range(1, len(life) + 1))
        assert len({(one.place_key, one.opened_at) for one in life}) == 1
        assert [one.revised_at for one in life] == sorted(one.revised_at for one in life)
    assert all(alert.state is AlertState.RETRACTED for alert in told.alerts)


@untimed
@given(STORIES)
def test_every_revision_shows_something_new(story: list[Claim]) -> None:
    """No revision repeats the one before it."""
    revisions = tell(story).revisions
    for id_ in {one.id for one in revisions}:
        faces = [face_of(one) for one in revisions if one.id == id_]
        assert all(earlier != later for earlier, later in pairwise(faces))


def face_of(alert: object) -> dict[str, object]:
    """Return all of an alert but its revision and the time of it."""
    fields = {name: getattr(alert, name) for name in alert.__struct_fields__}
    return {name: value for name, value in fields.items() if name not in {"revision", "revised_at"}}


@untimed
@given(STORIES)
def test_memory_comes_back_from_its_bytes(story: list[Claim]) -> None:
    """A place's memory survives the codec whole."""
    for memory in tell(story).memories.values():
        assert memory is None or decode_memory(encode_memory(memory), PlaceMemory) == memory


@untimed
@given(STORIES)
def test_the_same_claims_give_the_same_bytes(story: list[Claim]) -> None:
    """Two runs over the same claims agree to the byte, alerts and memories."""
    one, other = tell(story), tell(story)
    assert [encode(alert) for alert in one.revisions] == [encode(alert) for alert in other.revisions]
    assert {key: encode_memory(memory) for key, memory in one.memories.items()} == {
        key: encode_memory(memory) for key, memory in other.memories.items()
    }
