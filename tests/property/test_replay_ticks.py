"""Ticks that are left out of a replay would have changed nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from processors.coverage import Silence, listen, tick
from streams.codec import decode_memory, encode_memory
from streams.notices import Heard, Notice, Subject, Tick
from streams.replay.ticking import QUARTER, Alarms, spacing_of
from streams.settings import CoverageSettings
from streams.steps import RememberingStep
from streams.topics import HEARD, NOTICES

START = datetime(2014, 1, 1, 0, 7, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HEARING = CoverageSettings(unknown_hours=5, front_hours=3, least_minutes=20, forget_days=2)
STEP = RememberingStep(
    name="coverage",
    source=HEARD,
    targets=(NOTICES,),
    function=listen,
    key=lambda heard: heard.key,
    memory=Silence,
    on_tick=partial(tick, settings=HEARING),
    tick_seconds=60,
)
MINUTES = st.one_of(st.integers(0, 40), st.integers(0, 5000))
HEARINGS = st.lists(st.tuples(MINUTES, st.sampled_from(["a", "b", "c"])), min_size=1, max_size=14)


class Listening:
    """What is remembered of whom, and what was told of their silence."""

    def __init__(self) -> None:
        self.memories: dict[str, Silence | None] = {}
        self.told: list[Notice] = []

    def hear(self, key: str, at: datetime) -> None:
        subject = Subject.FRONT if key == "c" else Subject.SOURCE
        heard = Heard(subject=subject, key=key, name=key, item_id="i", at=at)
        outcome, self.memories[key] = listen(heard, self.memories.get(key))
        self.told += [one for one in outcome.records if isinstance(one, Notice)]

    def tick(self, keys: list[str], at: datetime) -> None:
        for key in keys:
            memory = self.memories.get(key)
            if memory is not None:
                told, self.memories[key] = tick(Tick(at=at), key, memory, settings=HEARING)
                self.told += told


def every_tick(hearings: list[tuple[int, str]], end: datetime) -> tuple[Listening, int]:
    """Return what comes of asking everybody at each quarter of an hour, and how many ticks that takes."""
    listening, at, ticks = Listening(), START, 0
    due = EPOCH + ((START - EPOCH) // QUARTER + 1) * QUARTER
    for minutes, key in [*hearings, (None, "")]:
        at = end if minutes is None else at + timedelta(minutes=minutes)
        while due <= at:
            listening.tick(sorted(listening.memories), due)
            due, ticks = due + QUARTER, ticks + 1
        if minutes is not None:
            listening.hear(key, at)
    return listening, ticks


def needed_ticks(hearings: list[tuple[int, str]], end: datetime, *, forgetful: bool) -> tuple[Listening, int]:
    """Return the same of the ticks that matter; the `forgetful` work out anew when those are before each hearing."""
    listening, at, ticks = Listening(), START, 0
    alarms = Alarms(step=STEP, horizon=end)

    def note(keys: tuple[str, ...], now: datetime) -> None:
        known = {key: listening.memories.get(key) for key in keys}
        alarms.set({key: None if one is None else encode_memory(one) for key, one in known.items()}, now)

    for minutes, key in [*hearings, (None, "")]:
        if forgetful:
            alarms = Alarms(step=STEP, horizon=end)
            note(tuple(listening.memories), at)
        at = end if minutes is None else at + timedelta(minutes=minutes)
        while (due := alarms.next()) and due <= at:
            keys = alarms.due(due)
            listening.tick(sorted(keys), due)
            note(keys, due)
            ticks += 1
        if minutes is not None:
            listening.hear(key, at)
            note((key,), at)
    return listening, ticks


@settings(max_examples=60, deadline=None)
@given(HEARINGS, st.booleans())
def test_ticks_that_are_left_out_change_nothing(hearings: list[tuple[int, str]], forgetful: bool) -> None:
    """Notices and memories are those of a tick each quarter of an hour, also after a run is gone on with."""
    end = START + timedelta(minutes=sum(minutes for minutes, _ in hearings)) + timedelta(days=4)
    whole, _ = every_tick(hearings, end)
    needed, ticks = needed_ticks(hearings, end, forgetful=forgetful)
    assert needed.told == whole.told
    assert {key: one for key, one in needed.memories.items() if one} == {k: m for k, m in whole.memories.items() if m}
    # each hearing ends in at most an alarm and its being forgotten
    assert ticks <= 2 * len(hearings)


def test_years_of_silence_cost_two_ticks() -> None:
    """Who is heard once and never again is told silent and forgotten, whatever time passes after that."""
    _, ticks = needed_ticks([(0, "a")], START + timedelta(days=3650), forgetful=False)
    assert ticks == 2


def test_nobody_listened_for_costs_no_tick() -> None:
    """Without anybody who was heard there is no tick at all."""
    assert Alarms(step=STEP, horizon=START + timedelta(days=3650)).next() is None


def test_who_is_heard_without_end_leaves_nothing_behind() -> None:
    """Ticks that are no longer due do not pile up, however often somebody is heard."""
    alarms = Alarms(step=STEP, horizon=START + timedelta(days=3650))
    listening = Listening()
    for minute in range(5_000):
        at = START + timedelta(minutes=minute)
        listening.hear("c", at)
        alarms.set({"c": encode_memory(listening.memories["c"])}, at)
    assert len(alarms._heap) < 2000
    due = alarms.next()
    assert due is not None
    assert due - at >= timedelta(hours=3)


def test_a_damaged_memory_is_never_due() -> None:
    """What cannot be read changes nothing and costs no other its tick."""
    alarms = Alarms(step=STEP, horizon=START + timedelta(days=30))
    whole = listen(Heard(subject=Subject.SOURCE, key="a", name="a", item_id="i", at=START), None)[1]
    alarms.set({"bad": b"{torn", "a": encode_memory(whole)}, START)
    at = alarms.next()
    assert at is not None
    assert alarms.due(at) == ("a",)
    assert decode_memory(encode_memory(whole), Silence) == whole
    assert spacing_of(STEP) == QUARTER
