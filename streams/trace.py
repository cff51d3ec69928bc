"""Why an alert, why none: one item through the whole flow, with every ending in words."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from connectors.connector import PAGE_LIMIT, Failure, Purpose, Request, Response
from connectors.following.behind import behind
from connectors.http import web
from connectors.pages import ACCEPT, PDF_MARK, packed, page_text
from processors.detect.explain import Shown, marks
from processors.flow import enriching, flow
from processors.lines import published as read_date
from processors.partynames import party_names
from streams.alerts import Alert
from streams.errors import ConfigError, SourceUnavailable
from streams.holding import Ledger, Pledge
from streams.items import Claim, EnrichedItem, ItemKind, RawItem
from streams.ledgers import standing
from streams.logs import printable
from streams.mentions import Mention
from streams.settings import Settings
from streams.steps import Dropped, Outcome, RememberingStep, Why
from streams.wording import held_by

ISOLATE, END_ISOLATE = "\u2068", "\u2069"
ROLES = {
    Shown.TRIGGER: "bold yellow",
    Shown.GAINING: "bold green",
    Shown.LOSING: "bold red",
    Shown.PLACE: "bold cyan",
    Shown.STATUS: "italic magenta",
}
REASONS = {
    Why.BACKGROUND: "history told in passing: no news",
    Why.NOT_A_CHANGE: "control as it stands, no change",
    Why.NOT_A_FACT: "denied, failed, planned or still fought over: no fact",
    Why.EMPTY: "no text was found in it",
    Why.DUPLICATE: "said before",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """One item's way: its enriched form (or why there is none), the ending of each claim, and pledges.

    `stub` says why its page would not be read if a feed led to it.
    """

    item: EnrichedItem | None
    dropped: Why | None
    endings: tuple[tuple[Claim, Outcome], ...] = ()
    pledges: tuple[Pledge, ...] = ()
    stub: str | None = None


async def trace(what: str, date: str | None, settings: Settings) -> Trace:
    """Run an address, a file or standard input (-) through the flow, remembering nothing afterwards.

    Raises ConfigError for a file that cannot be read, SourceUnavailable for an address that does not answer,
    SourceUnreadable for a body that is no text.
    """
    answer = await _answer(what, settings)
    page = page_text(answer, None)
    moment, precision = read_date(date)
    item = RawItem(
        id="try",
        source="try",
        kind=ItemKind.PAGE,
        url=answer.url,
        canonical_url=answer.url,
        fetched_at=datetime.now(UTC),
        published_at=moment,
        published_precision=precision,
        title=page.title,
        body=packed(page.text, answer.url),
        content_type=page.content_type,
    )
    stub = behind(item, answer, asked=what, own=0, now=item.fetched_at).stub
    return replace(traced(enriching(settings.gazetteer)(item), settings), stub=stub)


def traced(outcome: Outcome, settings: Settings) -> Trace:
    """Follow an enriched item through the steps that remember, starting from empty memories."""
    if isinstance(outcome, Dropped):
        return Trace(item=None, dropped=outcome.why)
    item = outcome.records[0]
    assert isinstance(item, EnrichedItem)  # noqa: S101 - what enrich makes
    steps = {step.name: step for step in flow(settings) if isinstance(step, RememberingStep)}
    revise, corroborate = steps["revise"], steps["corroborate"]
    revised, _ = revise.function(item, None)
    if isinstance(revised, Dropped):
        return Trace(item=item, dropped=revised.why)
    memories: dict[str, object] = {}
    endings = []
    for claim in (record for record in revised.records if isinstance(record, Claim)):
        ended, memories[claim.place_key] = corroborate.function(claim, memories.get(claim.place_key))
        endings.append((claim, ended))
    pledges = tuple(record for record in revised.records if isinstance(record, Pledge))
    return Trace(item=item, dropped=None, endings=tuple(endings), pledges=pledges)


async def _answer(what: str, settings: Settings) -> Response:
    if what.startswith(("http://", "https://")):
        return await _fetched(what, settings)
    data = await asyncio.to_thread(_read, what)
    markup = data.lstrip()[:200].lower().startswith((b"<!doctype", b"<html", b"<?xml", b"<"))
    kind = "application/pdf" if data.startswith(PDF_MARK) else "text/html" if markup else "text/plain"
    return Response(url=what, status=200, headers={"content-type": kind}, body=data)


def _read(what: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if what == "-" else Path(what).read_bytes()
    except OSError as error:
        raise ConfigError(f"{what}: cannot be read: {error.strerror}") from error


async def _fetched(url: str, settings: Settings) -> Response:
    request = Request(purpose=Purpose.PAGE, url=url, accept=ACCEPT, limit=PAGE_LIMIT)
    async with web(settings.fetch) as site:
        answer = await site.get(request, allow_private=False, now=lambda: datetime.now(UTC))
    if isinstance(answer, Failure):
        raise SourceUnavailable(f"{url}: {answer.text}")
    return answer


def show(trace: Trace, console: Console) -> None:
    """Print the cleaned text with its spans coloured, each mention, and what each claim became."""
    if trace.stub:
        told = f"{printable(trace.stub)}; if a feed led here, the feed's own text would stand"
        console.print(Text(f"{told}\n", "bold yellow"), soft_wrap=True)
    if trace.item is None:
        console.print(Text(f"no alert: {_reason(trace.dropped)}", "bold"))
        return
    console.print(_coloured(trace.item))
    console.print(Text("\n" + "  ".join(ROLES), "dim"))
    for number, mention in enumerate(trace.item.mentions, 1):
        console.print(_mention(number, mention))
    if not (trace.item.mentions or trace.pledges):
        console.print(Text("no alert: nothing in it says that a place changed hands", "bold"))
    for claim, outcome in trace.endings:
        console.print(_ending(claim, outcome))
    for line in dict.fromkeys(_pledge(pledge) for pledge in trace.pledges):  # a group may be told of under several keys
        console.print(Text.assemble(("pledge  ", "bold"), line))


def _coloured(item: EnrichedItem) -> Text:
    text = Text("".join(char if char.isprintable() or char == "\n" else " " for char in item.text))
    for mention in item.mentions:
        for mark in marks(mention):
            text.stylize(ROLES[mark.shown], mark.start, mark.end)
    return text


def _isolated(words: str) -> str:
    return f"{ISOLATE}{printable(' '.join(words.split()))}{END_ISOLATE}"


def _mention(number: int, mention: Mention) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 2), title=f"mention {number}", title_justify="left")
    rows = [
        ("says", f"{mention.kind}, {mention.status}" + (", history told in passing" if mention.background else "")),
        ("words", _isolated(mention.evidence.text)),
        ("gaining", _named(mention.gaining)),
        ("losing", _named(mention.losing)),
        ("places", "; ".join(_named(place) for place in mention.places) or "-"),
        ("when", mention.event_date.text if mention.event_date else "-"),
        ("who says so", _speaker(mention)),
        ("rule", f"{mention.rule}, confidence {mention.confidence:.2f}"),
    ]
    for name, value in rows:
        table.add_row(Text(name, "dim"), Text(value))
    return table


def _speaker(mention: Mention) -> str:
    said = mention.attribution.speaker if mention.attribution else None
    return printable(party_names().get(said, said)) if said else "the author"


def _named(words: object) -> str:
    if words is None:
        return "-"
    known = getattr(words, "name", None) or "not in the tables"
    return f"{_isolated(words.text)} ({known})"  # type: ignore[attr-defined]


def _ending(claim: Claim, outcome: Outcome) -> Text:
    """Say what became of a claim: the alert it opens, what it puts into the ledger, or why neither."""
    place = claim.place.name or _isolated(claim.place.text)
    if isinstance(outcome, Dropped):
        return Text.assemble(("no alert  ", "bold"), f"{claim.kind} {place}: {_reason(outcome.why)}")
    alerts = [record.headline.en for record in outcome.records if isinstance(record, Alert)]
    pages = [_page(record) for record in outcome.records if isinstance(record, Ledger)]
    told = [Text.assemble(("ALERT  ", "bold green"), " ".join(alerts))] if alerts else []
    told += [] if alerts else [Text.assemble(("no alert  ", "bold"), f"{claim.kind} {place}: no change of hands")]
    return Text("\n").join([*told, *(Text.assemble(("ledger  ", "bold"), page) for page in pages)])


def _page(page: Ledger) -> str:
    """Return in a line how the place stands now, as the page tells it."""
    told = standing(page, page.revised_at.date())
    name = page.place.name or _isolated(page.place.text)
    held = f"{held_by(told.holders) or 'nobody known'}{f' since {told.since}' if told.since else ''}"
    return f"{name}: {held}{', contested' if told.contested else ''}{', besieged' if told.besieged else ''}"


def _pledge(pledge: Pledge) -> str:
    """Say what follows from a pledge: it depends on a ledger that one text alone does not have."""
    who, whom = (_named(actor) for actor in (pledge.pledging, pledge.to))
    return f"{who} goes over to {whom}: a linked change for each place that the ledger says it holds"


def _reason(why: Why | None) -> str:
    return REASONS.get(why, str(why)) if why else "nothing in it says that a place changed hands"
