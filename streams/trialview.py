"""What a source would bring, on one screen: `changehands sources test`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from connectors.asking.robots import Leave
from connectors.connector import Failure, Response
from connectors.finding.described import Described
from connectors.finding.trial import Trial
from connectors.finding.witness import Asked
from connectors.kinds import KINDS, LOCALS, STREAMS
from connectors.polling.reasons import span
from streams.highlight import direction, printable
from streams.masking import masked
from streams.trying import Look, Report
from streams.visual import isolated

LONGEST = 240
STATED = ("HTTP header", "document")
FORM = re.compile(r"([a-z]+)([0-9]{1,3})")
FORMS = {"rss": "RSS", "atom": "Atom", "json": "JSON Feed", "cdf": "CDF"}
# Where an XML parser stopped reading what is no XML helps nobody.
_PARSER = re.compile(r" \(<unknown>:[^)]*\)")
WHY_CHARSET = {
    "mark": "by its byte order mark",
    "utf-8": "because the bytes are valid UTF-8",
    "nearly utf-8": "because but for a few characters the bytes are UTF-8",
    "header": "as the HTTP header says",
    "declaration": "as the document says",
    "detector": "because the bytes look like it",
    "language": "because its language is Arabic",
    "last resort": "for want of anything better",
}


def show(report: Report, console: Console, so_far: Sequence[str] = ()) -> None:
    """Print what would be read, what the journal tells of it `so_far`, and what is wrong."""
    trial = report.trial
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold", ratio=1)
    for name, line in _facts(report):
        table.add_row(name, line)
    console.print(_title(trial))
    console.print(table)
    for look in report.looks:
        _show_item(look, console)
    for known in so_far:
        console.print(_sentence("so far", known, "dim"))
    for flaw in report.wrong:
        console.print(_sentence("wrong", flaw, "red" if not trial.is_read else "yellow"))
    if not report.wrong:
        console.print(Text("nothing is wrong", "green"))
    for hint in report.hints:
        console.print(_sentence("hint", hint, "cyan"))


def _title(trial: Trial) -> Text:
    verdict = ("can be read", "bold green") if trial.is_read else ("cannot be read", "bold red")
    return Text.assemble((printable(trial.source.id), "bold"), f"  {trial.source.kind}  ", verdict)


def _sentence(name: str, line: str, colour: str) -> Text:
    return Text.assemble((f"{name}: ", f"{colour} bold"), isolated(Text(_clean(line)), direction(line, None)))


def _clean(text: str) -> str:
    return printable(masked(_PARSER.sub("", text)))


def _facts(report: Report) -> Iterator[tuple[str, Text]]:
    trial = report.trial
    yield "address", Text(_clean(trial.source.url))
    if report.found.why:
        yield "found", Text(report.found.why)
    if trial.asked:
        yield "answer", Text("\n").join(Text(line) for line in _answers(trial.asked))
    if trial.is_read:
        yield from _document(trial)
        yield "language", Text(report.language or "not known")
        yield "brings", Text(_brings(trial))
    if trial.health.next_at > trial.health.polled_at or trial.progress is None:
        yield "next", _schedule(report)
    if trial.is_read:
        yield from _service(trial)
        yield from _pages(report)
    if report.found.offers:
        yield "offers", _offers(report)
    if report.found.missed:
        yield "in vain", Text(f"{len(report.found.missed)} other places: {_clean(', '.join(report.found.missed))}")


def _answers(asked: tuple[Asked, ...]) -> Iterator[str]:
    for one in asked:
        answer = one.answer
        if isinstance(answer, Response):
            size = f"{len(answer.body):,} bytes of {answer.headers.get('content-type') or 'no stated type'}"
            yield f"HTTP {answer.status} after {one.seconds:.2f} s, {_clean(size)}"
        elif isinstance(answer, Failure):
            yield f"HTTP {answer.status}" if answer.status else "no answer that can be used"
        else:
            yield f"HTTP {answer.status} to {_clean(answer.location)}"


def _document(trial: Trial) -> Iterator[tuple[str, Text]]:
    told = trial.described
    if told is None:
        return
    if told.form:
        title = f", “{printable(told.title)}”" if told.title else ""
        yield "document", Text(f"{form_of(told)}{title}")
    is_pdf = isinstance(trial.answer, Response) and trial.answer.body.startswith(b"%PDF-")
    if trial.source.kind != "sitemap" and not is_pdf:
        stated = [f"the {who} says {printable(name)}" for who, name in zip(STATED, told.stated, strict=True) if name]
        yield "encoding", Text("; ".join((f"{charset_of(told)}, {WHY_CHARSET[told.rule]}", *stated)))


def form_of(told: Described) -> str:
    """Return the name of a document's format for people: feedparser says rss20 and atom10."""
    found = FORM.fullmatch(told.form)
    if found:
        return f"{FORMS.get(found[1], found[1])} {'.'.join(found[2])}"
    return FORMS.get(told.form, told.form)


def charset_of(told: Described) -> str:
    """Return the name by which people know a charset."""
    return told.charset.replace("cp125", "windows-125")


def _brings(trial: Trial) -> str:
    noun = (
        "entries"
        if trial.source.kind in {"feed", "sitemap", "listing"}
        else "documents, the first of them"
        if trial.source.kind in LOCALS
        else "posts"
    )
    if trial.source.kind == "page":
        return "the page itself, again whenever its text changes"
    dates = sorted(item.published_at for item in trial.items if item.published_at)
    return f"{len(trial.items)} {noun}" + (f", from {_moment(dates[0])} to {_moment(dates[-1])}" if dates else "")


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _schedule(report: Report) -> Text:
    health = report.trial.health
    if report.trial.source.kind in STREAMS:
        return Text("streams: each post as it is written" if report.trial.is_read else "as the service's rules say")
    if not report.trial.is_read:
        return Text(f"at {_moment(health.next_at)}, and later with each failure")
    wait = span(max(0.0, (health.next_at - health.polled_at).total_seconds()))
    return Text("\n").join(
        [Text(f"in {wait}, at {_moment(health.next_at)}"), *(Text(why, "dim") for why in report.schedule)]
    )


def _service(trial: Trial) -> Iterator[tuple[str, Text]]:
    answer = trial.answer
    if isinstance(answer, Response) and answer.body:
        names = [
            name for name, key in (("ETag", "etag"), ("Last-Modified", "last-modified")) if answer.headers.get(key)
        ]
        asks = f"{' and '.join(names)}: it is asked whether anything changed" if names else "none"
        yield "validators", Text(asks)
    if trial.progress and trial.progress.hub:
        yield "hub", Text(f"{_clean(trial.progress.hub[0])} (WebSub)")
    if trial.progress and KINDS[trial.source.kind].asks_robots:
        yield "robots", Text(robots_words(trial, trial.robots))


def _pages(report: Report) -> Iterator[tuple[str, Text]]:
    behind, look = report.trial.behind, report.behind
    if behind is None:
        return
    came = "nothing came of it"
    if behind.item and look and look.read:
        came = "nobody can read on there" if behind.item.stub else f"{len(look.read.body):,} characters of text"
    yield "a page", Text(f"{_clean(behind.url)}\n{came}; robots.txt: {robots_words(report.trial, behind.robots)}")


def robots_words(trial: Trial, said: Leave | None) -> str:
    """Return what robots.txt says of an address, in words."""
    if trial.source.allow_private:
        return "not asked, a source of our own house"
    if said is None:
        return "it does not answer, so pages are left alone for now"
    slow = f", {said.delay:g} s between two pages" if said.delay else ""
    return f"allows it{slow}" if said.allowed and not said.is_too_slow else "forbids it"


def _offers(report: Report) -> Text:
    lines = (
        Text.assemble(_clean(offer.url), (f"  {printable(offer.title)}" if offer.title else "", "dim"))
        for offer in report.found.offers
    )
    return Text("\n").join(lines)


def _show_item(look: Look, console: Console) -> None:
    """Print one item as it would be published: when, its words to their own side, its address."""
    when = _moment(look.item.published_at) if look.item.published_at else "no date"
    who = f"  {printable(look.item.handle)}" if look.item.handle else ""
    console.print(Text.assemble(("• ", "cyan"), (when + who, "dim")), soft_wrap=True)
    words = headline(look)
    turned = direction(words, None)
    shown = isolated(Text(words, "bold"), turned)
    shown.justify = "right" if turned == "rtl" else "left"
    console.print(Padding(shown, (0, 0, 0, 2)))
    console.print(Text(f"  {_clean(look.item.url)}", "dim"), soft_wrap=True)


def headline(look: Look) -> str:
    """Return an item's title, else the beginning of its text, as one harmless line."""
    text = look.item.title or (look.read.body if look.read else "") or "(no words)"
    line = printable(" ".join(text.split()))
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
