"""Hostile text made harmless, and a sentence cut into the words that matter.

Everything here is pure; the page and the terminal both show what comes out of it.
"""

from __future__ import annotations

import unicodedata
from itertools import pairwise
from urllib.parse import urlsplit

from msgspec import Struct

from streams.alerts import AlertEvidence
from streams.mentions import Actor, Place, Span

RTL_LANGUAGES = frozenset({"ar", "fa", "ur", "he", "ps", "ckb", "sd", "ug", "yi", "dv"})
# Marks that join letters or lean a neutral character to one side are part of ordinary Arabic and Persian text.
_KEPT_FORMATS = frozenset("\u200c\u200d\u200e\u200f\u061c")
_LONGEST_SENTENCE = 2000

Words = Span | Place | Actor


class Segment(Struct, frozen=True, kw_only=True):
    """A stretch of a sentence, and what it is: place, gainer, loser, trigger, or several at once."""

    text: str
    marks: tuple[str, ...] = ()


def printable(text: str) -> str:
    """Return `text` as one line that no terminal or page can mistake for an order.

    Line breaks and tabs become spaces, other control characters their picture
    (ESC becomes ␛), and characters that turn or hide the direction of text
    (Unicode Trojan Source, CVE-2021-42574) go.
    """
    return text if text.isascii() and text.isprintable() else "".join(map(_shown, text))


def _shown(char: str) -> str:
    if char.isspace():
        return " "
    category = unicodedata.category(char)
    if category == "Cc":
        return chr(0x2400 + ord(char)) if char < " " else "\ufffd"  # Unicode's pictures of control characters
    if category in {"Cs", "Co", "Cn"}:
        return "\ufffd"
    return "" if category == "Cf" and char not in _KEPT_FORMATS else char


def direction(text: str, language: str | None) -> str:
    """Return rtl or ltr: which way most strong characters run, else what the language does.

    The first strong character decides nothing: an Arabic sentence may begin with "ISIS".
    """
    kinds = [unicodedata.bidirectional(char) for char in text]
    right = sum(kind in {"R", "AL"} for kind in kinds)
    left = kinds.count("L")
    if right == left:
        return "rtl" if language in RTL_LANGUAGES else "ltr"
    return "rtl" if right > left else "ltr"


def safe_url(url: str) -> str | None:
    """Return `url` where a browser may follow it (http or https with a host), else null."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    plain = url.isprintable() and not any(char.isspace() for char in url)
    return url if plain and parts.scheme in {"http", "https"} and parts.hostname else None


def segments(told: AlertEvidence) -> tuple[Segment, ...]:
    """Cut the sentence where a highlighted span begins or ends; together the segments are the sentence.

    A span whose words do not stand in the sentence is left out: no word is ever marked that was not meant.
    """
    sentence = told.evidence.sentence or told.evidence.text
    spans = _spans(told, sentence)
    cuts = sorted({0, len(sentence), *(at for start, end, _ in spans for at in (start, end))})
    found = (
        Segment(text=printable(sentence[start:end]), marks=_marks(spans, start, end)) for start, end in pairwise(cuts)
    )
    return tuple(_clipped([segment for segment in found if segment.text]))


def _marks(spans: list[tuple[int, int, str]], start: int, end: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(mark for first, last, mark in spans if first <= start and end <= last))


def _clipped(found: list[Segment]) -> list[Segment]:
    """Show a sentence that never ends (a page without stops) to a length that a person would read."""
    kept: list[Segment] = []
    left = _LONGEST_SENTENCE
    for segment in found:
        if len(segment.text) > left:
            return [*kept, Segment(text=segment.text[:left] + "…", marks=segment.marks)]
        kept.append(segment)
        left -= len(segment.text)
    return kept


def _spans(told: AlertEvidence, sentence: str) -> list[tuple[int, int, str]]:
    wanted = [
        (told.place, "place"),
        (told.gaining, "gainer"),
        (told.losing, "loser"),
        (told.evidence.trigger, "trigger"),
    ]
    present = [(span, mark) for span, mark in wanted if span is not None and span.text]
    base = _base(told, sentence, [span for span, _ in present])
    placed = ((_start(span, sentence, base), span, mark) for span, mark in present)
    return [(start, start + len(span.text), mark) for start, span, mark in placed if start is not None]


def _base(told: AlertEvidence, sentence: str, spans: list[Words]) -> int:
    """Where the sentence begins in the item's text: offsets count from the text, the sentence carries none.

    The evidence may stand in its sentence more than once; the right one is where most spans read as they should.
    """
    at, bases = sentence.find(told.evidence.text), []
    while at >= 0:
        bases.append(told.evidence.start - at)
        at = sentence.find(told.evidence.text, at + 1) if told.evidence.text else -1
    return max(bases, key=lambda base: sum(_reads(span, sentence, base) for span in spans), default=0)


def _reads(span: Words, sentence: str, base: int) -> bool:
    return span.start >= base and sentence.startswith(span.text, span.start - base)


def _start(span: Words, sentence: str, base: int) -> int | None:
    if _reads(span, sentence, base):
        return span.start - base
    once = sentence.count(span.text) == 1
    return sentence.find(span.text) if once else None
