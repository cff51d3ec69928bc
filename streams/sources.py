"""What is to be read: one entry of `[[sources]]` in the configuration, whatever its kind."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Kind = Literal[
    "feed", "sitemap", "page", "listing", "telegram", "mastodon", "bluesky", "youtube", "reddit", "x", "archive"
]


class SourceSettings(BaseModel):
    """One thing to read: a feed, a page, a channel, a stream of posts, an archive.

    `owner` is the publisher (sources of one owner are not independent), `side`
    the actor id of a party it belongs to. `scale` is what ACLED calls the
    source scale (National, Local partner, New media ...). `allow_private` lets this source
    alone be read at private or loopback addresses. `token_file` holds the
    secret that a service asks for; it is read when the source begins and never
    shown. Of a stream of posts `words`, `tags` and `accounts` say which to
    take (any of them; all posts where none is given).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")
    kind: Kind = "feed"
    url: str
    name: str | None = None
    owner: str | None = None
    side: str | None = None
    scale: str | None = None
    language: str | None = None
    full_text: bool = True
    token_file: Path | None = None
    words: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    min_interval_seconds: float = Field(default=300.0, ge=1.0)
    allow_private: bool = False
    enabled: bool = True
    demo: bool = False
