"""How a claim is told: its status, who says or denies it, and the words that decide that."""

from __future__ import annotations

from processors.detect import attribution
from processors.detect.anaphora import Where
from processors.detect.document import Document
from processors.detect.draft import Draft
from processors.detect.onward import told_after
from processors.detect.status import status_of
from streams.items import Part
from streams.mentions import Attribution, Kind, Status


def told_as(
    document: Document, where: Where, draft: Draft
) -> tuple[Status, Attribution | None, tuple[int, int] | None]:
    """Return status, speaker and cue: the sentence's own, else those of the quotation or the post it stands in."""
    status, cue = status_of(where.line, draft)
    stretch = document.stretches[where.number]
    part: Part | None = document.part(stretch)
    said = _speaker(document, where, draft, status, cue)
    if status is not Status.ASSERTED:
        return status, said or (attribution.of_post(part) if part else None), cue
    if part is not None:
        return Status.CLAIMED, attribution.of_post(part), None
    first = document.paragraph_start(where.number)
    if draft.kind is not Kind.HOLDS and attribution.is_quoted(document, draft.trigger.start, first):
        return Status.CLAIMED, Attribution(), None
    told = told_after(document, where)
    return Status.CLAIMED if told else status, told, None


def _speaker(
    document: Document, where: Where, draft: Draft, status: Status, cue: tuple[int, int] | None
) -> Attribution | None:
    """Return who claims or denies."""
    if status is Status.DENIED and cue:
        return attribution.denier(document, where.line, draft.trigger, cue)
    return attribution.speaker(document, where.line, draft.trigger) if status is Status.CLAIMED else None
