"""What came of a batch of posts: the items they made, how the others ended, what could not be read. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import msgspec
from msgspec import Struct

from connectors.streaming import Bad, Taken
from streams.items import RawItem


@dataclass(slots=True, kw_only=True)
class Catch:
    """What a sieve has kept so far; `endings` counts the words with which posts ended that made no item."""

    items: list[RawItem] = field(default_factory=list)
    endings: Counter[str] = field(default_factory=Counter)
    bad: list[Bad] = field(default_factory=list)

    def unread(self, data: bytes, why: object, *, size: int | None = None) -> None:
        """Keep what cannot be read as it came, and why; `size` is its whole length where `data` is only its begin."""
        self.bad.append(Bad(data=data, size=len(data) if size is None else size, text=str(why)))

    def taken(self, state: Struct, *, over: str = "", text: str = "") -> Taken:
        """Return all of it with the state that follows; `over` says why the stream is not to go on."""
        return Taken(
            state=msgspec.json.encode(state),
            items=tuple(self.items),
            endings=dict(self.endings),
            bad=tuple(self.bad),
            over=over,
            text=text,
        )
