"""The rules at X, kept as the configuration has them, with the real engine and a real journal."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from connectors.reading.readers import Readers
from tests.desk import reading
from tests.ear import listening
from tests.xhouse import House, fresh, source, there, until, whole

__all__ = ["reading", "there"]
pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_rules(there: House, reading: Readers, tmp_path: Path) -> None:
    """Before the stream is opened old rules of ours are deleted and missing ones added; no other is touched."""
    there.rules = {
        "1": {"value": "cats", "tag": "somebody's"},
        "2": {"value": "old words", "tag": "changehands:birds:0123456789ab"},
        "3": {"value": "dogs", "tag": "changehands:birds2:0123456789ab"},
    }
    wanted = source(there, tmp_path, words=("bridge", "dam"), tags=("حلب",), accounts=("@amal", "77"), language="ar")
    async with listening(wanted, tmp_path, reading):
        await there.listeners.heard()
    assert sorted(rule["value"] for rule in there.rules.values()) == [
        '("bridge" OR "dam" OR #حلب) lang:ar',
        "cats",
        "dogs",
        "from:amal OR from:77",
    ]
    assert [asked.partition(" ")[0] for asked in there.asked] == ["rules", "rules", "delete", "add", "stream"]


async def test_rules_kept(there: House, reading: Readers, tmp_path: Path) -> None:
    """Rules that are as configured are left as they are at the next start."""
    for _ in range(2):
        async with listening(source(there, tmp_path), tmp_path, reading):
            await there.listeners.heard()
        there.listeners.cut()
    assert (there.count("add"), there.count("delete"), len(there.rules)) == (1, 0, 1)


async def test_rule_refused(there: House, reading: Readers, tmp_path: Path) -> None:
    """A rule that X does not take is told with X's reason, and the others are streamed."""
    reason = {"title": "UnprocessableEntity", "details": ["no such operator (at position 3)"]}
    there.refused = {'"bridge"': reason}
    async with listening(source(there, tmp_path, accounts=("amal",)), tmp_path, reading) as ear:
        health = await ear.health("ok", "no such operator")
        await there.listeners.heard()
        there.put(fresh(1))
        await ear.items(1)
    assert "X does not take the rule '\"bridge\"'" in health.text
    assert there.count("add") == 1


async def test_no_rule_left(there: House, reading: Readers, tmp_path: Path) -> None:
    """Where X takes none of the rules, nothing is streamed and people see why."""
    there.refused = {'"bridge"': {"title": "UnprocessableEntity", "details": ["too short"]}}
    async with listening(source(there, tmp_path), tmp_path, reading) as ear:
        await ear.health("refused", "too short")
        await until(lambda: there.count("add") >= 2)
    assert there.count("stream") == 0


async def test_rule_of_somebody(there: House, reading: Readers, tmp_path: Path) -> None:
    """What somebody's rule with the very words of ours lets through is ours; what other rules do is not."""
    there.rules = {"1": {"value": '"bridge"', "tag": "somebody's"}, "2": {"value": "cats", "tag": "cats"}}
    async with listening(source(there, tmp_path), tmp_path, reading) as ear:
        await there.listeners.heard()
        there.put(fresh(1, "A cat"), tag="cats")
        there.put(fresh(2), tag="somebody's")
        (item,) = await whole(ear, 1)
        assert ear.counted("read") == {"passed": 1, "filtered": 1}
    assert item.id.endswith(fresh(2)["id"])
    assert there.count("add") == there.count("delete") == 0


async def test_rules_looked_after(
    there: House, reading: Readers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rules that somebody deletes while the stream is open are added again, and a failure there does not end it."""
    monkeypatch.setattr("connectors.posts.x.tending.STALE", timedelta(seconds=0.5))
    async with listening(source(there, tmp_path), tmp_path, reading) as ear:
        await there.listeners.heard()
        there.answers["rules"] = [web.Response(status=503)]
        await ear.health("ok", "rules at X may be old ones")
        there.rules.clear()
        await until(lambda: there.rules)
        there.put(fresh(1))
        await ear.items(1)
    assert there.count("stream") == 1
