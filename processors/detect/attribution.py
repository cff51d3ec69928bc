"""Who says so: the speaker of a claim, found at the words that attribute it, or in the quotation it stands in.

A speaker is the subject of a verb of saying or stands behind "according to",
and its head is an actor, a noun of the lexicon's speakers (a monitor, a
source, residents), or a name. A clause, an event or a place never speaks: no
speaker is better than a wrong one.
"""

from __future__ import annotations

from collections.abc import Iterator

from processors.detect import (
    arabic_voices,
    english_voices,
    kurmanji_voices,
    persian_speakers,
    romance_voices,
    slavic_voices,
    turkish_voices,
)
from processors.detect.actors import ActorEntry, ActorMatch
from processors.detect.document import Document
from processors.detect.line import Line, Trigger
from processors.detect.phrases import Phrase, Role, Voice
from streams.items import Part
from streams.mentions import Attribution

_CLOSE = 24  # letters between an actor and the word by which he denies

_GRAMMARS = {
    "fa": persian_speakers.voices,
    "ckb": persian_speakers.voices,
    "ar": arabic_voices.voices,
    "en": english_voices.voices,
    "tr": turkish_voices.voices,
    "kmr": kurmanji_voices.voices,
    "ru": slavic_voices.voices,
    "uk": slavic_voices.voices,
    "fr": romance_voices.voices,
    "es": romance_voices.voices,
}


def speaker(document: Document, line: Line, trigger: Trigger) -> Attribution:
    """Return who says what the trigger tells; empty where the sentence does not name it."""
    voices = list(_GRAMMARS[line.lexicon.language](document.folded, line))
    chosen = _before(line, trigger, voices) or _after(line, trigger, voices)
    return _said_by(document, line, chosen) if chosen else Attribution()


def denier(document: Document, line: Line, trigger: Trigger, cue: tuple[int, int]) -> Attribution | None:
    """Return who denies: the actor right before the word that denies, or in Arabic right behind it; else None."""
    first = trigger.end if cue[0] >= trigger.end else line.start  # whoever does what is denied does not deny it
    actors = [p for p in line.phrases if p.role is Role.ACTOR and not p.pointing and p.start >= first]
    before = [phrase for phrase in actors if _are_close(line.text[phrase.end : cue[0]]) and phrase.end <= cue[0]]
    behind = [phrase for phrase in actors if _are_close(line.text[cue[1] : phrase.start]) and phrase.start >= cue[1]]
    said = before[-1] if before else behind[0] if behind and line.lexicon.language == "ar" else None
    if said is None:
        return None
    entry, words = known_actor(document, said), document.folded.span(said.start, said.end).text.strip()
    return Attribution(speaker=said.actor or words, text=words, side=entry.side if entry else None)


def _are_close(between: str) -> bool:
    """Tell whether nothing but a few small words parts an actor from what he says."""
    return len(between) <= _CLOSE and not any(sign in between for sign in ",;:،؛.")


def first_speaker(document: Document, line: Line) -> Attribution | None:
    """Return the first speaker that a sentence names, whatever it says of him."""
    voice = next(iter(_GRAMMARS[line.lexicon.language](document.folded, line)), None)
    return _said_by(document, line, voice) if voice else None


def _before(line: Line, trigger: Trigger, voices: list[Voice]) -> Voice | None:
    """Return the nearest voice before the trigger that nothing parts from it."""
    near = [voice for voice in voices if voice.cue[1] <= trigger.start and voice.end <= trigger.start]
    return next((v for v in reversed(near) if _reaches(line, max(v.cue[1], v.end), trigger.start)), None)


def _after(line: Line, trigger: Trigger, voices: list[Voice]) -> Voice | None:
    """Return the first voice behind the trigger that speaks of what came before it."""
    late = (voice for voice in voices if voice.closing and min(voice.cue[0], voice.start) >= trigger.end)
    return next((v for v in late if _reaches(line, trigger.end, min(v.cue[0], v.start))), None)


def _reaches(line: Line, start: int, end: int) -> bool:
    scope = line.lexicon.patterns["reported_scope"].search(line.text, start, end)
    return scope is None and not any(
        cue.pattern.search(line.text, start, end) for cue in line.lexicon.cues if cue.means == "denied"
    )


def _said_by(document: Document, line: Line, voice: Voice) -> Attribution:
    """Name the speaker: an actor by its id, anybody else by the words as written."""
    words = document.folded.span(voice.start, voice.end).text.strip()
    inside = list(_actors_in(line, voice))
    whole = next((p for p in inside if p.end >= voice.end and _is_head(line, voice, p)), None)
    named = whole.actor if whole else None
    side = next((entry.side for p in inside if (entry := known_actor(document, p)) is not None), None)
    return Attribution(speaker=named or voice.spoken or words, text=words, side=side)


def _is_head(line: Line, voice: Voice, actor: Phrase) -> bool:
    """Tell whether the actor is the speaker itself, not whom he speaks for; a noun may say what it is ("group M23")."""
    lead = line.text[voice.core : max(voice.core, actor.start)]
    return not lead or (line.lexicon.patterns["apposed"].search(lead) is not None)


def _actors_in(line: Line, voice: Voice) -> Iterator[Phrase]:
    return (p for p in line.phrases if p.role is Role.ACTOR and p.start < voice.end and voice.start < p.end)


def known_actor(document: Document, phrase: Phrase) -> ActorEntry | None:
    """Return the actor a phrase names, or whom its general word means in this document's country, on its day."""
    actors, day = document.knowledge.actors, document.day
    if phrase.actor:
        return actors.entry(phrase.actor, on=day)
    if phrase.generic is None:
        return None
    match = ActorMatch(phrase.start, phrase.end, None, generic=phrase.generic)
    return actors.settle(match, document.context().countries, on=day)


def of_post(part: Part) -> Attribution:
    """Return the author of an embedded post as its speaker."""
    return Attribution(speaker=part.author or part.handle, text=part.handle)


def is_quoted(document: Document, start: int, paragraph_start: int) -> bool:
    """Tell whether `start` lies inside a quotation that opened earlier in its paragraph."""
    return document.folded.text.count('"', paragraph_start, start) % 2 == 1
