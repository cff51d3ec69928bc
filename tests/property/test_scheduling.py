"""The schedule never polls early and never forgets a source."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from connectors.connector import Failure, Purpose, Request
from connectors.progress import next_request
from connectors.schedule import DAY, PARKED, Schedule, after_failure, after_success, first
from streams.sources import SourceSettings
from tests.feedmaker import NOW, URL

CHANCE = st.floats(0, 1)
SOURCES = st.builds(
    SourceSettings,
    id=st.just("s"),
    url=st.just(URL),
    min_interval_seconds=st.floats(1, 3 * DAY),
    allow_private=st.booleans(),
)
ANSWERS = st.fixed_dictionaries(
    {"weekly": st.integers(0, 10**6), "hint": st.floats(0, 10**9), "has_validators": st.booleans(), "chance": CHANCE}
)
FAILURES = st.builds(
    Failure,
    outcome=st.just("unavailable"),
    text=st.just(""),
    weight=st.sampled_from([0.25, 0.5, 1.0]),
    retry_after=st.one_of(st.none(), st.floats(0, 2 * DAY)),
    gone=st.booleans(),
    ours=st.booleans(),
)
LIVES = st.lists(st.one_of(ANSWERS, st.tuples(FAILURES, CHANCE)), max_size=60)


def lived(source: SourceSettings, life: list[object]) -> list[tuple[Schedule, object]]:
    """Return the schedule after each event of a source's life, every event at the moment the last one asked for."""
    schedule, story = first(NOW), []
    for event in life:
        now = schedule.next_at
        if isinstance(event, dict):
            schedule = after_success(schedule, source, now, **event)
        else:
            failure, chance = event  # type: ignore[misc]
            schedule = after_failure(schedule, source, now, failure, chance=chance)
        story.append((schedule, event))
    return story


@given(source=SOURCES, life=LIVES)
def test_never_early(source: SourceSettings, life: list[object]) -> None:
    """The next poll is never sooner than the floor after an answer, nor than Retry-After after a failure."""
    before = NOW
    for schedule, event in lived(source, life):
        wait = (schedule.next_at - before).total_seconds()
        floor = source.min_interval_seconds if isinstance(event, dict) else (event[0].retry_after or 0)  # type: ignore[index]
        assert wait >= floor - 1e-6
        before = schedule.next_at


@given(source=SOURCES, life=LIVES)
def test_never_forgotten(source: SourceSettings, life: list[object]) -> None:
    """The next poll is always within thirty days (or the source's own longer floor) and the jitter."""
    longest = max(PARKED, 30 * source.min_interval_seconds, 3 * source.min_interval_seconds) + 1800
    before = NOW
    for schedule, _ in lived(source, life):
        assert timedelta(0) < schedule.next_at - before <= timedelta(seconds=longest)
        before = schedule.next_at


@given(
    offsets=st.lists(st.integers(-1000, 1000), max_size=8),
    due=st.integers(-1000, 1000),
    shut=st.dictionaries(st.integers(0, 3), st.floats(0, 500)),
)
def test_next_request(offsets: list[int], due: int, shut: dict[int, float]) -> None:
    """What is due next is never early, never at a shut host, a due poll comes first, and nothing due is passed over."""
    waits = {f"http://h{host}.example/": seconds for host, seconds in shut.items()}
    poll = Request(purpose=Purpose.POLL, url="http://h0.example/", accept="", limit=1)
    pages = [
        Request(
            purpose=Purpose.PAGE,
            url=f"http://h{number % 4}.example/",
            accept="",
            limit=1,
            not_before=NOW + timedelta(seconds=offset),
        )
        for number, offset in enumerate(offsets)
    ]
    schedule = Schedule(next_at=NOW + timedelta(seconds=due))

    def open_at(request: Request) -> float:
        wanted = (request.not_before or schedule.next_at) - NOW
        return max(wanted.total_seconds(), waits.get(request.url, 0.0))

    chosen, moment = next_request([poll, *pages], schedule, NOW, lambda url: waits.get(url, 0.0))
    assert abs((moment - NOW).total_seconds() - open_at(chosen)) < 1e-5
    if open_at(poll) <= 0:
        assert chosen is poll
    else:
        assert open_at(chosen) <= min(map(open_at, [poll, *pages])) + 1e-5
