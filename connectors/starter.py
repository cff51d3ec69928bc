"""The starter list: public feeds to begin with, as data."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from pydantic import ValidationError

from streams.errors import ConfigError
from streams.sources import SourceSettings

LIST = "starter.toml"


@cache
def starter_sources() -> tuple[SourceSettings, ...]:
    """Return the starter list; raises ConfigError where the file beside this module is damaged.

    `source_note` says where a row's address was read and stays in the file.
    """
    try:
        rows = tomllib.loads(files("connectors").joinpath(LIST).read_text("utf-8"))["feeds"]
        return tuple(SourceSettings(**{key: row[key] for key in row if key != "source_note"}) for row in rows)
    except (OSError, tomllib.TOMLDecodeError, KeyError, ValidationError) as error:
        raise ConfigError(f"the starter list connectors/{LIST} cannot be read: {error}") from error
