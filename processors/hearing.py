"""An analyst's verdict on its way to its place: the latest stands, with what a corrected place must be told."""

from __future__ import annotations

from msgspec.structs import replace

from processors.judging import last
from streams.items import ClaimOp
from streams.steps import Dropped, Outcome, Passed, Why
from streams.verdicts import Feedback


def hear(verdict: Feedback, heard: Feedback | None) -> tuple[Outcome, Feedback]:
    """Pass a verdict on to the place of its alert, and its silent claims to the place that was meant.

    `heard` is the verdict on the alert that stood until now: its silent claims
    are taken back, but for those told again. A repeat ends, and so does one
    that is older than what stands, however late it comes.
    """
    if heard is not None:
        if heard.id == verdict.id:
            return Dropped(Why.DUPLICATE), heard
        if last((heard, verdict)) is heard:
            return Dropped(Why.STALE), heard
    again = {claim.id for claim in verdict.claims}
    before = heard.claims if heard else ()
    gone = tuple(replace(claim, op=ClaimOp.WITHDRAW) for claim in before if claim.id not in again)
    return Passed((*gone, verdict, *verdict.claims)), verdict
