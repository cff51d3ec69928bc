"""The queue of what is due keeps its promises whatever happens."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from connectors.asking.gates import AT_ONCE
from connectors.connector import Purpose
from connectors.polling.due import Door, DueQueue
from tests.feedmaker import NOW

DOORS = st.builds(Door, st.sampled_from("abc"), st.sampled_from(Purpose))
PUTS = st.tuples(st.just("put"), st.integers(0, 50), DOORS)
MOVES = st.lists(
    st.one_of(PUTS, st.tuples(st.just("pass"), st.integers(1, 20)), st.just(("take",)), st.just(("leave",))),
    max_size=120,
)


class Watched:
    """A queue whose every promise is looked at as it is used."""

    def __init__(self, gap: int) -> None:
        self.queue: DueQueue[int] = DueQueue()
        self.gap, self.now = gap, 0
        self.due: dict[int, int] = {}
        self.inside: list[Door] = []
        self.open_at: Counter[Door] = Counter()
        self.gone: list[int] = []

    def put(self, wait: int, door: Door) -> None:
        self.due[len(self.due)] = self.now + wait
        self.queue.put(NOW + timedelta(seconds=self.now + wait), door, len(self.due) - 1)

    def take(self) -> bool:
        at = NOW + timedelta(seconds=self.now)
        found = self.queue.take(at, lambda door, _: float(max(0, self.open_at[door] - self.now)))
        if found is None:
            return False
        door, one = found
        assert max(self.due[one], self.open_at[door]) <= self.now
        self.open_at[door] = self.now + self.gap
        self.inside.append(door)
        self.gone.append(one)
        assert self.inside.count(door) <= AT_ONCE[door.purpose]
        return True

    def leave(self) -> None:
        if self.inside:
            self.queue.leave(self.inside.pop(0))

    def wait(self) -> None:
        following = self.queue.next_at()
        assert following is not None
        self.now = max(self.now, int((following - NOW).total_seconds()))


@given(moves=MOVES, gap=st.integers(0, 5))
def test_promises(moves: list[tuple], gap: int) -> None:
    """Nobody goes early or before a rested door, never too many are inside, and in the end everybody had his turn."""
    one = Watched(gap)
    for name, *what in moves:
        if name == "pass":
            one.now += what[0]
        else:
            getattr(one, name)(*what)
    while len(one.gone) < len(one.due):
        while one.take():
            pass
        if one.inside:
            one.leave()
        elif len(one.gone) < len(one.due):
            one.wait()
    assert sorted(one.gone) == sorted(one.due)
