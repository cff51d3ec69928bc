"""Detection: from a text to the claims it makes about who controls which place.

    fold ─ sentences ─ triggers ─ slots (gainer, loser, place) ─ status ─ speaker ─ mention

The words of a language are data (lexicon/*.toml) with one small grammar module
(arabic, english). Everything here is pure: the same text and knowledge give the
same mentions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

from processors.detect.anaphora import Where
from processors.detect.claims import drafts
from processors.detect.document import Document, read
from processors.detect.lexicon import Lexicon
from processors.detect.losers import leavings, with_losers
from processors.detect.mentions import mention
from processors.detect.nearest import nearest
from processors.detect.pledges import pledges
from processors.detect.posts import posts_in
from processors.detect.times import Anchor, dates
from processors.detect.triggers import Words, telling, triggers
from processors.detect.unsaid import unsaid
from processors.knowledge import Knowledge
from streams.items import Part
from streams.mentions import Kind, Mention, Precision

__all__ = ["MOST_READ", "Found", "detect", "find", "posts_in"]

MOST_READ = 1_000_000
"""Characters of sentences that may tell a change which are read of one text, so that its time and memory are bounded.

A text of a megabyte is read to its end. One that is longer and all of such
sentences takes longer than the wall of a worker process, which sends it to the
dead letters and so tells that it was not read.
"""

_Told: TypeAlias = tuple[int, Lexicon, list[Words]]


def detect(
    text: str,
    *,
    knowledge: Knowledge,
    language: str | None = None,
    published: dt.datetime | dt.date | None = None,
    published_precision: Precision | None = None,
    parts: Sequence[Part] = (),
    side: str | None = None,
) -> tuple[Mention, ...]:
    """Return the mentions of a text in the order of their evidence, as `find` does, without the pledges."""
    return find(
        text,
        knowledge=knowledge,
        language=language,
        published=published,
        published_precision=published_precision,
        parts=parts,
        side=side,
    ).mentions


class Found(NamedTuple):
    """What a text tells: claims about places, and pledges of groups, which are mentions of allegiance without one."""

    mentions: tuple[Mention, ...] = ()
    pledges: tuple[Mention, ...] = ()


def find(
    text: str,
    *,
    knowledge: Knowledge,
    language: str | None = None,
    published: dt.datetime | dt.date | None = None,
    published_precision: Precision | None = None,
    parts: Sequence[Part] = (),
    side: str | None = None,
) -> Found:
    """Return the mentions and pledges of a text in the order of their evidence.

    `language` is a hint (ISO 639-1), `published` the day from which relative
    dates count (a datetime is taken in UTC), `parts` the embedded posts; without
    them posts are recognised by their signature lines. `side` is the id of the
    actor in whose own channel the text stands: there "our forces" are its.
    """
    day = published.date() if isinstance(published, dt.datetime) else published
    document = read(text, tuple(parts) or posts_in(text), knowledge, language, day, side=side)
    if document is None:
        return Found()
    anchor = Anchor(day=day, precision=published_precision)
    found = [mention for told in _told(document) for mention in _of_sentence(document, told, anchor)]
    found.sort(key=lambda m: (m.evidence.start, m.evidence.end, m.kind))
    pledged = [not m.places and m.kind is Kind.ALLEGIANCE for m in found]
    mentions = tuple(m for m, is_pledge in zip(found, pledged, strict=True) if not is_pledge)
    return Found(mentions, tuple(m for m, is_pledge in zip(found, pledged, strict=True) if is_pledge))


def _told(document: Document) -> Iterator[_Told]:
    """Yield the sentences that may tell a change, until they have come to the most that is read."""
    left = MOST_READ
    for number, lexicon in document.hits():
        if left <= 0:
            return
        stretch = document.stretches[number]
        words = telling(document.text, stretch.start, stretch.end, lexicon)
        if words:
            left -= stretch.end - stretch.start
            yield number, lexicon, words


def _of_sentence(document: Document, told: _Told, anchor: Anchor) -> list[Mention]:
    """Return the mentions and pledges of one sentence."""
    number, lexicon, words = told
    line = document.line(number, lexicon)
    where = Where(number=number, line=line)
    tellers = triggers(line, words)
    claimed = drafts(line, tellers)
    claimed = (*claimed, *nearest(line, tellers, claimed))
    left = leavings(line, tellers, claimed)
    found = with_losers(document, where, (*claimed, *(left or unsaid(document, where, tellers, claimed))))
    found = (*found, *pledges(line, tellers, claimed))
    dated = zip(found, dates(document, where, found, anchor), strict=True)
    made = (mention(document, where, draft, date) for draft, date in dated)
    return [claim for claim in made if claim is not None]
