"""Where sentences begin and end, in Arabic, Latin and Cyrillic script, also where a page or a PDF tore them.

All offsets count characters of the folded text. A blank line always ends a
paragraph. A single line break ends a sentence too, unless the text is torn:
most of its single breaks then stand in the middle of a sentence, as they do
in text taken out of a PDF.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

LONGEST = 1500
"""A sentence is cut here, so that work for each sentence is bounded."""

_PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*")
_LINE = re.compile(r"\n")
# What may end a sentence stands first, so that the search runs from sign to sign; a run of signs is read in its last
# eight, so that the work for a line of dots stays linear.
_STOP = re.compile(r"[.!?؟…](?:(?:(?<=\.)\.{0,7}|(?<=[!?؟…])[!?؟…]{0,7})[\"')\]]*(?=\s|$)|(?<=[.؟!])(?=[\"]?[ء-ي]))")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"])(?:[a-z]|u\.s|u\.n|a\.m|p\.m|lt|gen|col|maj|capt|sgt|brig|gov|sen|rep|dr|mr|mrs|ms|st|no|vs|jan|feb|"
    r"mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|[ء-ي]|[а-яіїє]|н\.\s?п|пос|пгт|обл|ул|им|тыс|тис|млн|кв|гг|см)\.$"
)
# Turkish writes ordinals with a full stop; the noun behind tells one from a number that ends a sentence.
_ORDINAL = re.compile(
    r"(?<=\d\.)\s+(?:piyade|tumen|tugay|kolordu|ordu(?:su|nun|yu)|zirhli|mekanize|motorize|komando|alay|tabur|hudut|"
    r"topcu|bolge|gun|hafta|yil|yuzyil|donem|kez|haftasi|maddesi)\w*"
)
_FINISHED = re.compile(r"[.!?؟:…؛][\"')\]\s]*$")
_BULLET = re.compile(r"\s*(?:[-–—•*▪●■]|\d{1,2}[.)-])\s")


class Stretch(NamedTuple):
    """One sentence: `start` to `end`, and the number of its paragraph; a tuple, as thousands are made for a text."""

    start: int
    end: int
    paragraph: int


def stretches(text: str) -> tuple[Stretch, ...]:
    """Return the sentences of folded text in order; white space between them belongs to none."""
    torn = _is_torn(text)
    found: list[Stretch] = []
    for number, (start, end) in enumerate(_between(text, _PARAGRAPH, 0, len(text))):
        for line_start, line_end in _lines(text, start, end, torn=torn):
            found.extend(_sentences(text, line_start, line_end, number))
    return tuple(found)


def _is_torn(text: str) -> bool:
    """Tell whether most single line breaks of the text stand inside a sentence."""
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) < 2 or "\n" not in text:  # noqa: PLR2004 (one line has no break)
        return False
    breaks = [here for here, after in _neighbours(text) if after]
    open_ends = sum(1 for here in breaks if not _FINISHED.search(here[-12:]) and 25 < len(here) <= 200)  # noqa: PLR2004
    return open_ends * 2 > len(breaks)


def _neighbours(text: str) -> list[tuple[str, str]]:
    """Return each line that holds words with the line right after it, which may be blank."""
    lines = text.split("\n")
    return [(here, after.strip()) for here, after in pairwise(lines) if here.strip()]


def _between(text: str, border: re.Pattern[str], start: int, end: int) -> list[tuple[int, int]]:
    """Cut [start, end) at each match of `border`."""
    cuts = [start]
    for match in border.finditer(text, start, end):
        cuts += [match.start(), match.end()]
    return list(zip(cuts[::2], [*cuts[1::2], end], strict=True))


def _lines(text: str, start: int, end: int, *, torn: bool) -> list[tuple[int, int]]:
    """Cut a paragraph at line breaks that end something."""
    kept: list[tuple[int, int]] = []
    for line_start, line_end in _between(text, _LINE, start, end):
        if (
            kept
            and torn
            and not _BULLET.match(text, line_start)
            and not _FINISHED.search(text[kept[-1][1] - 6 : kept[-1][1]])
        ):
            kept[-1] = (kept[-1][0], line_end)
        else:
            kept.append((line_start, line_end))
    return kept


def _sentences(text: str, start: int, end: int, paragraph: int) -> list[Stretch]:
    """Cut a line at sentence ends and at the longest length; most lines of a page are short and have no end within."""
    stops = (match.end() for match in _STOP.finditer(text, start, end))
    cuts = [start, *(stop for stop in stops if not _goes_on(text, start, stop))]
    if cuts[-1] < end:
        cuts.append(end)
    pieces = (_trimmed(text, a, b, paragraph) for a, b in _bounded(text, cuts))
    return [piece for piece in pieces if piece]


def _goes_on(text: str, start: int, stop: int) -> bool:
    """Tell whether the full stop belongs to an abbreviation or an ordinal."""
    if text[stop - 6 : stop - 1].isalpha():  # no abbreviation has five letters, no ordinal any
        return False
    if _ORDINAL.match(text, stop) is not None:
        return True
    return _ABBREVIATION.search(text, max(start, stop - 7), stop) is not None


def _bounded(text: str, cuts: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the pieces between the cuts, those that are too long in parts, at white space where there is any."""
    for cut, end in pairwise(cuts):
        start = cut
        while end - start > LONGEST:
            stop = _space_before(text, start, start + LONGEST)
            yield start, stop
            start = stop
        yield start, end


def _trimmed(text: str, start: int, end: int, paragraph: int) -> Stretch | None:
    """Return a piece of text without the white space around it."""
    piece = text[start:end]
    words = piece.strip()
    left = start + piece.find(words)
    return Stretch(left, left + len(words), paragraph) if words else None


def _space_before(text: str, start: int, stop: int) -> int:
    """Return the last white space in the later half of [start, stop), else stop."""
    middle = (start + stop) // 2
    space = text.rfind(" ", middle, stop)
    return space if space > 0 else stop
