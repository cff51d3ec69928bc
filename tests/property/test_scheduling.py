"""The schedule never polls early and never forgets a source."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from connectors.asking.status import no_answer, refusal
from connectors.connector import Failure, Purpose, Reading, Request, Response
from connectors.feeds import FEEDS
from connectors.polling.progress import at_home, begun, cursor_of, failed, loaded, next_request, polled
from connectors.schedule import DAY, PARKED, Schedule, after_failure, after_success, first, patient
from streams.codec import decode, encode
from streams.sources import SourceSettings
from tests.feedmaker import NOW, URL

CHANCE = st.floats(0, 1)
SOURCES = st.builds(
    SourceSettings,
    id=st.just("s"),
    url=st.just(URL),
    kind=st.sampled_from(["feed", "page", "telegram"]),
    min_interval_seconds=st.floats(1, 3 * DAY),
    min_unconditional_seconds=st.one_of(st.none(), st.floats(1, 3 * DAY)),
    allow_private=st.booleans(),
)
ANSWERS = st.fixed_dictionaries(
    {
        "weekly": st.integers(0, 10**6),
        "hint": st.floats(0, 10**9),
        "has_validators": st.booleans(),
        "chance": CHANCE,
        "overlap": st.one_of(st.none(), st.floats(0, 1)),
    }
)
FAILURES = st.builds(
    Failure,
    outcome=st.just("unavailable"),
    text=st.just(""),
    weight=st.sampled_from([0.25, 0.5, 1.0]),
    retry_after=st.one_of(st.none(), st.floats(0, 2 * DAY)),
    gone=st.booleans(),
    ours=st.booleans(),
    guessed=st.booleans(),
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
            failure, chance = cast("tuple[Failure, float]", event)
            schedule = after_failure(schedule, source, now, failure, chance=chance)
        story.append((schedule, event))
    return story


def floor_of(source: SourceSettings, *, has_validators: bool) -> float:
    """Return the least seconds between two polls, said anew: what the source asks for, an hour for whole feeds."""
    if source.allow_private or has_validators:
        return source.min_interval_seconds
    usual = 3600.0 if source.kind == "feed" else 3 * source.min_interval_seconds
    return max(source.min_interval_seconds, source.min_unconditional_seconds or usual)


def longest_of(source: SourceSettings) -> timedelta:
    """Return the most a source may ever wait: thirty days, or thirty of its own longer floors, and the jitter."""
    floor = floor_of(source, has_validators=False)
    return timedelta(seconds=max(PARKED, 30 * floor) + 1801)


@given(source=SOURCES, life=LIVES)
def test_never_early(source: SourceSettings, life: list[object]) -> None:
    """The next poll is never sooner than the floor after an answer, nor than Retry-After after a failure."""
    before = NOW
    for schedule, event in lived(source, life):
        wait = (schedule.next_at - before).total_seconds()
        if isinstance(event, dict):
            hint = 0 if source.allow_private else min(event["hint"], DAY)
            floor = max(floor_of(source, has_validators=event["has_validators"]), hint)
        else:
            floor = event[0].retry_after or 0  # type: ignore[index]
        assert wait >= floor - 1e-6
        before = schedule.next_at


@given(source=SOURCES, life=LIVES)
def test_never_forgotten(source: SourceSettings, life: list[object]) -> None:
    """The next poll is always within thirty days (or the source's own longer floor) and the jitter."""
    before = NOW
    for schedule, _ in lived(source, life):
        assert timedelta(0) < schedule.next_at - before <= longest_of(source)
        before = schedule.next_at


class Life(RuleBasedStateMachine):
    """Two sources on one poller through answers, failures, shut hosts, idle hours and restarts.

    What is polled and when comes from the cursors alone; `allowed_at` is the
    earliest moment of the next poll as the last answer put it, said anew here.
    """

    names = ("a", "b")

    @initialize(floors=st.tuples(st.floats(1, 7200), st.floats(1, 7200)), private=st.booleans())
    def begin(self, floors: tuple[float, float], private: bool) -> None:
        """Start two sources that were never read."""
        self.now = NOW
        self.sources = {
            name: SourceSettings(
                id=name, url=f"http://{name}.example/", min_interval_seconds=floor, allow_private=private
            )
            for name, floor in zip(self.names, floors, strict=True)
        }
        self.known = {name: begun(NOW, source.url) for name, source in self.sources.items()}
        self.allowed_at = dict.fromkeys(self.names, NOW)
        self.polled_at = dict.fromkeys(self.names, NOW)

    def due(self, name: str) -> tuple[Request, datetime]:
        """Return what the source needs next and when."""
        source, progress = self.sources[name], self.known[name]
        return next_request(
            FEEDS.plan(at_home(source, progress), bytes(progress.own), self.now), progress.schedule, self.now, no_rest
        )

    def poll(self) -> str:
        """Let time pass until somebody is due, and return who; nobody is ever asked early."""
        name = min(self.names, key=lambda one: self.due(one)[1])
        _, moment = self.due(name)
        self.now = max(self.now, moment)
        assert self.now >= self.allowed_at[name]
        self.polled_at[name] = self.now
        return name

    @rule(fresh=st.integers(0, 50), status=st.sampled_from([200, 304]), age=st.integers(0, 9 * 10**4), chance=CHANCE)
    def answers(self, fresh: int, status: int, age: int, chance: float) -> None:
        """Whoever is due answers."""
        name = self.poll()
        source, progress = self.sources[name], self.known[name]
        response = Response(
            url=source.url, status=status, headers={"cache-control": f"max-age={age}"}, moved_to="http://new.example/"
        )
        reading = Reading(state=bytes(progress.own), fresh=fresh, weekly=fresh, has_validators=True)
        self.known[name] = polled(progress, source, response, reading, now=self.now, chance=chance).progress
        asked = 0.0 if source.allow_private else min(age, DAY)
        self.allowed_at[name] = self.now + timedelta(seconds=max(source.min_interval_seconds, asked) - 1e-3)

    @rule(status=st.sampled_from([401, 403, 404, 410, 429, 500, 503]), after=st.integers(0, 10**6), chance=CHANCE)
    def refuses(self, status: int, after: int, chance: float) -> None:
        """Whoever is due refuses, and may say for how long."""
        name = self.poll()
        failure = refusal(self.sources[name].url, status, {"retry-after": str(after)}, self.now)
        failure = patient(self.known[name].schedule, failure)
        self.known[name] = failed(self.known[name], self.sources[name], failure, now=self.now, chance=chance).progress
        self.allowed_at[name] = self.now + timedelta(seconds=min(after, 2 * DAY) - 1e-3)

    @rule(ours=st.booleans(), chance=CHANCE)
    def is_silent(self, ours: bool, chance: float) -> None:
        """Whoever is due does not answer, by its fault or by ours."""
        name = self.poll()
        failure = no_answer(self.sources[name].url, "no", ours=ours)
        self.known[name] = failed(self.known[name], self.sources[name], failure, now=self.now, chance=chance).progress
        self.allowed_at[name] = self.now

    @rule(seconds=st.floats(0, 40 * DAY))
    def restarts(self, seconds: float) -> None:
        """End the poller for a while; only its cursors are left."""
        cursors = {name: cursor_of(self.sources[name], self.known[name], self.now) for name in self.names}
        self.now += timedelta(seconds=seconds)
        self.known = {name: loaded(decode(encode(cursor))) for name, cursor in cursors.items()}  # type: ignore[arg-type]

    @invariant()
    def nobody_is_forgotten(self) -> None:
        """Whatever happened, each source is due again within the longest wait there is."""
        for name in self.names:
            _, moment = self.due(name)
            assert moment <= max(self.polled_at[name] + longest_of(self.sources[name]), self.now)


def no_rest(_url: str) -> float:
    """Shut no host."""
    return 0.0


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


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
