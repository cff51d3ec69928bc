"""Which partition counts as stuck, by what was seen of it and when."""

from __future__ import annotations

from aiokafka import TopicPartition

from streams.kafka.watch import Standing

A, B = (TopicPartition("claims", number) for number in range(2))
PATIENCE = 60.0


def seen(*looks: tuple[int, dict[TopicPartition, int], dict[TopicPartition, int]]) -> list[tuple[TopicPartition, int]]:
    """Return what is stuck after looks of (done, positions, ends), ten seconds apart."""
    standing = Standing(moved_at=0.0)
    for number, (done, positions, ends) in enumerate(looks):
        standing.look(done, positions, ends, number * 10.0)
    return [(place, offset) for place, offset, _ in standing.stuck(PATIENCE, (len(looks) - 1) * 10.0)]


def test_records_that_wait_while_nothing_moves() -> None:
    """A partition with records that has not moved for the patience is named with its offset, one without is not."""
    look = (7, {A: 5, B: 9}, {A: 6, B: 9})
    assert seen(*[look] * 8) == [(A, 5)]
    assert seen(*[look] * 7) == []


def test_a_step_that_works_is_not_stuck() -> None:
    """As long as records are being ended, a partition may wait for its turn."""
    assert seen(*((done, {A: 5}, {A: 6}) for done in range(30))) == []


def test_a_partition_that_stands_while_others_move() -> None:
    """It is found after ten patiences, since what was fetched of others goes first."""
    looks = [(done, {A: 5, B: done}, {A: 6, B: 100}) for done in range(62)]
    assert seen(*looks[:61]) == []
    assert seen(*looks) == [(A, 5)]


def test_what_waits_has_waited_since_it_came() -> None:
    """A record that arrives after an hour of quiet is not late at once."""
    quiet = [(0, {A: 5}, {A: 5})] * 360
    assert seen(*quiet, *[(0, {A: 5}, {A: 6})] * 6) == []
    assert seen(*quiet, *[(0, {A: 5}, {A: 6})] * 8) == [(A, 5)]


def test_a_partition_that_was_handed_over_begins_anew() -> None:
    """Whoever gets a partition back is not blamed for the time in which it was another's."""
    stands, gone = (0, {A: 5}, {A: 6}), (0, {}, {})
    assert seen(*[stands] * 6, gone, *[stands] * 6) == []


def test_an_excuse_lasts_for_a_patience() -> None:
    """Where nothing but marks lies behind a position, it is asked again after as long."""
    standing = Standing(moved_at=0.0)
    for moment in (0.0, 61.0):
        standing.look(0, {A: 5}, {A: 6}, moment)
    assert [place for place, *_ in standing.stuck(PATIENCE, 61.0)] == [A]
    standing.excuse(A, 61.0)
    assert standing.stuck(PATIENCE, 120.0) == []
    assert [place for place, *_ in standing.stuck(PATIENCE, 122.0)] == [A]
