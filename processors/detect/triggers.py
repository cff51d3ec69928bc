"""The words of a sentence that may tell a change of control."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from processors.detect.lexicon import Frame, Lexicon
from processors.detect.line import Line, Trigger
from processors.detect.phrases import Role

MOST = 24
"""Triggers looked at in one sentence; what lists more is no news text."""

_AROUND = 60
_REMARK = 240
_TOLD = frozenset({"perfect", "perfect_of", "past"})


Words = tuple[Frame, str, re.Match[str]]
"""A frame, one of its forms, and the words of a sentence that have it."""


def telling(text: str, start: int, end: int, lexicon: Lexicon) -> list[Words]:
    """Return the words of text[start:end] that may tell a change; most sentences with a stem have none.

    Forms and frames are asked only at the few words that one search finds to begin as some trigger does.
    """
    spots = [0] * (start == 0)
    spots += [before.end() for before in lexicon.openings.finditer(text, max(start - 1, 0), end)]
    forms = lexicon.forms.items() if spots else ()
    begun = {form: at for form, any_of in forms if (at := [spot for spot in spots if any_of.match(text, spot, end)])}
    found = [
        (frame, form, match)
        for frame in (lexicon.frames if begun else ())
        for form, pattern in frame.forms.items()
        if form in begun
        for spot in begun[form]
        if (match := pattern.match(text, spot, end))
    ]
    return [words for words in _apart(found) if _stands(words, start, end, lexicon)]


def _apart(found: Sequence[Words]) -> Iterator[Words]:
    """Yield the words that do not begin inside the ones before of the same frame and form."""
    last: Words | None = None
    for words in found:
        same = last is not None and words[0] is last[0] and words[1] == last[1]
        if last is None or not same or words[2].start() >= last[2].end():
            last = words
            yield words


def triggers(line: Line, found: Sequence[Words]) -> tuple[Trigger, ...]:
    """Return the sentence's triggers from left to right; words of an actor's own name are none."""
    names = [(p.start, p.end) for p in line.phrases if p.role is Role.ACTOR]
    own = (words for words in found if not any(a <= words[2].start() and words[2].end() <= b for a, b in names))
    chosen = sorted((_trigger(*words) for words in own), key=lambda trigger: (trigger.start, -trigger.end))
    return tuple(chosen[:MOST])


def _stands(words: Words, start: int, end: int, lexicon: Lexicon) -> bool:
    """Apply the frame's tests on the words around its trigger."""
    frame, form, match = words
    before = match.string[max(start, match.start() - _AROUND) : match.start()]
    after = match.string[match.end() : min(end, match.end() + _AROUND)]
    if frame.unless and frame.unless.search(before):
        return False
    if form not in _TOLD and _is_objected(match, start, lexicon):
        return False
    if form in _TOLD and _is_nominal(before, lexicon) and not _is_verbal(match, lexicon):
        return False
    if frame.unless_after and frame.unless_after.search(after):
        return False
    return frame.only is None or bool(frame.only.search(before))


def _is_nominal(before: str, lexicon: Lexicon) -> bool:
    """Tell whether a preposition stands right before a word that is spelled alike as verb and noun (طرد)."""
    nominal = lexicon.patterns.get("nominal")
    return nominal is not None and nominal.search(before) is not None


def _is_verbal(match: re.Match[str], lexicon: Lexicon) -> bool:
    """Tell whether the word can be nothing but a verb by its spelling (استعاد, احتلوا)."""
    verbal = lexicon.patterns.get("verbal")
    return verbal is not None and verbal.fullmatch(match.group()) is not None


def _is_objected(match: re.Match[str], start: int, lexicon: Lexicon) -> bool:
    """Tell whether the words only say to what somebody objects, in passing ("despite warnings against its entry")."""
    before = match.string[max(start, match.start() - _REMARK) : match.start()]
    return lexicon.patterns["objecting"].search(before) is not None


def _trigger(frame: Frame, form: str, match: re.Match[str]) -> Trigger:
    groups = match.re.groupindex
    return Trigger(
        frame=frame,
        form=form,
        start=match.start(),
        end=match.end(),
        pro=match.span("pro") if "pro" in groups and match["pro"] else None,
        particle="".join(match[name] or "" for name in ("future", "lead") if name in groups),
        who=match.span("who") if "who" in groups and match["who"] else None,
    )
