"""Times as services' interfaces write them: RFC 3339 and nothing else, so that no text is guessed at."""

from __future__ import annotations

from datetime import UTC, datetime

from connectors.reading.dates import AHEAD


def instant(raw: str | None, now: datetime) -> datetime | None:
    """Return the moment (UTC; without a zone it is), None for any other text and for more than a day ahead."""
    try:
        moment = datetime.fromisoformat((raw or "")[:64])
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if moment - now <= AHEAD else None
