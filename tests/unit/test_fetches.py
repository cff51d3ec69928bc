"""What each fetch brought: told one by one, quiet polls together, summed up, shown in a terminal. All pure."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from streams.codec import decode, encode
from streams.errors import NotKnown
from streams.fetches import LONGEST, MOST, Came, Fetch, Way, middle, told, within
from streams.history import as_json, row_of, summed
from streams.historyview import BAR, bar, lasted, show
from streams.roster import rows
from streams.sources import SourceSettings

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def fetch(minutes: float = 0, came: Came = Came.OK, **facts: Any) -> Fetch:
    """Return a fetch of so many minutes after noon."""
    usual: dict[str, Any] = {"way": Way.POLL, "took": (100,), "http_status": 200}
    return Fetch(source="harbour", at=NOW + timedelta(minutes=minutes), came=came, **(usual | facts))


def quiet(minutes: float, **facts: Any) -> Fetch:
    """Return a poll that brought nothing new."""
    return fetch(minutes, Came.UNCHANGED, **({"http_status": 304, "known": 20} | facts))


def all_told(*fetches: Fetch) -> list[Fetch]:
    """Return what is told of these in the end, what is still open last."""
    open_: Fetch | None = None
    said: list[Fetch] = []
    for one in fetches:
        open_, now = told(open_, one)
        said += now
    return [*said, *([open_] if open_ else [])]


def test_quiet_polls_are_one() -> None:
    """Polls that bring nothing new are one record with all that each took, told before what comes next."""
    one, two = all_told(quiet(0, took=(90,)), quiet(10, took=(80,), wire=7), quiet(30, took=(300,)), fetch(40, new=2))
    assert (one.times, one.began, one.at) == (3, NOW, NOW + timedelta(minutes=30))
    assert (one.took, one.wire, one.known) == ((90, 80, 300), 7, 60)
    assert two == fetch(40, new=2)


def test_told_at_once() -> None:
    """What brought something, or failed, is told with its own cursor; only quiet polls wait."""
    assert told(None, fetch()) == (None, (fetch(),))
    assert told(None, fetch(came=Came.BUSY)) == (None, (fetch(came=Came.BUSY),))
    assert told(None, quiet(0, published=1)) == (None, (quiet(0, published=1),))
    assert told(None, quiet(0)) == (quiet(0), ())


@pytest.mark.parametrize("other", [quiet(5, way=Way.PAGE), quiet(5, http_status=200)])
def test_unlike(other: Fetch) -> None:
    """A page is no poll, and a whole answer that says the same is not the short one."""
    assert all_told(quiet(0), other) == [quiet(0), other]


def test_bounded() -> None:
    """Quiet polls are told after a day, or when they are many, so that the cursor stays small."""
    assert [one.times for one in all_told(*map(quiet, range(2 * MOST + 1)))] == [MOST, MOST, 1]
    assert [one.times for one in all_told(quiet(0), quiet(10), quiet(10 + LONGEST / timedelta(minutes=1)))] == [2, 1]


FETCHES = st.lists(
    st.builds(
        lambda gap, came, way, known, wire, took: (gap, came, way, known, wire, took),
        st.integers(0, 3000),
        st.sampled_from([Came.UNCHANGED, Came.UNCHANGED, Came.OK, Came.SILENT]),
        st.sampled_from([Way.POLL, Way.PAGE]),
        st.integers(0, 50),
        st.integers(0, 10**6),
        st.lists(st.integers(0, 60_000), max_size=1),
    ),
    max_size=120,
)


@given(FETCHES)
def test_nothing_is_lost(made: list[tuple[int, Came, Way, int, int, list[int]]]) -> None:
    """However polls follow each other, their sums stay, and each record is bounded and in the order of time."""
    at, fetches = 0, []
    for gap, came, way, known, wire, took in made:
        at += gap
        fetches.append(fetch(at, came, way=way, known=known, wire=wire, took=tuple(took)))
    said = all_told(*fetches)
    assert summed(said) == summed(fetches)
    assert [one.at for one in said] == sorted(one.at for one in said)
    assert all(one.times <= MOST and one.at - one.began <= LONGEST for one in said)
    assert [decode(encode(one)) for one in said] == said


@given(st.lists(st.integers(0, 10**6), min_size=1), st.integers(1, 100))
def test_percentiles(numbers: list[int], hundredths: int) -> None:
    """So many in a hundred are the percentile or less, and it is the least such number there is."""
    found = within(numbers, hundredths)
    assert found in numbers
    assert 100 * sum(one <= found for one in numbers) >= hundredths * len(numbers)
    assert all(
        100 * sum(one <= less for one in numbers) < hundredths * len(numbers) for less in numbers if less < found
    )


def test_middle_of_nothing() -> None:
    """Of nothing there is no percentile; of an even number the lower of the middle two."""
    assert (middle([]), middle([3, 1, 2, 9])) == (None, 2)


def shown(*fetches: Fetch, width: int = 120) -> str:
    """Return what a terminal of this width shows."""
    console = Console(file=io.StringIO(), width=width, color_system=None)
    show(fetches, console)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


PAST = (
    fetch(0, took=(340,), wire=18_400, size=92_000, new=3, known=17, published=3),
    quiet(10, times=14, since=NOW + timedelta(minutes=1), took=(90, 100, 2000)),
    fetch(20, Came.MISSING, http_status=404, took=(50,)),
    fetch(30, Came.SILENT, http_status=None, took=(30_000,)),
    fetch(40, Came.ENDED, way=Way.STREAM, http_status=None, took=(7_200_000,), new=40, published=41),
)


def test_table() -> None:
    """Each fetch is a row: when, how, how it ended, what it took and brought; below stands what they took together."""
    text = shown(*PAST)
    rows = [" ".join(line.split()) for line in text.splitlines()]
    assert rows[1:6] == [
        "23 Nov 12:00:00 poll ok 340 ms ██ 18.4 kB 92.0 kB 3 17 3",
        "23 Nov 12:01 – 12:10 poll unchanged ×14 100 ms ▋ 20",
        "23 Nov 12:20:00 poll missing 404 50 ms ▎",
        "23 Nov 12:30:00 poll silent 30 s ████████████",
        "23 Nov 12:40:00 stream ended 2 h 40 41",
    ]
    assert rows[6] == "18 fetches since 23 Nov 12:00 UTC: 14 unchanged, 1 ok, 1 missing, 1 silent, 1 ended"
    assert rows[7] == "half of them took 100 ms or less, 95 in 100 took 30 s or less, the slowest 30 s"
    assert rows[8] == "18.4 kB came over the wire, 92.0 kB unpacked"


@pytest.mark.parametrize("width", [60, 80, 100, 160])
def test_narrow(width: int) -> None:
    """Where there is little room columns give way; no row is broken, and how it ended is always there."""
    table = shown(*PAST, width=width).splitlines()[:6]
    assert all(len(line) <= width for line in table)
    assert "missing 404" in table[3]


def test_when() -> None:
    """Polls told as one show when the first and the last of them were, with the day where that is another."""
    pairs = ((0, 0.5), (0, 59), (0, 13 * 60))
    rows = [quiet(until, times=2, since=NOW + timedelta(minutes=since)) for since, until in pairs]
    told = [line.partition("  ")[0] for line in shown(*rows).splitlines()[1:4]]
    assert told == ["23 Nov 12:00:30", "23 Nov 12:00 – 12:59", "23 Nov 12:00 – 24 Nov 01:00"]


def test_nothing_kept() -> None:
    """A source of which no fetch is kept says so, and which setting decides."""
    assert "retention.fetches_days" in shown()


def test_bars() -> None:
    """A bar is as long as its part of the whole, and what took no time still has one."""
    assert (bar(100, 100), bar(50, 100), bar(0, 100), bar(0, 0)) == ("█" * BAR, "█" * (BAR // 2), "▏", "▏")
    assert [lasted(one) for one in (0, 999, 1000, 90_000)] == ["0 ms", "999 ms", "1.0 s", "2 min"]


def test_as_json() -> None:
    """The source, its fetches and their sum are one line that any program reads."""
    [row] = rows([(SourceSettings(id="harbour", url="https://harbour.example/feed"), "configuration")], {}, NOW)
    found = json.loads(as_json(row, PAST))
    assert (found["id"], len(found["fetches"]), found["sum"]["times"]) == ("harbour", 5, 18)
    assert found["fetches"][2] | {"came": "missing", "http_status": 404} == found["fetches"][2]
    assert "\n" not in as_json(row, PAST)


def test_unknown() -> None:
    """A source that is not there is named with those like it."""
    known = rows([(SourceSettings(id="harbour", url="https://harbour.example/feed"), "configuration")], {}, NOW)
    assert row_of(known, "harbour").id == "harbour"
    with pytest.raises(NotKnown, match="no source 'harbor'; did you mean harbour"):
        row_of(known, "harbor")
