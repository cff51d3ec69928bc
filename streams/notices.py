"""What is said about the watch itself: who was heard, who fell silent, and that time passed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class Subject(StrEnum):
    """What may fall silent: a source, or a side on a front (a first-level division)."""

    SOURCE = "source"
    FRONT = "front"


class Heard(Struct, frozen=True, kw_only=True, tag="Heard"):
    """Something was heard from a source, or from one side about one front.

    `key` names the subject; `name` is for people ("Deir ez-Zor, SY: islamic_state").
    `at` is when it was fetched (UTC).
    """

    subject: Subject
    key: str
    name: str
    item_id: str
    demo: bool = False
    at: datetime


class Tick(Struct, frozen=True, kw_only=True, tag="Tick"):
    """Time passed: it is now `at` (UTC), whether or not anything was heard."""

    at: datetime


class Level(StrEnum):
    """Whether a notice raises an alarm or ends it."""

    RAISED = "raised"
    CLEARED = "cleared"


class Notice(Struct, frozen=True, kw_only=True, tag="Notice"):
    """A subject fell silent for longer than its own habit, or was heard again.

    `id` is the same for raising and clearing one alarm. `last_heard` and `at`
    are UTC; `habit_seconds` is the longest gap usual for it.
    """

    id: str
    level: Level
    subject: Subject
    key: str
    name: str
    text: str
    last_heard: datetime
    habit_seconds: float
    demo: bool = False
    at: datetime
