"""`changehands explain`: a text with its actors, places, triggers and status words coloured, in terminal or browser."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from importlib.resources import files
from itertools import pairwise
from string import Template

from rich.console import Console
from rich.text import Text

from processors.detect.explain import Marked, Shown, marks
from streams.highlight import RTL_LANGUAGES, direction, printable
from streams.mentions import Actor, Mention, Place
from streams.visual import isolated, visual

STYLES = {
    Shown.TRIGGER: "bold yellow",
    Shown.GAINING: "bold green",
    Shown.LOSING: "bold red",
    Shown.PLACE: "bold cyan",
    Shown.STATUS: "italic magenta",
}
"""How each part of a claim looks in a terminal."""

_PARAGRAPH = re.compile(r"[^\n]+")


def coloured(text: str, mentions: Sequence[Mention]) -> Iterator[tuple[str, list[tuple[str, Shown | None]]]]:
    """Yield each paragraph's direction and its pieces, each with the part it plays; harmless to show."""
    spans = _without_overlap(mentions)
    for paragraph in _PARAGRAPH.finditer(text):
        start, end = paragraph.span()
        inside = [span for span in spans if start <= span.start and span.end <= end]
        cuts = sorted({start, end, *(at for span in inside for at in (span.start, span.end))})
        pieces = [(printable(text[a:b]), _part(inside, a, b)) for a, b in pairwise(cuts)]
        yield direction(paragraph[0], None), pieces


def _without_overlap(mentions: Sequence[Mention]) -> list[Marked]:
    """Return the spans of all mentions; of two that overlap the first stays whole."""
    kept: list[Marked] = []
    for span in (span for mention in mentions for span in marks(mention)):
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return kept


def _part(spans: Sequence[Marked], start: int, end: int) -> Shown | None:
    return next((span.shown for span in spans if span.start <= start and end <= span.end), None)


def facts(mention: Mention) -> list[tuple[str, str]]:
    """Return what a mention says, field by field, in words for people."""
    attribution, date, cue = mention.attribution, mention.event_date, mention.evidence.cue
    who = (attribution.speaker or "somebody not named") if attribution else "the author"
    told = "nothing speaks against it" if cue is None else f"by the words {_quoted(cue.text)}"
    return [
        ("says", f"{mention.kind}, {mention.extent}" + (", history told in passing" if mention.background else "")),
        ("status", f"{mention.status}: {told}"),
        ("trigger", _quoted(mention.evidence.trigger.text) if mention.evidence.trigger else "–"),
        ("gaining", _actor(mention.gaining)),
        ("losing", _actor(mention.losing)),
        *(("place", _place(place)) for place in mention.places),
        ("when", f"{_quoted(date.text)}: {date.from_} to {date.to}" if date else "not said"),
        ("who says so", printable(who)),
        ("rule", f"{mention.rule}, confidence {mention.confidence:.2f}"),
    ]


def _quoted(words: str) -> str:
    return f"\u2068{printable(words)}\u2069"


def _actor(actor: Actor | None) -> str:
    if actor is None:
        return "not said"
    return f"{_quoted(actor.text)} = {actor.name}" if actor.name else f"{_quoted(actor.text)}, not in the tables"


def _place(place: Place) -> str:
    if place.id is None:
        return f"{_quoted(place.text)}, not resolved"
    region = ", ".join(part for part in (place.admin1, place.country) if part)
    reason: str | None = getattr(place, "why", None)
    why = f", {reason}" if reason else ""
    via = ", pointed back to" if place.via == "anaphora" else ""
    return f"{_quoted(place.text)} = {place.name} ({region}), precision {place.geo_precision}{via}{why}"


def show(text: str, mentions: Sequence[Mention], console: Console, *, reorder: bool = False) -> None:
    """Print the coloured text, what the colours mean, and every mention."""
    for way, pieces in coloured(text, mentions):
        line = Text.assemble(*((words, STYLES[part] if part else "") for words, part in pieces))
        console.print(visual(line, way) if reorder else isolated(line, way), soft_wrap=not reorder, highlight=False)
    console.print(Text.assemble("\n", *((f"{part}  ", style) for part, style in STYLES.items())))
    for number, mention in enumerate(mentions, 1):
        console.print(Text(f"\n{number}", "bold"))
        for name, value in facts(mention):
            console.print(Text.assemble((f"  {name:12}", "dim"), value), highlight=False, soft_wrap=True)
    if not mentions:
        console.print(Text("nothing in it says who controls which place", "bold"))


def page(text: str, mentions: Sequence[Mention]) -> str:
    """Return the same as one HTML page that loads nothing from anywhere."""
    words = "\n".join(_paragraph(way, pieces) for way, pieces in coloured(text, mentions))
    cards = "\n".join(_card(number, mention) for number, mention in enumerate(mentions, 1))
    legend = " ".join(f'<mark class="{part}">{part}</mark>' for part in STYLES)
    template = Template(files(__package__).joinpath("explanation.html").read_text("utf-8"))
    nothing = "<p>Nothing in it says who controls which place.</p>"
    return template.substitute(words=words, cards=cards or nothing, legend=legend)


def _paragraph(way: str, pieces: Sequence[tuple[str, Shown | None]]) -> str:
    inside = "".join(
        f'<mark class="{part}">{escape(words)}</mark>' if part else escape(words) for words, part in pieces
    )
    return f'<p dir="{way}">{inside}</p>'


def _card(number: int, mention: Mention) -> str:
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts(mention))
    way = "rtl" if mention.language in RTL_LANGUAGES else "ltr"
    sentence = escape(printable(mention.evidence.sentence))
    return f'<article><h2>{number}</h2><blockquote dir="{way}">{sentence}</blockquote><dl>{rows}</dl></article>'
