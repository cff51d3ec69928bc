"""A reader as a process of its own that is killed and started anew, and what it takes of the machine meanwhile."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
# A reader that was started is up after so many seconds: what it holds then is what it begins with.
UP_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the processes of a reader hold: resident memory in MiB, open files, processor time in seconds."""

    mib: float
    files: int
    cpu: float

    def __str__(self) -> str:
        return f"{self.mib:.0f} MiB, {self.files} files"


def _group(leader: int) -> Iterator[tuple[Path, list[str]]]:
    """Yield each process of a group with the fields of its stat, from the state on."""
    for place in Path("/proc").glob("[0-9]*"):
        try:
            fields = (place / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == leader:
            yield place, fields


def held(leader: int) -> Held:
    """Return what the processes of this group hold together."""
    mib = cpu = 0.0
    files = 0
    for place, fields in _group(leader):
        mib += int(fields[21]) * PAGE_BYTES / 2**20
        cpu += (int(fields[11]) + int(fields[12])) / TICKS
        files += len(list((place / "fd").iterdir()))
    return Held(mib=mib, files=files, cpu=cpu)


@dataclass(slots=True, kw_only=True)
class Reader:
    """One reader after the other under the same command; `begin` is what the present one held once it was up."""

    command: Sequence[str]
    log: Path
    kills: int = 0
    cpu: float = 0.0
    began: float = field(default_factory=time.monotonic)
    up_at: float = 0.0
    begin: Held | None = None
    process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start the reader in a session of its own."""
        with self.log.open("ab") as said:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, *self.command, stdout=said, stderr=said, start_new_session=True
            )
        self.up_at, self.begin = time.monotonic() + UP_SECONDS, None

    def look(self) -> Held:
        """Return what the reader holds now; raises RuntimeError where it ended by itself."""
        if self.process is None or self.process.returncode is not None:
            raise RuntimeError(f"the reader ended by itself: {self.log.read_text(errors='replace')[-3000:]}")
        now = held(self.process.pid)
        if self.begin is None and time.monotonic() >= self.up_at:
            self.begin = now
        return now

    async def kill(self) -> Held:
        """End the reader and those that read for it, without a word of warning; return what it held."""
        last = self.look()
        assert self.process
        os.killpg(self.process.pid, signal.SIGKILL)
        await self.process.wait()
        self.kills += 1
        self.cpu += last.cpu
        return last

    def share(self, last: Held) -> float:
        """Return the share of a core that all readers took, in percent; `last` is what the present one holds."""
        return 100 * (self.cpu + last.cpu) / (time.monotonic() - self.began)


def moments(minutes: float, kills: int) -> list[float]:
    """Return the seconds at which to kill: spread over the first three quarters, so that the last reader lives long."""
    return [60 * minutes * 0.75 * (number + 1) / kills for number in range(kills)]
