"""The small flow with a last step that does not come back from one place."""

from __future__ import annotations

import threading

from streams.items import Claim
from streams.settings import WorkerSettings
from streams.steps import Outcome, RememberingStep
from streams.topics import CLAIMS, CONTROL_ALERTS
from tests.contract.small_flow import CLAIM_WORDS, READ, TELL, Told, tell

WORKERS = WorkerSettings(count=1, wall_seconds=1.0)


def tell_unless_asleep(claim: Claim, told: Told | None) -> tuple[Outcome, Told | None]:
    """Tell as the small flow does, but never return from the place "swamp"."""
    if claim.place_key == "swamp":
        threading.Event().wait()
    return tell(claim, told)


_SLEEPY = RememberingStep(
    name=TELL.name, source=CLAIMS, targets=(CONTROL_ALERTS,), function=tell_unless_asleep, key=TELL.key, memory=Told
)
FLOW = (READ, CLAIM_WORDS, _SLEEPY)
