"""The runs of replays, for people: which there are, what each was made of and what came of it; and their end."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from streams.counters import Ending
from streams.embedded.agenda import read_notes
from streams.embedded.journal import SCHEME, SqliteJournal
from streams.embedded.journal import path_of as journal_path
from streams.errors import ConfigError, NotKnown
from streams.highlight import printable
from streams.replay.notes import MADE, READ, TOLD, Made, Read, Told, made_of, read_of, told_of
from streams.replay.runs import names_in, path_of, url_of

_BESIDE = ("", "-wal", "-shm", ".lock")  # what belongs to a journal, by the ends of the files' names
_SHORT = 12  # digits of a digest that tell two apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run as it lies in its file of so many bytes; `made` is None where it was never begun."""

    name: str
    size: int
    made: Made | None
    read: Read
    told: Told

    @property
    def stands(self) -> str:
        """How far it is, in words."""
        if self.made is None:
            return "not begun"
        if not self.read.is_all:
            return f"reading: {self.read.taken} items"
        return "done" if self.told.is_all else f"telling: {self.told.items} items"


def runs_in(folder: Path) -> tuple[Run, ...]:
    """Return the runs in a folder by name; raises JournalUnusable, and ConfigError for one of another version."""
    return tuple(run_of(folder, name) for name in names_in(folder))


def run_of(folder: Path, name: str) -> Run:
    """Return one run; raises NotKnown where there is none, ConfigError for one of another version."""
    path = path_of(folder, name)
    if not path.exists():
        known = ", ".join(names_in(folder)) or "none"
        raise NotKnown(f"there is no run {name!r} in {folder}; there are: {known}")
    notes = read_notes(path)
    try:
        made = made_of(notes[MADE]) if MADE in notes else None
        read, told = read_of(notes.get(READ)), told_of(notes.get(TOLD))
    except msgspec.DecodeError as error:
        raise ConfigError(f"run {name} was made by another version of changehands: {error}") from error
    return Run(name=name, size=path.stat().st_size, made=made, read=read, told=told)


def refuse_run(url: str) -> None:
    """Raise ConfigError for the journal of a run: services would read the present into it and take away what is old."""
    if url.startswith(SCHEME) and (path := journal_path(url)).exists() and read_notes(path):
        raise ConfigError(
            f"{path} is the run of a replay, which tells of the past and is done; "
            f"to see it: changehands --journal {url} serve"
        )


async def endings_of(folder: Path, name: str) -> Counter[Ending]:
    """Return how all records of a run ended; raises JournalUnusable."""
    journal = await SqliteJournal.open(url_of(folder, name))
    try:
        return await journal.endings()
    finally:
        await journal.close()


async def delete(folder: Path, name: str) -> None:
    """Delete a run's files; raises NotKnown where there is none, SlotTaken while somebody is at it."""
    path = path_of(folder, name)
    if not path.exists():
        run_of(folder, name)
    journal = await SqliteJournal.open(url_of(folder, name))
    try:
        with journal.slot():
            for suffix in _BESIDE:
                path.with_name(path.name + suffix).unlink(missing_ok=True)
    finally:
        await journal.close()


def as_json(run: Run, endings: Counter[Ending] | None = None) -> str:
    """Return a run as one line of JSON."""
    told: dict[str, Any] = {
        "name": run.name,
        "stands": run.stands,
        "bytes": run.size,
        "made": msgspec.to_builtins(run.made),
        "read": {**msgspec.to_builtins(run.read), "mark": None},
        "told": {**msgspec.to_builtins(run.told), "last": _at(run.told)},
    }
    told["read"].pop("mark")
    if endings is not None:
        told["endings"] = [
            {"step": one.step, "source": one.source, "outcome": one.outcome, "n": n}
            for one, n in sorted(endings.items(), key=lambda each: (each[0].step, each[0].source, each[0].outcome))
        ]
    return json.dumps(told, ensure_ascii=False)


def _at(told: Told) -> str | None:
    return told.last.at.isoformat() if told.last else None


def show_list(runs: tuple[Run, ...], console: Console) -> None:
    """Print the runs, a line each."""
    if not runs:
        console.print("there are no runs; `changehands replay SOURCE --as NAME` makes one")
        return
    table = Table(box=None, pad_edge=False)
    for head in ("run", "of", "stands", "items", "alerts", "told until", "MB", "digest"):
        table.add_column(head, justify="right" if head in {"items", "alerts", "MB"} else "left", overflow="fold")
    for run in runs:
        table.add_row(
            Text(run.name, "bold"),
            Text(printable(run.made.source if run.made else "")),
            Text(run.stands, "" if run.stands == "done" else "yellow"),
            str(run.told.items),
            str(run.told.alerts),
            moment(run.told.last.at if run.told.last else None),
            f"{run.size / 1e6:.1f}",
            Text(run.told.digest[:_SHORT], "dim"),
        )
    console.print(table)


def show_one(run: Run, endings: Counter[Ending], console: Console) -> None:
    """Print what a run was made of, how far it is, and how its records ended."""
    console.print(facts_table(run))
    if not endings:
        return
    by_step: Counter[tuple[str, str]] = Counter()
    for ending, times in endings.items():
        by_step[ending.step, ending.outcome] += times
    table = Table(box=None, pad_edge=False, title="how records ended", title_justify="left", title_style="bold")
    for head in ("step", "ended", "records"):
        table.add_column(head, justify="right" if head == "records" else "left")
    for (step, outcome), times in sorted(by_step.items()):
        table.add_row(printable(step), printable(outcome), str(times))
    console.print()
    console.print(table)


def facts_table(run: Run) -> Table:
    """Return a run's facts as a table of names and values."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for name, value in _facts(run):
        table.add_row(name, Text(printable(value)))
    return table


def _facts(run: Run) -> list[tuple[str, str]]:
    made, read, told = run.made, run.read, run.told
    facts = [("run", run.name), ("stands", run.stands)]
    if made is not None:
        first, until = moment(made.first) or "its beginning", moment(made.until) or "its end"
        facts += [
            ("source", f"{made.source} ({made.state})"),
            ("time", f"from {first} to {until}"),
            ("counts from", "publication" if made.as_of_publication else "fetching"),
            ("claims", "as they were detected" if made.as_detected else "detected by this run"),
            *((name, value) for name, value in made.versions.items()),
            ("settings", ", ".join(_flat(made.settings))),
            ("begun", moment(made.made_at)),
        ]
    items = f"{read.taken} read, {told.items} told, {read.outside} outside of the time, {read.undated} without a date"
    facts += [("items", items), ("torn", f"{read.torn} documents (see dead-letters)" if read.torn else "none")]
    facts += [("alerts", f"{told.alerts}, notices {told.notices}"), ("contents", read.content[:_SHORT])]
    return [*facts, ("digest", told.digest or "once all is told")]


def _flat(settings: dict[str, Any]) -> list[str]:
    """Return settings as lines of the configuration would name them."""
    groups = {name: group for name, group in settings.items() if name != "files"}  # the source says these
    return [f"{name}.{key} {value}" for name, group in groups.items() for key, value in group.items()]


def moment(at: datetime | None) -> str:
    """Return a time for people (UTC), empty where there is none."""
    return f"{at:%Y-%m-%d %H:%M}" if at else ""
