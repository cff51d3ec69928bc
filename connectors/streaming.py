"""The contract of a source kind that streams: all of it is pure, the engine in `listening` dials and reads.

A kind is one file with five functions and one line in `kinds.STREAMS`. It
keeps its own state as JSON in the source's cursor, as the kinds that are
polled do, and never sees network, clock or secret: where a request needs the
source's token it says so, and the engine puts it into the header.

One connection goes like this: `dial` says what to do next, an Ask or the
Stream to open, until it is open; `gap` says what to ask for to be level with
the stream, while its frames already wait in a queue; `told` reads such an
answer, `take` a batch of frames, both into a Taken that is saved, items before
cursor; `lost` says how long to wait before the next connection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from connectors.connector import MIB, Failure, Response
from streams.items import RawItem
from streams.sources import SourceSettings


class Wire(StrEnum):
    """How frames travel: server-sent events, a WebSocket, or lines of a body without end."""

    EVENTS = "events"
    SOCKET = "socket"
    LINES = "lines"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One short request beside the stream; `name` tells the kind's own asks apart.

    `limit` is bytes after decompression. Redirects are not followed: a token
    would travel with them.
    """

    name: str
    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    limit: int = 4 * MIB
    with_token: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """The stream to open.

    `url` is http or https whatever the wire; `state` is the kind's state once
    it is open. Without a byte, a heartbeat included, for `idle_seconds` it
    counts as dead. `limit` is bytes of one frame: a longer event or line is
    cut and says so, a longer message ends a socket. `text` is for people,
    where something was lost before it.
    """

    url: str
    wire: Wire
    state: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    protocols: tuple[str, ...] = ()
    idle_seconds: float
    limit: int = MIB
    with_token: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What arrived as one: an event's data, a message, a line; `at` is when (UTC).

    `event` is the name of a server-sent event; `size` is how many bytes it had
    where `data` was cut at the stream's limit.
    """

    data: bytes
    at: datetime
    event: str = ""
    size: int

    @property
    def is_whole(self) -> bool:
        """Whether nothing of it was cut away."""
        return self.size == len(self.data)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bad:
    """A frame that cannot be read, and why: it becomes a dead letter."""

    data: bytes
    size: int
    text: str


class Why(StrEnum):
    """Why a connection ended or was never made."""

    SILENT = "silent"  # open, but nothing was heard for the idle time
    CLOSED = "closed"  # it was open and the other side ended it
    NETWORK = "network"  # no connection: name, route, refused, reset, TLS, timeout
    ANSWERED = "answered"  # the server answered with another status than the one that opens the stream
    TOLD = "told"  # the service said in its own words that it ends the connection
    OVERSIZE = "oversize"  # a message beyond the limit ended the socket
    UNREADABLE = "unreadable"  # frames, or an answer beside the stream, that are not what the protocol says
    REFUSED = "refused"  # we will not: a forbidden address, no token, nothing that could be opened


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """The end of a connection: `tries` counts the losses in a row without a frame between them, this one included.

    `said` is the service's own word or the beginning of the body it answered
    with (4 KiB at most). `failure.retry_after` is in seconds, and the engine
    waits it out where the server named it.
    """

    why: Why
    failure: Failure
    tries: int = 1
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """What follows from a loss: seconds until the next connection, and the state to go on with (None: as it was).

    The engine adds a jitter and never waits less; `text` is for people, where
    something was lost.
    """

    seconds: float
    state: bytes | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What frames, or the answer to an Ask, brought.

    `items` and `state` are saved together. `endings` counts the frames and
    posts that made no item by the word of their end (filtered, repeated,
    other); `bad` become dead letters. `over` says that the connection ends
    here, by the service's own word or because an Ask brought nothing to go on
    with. `text` is for people, where something is wrong although the stream
    goes on.
    """

    state: bytes
    items: tuple[RawItem, ...] = ()
    endings: Mapping[str, int] = field(default_factory=dict)
    bad: tuple[Bad, ...] = ()
    over: str = ""
    text: str = ""


Dial = Callable[[SourceSettings, bytes, datetime], Ask | Stream]
Gap = Callable[[SourceSettings, bytes, datetime], Ask | None]
Told = Callable[[SourceSettings, bytes, Ask, Response | Failure, datetime], Taken]
Take = Callable[[SourceSettings, bytes, tuple[Frame, ...], datetime], Taken]
Lost = Callable[[SourceSettings, bytes, Loss, datetime], Pause]


@dataclass(frozen=True, slots=True, kw_only=True)
class Streaming:
    """One source kind that streams.

    `dial` raises SourceRefused where the source's settings cannot be opened.
    `gap` is asked again after every batch and every minute; it returns None
    while there is nothing to ask or it is too soon. `told` sees an answer of
    status 2xx or why there was none, and raises SourceUnreadable for what is
    no answer to its Ask. A frame for which `take` raises becomes a dead letter
    too. A frame may come twice; the items it makes then are left out or have
    the same ids and revisions. `needs_token`: nothing is dialled without
    `token_file`. An empty state is that of a source never read.
    """

    kind: str
    dial: Dial
    gap: Gap
    told: Told
    take: Take
    lost: Lost
    needs_token: bool = False


def doubling(tries: int, first: float, longest: float) -> float:
    """Return the wait in seconds that doubles with each loss in a row, from `first` to `longest`."""
    return min(first * 2.0 ** min(tries - 1, 30), longest)
