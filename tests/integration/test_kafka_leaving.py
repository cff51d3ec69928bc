"""A process whose tasks heed no cancellation ends all the same, with its reason, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

STUBBORN = """
import asyncio
from streams.errors import ConfigError, JournalUnusable
from streams.kafka.leaving import leaving

async def stubborn():
    while True:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            pass

async def run():
    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    with leaving(0.3):
        raise {error}

asyncio.run(run())
"""


def run(error: str, seconds: float) -> subprocess.CompletedProcess[str]:
    """Run the stubborn task until this error, for so many seconds at most."""
    command = [sys.executable, "-c", STUBBORN.format(error=error)]
    folder = Path(__file__).parents[2]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=seconds, cwd=folder)


@pytest.mark.parametrize(
    "error",
    ["JournalUnusable('no answer\\x1b')", "ExceptionGroup('several', [JournalUnusable('no answer\\x1b')])"],
    ids=["alone", "in a group"],
)
def test_who_lingers_is_ended_with_the_reason(error: str) -> None:
    """After an error of the journal the process is gone in time; its status and its last line say why."""
    ended = run(error, 30)
    assert ended.returncode == 3
    assert ended.stderr.splitlines()[-1] == "changehands: JournalUnusable: no answer\\x1b"


def test_what_was_not_begun_needs_no_ending() -> None:
    """An error of the configuration arms nothing: whoever tries again in the same process is not shot."""
    with pytest.raises(subprocess.TimeoutExpired):
        run("ConfigError('no')", 3)
