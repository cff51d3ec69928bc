"""What would run, and whether it could: the findings of `changehands check`."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from connectors.archives.shelf import place_of
from connectors.asking.private import checked_end
from connectors.kinds import KINDS, STREAMS
from connectors.listening.wires import token_in
from connectors.starter import starter_sources
from processors.flow import flow
from processors.gazetteer import compiled
from processors.knowledge import load
from streams.dial import web_host
from streams.errors import ChangehandsError, SourceRefused
from streams.logs import printable
from streams.masking import masked
from streams.services import opened
from streams.settings import Settings
from streams.sources import SourceSettings
from streams.topics import TOPICS


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at; `text` says what was found, or what is wrong and what to do."""

    what: str
    right: bool
    text: str


async def inspect(settings: Settings, config: Path | None) -> list[Finding]:
    """Look at configuration, sources, journal, topics, gazetteer, lexicons and port."""
    return [
        Finding(
            what="configuration", right=True, text=str(config or "defaults and environment (no changehands.toml here)")
        ),
        *_sources(settings),
        await _journal(settings),
        Finding(what="topics", right=True, text=", ".join(topic.name for topic in TOPICS)),
        Finding(what="retention", right=True, text=_kept(settings)),
        Finding(what="flow", right=True, text=" → ".join([step.name for step in flow(settings)])),
        *_knowledge(settings),
        _page(settings),
    ]


def _sources(settings: Settings) -> Iterator[Finding]:
    for source in settings.sources:
        yield Finding(what=f"source {source.id}", right=not _wrong(source), text=_wrong(source) or source.url)
    if settings.starter_sources:
        starters = starter_sources()
        owners = len({source.owner for source in starters})
        yield Finding(what="starter list", right=True, text=f"{len(starters)} public feeds of {owners} publishers")
    yield Finding(
        what="demo newsroom", right=True, text="on: fictional reports on loopback" if settings.demo else "off"
    )


def _wrong(source: SourceSettings) -> str | None:
    """Return why a source cannot be read as it is configured, None where nothing speaks against it."""
    try:
        if source.kind in STREAMS:
            _stream(source)
        elif source.kind in KINDS:
            for request in KINDS[source.kind].plan(source, b"", datetime.now(UTC)):
                web_host(request.url)
            if source.token_file:
                checked_end(token_in(source.token_file))
        else:
            place_of(source.url)
    except SourceRefused as refused:
        return str(refused)
    except OSError as error:
        return f"{source.url!r} cannot be read: {error.strerror}"
    return None


def _stream(source: SourceSettings) -> None:
    """Look for what a stream needs before it is dialled; raises SourceRefused."""
    web_host(source.url)
    if source.token_file or STREAMS[source.kind].needs_token:
        token_in(source.token_file)
    STREAMS[source.kind].dial(source, b"", datetime.now(UTC))


async def _journal(settings: Settings) -> Finding:
    try:
        async with opened(settings.journal) as journal:
            known = await journal.cursors(whole=False)
    except ChangehandsError as error:
        return Finding(what="journal", right=False, text=str(error))
    return Finding(what="journal", right=True, text=f"{settings.journal}: opens, {len(known)} sources read so far")


def _kept(settings: Settings) -> str:
    """Return for how long what is kept."""
    days = settings.retention.model_dump()
    told = (
        f"{name.removesuffix('_days')} {f'{count:g} days' if count else 'for good'}" for name, count in days.items()
    )
    return ", ".join(told)


def _knowledge(settings: Settings) -> Iterator[Finding]:
    try:
        path = compiled(settings.gazetteer)
        knowledge = load(path)
    except (ChangehandsError, OSError) as error:
        yield Finding(what="gazetteer", right=False, text=f"{error}; build it with: changehands gazetteer build")
        return
    size = path.stat().st_size / 1e6
    yield Finding(what="gazetteer", right=True, text=f"{path} ({size:.0f} MB)")
    yield Finding(what="lexicons", right=bool(knowledge.lexicons), text=", ".join(sorted(knowledge.lexicons)))


def _page(settings: Settings) -> Finding:
    address = (settings.web.host, settings.web.port)
    try:
        with socket.create_server(address):
            pass
    except OSError as error:
        return Finding(what="page", right=False, text=f"{address[0]}:{address[1]}: {error.strerror}; set web.port")
    return Finding(what="page", right=True, text=f"http://{address[0]}:{address[1]}/")


def show(findings: list[Finding], settings: Settings, console: Console) -> None:
    """Print the findings as a table, what is wrong in words and colour, then the settings in effect."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for finding in findings:
        mark = Text("right", "green") if finding.right else Text("WRONG", "bold red")
        table.add_row(mark, Text(finding.what), Text(printable(finding.text)))
    console.print(table)
    console.print(Text("\nSettings in effect:", "bold"))
    for name, value in settings.model_dump(mode="json", exclude={"sources"}).items():
        console.print(Text(f"  {name} = {printable(masked(json.dumps(value, ensure_ascii=False)))}"))
