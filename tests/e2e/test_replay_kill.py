"""A replay in a process of its own that is killed at random moments tells what it would have told."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from streams.embedded.agenda import read_notes
from tests.past import reports, written

KILLS = 25 if os.environ.get("TORTURE") else 2
COPIES = 40
PATIENCE_SECONDS = 120.0


def archive(path: Path) -> Path:
    """Write the reports many times over, each time under other names."""
    items = [replace(one, id=f"{one.id}-{copy}") for copy in range(COPIES) for one in reports()]
    random.Random(3).shuffle(items)
    return written(path, items)


class Replays:
    """The command as a process of its own, with its runs in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.runs = folder / "runs"

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Start a command in a session of its own."""
        env = {
            **os.environ,
            "CHANGEHANDS_RUNS": str(self.runs),
            "CHANGEHANDS_JOURNAL": f"sqlite:///{self.folder}/live.db",
        }
        command = [sys.executable, "-c", "from streams.cli import main; main()", *words]
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(command, start_new_session=True, stdout=log, stderr=log, env=env)

    def finish(self, *words: str) -> None:
        """Run a command to its end."""
        assert self.start(*words).wait(PATIENCE_SECONDS) == 0, self.said()

    def told(self, name: str) -> dict[str, Any]:
        """Return what a run has noted of itself, as far as it was begun."""
        path = self.runs / f"{name}.db"
        notes = read_notes(path) if path.exists() else {}
        return {key: json.loads(value) for key, value in notes.items()}

    def said(self) -> str:
        """Return what the commands said last."""
        return (self.folder / "log").read_text(errors="replace")[-3000:]


def kill_at(replays: Replays, name: str, least: int) -> int:
    """Let a replay go on until it has read and told so many items, then kill it; return how many it had."""
    process = replays.start("replay", str(replays.folder / "a.jsonl"), "--as", name)
    deadline = time.monotonic() + PATIENCE_SECONDS
    try:
        while (count := done(replays.told(name))) < least and process.poll() is None:
            assert time.monotonic() < deadline, replays.said()
            time.sleep(0.02)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return count


def done(notes: dict[str, Any]) -> int:
    """Return how many items were read and told."""
    return int(notes.get("read", {}).get("taken", 0)) + int(notes.get("told", {}).get("items", 0))


def test_killed_and_gone_on_with(tmp_path: Path) -> None:
    """Killed while it reads and while it tells, a run ends with the digest of one that nobody killed."""
    archive(tmp_path / "a.jsonl")
    replays, chance = Replays(tmp_path), random.Random(7)
    replays.finish("replay", str(tmp_path / "a.jsonl"), "--as", "whole")
    total = COPIES * len(reports())
    for point in sorted([*chance.sample(range(1, 2 * total - 200), KILLS - 2), total - 100, 2 * total - 300]):
        print(f"killed after {kill_at(replays, 'killed', point)} of {2 * total}")
    replays.finish("replay", "--resume", "killed")
    whole, killed = replays.told("whole"), replays.told("killed")
    assert killed["told"]["digest"] == whole["told"]["digest"] != ""
    assert killed["told"]["items"] == whole["told"]["items"] == total
    assert killed["read"]["content"] == whole["read"]["content"]
    assert killed["told"]["alerts"] == whole["told"]["alerts"] > 0
