"""Verdicts of analysts on alerts, as records on a topic of their own."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from streams.items import Claim
from streams.mentions import Actor, Kind, Place


class Verdict(StrEnum):
    """What an analyst says of an alert."""

    CONFIRM = "confirm"
    REJECT = "reject"
    CORRECT = "correct"


class Feedback(Struct, frozen=True, kw_only=True, tag="Feedback"):
    """An analyst's verdict on one revision of an alert; with CORRECT, what is right instead.

    Fields left null are right as they stand. `place_key` is the alert's own.
    `claims` are silent ones that tell the ledger of a corrected place what
    the wrong one was told. `at` is UTC.
    """

    id: str
    alert_id: str
    place_key: str
    revision: int
    verdict: Verdict
    place: Place | None = None
    from_holder: Actor | None = None
    to_holder: Actor | None = None
    kind: Kind | None = None
    claims: tuple[Claim, ...] = ()
    analyst: str
    note: str = ""
    at: datetime
