"""Detection on JSON lines: what `changehands detect` reads and prints."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import msgspec

from processors.detect import detect
from processors.knowledge import Knowledge
from streams.errors import BadRecord
from streams.mentions import Mention, Precision

MAX_LINE = 16 * 1024 * 1024


class Input(msgspec.Struct, frozen=True, kw_only=True):
    """One item to read; unknown keys are ignored."""

    id: str | int
    text: str
    lang: str | None = None
    published_at: str | None = None
    date_published: str | None = None


class Output(msgspec.Struct, frozen=True, kw_only=True):
    """One item's mentions; offsets count characters of the item's text."""

    id: str | int
    mentions: tuple[Mention, ...]


_inputs = msgspec.json.Decoder(Input)
_outputs = msgspec.json.Encoder()
_FORMS = (
    (r"\d{4}", "%Y", Precision.YEAR),
    (r"\d{4}-\d\d", "%Y-%m", Precision.MONTH),
    (r"\d{4}-\d\d-\d\d", "%Y-%m-%d", Precision.DAY),
)


def published(raw: str | None) -> tuple[datetime | None, Precision | None]:
    """Return a year, month, day or ISO 8601 instant as the start of its period in UTC, and how exact it is.

    Raises BadRecord where it is none of these. An instant without a zone is taken as UTC.
    """
    if not raw:
        return None, None
    try:
        for pattern, form, precision in _FORMS:
            if re.fullmatch(pattern, raw):
                return datetime.strptime(raw, form).replace(tzinfo=UTC), precision
        moment = datetime.fromisoformat(raw)
    except ValueError as error:
        raise BadRecord(f"{raw[:40]!r} is no date; write 2014, 2014-02, 2014-02-10 or 2014-02-10T08:00:00Z") from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC), Precision.INSTANT


def detect_line(line: bytes, knowledge: Knowledge) -> bytes:
    """Return the output line for one input line; raises BadRecord saying what is wrong with it."""
    if len(line) > MAX_LINE:
        raise BadRecord(f"the line has {len(line)} bytes; {MAX_LINE} is the most")
    try:
        item = _inputs.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRecord(f'not an item like {{"id": …, "text": …}}: {error}') from error
    moment, precision = published(item.published_at or item.date_published)
    mentions = detect(
        item.text, knowledge=knowledge, language=item.lang, published=moment, published_precision=precision
    )
    return _outputs.encode(Output(id=item.id, mentions=mentions))


def detect_lines(lines: Iterable[bytes], knowledge: Knowledge) -> Iterator[bytes | BadRecord]:
    """Yield, for each line that is not blank, its output line or the error that names its number."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield detect_line(line, knowledge)
        except BadRecord as error:
            yield BadRecord(f"line {number}: {error}")
