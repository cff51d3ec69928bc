"""The small flow with work in it: each item costs some milliseconds of a processor, some fail, some are duplicates."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence

from streams.items import RawItem
from streams.steps import Outcome, Process, Step
from streams.topics import ENRICHED_ITEMS, RAW_ITEMS
from tests.contract.small_flow import CLAIM_WORDS, TELL, item, read

_PLACES = [f"place-{n}" for n in range(40)]


def load_work() -> Process:
    """Return the costly step."""
    return work


def work(raw: RawItem) -> Outcome:
    """Spend time on the item, then read it."""
    hashlib.pbkdf2_hmac("sha256", raw.body, raw.id.encode(), 10_000)
    return read(raw)


def items(count: int) -> Sequence[RawItem]:
    """Return items over few places: revisions, exact repeats, and some that fail in the first or the second step."""
    chance = random.Random(7)
    titles = [" ".join(chance.sample(_PLACES, 3)) for _ in range(count)]
    titles[5::50] = ["raises"] * len(titles[5::50])
    titles[9::50] = ["raise later"] * len(titles[9::50])
    fresh = [item(n % (count // 2), title, source=f"source-{n % 3}", revision=n) for n, title in enumerate(titles)]
    return [fresh[n - 10] if n % 25 == 24 else one for n, one in enumerate(fresh)]


FLOW = (Step(name="enrich", source=RAW_ITEMS, targets=(ENRICHED_ITEMS,), load=load_work), CLAIM_WORDS, TELL)
