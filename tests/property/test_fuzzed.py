"""A little of what `make fuzz` tries for long: nothing breaks detection, the codec, or a step that remembers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.fuzzing import TARGETS

TIMES = {"detect": 30, "codec": 300, "packed": 200, "memory": 200, "pages": 100}


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_breaks(name: str) -> None:
    """Whatever is drawn, the rule of its target holds."""
    draw, check = TARGETS[name]

    @settings(
        max_examples=TIMES[name],
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(drawn=draw())
    def holds(drawn: Any) -> None:
        check(drawn)

    holds()
