"""One source tried and told: the work behind `changehands sources test` and `sources add`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from connectors.connector import Response
from connectors.finding.advice import advice
from connectors.finding.discovery import place
from connectors.finding.search import Found, Try, find, looked_at
from connectors.finding.trial import Bench, Trial, bench, overheard, tried
from connectors.kinds import KINDS, STREAMS
from connectors.polling.reasons import reasons
from connectors.posts.telegram.channel import preview
from connectors.reading.urls import canonical
from processors.extract import Extracted, extract
from streams.errors import SourceUnreadable
from streams.items import ItemKind, RawItem
from streams.settings import FetchSettings
from streams.sources import SourceSettings

# Posts after which a stream has shown enough, and items that are shown of any source.
SHOWN = 5
SECONDS = 15.0
# A text this short is no article; a page of it may be made by scripts or stand behind a wall nobody knows.
SHORT = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One item as processing would read it: None where its body cannot be read, which `text` then explains."""

    item: RawItem
    read: Extracted | None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is known of an address after it was tried.

    `wrong` is what is wrong with it, each with what to do; `hints` are what a
    person may have forgotten to say of it.
    """

    found: Found
    looks: tuple[Look, ...]
    behind: Look | None
    language: str | None
    schedule: tuple[str, ...]
    wrong: tuple[str, ...]
    hints: tuple[str, ...] = ()

    @property
    def trial(self) -> Trial:
        """What came of the source."""
        return self.found.trial


def look(item: RawItem) -> Look:
    """Read an item as processing does. Runs in a worker process."""
    try:
        return Look(item=item, read=extract(item))
    except SourceUnreadable as error:
        return Look(item=item, read=None, text=str(error))


@asynccontextmanager
async def trying(fetch: FetchSettings, *, seconds: float) -> AsyncIterator[tuple[Bench, Try]]:
    """Open what trying needs, and yield it with what tries one source; streams are heard for so many seconds."""
    async with bench(fetch) as at:

        async def attempt(source: SourceSettings) -> Trial:
            if source.kind not in KINDS:
                return await overheard(at, source, seconds=seconds, enough=SHOWN)
            return await tried(at, source)

        yield at, attempt


async def report_on(source: SourceSettings, fetch: FetchSettings, *, seconds: float, seek: bool) -> Report:
    """Try a source and tell what would be read; with `seek`, of what cannot be read look for what can."""
    async with trying(fetch, seconds=seconds) as (at, attempt):
        found = await (find if seek else looked_at)(at, source, attempt)
        looks = [await _looked(at, item) for item in _newest(found.trial)]
        behind = found.trial.behind
        page = await _looked(at, behind.item) if behind and behind.item else None
        return _report(found, tuple(looks), page, at.poller.now())


def _newest(trial: Trial) -> list[RawItem]:
    """Return the items to show: the newest, or the first where they have no dates."""
    first = [item for item in trial.items if item.kind is not ItemKind.PAGE or trial.source.kind in {"page", "archive"}]
    beginning = datetime.min.replace(tzinfo=UTC)
    return sorted(first, key=lambda item: item.published_at or beginning, reverse=True)[:SHOWN]


async def _looked(at: Bench, item: RawItem) -> Look:
    return await at.run(look, item.url, item) or Look(item=item, read=None, text="it could not be read in time")


def _report(found: Found, looks: tuple[Look, ...], behind: Look | None, now: datetime) -> Report:
    trial = found.trial
    stated = trial.described.language if trial.described else None
    schedule: tuple[str, ...] = ()
    if trial.is_read and trial.progress and isinstance(trial.answer, Response):
        hint = trial.described.hint if trial.described else 0.0
        schedule = tuple(reasons(trial.source, trial.progress.schedule, trial.answer, now, hint=hint))
    return Report(
        found=found,
        looks=looks,
        behind=behind,
        language=trial.source.language or seen_language(looks) or stated,
        schedule=schedule,
        wrong=tuple(wrong(found, looks, behind)),
        hints=tuple(hints(found)),
    )


def seen_language(looks: tuple[Look, ...]) -> str | None:
    """Return the language in which all items read, None where they differ or say too little."""
    seen = {one.read.language for one in looks if one.read and one.read.language}
    return seen.pop() if len(seen) == 1 else None


def wrong(found: Found, looks: tuple[Look, ...], behind: Look | None) -> list[str]:
    """Return what is wrong with a source, each in a sentence with what to do. Pure."""
    trial = found.trial
    if not trial.is_read:
        return ["; ".join(filter(None, (trial.health.text, _todo(found))))]
    said = [trial.health.text] if trial.health.text and not trial.behind else []
    said += [f"{len(trial.letters)} posts could not be read: {trial.letters[0].text}"] if trial.letters else []
    said += _of_entries(trial, looks)
    said += _of_pages(trial, behind)
    said += [f"{one.item.url}: {one.text}" for one in looks if one.read is None]
    return said


def _todo(found: Found) -> str:
    if found.offers:
        return "name one of the feeds it offers, or let `sources add` take the first"
    if found.links:
        return f"it names no feed; read it with --kind page, or with --kind listing --select CSS: {found.links}"
    trial = found.trial
    # What a stream's refusal means its own kind says; advice for feeds would lead astray.
    return "" if trial.source.kind in STREAMS and trial.health.http_status else advice(trial.health)


def hints(found: Found) -> list[str]:
    """Return what a person may have forgotten to say of a source. Pure."""
    trial, said = found.trial, []
    if not trial.is_read:
        return []
    if not trial.source.owner:
        said.append("--owner names its publisher: sources of one owner are one voice, and this has none")
    others = [offer.url for offer in found.offers if canonical(offer.url) != canonical(trial.source.url)]
    if others:
        said.append("other addresses it offers can be added by themselves")
    return said


def _of_entries(trial: Trial, looks: tuple[Look, ...]) -> list[str]:
    told, found = trial.described, []
    seen = seen_language(looks)
    if told and told.language and seen and told.language != seen and not trial.source.language:
        found.append(f"it says that its language is {told.language}, its items read as {seen}: say --language {seen}")
    if told and told.entries and told.undated:
        found.append(
            f"{told.undated} of {told.entries} entries have no date that can be read:"
            " they count as published when first seen"
        )
    if told and told.entries and not trial.items:
        found.append("its entries have neither titles nor texts")
    if not trial.items and not found and trial.progress:
        found.append("it can be read, and there is nothing in it now")
    return found


def _of_pages(trial: Trial, page: Look | None) -> list[str]:
    behind = trial.behind
    if behind is None:
        return []
    if behind.item is None:
        return [behind.text] if behind.text else []
    if behind.item.stub:
        return (
            [f"{behind.text or behind.url}: the feed's own text stands"]
            if "stands" not in behind.text
            else [behind.text]
        )
    if page and page.read and len(page.read.body) < SHORT:
        return [f"{behind.url}: only {len(page.read.body)} characters of text were found; is it made by scripts?"]
    return []


def spelled(source: SourceSettings) -> str:
    """Return a source's address in the one spelling by which twins are known; streams differ by what they take."""
    offer = place(source.url)
    where = canonical(preview(source.url) if source.kind == "telegram" else offer.url if offer else source.url)
    if source.kind not in STREAMS:
        return where
    taken = (*sorted(source.accounts), "|", *sorted(source.words), "|", *sorted(source.tags))
    return f"{where} {' '.join(taken)}"
