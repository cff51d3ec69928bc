"""What can go wrong, as a tree; each leaf says what is done about it.

ChangehandsError
├── ConfigError            tell the operator: nothing starts
├── SourceUnavailable      again later: `retry_after` says when
├── SourceRefused          tell the operator: the source or the guard says no
├── BadRecord              dead letter: the bytes are not one of our records
│   └── SourceUnreadable   dead letter: what a source sent cannot be read
├── StepFailed             dead letter: a step raised, hung, grew or died
├── LetterRefused          tell the operator: this dead letter cannot be redriven
├── NotKnown               tell whoever asked: no such place, actor or alert
├── VerdictRefused         tell the analyst: what he said cannot be taken as a verdict
│   └── VerdictLate        tell the analyst: the alert has moved on since he looked
├── JournalUnusable        stop: the journal is locked, damaged or not reachable
│   └── NoRoom             services write again until there is room; tell whoever else asked
└── SlotTaken              stop: another process works under this slot
"""

from __future__ import annotations


class ChangehandsError(Exception):
    """Any failure this project names."""


class ConfigError(ChangehandsError):
    """The configuration cannot be used; the text says which key and why."""


class SourceUnavailable(ChangehandsError):
    """The source did not answer this time; try again after `retry_after` seconds."""

    def __init__(self, text: str, *, retry_after: float | None = None) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class SourceRefused(ChangehandsError):
    """The source, or the address guard, will not let us read it."""


class BadRecord(ChangehandsError):
    """Bytes that are not a record of a version this code knows."""


class SourceUnreadable(BadRecord):
    """A source answered with something that is not what it should be."""


class StepFailed(ChangehandsError):
    """A step could not finish one record; `cause` names raised, wall, memory or died."""

    def __init__(self, text: str, *, cause: str = "raised") -> None:
        super().__init__(text)
        self.cause = cause


class LetterRefused(ChangehandsError):
    """A dead letter that is not there, or cannot be sent again; the text says why."""


class NotKnown(ChangehandsError):
    """What was asked for is not there; the text says what is like it."""


class VerdictRefused(ChangehandsError):
    """What an analyst said cannot be taken as a verdict; the text says what would be right."""


class VerdictLate(VerdictRefused):
    """The revision that was judged is no longer the alert's last."""


class JournalUnusable(ChangehandsError):
    """The journal cannot be read or written; the text says what to do."""


class NoRoom(JournalUnusable):
    """The disk of the embedded journal is full, or may not be filled further; nothing was written."""


class SlotTaken(ChangehandsError):
    """Another living process already works under this slot."""


def first_of(several: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the first error in a group, however deep it lies."""
    inner = several.exceptions[0]
    return first_of(inner) if isinstance(inner, BaseExceptionGroup) else inner
