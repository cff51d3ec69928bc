"""Run the test suites one after the other and print each one's time beside its budget.

    python tests/suites.py                 every suite
    python tests/suites.py unit property   only these

Each suite is shared out among processes, each with a broker and a browser of
its own where it needs one; what lets sessions on a broker run out goes by the
clock and runs alone.

Temporary files lie in memory where there is room: a journal waits for the disk
at every commit, and thousands of journals are written here. `make torture`
writes to the disk.

A budget is a promise to whoever waits, not a test: a slow machine may exceed
it, and then the table says so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BUDGETS_SECONDS = {
    "unit": 60,
    "property": 120,
    "golden": 60,
    "contract": 300,
    "integration": 300,
    "e2e": 840,
}
PROCESSES = "2"
ALONE = {"e2e": "kafka or poller"}  # which tests run alone, by suite
MEMORY, ROOM = Path("/dev/shm"), 4 << 30  # noqa: S108 - the folder made in it is our own; room in bytes
NO_TESTS = 5  # pytest's exit status for a folder without tests


def commands(suite: str) -> list[list[str]]:
    """Return what runs a suite: its tests shared out, then those that run alone."""
    plain = [sys.executable, "-m", "pytest", "-q", f"tests/{suite}"]
    shared = [*plain, "-n", PROCESSES, "--dist", "worksteal"]
    if suite not in ALONE:
        return [shared]
    return [[*shared, "-k", f"not ({ALONE[suite]})"], [*plain, "-k", ALONE[suite]]]


def environment(scratch: str) -> dict[str, str]:
    """Return the environment of the tests, whose temporary files lie in a folder.

    Without compiled modules each of the hundreds of processes that tests start would compile every module again.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "TMPDIR": scratch}


def run(suite: str, env: dict[str, str]) -> tuple[int, float]:
    """Run one suite; return pytest's exit status (the first that is not 0) and the seconds it took."""
    started = time.monotonic()
    statuses = [subprocess.run(command, check=False, env=env).returncode for command in commands(suite)]
    return next((status for status in statuses if status), 0), time.monotonic() - started


def main() -> int:
    """Run the suites named (or all) and return 1 where any failed or held no test."""
    suites = sys.argv[1:] or list(BUDGETS_SECONDS)
    rows, failed = [], False
    in_memory = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    with tempfile.TemporaryDirectory(prefix="tests-", dir=MEMORY if in_memory else None) as scratch:
        for suite in suites:
            print(f"\n== {suite} (budget {BUDGETS_SECONDS[suite]} s)", flush=True)
            status, seconds = run(suite, environment(scratch))
            failed |= status != 0
            rows.append((suite, "passed" if status == 0 else "no tests" if status == NO_TESTS else "FAILED", seconds))
    print(f"\n{'suite':<14}{'result':<10}{'seconds':>8}{'budget':>8}")
    for suite, result, seconds in rows:
        over = "  over budget" if seconds > BUDGETS_SECONDS[suite] else ""
        print(f"{suite:<14}{result:<10}{seconds:>8.0f}{BUDGETS_SECONDS[suite]:>8}{over}")
    return int(failed)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    raise SystemExit(main())
