"""`changehands archive`: raw items out of the journal into files by day, and whether such files are whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.text import Text

from connectors.archives.manifest import File, Form, holes
from connectors.archives.verifying import Flaw, checked, strangers, told_of
from connectors.archives.writing import Writing, item_of, writing
from streams.errors import BadRecord
from streams.highlight import printable
from streams.journal import Journal
from streams.services import opened
from streams.topics import RAW_ITEMS

# How often people are told how far the journal is read.
_EVERY = 1000
_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is archived: items fetched since and before a time (UTC; null: any), and in which forms."""

    since: datetime | None = None
    before: datetime | None = None
    forms: Sequence[Form] = tuple(Form)

    def holds(self, fetched_at: datetime) -> bool:
        """Say whether an item that was fetched then is wanted."""
        return (self.since is None or fetched_at >= self.since) and (self.before is None or fetched_at < self.before)


@dataclass(slots=True, kw_only=True)
class Archived:
    """How each record of the journal ended (archived, known, outside, unreadable), and the files that came of it."""

    endings: Counter[str] = field(default_factory=Counter)
    files: list[File] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)


async def archive(url: str, folder: Path, wanted: Wanted, console: Console) -> bool:
    """Write what a journal has of raw items and the archive has not; tell it; say whether all could be read."""
    done = Archived()
    with writing(folder, wanted.forms, f"changehands {version('changehands')}") as archive_:
        async with opened(url) as journal:
            with console.status("reading the journal") as status:
                async for count in _taken(journal, archive_, wanted, done):
                    status.update(f"reading the journal: {count} raw items")
        for files in archive_.finish(datetime.now(UTC)):
            done.files += files
            console.print(_day(files), highlight=False, soft_wrap=True)
    _show(done, folder, console)
    return not done.unreadable


async def _taken(journal: Journal, archive_: Writing, wanted: Wanted, done: Archived) -> AsyncIterator[int]:
    """Take what is wanted; yield now and then how many records were read."""
    async for stored in journal.read(RAW_ITEMS):
        try:
            item = item_of(stored.value)
        except BadRecord as error:
            done.endings["unreadable"] += 1
            done.unreadable.append(f"raw-items, partition {stored.partition}, offset {stored.offset}: {error}")
            continue
        if not wanted.holds(item.fetched_at):
            done.endings["outside"] += 1
        else:
            done.endings["archived" if archive_.take(item, stored.value) else "known"] += 1
        if done.endings.total() % _EVERY == 0:
            yield done.endings.total()


def _day(files: Sequence[File]) -> Text:
    names = ", ".join(f"{file.name} ({_size(file.bytes)})" for file in files)
    return Text.assemble((f"{files[0].day}", "bold"), f"  {_items(files[0].items)}  ", (names, "dim"))


def _items(count: int) -> str:
    return f"{count} item" if count == 1 else f"{count} items"


def _days(days: Collection[date]) -> str:
    return f"{len(days)} day" if len(days) == 1 else f"{len(days)} days"


def _size(count: int) -> str:
    size = float(count)
    for unit in ("B", "kB", "MB"):
        if size < 1000:  # noqa: PLR2004 (what the units say)
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def _show(done: Archived, folder: Path, console: Console) -> None:
    name, days = printable(str(folder)), {file.day for file in done.files}
    told = [f"{_items(done.endings['archived'])} of {_days(days)} into {name}" if days else f"nothing new for {name}"]
    words = {"known": "already there", "outside": "outside the time asked for", "unreadable": "unreadable"}
    told += [f"{done.endings[word]} {text}" for word, text in words.items() if done.endings[word]]
    console.print(Text("; ".join(told)), soft_wrap=True)
    for text in done.unreadable[:_SHOWN]:
        console.print(Text(printable(text), "red"), soft_wrap=True)


def verify(folder: Path, console: Console) -> bool:
    """Go through an archive and tell what is wrong with it; say whether nothing is. Raises ConfigError."""
    manifest = told_of(folder)
    flaws: list[Flaw] = []
    with console.status("reading") as status:
        for file, found in checked(folder, manifest):
            status.update(f"reading {file.name}")
            flaws += _told(found, console)
    flaws += _told(strangers(folder, manifest), console)
    for day in holes(manifest):
        console.print(
            Text(f"nothing of {day}: no item was fetched then, or it was not archived", "dim"), soft_wrap=True
        )
    days = _days({file.day for file in manifest.files})
    written = f"written by {printable(manifest.program)}"
    sum_ = f"{len(manifest.files)} files, {_items(manifest.items)} of {days}, {written}"
    verdict = Text(f"{len(flaws)} {'flaw' if len(flaws) == 1 else 'flaws'}", "red") if flaws else Text("whole", "green")
    console.print(Text.assemble(f"{sum_}: ", verdict), soft_wrap=True)
    return not flaws


def _told(flaws: Sequence[Flaw], console: Console) -> Sequence[Flaw]:
    for flaw in flaws:
        console.print(Text(printable(str(flaw)), "red"), soft_wrap=True)
    return flaws
