"""The configuration: one TOML file, CHANGEHANDS_ environment names, nothing unknown."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceSettings(_Group):
    """One thing to read: a feed or a page.

    `owner` is the publisher (sources of one owner are not independent), `side`
    the actor id of a party it belongs to. `allow_private` lets this source
    alone be read at private or loopback addresses.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")
    kind: Literal["feed", "page"] = "feed"
    url: str
    name: str | None = None
    owner: str | None = None
    side: str | None = None
    language: str | None = None
    full_text: bool = True
    min_interval_seconds: float = Field(default=300.0, ge=1.0)
    allow_private: bool = False
    enabled: bool = True
    demo: bool = False


class WebSettings(_Group):
    """The page: loopback unless changed."""

    host: str = "127.0.0.1"
    port: int = Field(default=8642, ge=0, le=65535)


class WorkerSettings(_Group):
    """The worker processes that extract and detect; wall in seconds, memory in MiB each."""

    count: int = Field(default=1, ge=1, le=64)
    wall_seconds: float = Field(default=20.0, gt=0)
    memory_mib: int = Field(default=1536, ge=256)


class FetchSettings(_Group):
    """How we knock at other people's doors."""

    user_agent: str = "changehands/0.1 (+https://example.invalid/set-fetch-user_agent)"
    total_seconds: float = Field(default=30.0, gt=0)


class CorroborateSettings(_Group):
    """When tellings are of one change: days between their times at most."""

    window_days: float = Field(default=14.0, gt=0)


class LogSettings(_Group):
    """Colours on a terminal, JSON lines in a service; `auto` looks at stderr."""

    format: Literal["auto", "console", "json"] = "auto"
    level: Literal["debug", "info", "warning", "error"] = "info"


class Settings(_Group):
    """Everything that can be set."""

    journal: str = "sqlite:///var/journal.db"
    demo: bool = True
    starter_sources: bool = True
    gazetteer: Path | None = None
    web: WebSettings = WebSettings()
    workers: WorkerSettings = WorkerSettings()
    fetch: FetchSettings = FetchSettings()
    corroborate: CorroborateSettings = CorroborateSettings()
    logs: LogSettings = LogSettings()
    sources: tuple[SourceSettings, ...] = ()
