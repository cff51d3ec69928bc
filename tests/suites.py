"""Run the test suites one after the other and print each one's time beside its budget.

    python tests/suites.py                 every suite
    python tests/suites.py unit property   only these

Each suite is shared out among processes, each with a broker and a browser of
its own where it needs one; what kills processes or lets their sessions run out
goes by the clock and runs alone.

A budget is a promise to whoever waits, not a test: a slow machine may exceed
it, and then the table says so.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

BUDGETS_SECONDS = {
    "unit": 60,
    "property": 90,
    "golden": 60,
    "contract": 300,
    "integration": 240,
    "e2e": 600,
}
PROCESSES = "2"
ALONE = {"e2e": "kill"}  # a word in the names of the tests that run alone, by suite
# Each of the hundreds of processes that tests start would compile every module again where this is set.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
NO_TESTS = 5  # pytest's exit status for a folder without tests


def commands(suite: str) -> list[list[str]]:
    """Return what runs a suite: its tests shared out, then those that run alone."""
    plain = [sys.executable, "-m", "pytest", "-q", f"tests/{suite}"]
    shared = [*plain, "-n", PROCESSES, "--dist", "worksteal"]
    if suite not in ALONE:
        return [shared]
    return [[*shared, "-k", f"not {ALONE[suite]}"], [*plain, "-k", ALONE[suite]]]


def run(suite: str) -> tuple[int, float]:
    """Run one suite; return pytest's exit status (the first that is not 0) and the seconds it took."""
    started = time.monotonic()
    statuses = [subprocess.run(command, check=False, env=ENVIRONMENT).returncode for command in commands(suite)]
    return next((status for status in statuses if status), 0), time.monotonic() - started


def main() -> int:
    """Run the suites named (or all) and return 1 where any failed or held no test."""
    suites = sys.argv[1:] or list(BUDGETS_SECONDS)
    rows, failed = [], False
    for suite in suites:
        print(f"\n== {suite} (budget {BUDGETS_SECONDS[suite]} s)", flush=True)
        status, seconds = run(suite)
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
