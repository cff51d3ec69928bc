"""Pages of the ledger put together from what lies on its topic: each place's page, with its volumes before it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from msgspec.structs import replace

from streams.holding import Ledger
from streams.topics import ledger_key


@dataclass(slots=True)
class Shelves:
    """The pages and volumes seen so far, the latest of each; a place is known by the key of its page."""

    pages: dict[str, Ledger] = field(default_factory=dict)
    volumes: dict[str, dict[int, Ledger]] = field(default_factory=lambda: defaultdict(dict))

    def put(self, record: Ledger) -> None:
        """Take a page or a volume in the place of the one before it."""
        if record.volume is None:
            self.pages[ledger_key(record)] = record
        else:
            self.volumes[page_key(record)][record.volume] = record

    def whole(self, key: str) -> Ledger | None:
        """Return a place's page with all that is told of it, None where there is none."""
        page = self.pages.get(key)
        if page is None or not page.volumes:
            return page
        known = self.volumes.get(key, {})
        parts = [*(known[number] for number in page.volumes if number in known), page]
        return replace(
            page,
            stretches=tuple(one for part in parts for one in part.stretches),
            sieges=tuple(one for part in parts for one in part.sieges),
            contests=tuple(one for part in parts for one in part.contests),
        )

    def lacks(self, key: str) -> bool:
        """Say whether volumes of the place's page were not seen."""
        page = self.pages.get(key)
        return page is not None and not self.volumes.get(key, {}).keys() >= set(page.volumes)

    def forget(self, key: str) -> None:
        """Forget a place's page and its volumes."""
        self.pages.pop(key, None)
        self.volumes.pop(key, None)


def page_key(record: Ledger) -> str:
    """Return the key of the page that a record is of, be it one of its volumes."""
    return ledger_key(replace(record, volume=None))


def whole_pages(records: Iterable[Ledger]) -> dict[str, Ledger]:
    """Return the whole page of each place by its key, the latest of what the records tell."""
    shelves = Shelves()
    for record in records:
        shelves.put(record)
    return {key: page for key in shelves.pages if (page := shelves.whole(key))}
