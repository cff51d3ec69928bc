"""Every record that can lie on a topic."""

from __future__ import annotations

from streams.alerts import Alert
from streams.fetches import Fetch
from streams.holding import Holding, Ledger, Pledge
from streams.items import Claim, Cursor, DeadLetter, EnrichedItem, RawItem, SourceState
from streams.notices import Heard, Notice, Tick
from streams.verdicts import Feedback

Record = (
    RawItem
    | EnrichedItem
    | Claim
    | Alert
    | DeadLetter
    | Cursor
    | SourceState
    | Fetch
    | Ledger
    | Holding
    | Pledge
    | Feedback
    | Heard
    | Tick
    | Notice
)
