"""The names of parties by their ids, from the tables alone: to show who spoke, no compiled gazetteer is needed."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from processors.gazetteer.nations import peoples


@cache
def party_names() -> Mapping[str, str]:
    """Return each listed actor's name in English, and that of each state's forces (`state:IQ`: "Iraqi forces")."""
    countries, actors = _table("processors.gazetteer", "countries.toml"), _table("processors.detect", "actors.toml")
    forces = {f"state:{code}": f"{people} forces" for code, (people, _) in peoples(countries["country"]).items()}
    return forces | {row["id"]: row["name"] for row in actors["actor"]}


def _table(package: str, name: str) -> dict[str, Any]:
    return tomllib.loads(files(package).joinpath(name).read_text("utf-8"))
