"""`changehands evaluate`: how well detection does on texts with gold, by language, kind and status, with the misses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct, json
from rich.console import Console
from rich.progress import track
from rich.table import Table
from rich.text import Text

from processors.detect import detect
from processors.knowledge import Knowledge
from processors.lines import published
from processors.measure.gold import GoldEvent, GoldItem, from_golden, from_lines
from processors.measure.scores import (
    GROUPS,
    Judged,
    Rate,
    calibration_error,
    decision,
    events,
    in_group,
    interval,
    judged,
    shares,
)
from streams.errors import BadRecord
from streams.logs import printable
from streams.mentions import Kind, Mention, Status

_SHOWN = 160


class Line(Struct, frozen=True, kw_only=True):
    """One line of the board: a language, kind or status with its figures, shares of 1."""

    name: str
    texts: int
    figures: dict[str, float | None]


class Board(Struct, frozen=True, kw_only=True):
    """The figures of a run, and what was missed or told in excess."""

    languages: list[Line]
    kinds: list[Line]
    statuses: list[Line]
    misses: list[str]


def read(paths: Sequence[Path]) -> list[GoldItem]:
    """Read gold files, golden TOML by its ending, else JSON lines; raises BadRecord naming the file."""
    items: list[GoldItem] = []
    for path in paths:
        try:
            lines = path.read_bytes()
            toml = path.suffix == ".toml"
            items += from_golden(path.stem, lines.decode("utf-8")) if toml else from_lines(lines.split(b"\n"))
        except (OSError, BadRecord, UnicodeDecodeError) as error:
            raise BadRecord(f"{path}: {error}") from error
    return items


def run(items: Sequence[GoldItem], knowledge: Knowledge, console: Console | None = None) -> list[Judged]:
    """Detect in every text and compare; shows progress where a console is given."""
    shown = track(items, "detecting", console=console, transient=True) if console else items
    return [judged(item, _mentions(item, knowledge)) for item in shown]


def _mentions(item: GoldItem, knowledge: Knowledge) -> tuple[Mention, ...]:
    day, precision = published(item.published)
    return detect(
        item.text, knowledge=knowledge, language=item.language or None, published=day, published_precision=precision
    )


def board(texts: Sequence[Judged]) -> Board:
    """Return the figures by language, kind and status."""
    languages = sorted({text.item.language for text in texts})
    rows = [("all", list(texts)), *((code, [t for t in texts if t.item.language == code]) for code in languages)]
    return Board(
        languages=[Line(name=name, texts=len(some), figures=_figures(some)) for name, some in rows],
        kinds=[_part(texts, kind.value, lambda k, _, kind=kind: k is kind) for kind in Kind],
        statuses=[_part(texts, s.value, lambda k, ss, s=s: k is not Kind.HOLDS and s in ss) for s in Status],
        misses=[line for text in texts for line in _misses(text)],
    )


def _figures(texts: Sequence[Judged]) -> dict[str, float | None]:
    rate = decision(texts)
    low, high = interval(texts, lambda some: decision(some).f1) if rate.hits else (0.0, 0.0)
    found = {name: events(texts, in_group(name)).f1 for name in GROUPS}
    return {
        "precision": rate.precision, "recall": rate.recall, "decision": rate.f1, "low": low, "high": high,
        **found, **shares(texts), "calibration": calibration_error(texts),
    }  # fmt: skip


def _part(texts: Sequence[Judged], name: str, fits: Callable[..., bool]) -> Line:
    rate: Rate = events(texts, fits)
    figures = {"precision": rate.precision, "recall": rate.recall, "f1": rate.f1}
    return Line(name=name, texts=rate.hits + rate.missed, figures={**figures})


def _misses(text: Judged) -> Iterator[str]:
    """Yield what gold has and detection has not, then what detection told that gold does not."""
    answered, used = {j for _, j in text.pairs}, {i for i, _ in text.pairs}
    start = f"{text.item.language} {text.item.id}"
    for j, event in enumerate(text.item.events):
        if j not in answered:
            yield f"missed {start} {_named(event)}: {_flat(event.evidence or text.item.text)}"
    for i, mention in enumerate(text.mentions):
        if i not in used:
            places = ", ".join(place.text for place in mention.places)
            told = f"{mention.kind} {mention.status} [{places}] {mention.rule}"
            yield f"excess {start} {told}: {_flat(mention.evidence.sentence)}"


def _flat(words: str) -> str:
    return re.sub(r"\s+", " ", words)[:_SHOWN]


def _named(event: GoldEvent) -> str:
    places = ", ".join(min(readings) for readings in event.places)
    return f"{event.kind} {min(event.statuses)} [{places}]"


def show(found: Board, console: Console, misses: int) -> None:
    """Print the board and the first misses."""
    console.print(_table("language", found.languages, ("decision", "low", "high", *GROUPS, *_FIELDS)))
    console.print(_table("kind", [line for line in found.kinds if line.texts], ("precision", "recall", "f1")))
    console.print(_table("status", [line for line in found.statuses if line.texts], ("precision", "recall", "f1")))
    for line in found.misses[:misses]:
        console.print(Text(printable(line)))
    if len(found.misses) > misses:
        console.print(Text(f"{len(found.misses) - misses} more; --misses shows as many as you say", style="dim"))


_FIELDS = ("kind", "gaining", "losing", "status", "calibration")


def _table(name: str, lines: Iterable[Line], columns: Sequence[str]) -> Table:
    table = Table(name, "texts" if name == "language" else "events", *columns, header_style="bold", box=None)
    for line in lines:
        cells = (line.figures.get(column) for column in columns)
        table.add_row(line.name, str(line.texts), *("–" if cell is None else f"{cell:.3f}" for cell in cells))
    return table


def as_json(found: Board) -> str:
    """Return the board as one JSON object."""
    return json.encode(found).decode("utf-8")
