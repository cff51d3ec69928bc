"""Written stories of claims come to the alerts written beside them."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from streams.alerts import Alert
from streams.codec import encode
from streams.items import Claim
from streams.mentions import Actor, Extent, Kind, Place, Status
from tests.stories import ACTORS, PLACES, START, claim, tell, withdrawn

STORIES = tomllib.loads(Path(__file__).with_name("stories.toml").read_text("utf-8"))["story"]
ITEM_KEYS = {"owner": "owner", "credit": "credit", "house": "side"}


def _actor(word: str) -> Actor | None:
    return None if word == "?" else ACTORS.get(word) or Actor(text=word, start=0, end=len(word))


def _place(word: str) -> Place:
    text = word.replace("-", " ")
    return PLACES.get(word) or Place(text=text, start=0, end=len(text))


def _claim(day: str, source: str, kind: str, sides: str, place: str, *pairs: str) -> Claim:
    keys = dict(pair.split("=", 1) for pair in pairs)
    losing, gaining = map(_actor, sides.split(">"))
    return claim(
        source,
        float(day),
        kind=Kind(kind),
        losing=losing,
        gaining=gaining,
        place=_place(place),
        status=Status(keys.get("status", "asserted")),
        speaker=keys.get("speaker"),
        side=keys.get("side"),
        words=keys.get("words"),
        on=(START + timedelta(days=float(keys["on"]))).date() if "on" in keys else None,
        extent=Extent(keys.get("extent", "full")),
        background="background" in keys,
        demo="demo" in keys,
        item={ITEM_KEYS[key]: value for key, value in keys.items() if key in ITEM_KEYS},
    )


def claims_of(lines: list[str]) -> list[Claim]:
    """Return the claims of a story's lines, in their order."""
    claims: list[Claim] = []
    for line in lines:
        day, source, word, *rest = line.split()
        if word in {"withdraws", "repeats"}:
            earlier = claims[int(rest[0]) - 1]
            claims.append(withdrawn(earlier) if word == "withdraws" else earlier)
        else:
            claims.append(_claim(day, source, word, *rest))
    return claims


def bytes_of_all() -> bytes:
    """Return every revision of every story, for comparison by the byte."""
    return b"\n".join(encode(alert) for story in STORIES for alert in tell(claims_of(story["claims"])).revisions)


def line_of(alert: Alert) -> str:
    """Return an alert as the stories write it."""
    sides = [(actor.id or actor.text) if actor else "?" for actor in (alert.from_holder, alert.to_holder)]
    place = alert.place.id or alert.place.text
    return f"{place} {'>'.join(sides)} {alert.kind} {alert.state} {alert.independent_sources}"


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story["name"])
def test_story(story: dict[str, list[str]]) -> None:
    """A story's claims end in exactly its alerts."""
    assert [line_of(alert) for alert in tell(claims_of(story["claims"])).alerts] == story["alerts"]


def test_revisions_of_an_alert_count_from_one_and_keep_its_id_and_opening_time() -> None:
    """In every story an alert's revisions are 1, 2, 3 and its opening time and key never change."""
    for story in STORIES:
        revisions = tell(claims_of(story["claims"])).revisions
        for id_ in {alert.id for alert in revisions}:
            life = [alert for alert in revisions if alert.id == id_]
            assert [alert.revision for alert in life] == list(range(1, len(life) + 1))
            assert len({(alert.opened_at, alert.place_key) for alert in life}) == 1
            assert [alert.revised_at for alert in life] == sorted(alert.revised_at for alert in life)


@pytest.mark.parametrize("seed", ["0", "4711"])
def test_the_order_of_sets_changes_no_byte(seed: str) -> None:
    """A process with another hash seed tells every story in the same bytes."""
    root = Path(__file__).parents[2]
    told = "import sys; from tests.golden.test_stories import bytes_of_all; sys.stdout.buffer.write(bytes_of_all())"
    run = subprocess.run(
        [sys.executable, "-c", told], cwd=root, env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
    )
    assert run.stdout == bytes_of_all()
