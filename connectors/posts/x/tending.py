"""Keeping the rules at X as the configuration has them: what to ask next, and what the answers mean. Pure.

Source: xdevplatform/docs, x-api/posts/filtered-stream/integrate/build-a-rule
and matching-returned-tweets; openapi.json. Rules belong to the app of the
token and last until they are deleted. Ours are known by their tags; those of
others are left alone, and where one has the very words of ours, which X does
not take twice, its posts are taken as ours.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlencode

import msgspec
from msgspec.structs import replace

from connectors.connector import Failure, Response
from connectors.posts.x.api import Rules, page_in, problem
from connectors.posts.x.rules import MOST_RULES, Rule, prefix, rules_of
from connectors.posts.x.sieve import Streamed
from connectors.streaming import Ask, Taken
from streams.errors import SourceUnreadable
from streams.sources import SourceSettings

LIST, DELETE, ADD = "rules", "rules to delete", "rules to add"
# While the stream is open nothing that happens here may end it.
BESIDE = " beside the stream"
AT_A_TIME = 100
# How old the list may be when a connection is begun, and while one is open.
FRESH, STALE = timedelta(minutes=1), timedelta(hours=1)
SHOWN = 5
NOT_TAKEN = frozenset({400, 403, 409, 422})


def tending(source: SourceSettings, known: Streamed, now: datetime, base: str, *, is_open: bool) -> Ask | None:
    """Return what to ask next about the rules; None where X has ours and no old ones. Raises SourceRefused."""
    beside = BESIDE if is_open else ""
    age = STALE if is_open else FRESH
    is_bare = not (is_open or known.rules or known.lent or missing(source, known))
    if known.listed_at is None or known.rules_page or now - known.listed_at > age or is_bare:
        query = {"max_results": str(MOST_RULES)}
        if known.rules_page:
            query["pagination_token"] = known.rules_page
        return Ask(name=LIST + beside, url=f"{base}/rules?{urlencode(query)}", with_token=True)
    if old := _old(source, known):
        return _post(DELETE + beside, base, {"delete": {"ids": old}})
    if new := missing(source, known):
        return _post(ADD + beside, base, {"add": [{"value": rule.value, "tag": rule.tag} for rule in new]})
    return None


def _post(name: str, base: str, body: object) -> Ask:
    headers = {"Content-Type": "application/json"}
    data = msgspec.json.encode(body)
    return Ask(name=name, url=f"{base}/rules", method="POST", headers=headers, body=data, with_token=True)


def _old(source: SourceSettings, known: Streamed) -> list[str]:
    wanted = {rule.tag for rule in rules_of(source)}
    return [id_ for id_, tag in known.rules.items() if tag not in wanted][:AT_A_TIME]


def missing(source: SourceSettings, known: Streamed) -> list[Rule]:
    """Return the next rules to add."""
    there = {*known.rules.values(), *known.lent.values(), *known.refused}
    return [rule for rule in rules_of(source) if rule.tag not in there][:AT_A_TIME]


def is_tending(ask: Ask) -> bool:
    """Whether an ask is about the rules."""
    return ask.name.removesuffix(BESIDE) in {LIST, DELETE, ADD}


def tended(source: SourceSettings, known: Streamed, ask: Ask, answer: Response | Failure, now: datetime) -> Taken:
    """Read what X answered about the rules; raises SourceUnreadable."""
    name = ask.name.removesuffix(BESIDE)
    is_open = name != ask.name
    if isinstance(answer, Failure) and not (name == ADD and answer.status in NOT_TAKEN):
        return _unanswered(source, known, name, answer, now, is_open=is_open)
    if name == LIST:
        known, text = _listed(source, known, _rules(answer), now), ""
    elif name == DELETE:
        old = _old(source, known)
        known, text = replace(known, rules={i: tag for i, tag in known.rules.items() if i not in old}), ""
    else:
        known, text = _added(source, known, answer)
    is_bare = not (known.rules or known.lent or known.rules_page or missing(source, known))
    over = f"X has none of our rules: {text or 'it takes none'}" if is_bare and not is_open else ""
    return Taken(state=msgspec.json.encode(known), over=over, text="" if over else text)


def _unanswered(
    source: SourceSettings, known: Streamed, name: str, failure: Failure, now: datetime, *, is_open: bool
) -> Taken:
    """Begin anew later; beside an open stream with the next list."""
    text = f"{failure.text} {said_in(failure)}".strip()
    if not is_open:
        return Taken(state=msgspec.json.encode(known), over=text)
    if name == LIST:
        known = replace(known, listed_at=now, rules_page="")
    elif name == DELETE:
        old = _old(source, known)
        known = replace(known, rules={i: tag for i, tag in known.rules.items() if i not in old})
    else:
        known = replace(known, refused=(*known.refused, *(rule.tag for rule in missing(source, known))))
    return Taken(state=msgspec.json.encode(known), text=f"the rules at X may be old ones: {text}")


def _rules(answer: Response | Failure) -> Rules:
    return page_in(answer.said.encode() if isinstance(answer, Failure) else answer.body, Rules)


def said_in(failure: Failure) -> str:
    """Return the reasons X gives for a refusal."""
    return reasons(failure.said)


def reasons(said: str) -> str:
    """Return what the body of a refusal says, in one line."""
    try:
        told = page_in(said.encode("utf-8", "replace"), Rules)
    except SourceUnreadable:
        return " ".join(said.split())[:200]
    problems = [*told.errors, {"title": told.title, "detail": told.detail, "connection_issue": told.connection_issue}]
    return "; ".join(dict.fromkeys(filter(None, map(problem, problems))))[:500]


def _listed(source: SourceSettings, known: Streamed, page: Rules, now: datetime) -> Streamed:
    begin, tags = prefix(source), {rule.value: rule.tag for rule in rules_of(source)}
    rules, lent = (known.rules, known.lent) if known.rules_page else ({}, {})
    ours = {rule.id: rule.tag for rule in page.data if rule.tag and rule.tag.startswith(begin)}
    same = {rule.id: tags[rule.value] for rule in page.data if rule.id not in ours and rule.value in tags}
    return replace(
        known,
        rules={**rules, **ours},
        lent={**lent, **same},
        refused=known.refused if known.rules_page else (),
        rules_page=page.meta.next_token or "",
        listed_at=now,
    )


def _added(source: SourceSettings, known: Streamed, answer: Response | Failure) -> tuple[Streamed, str]:
    """Return what X has now; of the rules it did not take each is told with its reason, and not sent again at once."""
    asked = missing(source, known)
    try:
        page = _rules(answer)
    except SourceUnreadable:
        if isinstance(answer, Response):
            raise
        page = Rules()
    tags, why = {rule.value: rule.tag for rule in asked}, _why(page, answer)
    made = {kept.id: tags[kept.value] for kept in page.data if kept.value in tags}
    made |= {kept.id: kept.tag for kept in page.data if kept.tag and kept.tag in tags.values()}
    doubles = {str(one["id"]): tags[str(one["value"])] for one in page.errors if _is_double(one, tags)}
    left = [rule for rule in asked if rule.tag not in {*made.values(), *doubles.values()}]
    told = [f"X does not take the rule {rule.value[:100]!r}: {why.get(rule.value, why[''])}" for rule in left]
    more = [f"and {len(told) - SHOWN} more"] if len(told) > SHOWN else []
    known = replace(
        known,
        rules={**known.rules, **made},
        lent={**known.lent, **doubles},
        refused=(*known.refused, *(rule.tag for rule in left)),
    )
    return known, "; ".join((*told[:SHOWN], *more))


def _is_double(told: dict[str, object], tags: dict[str, str]) -> bool:
    return told.get("title") == "DuplicateRule" and bool(told.get("id")) and str(told.get("value")) in tags


def _why(page: Rules, answer: Response | Failure) -> dict[str, str]:
    """Return the reason for each rule's words, and under the empty one what holds for all others."""
    general = [problem(one) for one in page.errors if not one.get("value")]
    whole = problem({"title": page.title, "detail": page.detail})
    failed = answer.text if isinstance(answer, Failure) else "it does not say why"
    each = {str(one["value"]): problem(one) for one in page.errors if one.get("value")}
    return {**each, "": next(filter(None, (*general, whole)), failed)}
