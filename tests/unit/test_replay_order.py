"""From when an item counts in a replay, and how runs are named."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from streams.errors import ConfigError
from streams.items import Op
from streams.mentions import Precision
from streams.publication import out_by
from streams.replay.order import Window, fetched_when_out
from streams.replay.runs import names_in, path_of, url_of
from tests.past import reports
from tests.raw import raw_item

FETCHED = datetime(2015, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("precision", "until"),
    [
        (None, "2014-02-01 00:00:00"),
        (Precision.INSTANT, "2014-02-01 00:00:00"),
        (Precision.DAY, "2014-02-01 23:59:59"),
        (Precision.WEEK, "2014-02-07 23:59:59"),
        (Precision.MONTH, "2014-02-28 23:59:59"),
        (Precision.YEAR, "2015-01-31 23:59:59"),
    ],
)
def test_what_is_dated_roughly_counts_when_it_was_out_for_certain(precision: Precision | None, until: str) -> None:
    """A date that is a day or a longer time counts from its last second."""
    assert f"{out_by(datetime(2014, 2, 1, tzinfo=UTC), precision):%Y-%m-%d %H:%M:%S}" == until


def test_an_item_counts_from_its_publication_but_never_after_its_fetching() -> None:
    """What is fetched late counts when it was out; dated after its fetching, or not at all, when it was fetched."""
    out = FETCHED - timedelta(days=300)
    late = raw_item(fetched_at=FETCHED, published_at=out, published_precision=Precision.INSTANT)
    assert fetched_when_out(late).fetched_at == out
    for item in (
        replace(late, published_at=None),
        replace(late, published_at=FETCHED + timedelta(hours=1)),
        replace(late, published_at=FETCHED - timedelta(hours=1), published_precision=Precision.DAY),
    ):
        assert fetched_when_out(item) == item


def test_corrections_and_deletions_count_from_their_fetching() -> None:
    """Nobody knows when a third revision or a deletion was made, so neither is known before it was read."""
    item = reports(delay=timedelta(days=30))[0]
    assert fetched_when_out(replace(item, revision=2)).fetched_at == item.published_at
    for later in (replace(item, revision=3), replace(item, op=Op.DELETE)):
        assert fetched_when_out(later) == later


def test_a_window_holds_its_first_moment_and_not_its_last() -> None:
    """A window is half open, and without bounds it holds everything."""
    window = Window(first=FETCHED, until=FETCHED + timedelta(days=1))
    times = (FETCHED - timedelta(seconds=1), FETCHED, FETCHED + timedelta(days=1))
    assert [window.holds(at) for at in times] == [False, True, False]
    assert Window().holds(FETCHED)


@pytest.mark.parametrize("name", ["", "../up", "Big", "a/b", "-a", "a" * 41, "a.b", "٣", "a\n"])
def test_what_is_no_name_of_a_run_is_refused(name: str) -> None:
    """A name that could leave the folder, or would need quoting, is a ConfigError."""
    with pytest.raises(ConfigError, match="is no name of a run"):
        path_of(Path("runs"), name)


def test_runs_are_named_by_their_files(tmp_path: Path) -> None:
    """Only files that are named as runs are counted among them, and their address is that of a journal."""
    for name in ("b.db", "a-1.db", "B.db", "a-1.db-wal", "a-1.db.lock", "x.txt"):
        (tmp_path / name).touch()
    assert names_in(tmp_path) == ("a-1", "b")
    assert names_in(tmp_path / "missing") == ()
    assert url_of(Path("var/runs"), "b") == "sqlite:///var/runs/b.db"
