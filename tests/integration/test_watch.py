"""The terminal view on a real journal, written to a real pseudo-terminal and to a plain file."""

import asyncio
import codecs
import os
import pty
import threading
from contextlib import asynccontextmanager, suppress

import pytest
from rich.console import Console

from streams.alerts import AlertState
from streams.counters import Ending
from streams.items import Cursor, SourceHealth
from streams.sources import SourceSettings
from streams.terminal import watch
from streams.topics import CONTROL_ALERTS
from tests.alerts import NOON, alert, arabic, telling
from tests.journals import journal

__all__ = ["journal"]

SOURCES = (SourceSettings(id="harbour-post", url="https://harbour.example/rss", name="Harbour Post"),)
HOPELESS = 30  # seconds after which a wait is given up, so that a broken view fails instead of hanging


class Screen:
    """What was written to a console, to be waited for.

    A thread of its own drains the pseudo-terminal: its few kilobytes would else fill up and stop the writer for good.
    """

    def __init__(self):
        self.written = ""
        self._reader, writer = pty.openpty()
        self.file = os.fdopen(writer, "w")
        self._draining = threading.Thread(target=self._drain, daemon=True)
        self._draining.start()

    def _drain(self):
        decoder = codecs.getincrementaldecoder("utf-8")()
        with suppress(OSError):  # the other end was closed
            while chunk := os.read(self._reader, 1 << 16):
                self.written += decoder.decode(chunk)

    async def shows(self, text):
        async with asyncio.timeout(HOPELESS):
            while text not in self.written:
                await asyncio.sleep(0.02)

    def close(self):
        self.file.close()
        self._draining.join()
        os.close(self._reader)


@asynccontextmanager
async def watched(journal, *, terminal, endings=None):
    screen = Screen()
    console = Console(file=screen.file, force_terminal=terminal, width=120, height=40)
    task = asyncio.create_task(watch(journal, console, sources=SOURCES, endings=endings))
    yield screen
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    screen.close()


@pytest.mark.asyncio
@pytest.mark.parametrize("terminal", [True, False])
async def test_alerts_show_as_they_come(journal, terminal):
    """What was there before and what comes while one looks are both written, once each."""
    await journal.publish(CONTROL_ALERTS, [alert("a1", headline="first of them")])
    async with watched(journal, terminal=terminal) as screen:
        await screen.shows("first of them")
        await journal.publish(CONTROL_ALERTS, [alert("a2", arabic(), headline="second of them")])
        await screen.shows("second of them")
        await screen.shows("wadi.example")
        assert screen.written.count("first of them") == 1
        assert ("\x1b[" in screen.written) is terminal


@pytest.mark.asyncio
async def test_a_revision_is_told_briefly(journal):
    """An alert already on the screen says how it stands now without its sentence over again."""
    async with watched(journal, terminal=False) as screen:
        await journal.publish(CONTROL_ALERTS, [alert("a1")])
        await screen.shows("fighters pulled out")
        await journal.publish(CONTROL_ALERTS, [alert("a1", revision=2, state=AlertState.DISPUTED)])
        await screen.shows("disputed  capture, 1 independent source, revision 2")
        assert screen.written.count("fighters pulled out") == 1


@pytest.mark.asyncio
async def test_of_a_long_history_the_latest_are_shown(journal):
    """A journal of many alerts does not flood the terminal at the start."""
    await journal.publish(CONTROL_ALERTS, [alert(f"a{number}", headline=f"number {number}.") for number in range(50)])
    async with watched(journal, terminal=False) as screen:
        await screen.shows("number 49.")
        assert "number 39." not in screen.written
        assert "number 40." in screen.written


@pytest.mark.asyncio
async def test_a_record_that_is_no_alert_does_not_end_the_view(journal):
    """A bad record in the topic is passed over."""
    await journal.publish_bytes(CONTROL_ALERTS, partition=0, key="x", value=b"{}")
    await journal.publish(CONTROL_ALERTS, [alert("a1", headline="after it")])
    async with watched(journal, terminal=False) as screen:
        await screen.shows("after it")


@pytest.mark.asyncio
async def test_the_foot_tells_of_the_sources(journal):
    """At the foot stand each source, its last poll and why its items ended, before any alert has come."""

    async def endings():
        return {Ending("enrich", "harbour-post", "no-mention"): 41}

    health = SourceHealth(polled_at=NOON, next_at=NOON, outcome="ok", items_total=42)
    await journal.save([], Cursor(source="harbour-post", state=b"{}", health=health, saved_at=NOON))
    async with watched(journal, terminal=True, endings=endings) as screen:
        await screen.shows("Harbour Post")
        await screen.shows("ok 12:00:00")
        await screen.shows("no mention 41")
        await screen.shows("0 alerts, 0 dead letters")


@pytest.mark.asyncio
async def test_a_still_journal_leaves_the_terminal_still(journal, monkeypatch):
    """Nothing is redrawn while nothing changes."""
    monkeypatch.setattr("streams.terminal._FOOT_SECONDS", 0.01)
    asked = 0

    async def endings():
        nonlocal asked
        asked += 1
        return {}

    await journal.publish(CONTROL_ALERTS, [alert("a1", telling(), headline="only one")])
    async with watched(journal, terminal=True, endings=endings) as screen:
        await screen.shows("only one")
        await screen.shows("1 alert,")
        half, until = asked + 10, asked + 20
        async with asyncio.timeout(HOPELESS):
            while asked < half:  # whatever was under way has been drawn
                await asyncio.sleep(0.01)
            before = screen.written
            while asked < until:
                await asyncio.sleep(0.01)
        assert screen.written == before


@pytest.mark.asyncio
async def test_a_revision_that_changes_nothing_seen_is_not_told(journal):
    """More evidence of what is known already writes no further line."""
    async with watched(journal, terminal=False) as screen:
        await journal.publish(CONTROL_ALERTS, [alert("a1")])
        await screen.shows("fighters pulled out")
        await journal.publish(CONTROL_ALERTS, [alert("a1", revision=2)])
        await journal.publish(CONTROL_ALERTS, [alert("a1", revision=3, state=AlertState.DISPUTED)])
        await screen.shows("disputed")
        assert "revision 2" not in screen.written
