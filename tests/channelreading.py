"""How tests read pages of a channel: as the answer to its poll, or to another request."""

from __future__ import annotations

import zlib
from datetime import datetime

from connectors.connector import Failure, Reading, Request
from connectors.telegram import plan, read
from streams.items import Op, RawItem
from streams.sources import SourceSettings
from tests.channelmaker import Message, page
from tests.feedmaker import NOW, answer

URL = "https://t.me/s/harbour"
SOURCE = SourceSettings(id="s", kind="telegram", url=URL, owner="Owner", side="side", look_back_pages=0)
LOOKING = SOURCE.model_copy(update={"look_back_pages": 2})


def taken(
    body: str,
    state: bytes = b"",
    *,
    request: Request | None = None,
    now: datetime = NOW,
    url: str = URL,
    source: SourceSettings = SOURCE,
) -> Reading | Failure:
    """Read this page as the answer to the poll, or to another request."""
    return read(source, state, request or plan(source, state, now)[0], answer(body, url), now)


def reading(body: str, state: bytes = b"", **more: object) -> Reading:
    """Read this page, which must bring something."""
    found = taken(body, state, **more)  # type: ignore[arg-type]
    assert isinstance(found, Reading)
    return found


def written(*numbers: int, **words: str) -> str:
    """Return a page with these messages; words of its own for a message are given as n7="..."."""
    return page("harbour", *(Message(number=n, words=words.get(f"n{n}", f"Ship {n}.")) for n in numbers))


def further(state: bytes, now: datetime = NOW, source: SourceSettings = SOURCE) -> list[Request]:
    """Return the requests beside the poll."""
    return list(plan(source, state, now)[1:])


def told(read_: Reading) -> list[tuple[str, int, Op]]:
    """Return number, revision and operation of each item."""
    return [(item.id.rpartition("/")[2], item.revision, item.op) for item in read_.items]


def words(item: RawItem) -> str:
    """Return an item's body."""
    return zlib.decompress(item.body).decode()
