"""An analyst's verdict on its way to its place: once, with what a corrected place must be told."""

from __future__ import annotations

from streams.steps import Dropped, Outcome, Passed, Why
from streams.verdicts import Feedback


def hear(verdict: Feedback, heard: bool | None) -> tuple[Outcome, bool]:
    """Pass a verdict on to the place of its alert, and its silent claims to the place that was meant; a repeat ends."""
    return (Dropped(Why.DUPLICATE) if heard else Passed((verdict, *verdict.claims))), True
