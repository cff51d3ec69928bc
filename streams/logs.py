"""Structured logs: the events there are, and how they are written."""

from __future__ import annotations

import io
import logging
from contextlib import suppress
from typing import TextIO

import structlog

from streams.masking import masked
from streams.settings import LogSettings

EVENTS = frozenset(
    {
        "service.started",
        "service.stopped",
        "source.polled",
        "source.failed",
        "source.noted",
        "archive.read",
        "hub.asked",
        "hub.said",
        "push.failed",
        "push.refused",
        "stream.lost",
        "ask.failed",
        "stream.opened",
        "stream.note",
        "stream.full",
        "page.fetched",
        "page.failed",
        "host.gated",
        "network.away",
        "network.back",
        "sources.taken",
        "item.published",
        "record.dead_lettered",
        "worker.ended",
        "partitions.assigned",
        "batch.committed",
        "alert.published",
        "gazetteer.built",
        "journal.pruned",
        "journal.full",
        "memory.damaged",
        "journal.room",
        "metrics.served",
    }
)


_CALM_SECONDS = 30.0
_MOST_SAYINGS = 1000


def configure(settings: LogSettings, out: TextIO) -> None:
    """Write to `out`: JSON lines in a service, colours on a terminal; both escape control characters.

    A line that cannot be written, for the disk is full or the reader gone, is given up: the work goes on.
    """
    console = settings.format == "console" or (settings.format == "auto" and out.isatty())
    renderer = structlog.dev.ConsoleRenderer() if console else structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _escape_controls,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[settings.level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(_Forgiving(out)),  # type: ignore[arg-type]  # all that it asks of a file
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(_Escaping(logging.BASIC_FORMAT))
    handler.addFilter(_Calm())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


class _Forgiving(io.TextIOBase):
    """Writes where it can."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def write(self, text: str) -> int:
        """Return how much was taken, which is always all."""
        with suppress(OSError):
            self._out.write(text)
        return len(text)

    def flush(self) -> None:
        """Hand on what was written."""
        with suppress(OSError):
            self._out.flush()


class _Calm(logging.Filter):
    """Lets a library say the same once in half a minute, with how often it said so meanwhile.

    With the broker away, each of Kafka's clients would say so ten times a second.
    """

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the record is to be written."""
        words = (record.name, str(record.msg))
        again_at, times = self._said.get(words, (0.0, 0))
        if record.created < again_at:
            self._said[words] = (again_at, times + 1)
            return False
        if len(self._said) >= _MOST_SAYINGS:
            self._said.clear()
        self._said[words] = (record.created + _CALM_SECONDS, 0)
        if times:
            record.msg, record.args = f"{record.getMessage()} (and {times} times like this before)", ()
        return True


class _Escaping(logging.Formatter):
    """Writes what libraries log as harmlessly as what we do."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's line, and the lines of its traceback behind a bar."""
        return _lines(super().format(record))


def _lines(text: str) -> str:
    """Return lines that cannot be taken for lines of the log: each but the first stands behind a bar."""
    return "\n| ".join(_shown(line) for line in text.split("\n"))


def _shown(text: str) -> str:
    return printable(masked(text) if "://" in text else text)


def _escape_controls(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Keep hostile text on its own line and without terminal sequences, and secrets of addresses out of it.

    A traceback keeps its lines: its last holds the words of an error, which may be a stranger's.
    """
    return {
        key: (_lines if key == "exception" else _shown)(value) if isinstance(value, str) else value
        for key, value in event.items()
    }


def printable(text: str) -> str:
    """Return text with every control and direction-overriding character written out as an escape."""
    if text.isprintable():  # nearly all is, and there is much of it
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
