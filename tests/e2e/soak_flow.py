"""The busy flow as it can run for hours: what it remembers of a place, and what an alert tells, does not grow."""

from __future__ import annotations

from msgspec import Struct

from streams.items import Claim, RawItem
from streams.settings import WorkerSettings
from streams.steps import Outcome, Passed, RememberingStep
from streams.topics import CLAIMS, CONTROL_ALERTS
from tests.contract.small_flow import alert, item
from tests.e2e.busy_flow import FLOW as BUSY

ITEMS, PLACES = 3_000, 300

# what stands still is given up after seconds
WORKERS = WorkerSettings(count=1, wall_seconds=3.0)


class Times(Struct, frozen=True, kw_only=True):
    """How often a place was told of."""

    told: int


def tell(claim: Claim, times: Times | None) -> tuple[Outcome, Times]:
    """Revise the place's alert with each claim, which alone it names."""
    now = (times.told if times else 0) + 1
    return Passed((alert(claim, (claim.id,), revision=now),)), Times(told=now)


def raw(number: int) -> RawItem:
    """Return the item of this number: two places, a new revision of one of the same few thousand items."""
    places = f"place-{number % PLACES} place-{(7 * number + 1) % PLACES}"
    return item(number % ITEMS, places, revision=number // ITEMS + 1)


def claims(number: int) -> set[str]:
    """Return the ids of the claims that the item of this number must end in."""
    one = raw(number)
    return {f"{one.id}/{one.revision}/{word}" for word in (one.title or "").split()}


TELL = RememberingStep(
    name="corroborate",
    source=CLAIMS,
    targets=(CONTROL_ALERTS,),
    function=tell,
    key=lambda claim: claim.place_key,
    memory=Times,
)
FLOW = (*BUSY[:2], TELL)
