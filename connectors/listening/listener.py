"""One stream's listener: asks beside the stream, takes batches of frames, saves what they brought.

What a frame or an answer holds is read in the worker process, behind its wall.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from msgspec.structs import replace as altered

from connectors.asking.status import no_answer
from connectors.connector import Failure, Purpose, Response
from connectors.listening.dialling import Lost
from connectors.listening.inbox import Inbox
from connectors.listening.standing import Standing, buried, cursor_of, heard, noted
from connectors.listening.stretch import Stretch, brought, fetch_of, framed, is_long
from connectors.listening.wires import Wires, asked
from connectors.polling.means import Poller
from connectors.streaming import Ask, Bad, Frame, Loss, Streaming, Taken, Why
from streams.counters import Ending
from streams.dial import is_own_house, web_host
from streams.errors import SourceUnreadable
from streams.fetches import Fetch
from streams.items import DeadLetter, RawItem
from streams.sources import SourceSettings
from streams.topics import DEAD_LETTERS

LOG = structlog.get_logger()
# The place in the stream is saved with every item, and otherwise this often.
SAVE_EVERY = timedelta(seconds=5)
# Where cursors cannot be saved, stretches wait to be told.
MOST_UNTOLD = 64
# Bad frames in a row: the service is not what we take it for.
MAX_BAD = 16
FULL = "the queue is full: reading waits for what was read before"


@dataclass(slots=True, kw_only=True)
class Listener:
    """One source and how far it was followed; `saved_at` is when its cursor was saved last.

    `stretch` is what the connection brought so far, `untold` the fetches to be saved with the next cursor.
    """

    poller: Poller
    wires: Wires
    source: SourceSettings
    kind: Streaming
    standing: Standing
    inbox: Inbox = field(default_factory=Inbox)
    saved_at: datetime | None = None
    bad_in_a_row: int = 0
    stretch: Stretch = field(init=False)
    untold: tuple[Fetch, ...] = ()

    def __post_init__(self) -> None:
        """Begin with nothing brought yet."""
        self.stretch = Stretch(since=self.poller.now())

    @property
    def state(self) -> bytes:
        """The kind's own state."""
        return bytes(self.standing.own)

    def count(self, step: str, outcome: str, times: int = 1) -> None:
        """Count how a connection, an ask or a frame ended."""
        if times:
            self.poller.counters.count(Ending(step, self.source.id, outcome), times)


async def ask(one: Listener, wanted: Ask, token: str) -> None:
    """Make one request beside the stream and save what it brought; raises Lost where that ends the connection."""
    private = is_own_house(one.source.allow_private, one.source.url, wanted.url)
    async with one.poller.gates.turn(web_host(wanted.url), Purpose.PAGE, is_own=private):
        answer = await asked(one.wires, wanted, token, allow_private=private)
    failure = answer if isinstance(answer, Failure) else None
    if failure:
        LOG.warning("ask.failed", source=one.source.id, ask=wanted.name, text=failure.text)
        shut(one, wanted.url, failure)
    taken = await _told(one, wanted, answer)
    one.count("ask", failure.outcome if failure else "ok")
    await _bring(one, taken, is_answer=True)
    if taken.over:
        raise Lost(_unanswered(wanted, failure, taken.over))


def _unanswered(wanted: Ask, failure: Failure | None, said: str) -> Loss:
    if failure is None:
        return Loss(why=Why.TOLD, failure=no_answer(wanted.url, said), said=said)
    why = Why.ANSWERED if failure.status else Why.REFUSED if failure.final else Why.NETWORK
    return Loss(why=why, failure=failure, said=said)


async def _told(one: Listener, wanted: Ask, answer: Response | Failure) -> Taken:
    arguments = (one.source, one.state, wanted, answer, one.poller.now())
    try:
        return await one.poller.readers.read(one.kind.told, wanted.url, *arguments)
    except SourceUnreadable as error:
        raise Lost(Loss(why=Why.UNREADABLE, failure=no_answer(wanted.url, str(error)))) from error


def shut(one: Listener, url: str, failure: Failure) -> None:
    """Let nobody in at the host for as long as it asked, where it speaks for all of itself."""
    if failure.host_wide and failure.retry_after and not one.source.allow_private:
        one.poller.gates.shut(web_host(url), failure.retry_after)
        LOG.warning("host.gated", host=web_host(url), seconds=failure.retry_after)


async def take(one: Listener, frames: Sequence[Frame]) -> None:
    """Read frames behind the wall; where a batch cannot be read it is halved until the one at fault stands alone."""
    arguments = (one.source, one.state, tuple(frames), one.poller.now())
    try:
        taken = await one.poller.readers.read(one.kind.take, one.source.url, *arguments)
    except Exception as error:  # noqa: BLE001 (whatever a frame does to its reader, it must not end the stream)
        if len(frames) > 1:
            half = len(frames) // 2
            await take(one, frames[:half])
            await take(one, frames[half:])
            return
        bad = Bad(data=frames[0].data, size=frames[0].size, text=f"{type(error).__name__}: {error}"[:500])
        taken = Taken(state=one.state, bad=(bad,))
    one.stretch = framed(one.stretch, frames)
    await _bring(one, taken)
    _judge(one, taken, len(frames))
    if taken.over:
        raise Lost(Loss(why=Why.TOLD, failure=no_answer(one.source.url, taken.over), said=taken.over))


def _judge(one: Listener, taken: Taken, frames: int) -> None:
    """Raise Lost where nothing is what the protocol says any more."""
    one.bad_in_a_row = one.bad_in_a_row + frames if len(taken.bad) == frames else len(taken.bad) and 1
    if one.bad_in_a_row >= MAX_BAD:
        text = f"{one.bad_in_a_row} frames in a row cannot be read: {taken.bad[-1].text}"
        raise Lost(Loss(why=Why.UNREADABLE, failure=no_answer(one.source.url, text)))
    if not one.bad_in_a_row:
        one.standing = altered(one.standing, tries=0)


async def _bring(one: Listener, taken: Taken, *, is_answer: bool = False) -> None:
    """Save what was taken: dead letters, then the items with the cursor; then count each."""
    now = one.poller.now()
    letters = _letters(one, taken.bad, now)
    if letters:
        await one.poller.journal.publish(DEAD_LETTERS, letters)
        LOG.warning("record.dead_lettered", source=one.source.id, letters=len(letters), text=taken.bad[-1].text)
    note(one, taken.text)
    full = FULL if one.inbox.is_full else ""
    one.standing = heard(one.standing, taken, now, full, is_answer=is_answer)
    one.stretch = brought(one.stretch, taken)
    if full:
        LOG.warning("stream.full", source=one.source.id, frames=len(one.inbox.frames), stops=one.inbox.stops)
    await save(one, taken.items, soon=bool(taken.items or letters or taken.text))
    for item in taken.items:
        LOG.info("item.published", source=one.source.id, item=item.id, revision=item.revision, op=item.op)
    one.count("read", "passed", len(taken.items))
    one.count("read", "dead-letter", len(taken.bad))
    for outcome, times in taken.endings.items():
        one.count("read", outcome, times)


def note(one: Listener, text: str) -> None:
    """Let people see what was lost or is wrong although the stream goes on."""
    if text:
        LOG.warning("stream.note", source=one.source.id, text=text)
        one.standing = noted(one.standing, text, one.poller.now())


def _letters(one: Listener, bad: Sequence[Bad], now: datetime) -> tuple[DeadLetter, ...]:
    letters: list[DeadLetter] = []
    for frame in bad:
        one.standing, letter = buried(one.standing, one.source, frame, now)
        if letter:
            letters.append(letter)
    return tuple(letters)


async def save(one: Listener, items: Sequence[RawItem], *, soon: bool = True) -> None:
    """Save items with the cursor; without `soon` only where that is due."""
    now = one.poller.now()
    if is_long(one.stretch, now):
        tell(one, Stretch(since=now, is_open=one.stretch.is_open))
    if soon or one.saved_at is None or now - one.saved_at >= SAVE_EVERY:
        await one.poller.save(items, cursor_of(one.source, one.standing, now, one.untold))
        one.saved_at, one.untold = now, ()


def tell(one: Listener, after: Stretch, loss: Loss | None = None) -> None:
    """Tell with the next cursor what the stretch brought that was lost, or that goes on as another."""
    one.untold = (*one.untold, fetch_of(one.stretch, one.source.id, after.since, loss))[-MOST_UNTOLD:]
    one.stretch = after
