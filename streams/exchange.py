"""Lists of feeds from and for other readers: `changehands sources import` and `sources export`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from msgspec import json
from pydantic import ValidationError
from rich.console import Console
from rich.text import Text

from connectors.finding.discovery import feed_address
from connectors.finding.naming import id_for
from connectors.finding.opml import MAX_BYTES, Outline, outlines, written
from connectors.finding.search import placed
from connectors.newsroom import sources_of
from connectors.starter import starter_sources
from streams.configfile import blocks
from streams.dial import web_host
from streams.errors import ConfigError, SourceRefused
from streams.highlight import printable
from streams.masking import masked
from streams.roster import DEMO_HOME
from streams.rosterview import fitted, name_cell, table_of
from streams.settings import Settings
from streams.sources import SourceSettings
from streams.trying import spelled

TITLE = "changehands sources"
# Rows of an import that are shown; the rest is counted.
MOST_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of one feed of a list: the source it makes, or (added, known, refused) why none."""

    outline: Outline
    outcome: str
    text: str = ""
    source: SourceSettings | None = None


def imported(file: Path, given: Mapping[str, Any], settings: Settings) -> list[Taken]:
    """Return what becomes of each feed of an OPML file, in its order; raises SourceUnreadable, ConfigError."""
    try:
        with file.open("rb") as data:
            listed = outlines(data.read(MAX_BYTES + 1), file.name)
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}") from error
    starters = starter_sources() if settings.starter_sources else ()
    there = {spelled(source): source.id for source in (*starters, *settings.sources)}
    ids = {source.id for source in (*settings.sources, *starter_sources(), *sources_of(DEMO_HOME))}
    return [_taken(outline, given, there, ids) for outline in listed]


def _taken(outline: Outline, given: Mapping[str, Any], there: dict[str, str], ids: set[str]) -> Taken:
    """Return what becomes of one feed, and remember it, so that its twin further down is known."""
    try:
        source = _source(outline, given, ids)
    except (SourceRefused, ValidationError) as error:
        text = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        return Taken(outline=outline, outcome="refused", text=masked(text))
    key = spelled(source)
    if key in there:
        return Taken(outline=outline, outcome="known", text=f"read already as {there[key]}")
    there[key] = source.id
    ids.add(source.id)
    return Taken(outline=outline, outcome="added", source=source)


def _source(outline: Outline, given: Mapping[str, Any], ids: set[str]) -> SourceSettings:
    web_host(outline.url)
    # A name that is an id was made from it, where there was no name.
    own = outline.id if outline.id and outline.id not in ids else None
    id_ = own or id_for(outline.name, outline.url, ids)
    name = outline.name if outline.name != id_ else None
    folders = dict.fromkeys(filter(None, (given.get("category"), *outline.categories)))
    told: dict[str, Any] = {
        "owner": given.get("owner"),
        "side": given.get("side"),
        "language": outline.language or given.get("language"),
    }
    source = SourceSettings(id=id_, url=outline.url, name=name or None, categories=tuple(folders), **told)
    return placed(source)[0]


def show(taken: Sequence[Taken], console: Console, done: str) -> None:
    """Print what became of each feed, and in sum."""
    cells = [_cells(one) for one in taken[:MOST_SHOWN]]
    if cells:
        console.print(table_of(fitted(cells, console.width), cells))
    if len(taken) > MOST_SHOWN:
        console.print(Text(f"… and {len(taken) - MOST_SHOWN} more", "dim"))
    counts = Counter(one.outcome for one in taken)
    told = ", ".join(f"{counts[word]} {word}" for word in ("added", "known", "refused"))
    console.print(Text.assemble(f"{len(taken)} feeds: {told}", f"; {done}" if counts["added"] else ""), soft_wrap=True)
    if counts["added"]:
        minutes = min(counts["added"] / 60, 5.0)
        console.print(Text(f"read from the next start on, first polls spread over {minutes:.1f} min", "dim"))


def _cells(one: Taken) -> dict[str, Text]:
    colour = {"added": "green", "known": "dim", "refused": "red"}[one.outcome]
    return {
        "outcome": Text(one.outcome, colour),
        "id": Text(one.source.id if one.source else "", "bold"),
        "name": name_cell(one.outline.name),
        "address": Text(printable(one.text or masked(one.outline.url)), "dim"),
    }


def as_json(taken: Iterable[Taken]) -> str:
    """Return what became of each feed as JSON, one object a line."""
    return "\n".join(json.encode(_told(one)).decode() for one in taken)


def _told(one: Taken) -> dict[str, Any]:
    block = one.source.model_dump(mode="json", exclude_defaults=True) if one.source else None
    return {"outcome": one.outcome, "url": masked(one.outline.url), "text": one.text, "source": block}


def exportable(settings: Settings, *, starter: bool) -> list[SourceSettings]:
    """Return the configured sources and, if wanted, those of the starter list that they do not stand for."""
    ids = {source.id for source in settings.sources}
    starters = (source for source in starter_sources() if source.id not in ids) if starter else ()
    return list(chain(settings.sources, starters))


def exported(sources: Sequence[SourceSettings], form: str) -> tuple[str, int]:
    """Return the sources in this form (opml, toml, json), and how many it cannot carry."""
    if form == "toml":
        return blocks(sources), 0
    if form == "json":
        return "".join(f"{source.model_dump_json(exclude_defaults=True)}\n" for source in sources), 0
    feeds = {source.id: address for source in sources if (address := feed_address(source))}
    listed = [source.model_copy(update={"url": feeds[source.id]}) for source in sources if source.id in feeds]
    return written(listed, TITLE), len(sources) - len(listed)
