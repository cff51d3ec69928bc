"""A document as detection reads it: folded once, cut into sentences, each read for its phrases when first asked for."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter

from processors.detect import arabic, english, kurmanji, persian, romance, slavic, sorani, turkish
from processors.detect.arms import Spots
from processors.detect.lexicon import Lexicon
from processors.detect.line import Line
from processors.detect.phrases import plain, words
from processors.detect.places import PlaceContext, context_of
from processors.detect.reading import Reading, Seen
from processors.detect.sentences import Stretch, stretches
from processors.detect.tongues import tongues
from processors.knowledge import Knowledge
from processors.normalise import Folded, fold
from streams.items import Part

SHORT = 350
"""A text of up to this many characters is a post or a headline, too short to need a word of war."""

_READERS = {
    "fa": persian.phrases,
    "ckb": sorani.phrases,
    "ar": arabic.phrases,
    "en": english.phrases,
    "kmr": kurmanji.phrases,
    "tr": turkish.phrases,
    "ru": slavic.phrases,
    "uk": slavic.phrases,
    "fr": romance.phrases,
    "es": romance.phrases,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The folded text, its sentences, the posts in it, the day of the text, the lines read.

    `spots` are its words of war, `near_war` the numbers of the sentences near them with the lexicon they are read with.
    `side` is the id of the actor whose own channel it stands in.
    """

    folded: Folded
    text: str
    stretches: Sequence[Stretch]
    parts: Sequence[Part]
    knowledge: Knowledge
    spots: Spots
    near_war: Sequence[tuple[int, Lexicon]]
    day: date | None = None
    side: str | None = None
    _lines: dict[tuple[int, str], Line] = field(default_factory=dict)
    _seen: Seen = field(default_factory=Seen)
    _context: list[PlaceContext] = field(default_factory=list)

    def line(self, number: int, lexicon: Lexicon) -> Line:
        """Return a sentence with its phrases."""
        key = (number, lexicon.language)
        if key not in self._lines:
            self._lines[key] = self._read(self.stretches[number], lexicon)
        return self._lines[key]

    def context(self) -> PlaceContext:
        """Return what the document says about where it is; gathered once, when first needed."""
        if not self._context:
            spoken_of = self.knowledge.actors.countries_in(self.folded.text)
            self._context.append(context_of(self.folded, self.knowledge.gazetteer, countries=spoken_of))
        return self._context[0]

    def paragraph_start(self, number: int) -> int:
        """Return where the paragraph of a sentence begins."""
        first = bisect_left(self.stretches, self.stretches[number].paragraph, key=attrgetter("paragraph"))
        return self.stretches[first].start

    def part(self, stretch: Stretch) -> Part | None:
        """Return the post that a sentence belongs to."""
        start = self.folded.origin[stretch.start]
        return next((part for part in self.parts if part.start <= start < part.end), None)

    def hits(self) -> Iterator[tuple[int, Lexicon]]:
        """Yield the sentences near words of war that hold a trigger's stem, with the lexicon they are read with."""
        for number, lexicon in self.near_war:
            stretch = self.stretches[number]
            if lexicon.stems.search(self.text, stretch.start, stretch.end):
                yield number, lexicon

    def _read(self, stretch: Stretch, lexicon: Lexicon) -> Line:
        found = words(self.text, stretch.start, stretch.end)
        at = Reading(
            folded=self.folded,
            text=self.text,
            words=found,
            starts=tuple(word.start for word in found),
            lexicon=lexicon,
            lists=lexicon.words,
            knowledge=self.knowledge,
            seen=self._seen,
        )
        phrases = tuple(_READERS[lexicon.language](at))
        return Line(text=self.text, start=stretch.start, end=stretch.end, phrases=phrases, lexicon=lexicon)


def read(
    text: str,
    parts: Sequence[Part],
    knowledge: Knowledge,
    language: str | None,
    day: date | None,
    *,
    side: str | None = None,
) -> Document | None:
    """Fold and cut a text, `language` being a hint; return none where it has no word of war."""
    folded = fold(text)
    found = knowledge.arms.among(folded.text)
    short = len(folded.text) <= SHORT or not knowledge.arms.complete
    if not short and not found:
        return None
    smooth = plain(folded.text)
    spots = knowledge.arms.spots(smooth, found)
    borders = sorted({folded.at(offset) for part in parts for offset in (part.start, part.end)})
    whole = stretches(folded.text)
    cut = tuple(piece for stretch in whole for piece in _cut(stretch, borders, smooth)) if borders else whole
    near = range(len(cut)) if short else spots.near(cut)
    lexicons = tongues(folded, [cut[number] for number in near], knowledge.lexicons, language)
    return Document(
        folded=folded,
        text=smooth,
        stretches=cut,
        parts=parts,
        knowledge=knowledge,
        spots=spots,
        near_war=tuple((number, lexicon) for number, lexicon in zip(near, lexicons, strict=True) if lexicon),
        day=day,
        side=side,
    )


def _cut(stretch: Stretch, borders: Sequence[int], text: str) -> Iterator[Stretch]:
    """Cut a sentence where a post begins or ends."""
    start = stretch.start
    for border in [at for at in borders if stretch.start < at < stretch.end]:
        if text[start:border].strip():
            yield stretch._replace(start=start, end=border)
        start = border
    yield stretch if start == stretch.start else stretch._replace(start=start)
