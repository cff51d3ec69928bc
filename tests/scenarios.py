"""The scenario language: what was reported when and by whom, and the alerts and the ledger it must come to.

    # a comment
    source NAME [owner=WORDS] [side=ACTOR] [language=xx]     (a source named nowhere has its name for owner)
    DAY [TIME] NAME[#ITEM]: a report, in the words of its source [post @HANDLE DAY: a post shown in it]
    DAY [TIME] NAME#ITEM: the same item again is its next revision
    DAY [TIME] NAME#ITEM deleted
    DAY [TIME] analyst confirms|rejects PLACE [note=WORDS] [of=DAY]
    DAY [TIME] analyst corrects PLACE [place=PLACE] [from=ACTOR] [to=ACTOR] [kind=KIND] [of=DAY]
    DAY [TIME] tick

    alert PLACE: FROM > TO, KIND, STATE, N [, WORD ...]       as it stands at last; ? is an unknown side
    ledger PLACE [on DAY]: HOLDER [+ HOLDER ...] since DAY [, WORD ...]
    ledger PLACE [on DAY]: nobody [since DAY] [, WORD ...]
    notice TEXT                                                part of a notice that is raised or cleared

Days are YYYY-MM-DD, times HH:MM (UTC, else noon). Places and actors are named
as the gazetteer and the actor table name them in English. A verdict is on the
last alert about its place, or the last one opened on a day. N counts
independent publishers. The words of an alert: a ledger check other than
consistent and unknown, against-interest, area, clash, linked; of a ledger
line: area, contested, besieged, partial, clash, and how it is known where it
is not by a change: holds, passing, linked. Alerts are all that were opened, in
their order; ledger lines without a day are all places of which anything is
known at last. A comment at the head says what came of the scenario when it
was first run.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from msgspec.structs import replace

from streams.items import ItemKind, Op, RawItem
from streams.mentions import Precision

_WHEN = re.compile(r"(?P<day>\d{4}-\d\d-\d\d)(?: (?P<time>\d\d:\d\d))? (?P<rest>.+)")
_REPORT = re.compile(r"(?P<source>[\w-]+)(?:#(?P<item>[\w-]+))?: (?P<text>.+)")
_DELETED = re.compile(r"(?P<source>[\w-]+)#(?P<item>[\w-]+) deleted")
_VERDICT = re.compile(
    r"analyst (?P<verdict>confirm|reject|correct)s (?P<place>.*?)(?P<keys>(?: \w+=[^=]+(?= \w+=|$))*)"
)
_KEY = re.compile(r"(\w+)=(.*?)(?= \w+=|$)")
_POST = re.compile(r" *\[post @(?P<handle>\w+) (?P<day>\d{4}-\d\d-\d\d): (?P<words>[^\]]+)\]")
_NOON = time(12)
# The first 41 bits of a post's id are milliseconds since this moment of 2010 (twitter-archive/snowflake).
_POSTS_SINCE = datetime.fromtimestamp(1288834974.657, UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """An analyst's verdict on the last alert about a place, or the last opened on the day `of`."""

    at: datetime
    verdict: str
    place: str
    keys: dict[str, str]
    of: str | None = None


@dataclass(slots=True, kw_only=True)
class Scenario:
    """What happens, in order (a bare datetime is a tick), and what must come of it."""

    name: str
    happens: list[RawItem | Judgement | datetime] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)
    ledger: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def read(path: Path) -> Scenario:
    """Read a scenario file; raises ValueError naming file and line for one that is not understood."""
    scenario, reader = Scenario(name=path.stem), _Reader()
    expected = {"alert": scenario.alerts, "ledger": scenario.ledger, "notice": scenario.notices}
    for number, line in _lines(path):
        word, _, rest = line.partition(" ")
        if word == "source":
            reader.introduce(rest)
        elif word in expected:
            expected[word].append(rest)
        elif event := reader.event(line):
            scenario.happens.append(event)
        else:
            raise ValueError(f"{path.name}:{number}: not understood: {line!r}")
    return scenario


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            yield number, line.strip()


@dataclass(slots=True)
class _Reader:
    """Reads what happens, with what was said of the sources, and counts the revisions of each item."""

    sources: dict[str, dict[str, str]] = field(default_factory=dict)
    revisions: Counter[str] = field(default_factory=Counter)
    published: dict[str, datetime] = field(default_factory=dict)

    def introduce(self, line: str) -> None:
        """Note what is said of a source."""
        name, _, keys = line.partition(" ")
        self.sources[name] = dict(_KEY.findall(keys))

    def event(self, line: str) -> RawItem | Judgement | datetime | None:
        """Return what happens, None for a line that is not understood."""
        found = _WHEN.fullmatch(line)
        if found is None:
            return None
        day, at = date.fromisoformat(found["day"]), time.fromisoformat(found["time"]) if found["time"] else _NOON
        moment, rest = datetime.combine(day, at, tzinfo=UTC), found["rest"]
        if rest == "tick":
            return moment
        if verdict := _VERDICT.fullmatch(rest):
            keys = dict(_KEY.findall(verdict["keys"]))
            of = keys.pop("of", None)
            return Judgement(at=moment, verdict=verdict["verdict"], place=verdict["place"], keys=keys, of=of)
        if deleted := _DELETED.fullmatch(rest):
            return replace(self._item(deleted, moment, ""), op=Op.DELETE)
        report = _REPORT.fullmatch(rest)
        return self._item(report, moment, report["text"]) if report else None

    def _item(self, found: re.Match[str], at: datetime, text: str) -> RawItem:
        """Return a report as read half a minute later; a revision keeps the time at which its item was published."""
        source = found["source"]
        item = found["item"] or f"{at:%Y%m%d%H%M}-{zlib.crc32(text.encode()):x}"
        keys, identity = self.sources.get(source, {}), f"{source}:{item}"
        self.revisions[identity] += 1
        url = f"https://{source}.example.org/{item}"
        return RawItem(
            id=identity,
            revision=self.revisions[identity],
            source=source,
            owner=keys.get("owner", source),
            side=keys.get("side"),
            kind=ItemKind.ENTRY,
            url=url,
            canonical_url=url,
            fetched_at=at + timedelta(seconds=30),
            published_at=self.published.setdefault(identity, at),
            published_precision=Precision.INSTANT,
            body=zlib.compress(_page(text).encode()),
            content_type="text/html; charset=utf-8",
            language=keys.get("language"),
        )


def _page(text: str) -> str:
    """Return a report as HTML, the posts shown in it embedded below its own words."""
    shown = "".join(map(_embedded, _POST.finditer(text)))
    return f"<p>{_POST.sub('', text)}</p>{shown}"


def _embedded(post: re.Match[str]) -> str:
    written = datetime.combine(date.fromisoformat(post["day"]), _NOON, tzinfo=UTC)
    number = int((written - _POSTS_SINCE).total_seconds() * 1000) << 22
    link = f'<a href="https://twitter.com/{post["handle"]}/status/{number}">{post["day"]}</a>'
    words = f"<p>{post['words']}</p>&mdash; {post['handle']} (@{post['handle']}) {link}"
    return f'<blockquote class="twitter-tweet">{words}</blockquote>'


def lines(entries: Sequence[str]) -> list[str]:
    """Return expected lines with their spaces made one."""
    return [" ".join(entry.split()) for entry in entries]
