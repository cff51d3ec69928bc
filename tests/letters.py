"""Dead letters for tests."""

from __future__ import annotations

from typing import Any

from streams.items import DeadLetter
from tests.alerts import NOON


def letter(id_: str, **more: Any) -> DeadLetter:
    """Return a letter of a record that enrich could not read, but for what is said otherwise."""
    usual: dict[str, Any] = {
        "topic": "raw-items",
        "partition": 0,
        "offset": 1,
        "payload": b"",
        "size": 3,
        "sha256": "aa",
        "step": "enrich",
        "error": "BadRecord",
        "text": "not a record",
        "at": NOON,
    }
    return DeadLetter(id=id_, **(usual | more))
