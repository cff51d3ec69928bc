"""What detection knows, for tests: read once for all of them, as nothing changes it."""

from __future__ import annotations

from functools import cache

from processors.knowledge import Knowledge, load


@cache
def knowledge() -> Knowledge:
    """Return the real lexicons, actors and gazetteer."""
    return load()
