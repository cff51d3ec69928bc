"""What a stream's source tells of its connections, and an archive's of its handfuls."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from connectors.archives.leaves import Leaves, cursor_of, leaves_of, with_fetch
from connectors.archives.leaves import fetch_of as handful
from connectors.asking.status import no_answer, refusal
from connectors.listening.stretch import LONGEST, Stretch, brought, fetch_of, framed, is_long
from connectors.local import Handful
from connectors.streaming import Frame, Loss, Taken, Why
from streams.fetches import Came, Way
from streams.items import Op
from streams.sources import SourceSettings
from tests.feedmaker import NOW, URL
from tests.raw import raw_item

ARCHIVE = SourceSettings(id="old", kind="archive", url="saved")


def taken(**changes: Any) -> Taken:
    """Return a new post, an edit, a deletion, and two posts told again."""
    post = raw_item("words")
    items = (post, replace(post, revision=2), replace(post, revision=3, op=Op.DELETE))
    return Taken(state=b"{}", items=items, endings={"repeated": 2, "filtered": 9}, **changes)


def lost(**changes: Any) -> Loss:
    """Return the end of a connection."""
    return Loss(**{"why": Why.CLOSED, "failure": no_answer(URL, "closed"), "tries": 1} | changes)


def test_a_stretch() -> None:
    """A connection tells how long it lasted, the bytes of its frames, and which posts were new, known and published."""
    frame = Frame(data=b"x" * 10, event="", size=700, at=NOW)
    stretch = brought(framed(Stretch(since=NOW, is_open=True), (frame, frame)), taken())
    fetch = fetch_of(stretch, "town", NOW + timedelta(hours=2), lost())
    assert (fetch.way, fetch.came, fetch.took) == (Way.STREAM, Came.ENDED, (7_200_000,))
    assert (fetch.size, fetch.new, fetch.known, fetch.published) == (1400, 1, 2, 3)
    assert fetch_of(stretch, "town", NOW).came is Came.OK


@pytest.mark.parametrize(
    ("failure", "came"),
    [
        (no_answer(URL, "refused"), Came.SILENT),
        (refusal(URL, 401, {}, NOW), Came.AUTH),
        (refusal(URL, 429, {}, NOW), Came.BUSY),
    ],
)
def test_never_opened(failure: Any, came: Came) -> None:
    """A stream that was not opened says why, as a poll would."""
    fetch = fetch_of(Stretch(since=NOW), "town", NOW, lost(failure=failure))
    assert (fetch.came, fetch.http_status) == (came, failure.status)


def test_long() -> None:
    """A stream without end is told of several times a day."""
    assert not is_long(Stretch(since=NOW), NOW + LONGEST - timedelta(seconds=1))
    assert is_long(Stretch(since=NOW), NOW + LONGEST)


def test_handfuls() -> None:
    """A handful with documents is told at once; looks in vain are told as one, with the next."""
    full = Handful(state=b"1", items=(raw_item("words"),), endings={"ok": 1, "duplicate": 4})
    found = handful(ARCHIVE, full, NOW, 1.5)
    assert (found.way, found.came, found.took) == (Way.ARCHIVE, Came.OK, (1500,))
    assert (found.new, found.known, found.published) == (1, 4, 1)
    known, said = Leaves(url="saved"), ()
    for _ in range(3):
        known, fetches = with_fetch(known, handful(ARCHIVE, Handful(state=b"1", is_all=True), NOW, 0.01))
        said += fetches
    assert (said, known.quiet and known.quiet.times) == ((), 3)
    cursor = cursor_of(ARCHIVE, known, NOW)
    assert leaves_of(ARCHIVE, cursor) == known
    assert b"took" not in cursor.state
    broken = handful(ARCHIVE, Handful(state=b"1", outcome="unavailable", text="not there"), NOW, 0.01)
    assert with_fetch(known, broken)[1] == (known.quiet, broken)
    assert broken.came is Came.UNREADABLE
