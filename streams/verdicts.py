"""Verdicts of analysts on alerts, as they are said and as records on a topic of their own."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct, field

from streams.alerts import Alert, Verdict
from streams.items import Claim
from streams.mentions import Actor, Kind, Place

__all__ = ["Feedback", "Opinion", "Verdict"]


class Opinion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an analyst says of an alert, in his own words: names are not looked up yet.

    `revision` is the one he looked at, null for the last; with `force` it may
    be an older one. Places and actors are ids or names in any script.
    """

    verdict: str
    analyst: str
    note: str = ""
    revision: int | None = None
    place: str | None = None
    from_: str | None = field(default=None, name="from")
    to: str | None = None
    kind: str | None = None
    force: bool = False


class Feedback(Struct, frozen=True, kw_only=True, tag="Feedback"):
    """An analyst's verdict on one revision of an alert; with CORRECT, what is right instead.

    Fields left null are right as the sources tell them; a later verdict that
    lets an earlier correction stand repeats it. `place_key` is the alert's own.
    `claims` are silent ones that tell the ledger of a corrected place what
    the wrong one was told. `alert` is the alert as it stood when it was judged:
    its place may have forgotten it. `at` is UTC.
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
    alert: Alert | None = None
    analyst: str
    note: str = ""
    at: datetime
