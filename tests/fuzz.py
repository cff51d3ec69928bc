"""Fuzz for as long as told: python tests/fuzz.py MINUTES [TARGET...]; what breaks is shown in its smallest form.

Hypothesis remembers failing examples under .hypothesis/fuzz and tries them
first the next time. Each becomes a test of its own once it is understood.
"""

from __future__ import annotations

import logging
import random
import sys
import time
import traceback
from pathlib import Path
from typing import Any

import structlog
from hypothesis import HealthCheck, given, seed, settings
from hypothesis.database import DirectoryBasedExampleDatabase

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.fuzzing import TARGETS

ROUND = 100


def tried(name: str) -> str | None:
    """Try a target some hundred times anew; return what broke, None where nothing did."""
    draw, check = TARGETS[name]

    @settings(
        max_examples=ROUND,
        deadline=None,
        database=DirectoryBasedExampleDatabase(".hypothesis/fuzz"),
        suppress_health_check=list(HealthCheck),
    )
    @seed(random.getrandbits(64))
    @given(drawn=draw())
    def holds(drawn: Any) -> None:
        check(drawn)

    try:
        holds()
    except BaseException as error:  # whatever it is, it is what is looked for
        if isinstance(error, KeyboardInterrupt):
            raise
        return "".join(traceback.format_exception(error))
    return None


def main(minutes: float, names: list[str]) -> int:
    """Try all targets in turns until the time is over; return how many of them broke."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))  # dead letters are meant
    end, times, broken = time.monotonic() + 60 * minutes, dict.fromkeys(names, 0), dict[str, str]()
    while time.monotonic() < end and len(broken) < len(names):
        for name in [name for name in names if name not in broken]:
            if found := tried(name):
                broken[name] = found
                print(f"{name} BROKE\n{found}", flush=True)
            times[name] += ROUND
            if time.monotonic() >= end:
                break
    for name, count in times.items():
        print(f"{name}: about {count:,} examples, {'BROKE, see above' if name in broken else 'nothing broke'}")
    return len(broken)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), sys.argv[2:] or list(TARGETS)))
