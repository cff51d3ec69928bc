"""The names of parties by their ids, from the actor table alone: enough to show who spoke, without the gazetteer."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_TABLE = "actors.toml"


@cache
def party_names() -> Mapping[str, str]:
    """Return each listed actor's name in English; a state's forces that no row lists are not among them."""
    table = tomllib.loads(files("processors.detect").joinpath(_TABLE).read_text("utf-8"))
    return {row["id"]: row["name"] for row in table["actor"]}
