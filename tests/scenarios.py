"""The scenario language: what was reported when and by whom, and the alerts and the ledger it must come to.

    # a comment
    source NAME [owner=WORDS] [side=ACTOR] [language=xx]     (a source named nowhere has its name for owner)
    DAY [TIME] NAME[#ITEM]: a report, in the words of its source
    DAY [TIME] NAME#ITEM: the same item again is its next revision
    DAY [TIME] NAME#ITEM deleted
    DAY [TIME] analyst confirms|rejects PLACE [note=WORDS]
    DAY [TIME] analyst corrects PLACE [from=ACTOR] [to=ACTOR] [kind=KIND]
    DAY [TIME] tick

    alert PLACE: FROM > TO, KIND, STATE, N [, WORD ...]       as it stands at last; ? is an unknown side
    ledger PLACE [on DAY]: HOLDER [+ HOLDER ...] since DAY [, WORD ...]
    ledger PLACE [on DAY]: nobody [since DAY] [, WORD ...]
    notice TEXT                                                part of a notice that is raised or cleared

Days are YYYY-MM-DD, times HH:MM (UTC, else noon). Places and actors are named
as the gazetteer and the actor table name them in English. N counts
independent publishers. The words of an alert: a ledger check other than
consistent and unknown, against-interest, area, clash, linked; of a ledger
line: area, contested, besieged, partial, clash, and how it is known where it
is not by a change: holds, passing, linked. Alerts are all that were opened, in
their order; ledger lines without a day are all places of which anything is
known at last.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from streams.items import ItemKind, Op, RawItem
from streams.mentions import Precision

_WHEN = re.compile(r"(?P<day>\d{4}-\d\d-\d\d)(?: (?P<time>\d\d:\d\d))? (?P<rest>.+)")
_REPORT = re.compile(r"(?P<source>[\w-]+)(?:#(?P<item>[\w-]+))?: (?P<text>.+)")
_DELETED = re.compile(r"(?P<source>[\w-]+)#(?P<item>[\w-]+) deleted")
_VERDICT = re.compile(
    r"analyst (?P<verdict>confirm|reject|correct)s (?P<place>.*?)(?P<keys>(?: \w+=[^=]+(?= \w+=|$))*)"
)
_KEY = re.compile(r"(\w+)=(.*?)(?= \w+=|$)")
_NOON = time(12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """An analyst's verdict on the last alert about a place."""

    at: datetime
    verdict: str
    place: str
    keys: dict[str, str]


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
    scenario = Scenario(name=path.stem)
    sources: dict[str, dict[str, str]] = {}
    revisions: dict[str, int] = {}
    for number, line in _lines(path):
        word, _, rest = line.partition(" ")
        if word == "source":
            name, _, keys = rest.partition(" ")
            sources[name] = dict(_KEY.findall(keys))
        elif word in {"alert", "ledger", "notice"}:
            {"alert": scenario.alerts, "ledger": scenario.ledger, "notice": scenario.notices}[word].append(rest)
        elif found := _WHEN.fullmatch(line):
            scenario.happens.append(_event(found, sources, revisions, f"{path.name}:{number}"))
        else:
            raise ValueError(f"{path.name}:{number}: not understood: {line!r}")
    return scenario


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            yield number, line.strip()


def _event(
    found: re.Match[str], sources: dict[str, dict[str, str]], revisions: dict[str, int], where: str
) -> RawItem | Judgement | datetime:
    at = datetime.combine(date.fromisoformat(found["day"]), _time(found["time"]), tzinfo=UTC)
    rest = found["rest"]
    if rest == "tick":
        return at
    if verdict := _VERDICT.fullmatch(rest):
        return Judgement(
            at=at, verdict=verdict["verdict"], place=verdict["place"], keys=dict(_KEY.findall(verdict["keys"]))
        )
    if deleted := _DELETED.fullmatch(rest):
        return _item(deleted["source"], deleted["item"], "", at, sources, revisions, op=Op.DELETE)
    if report := _REPORT.fullmatch(rest):
        item = report["item"] or f"{at:%Y%m%d%H%M}-{zlib.crc32(report['text'].encode()):x}"
        return _item(report["source"], item, report["text"], at, sources, revisions)
    raise ValueError(f"{where}: not understood: {rest!r}")


def _time(text: str | None) -> time:
    return time.fromisoformat(text) if text else _NOON


def _item(
    source: str,
    item: str,
    text: str,
    at: datetime,
    sources: dict[str, dict[str, str]],
    revisions: dict[str, int],
    *,
    op: Op = Op.PUT,
) -> RawItem:
    """Return a report published at a time and fetched half a minute later."""
    keys, id_ = sources.get(source, {}), f"{source}:{item}"
    revisions[id_] = revisions.get(id_, 0) + 1
    url = f"https://{source}.example.org/{item}"
    return RawItem(
        op=op,
        id=id_,
        revision=revisions[id_],
        source=source,
        owner=keys.get("owner", source),
        side=keys.get("side"),
        kind=ItemKind.ENTRY,
        url=url,
        canonical_url=url,
        fetched_at=at + timedelta(seconds=30),
        published_at=at,
        published_precision=Precision.INSTANT,
        body=zlib.compress(f"<p>{text}</p>".encode()),
        content_type="text/html; charset=utf-8",
        language=keys.get("language"),
    )


def lines(entries: Sequence[str]) -> list[str]:
    """Return expected lines with their spaces made one."""
    return [" ".join(entry.split()) for entry in entries]
