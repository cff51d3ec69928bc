"""One commit for what comes together."""

from __future__ import annotations

import asyncio

import pytest

from streams.gathering import Gathering

pytestmark = pytest.mark.asyncio


class Slow:
    """A commit that takes a moment and remembers what it was given."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.done: list[int] = []

    async def commit(self, group: list[int]) -> None:
        """Take a group; a minus one in it spoils it."""
        self.groups.append(list(group))
        await asyncio.sleep(0.02)
        if -1 in group:
            raise ValueError
        self.done += group


async def test_together() -> None:
    """What is added in one moment is one group, in the order of adding."""
    slow = Slow()
    gathering = Gathering(commit=slow.commit, seconds=0.005)
    await asyncio.gather(*map(gathering.add, range(20)))
    assert slow.groups == [list(range(20))]


async def test_while_another_is_under_way() -> None:
    """What comes while a group is committed is the next one: never two at once, nothing left behind."""
    slow = Slow()
    gathering = Gathering(commit=slow.commit, seconds=0.001)

    async def late(number: int) -> None:
        await asyncio.sleep(number / 1000)
        await gathering.add(number)
        assert number in slow.done

    await asyncio.gather(*map(late, range(60)))
    assert slow.done == sorted(slow.done) == list(range(60))
    assert len(slow.groups) < 10


async def test_failure_is_everybodys() -> None:
    """A group that fails fails for all who are in it, and the next one begins anew."""
    slow = Slow()
    gathering = Gathering(commit=slow.commit, seconds=0.001)
    ends = await asyncio.gather(*map(gathering.add, (1, -1, 2)), return_exceptions=True)
    assert [type(end) for end in ends] == [ValueError] * 3
    await gathering.add(3)
    assert slow.done == [3]


async def test_cancelled() -> None:
    """Who is cancelled while waiting tears nothing: the group is committed for the others."""
    slow = Slow()
    gathering = Gathering(commit=slow.commit, seconds=0.001)
    impatient, patient = (asyncio.create_task(gathering.add(number)) for number in (1, 2))
    await asyncio.sleep(0.01)
    impatient.cancel()
    await patient
    assert impatient.cancelled()
    assert slow.done == [1, 2]


async def test_settle() -> None:
    """Settling waits for what is under way although nobody waits for it any more."""
    slow = Slow()
    gathering = Gathering(commit=slow.commit, seconds=0.001)
    task = asyncio.create_task(gathering.add(1))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task})
    await gathering.settle()
    assert slow.done == [1]
    await gathering.settle()
