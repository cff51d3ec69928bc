"""The configuration: one TOML file, CHANGEHANDS_ environment names, nothing unknown."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from streams.errors import ConfigError
from streams.sources import SourceSettings

PREFIX = "CHANGEHANDS_"


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _public(address: str) -> str:
    if not address:
        return ""
    parts = urlsplit(address)
    _ = parts.port  # raises where it is none
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise ValueError("the address under which hubs reach the listener is like https://reader.example/push")
    return address.rstrip("/")


class WebSettings(_Group):
    """The page: loopback unless changed.

    `open_feedback`: verdicts of analysts are taken although others than this
    machine reach the page; a proxy before it should ask who they are.
    """

    host: str = "127.0.0.1"
    port: int = Field(default=8642, ge=0, le=65535)
    open_feedback: bool = False


class WorkerSettings(_Group):
    """The worker processes that extract and detect; wall in seconds, memory in MiB each."""

    count: int = Field(default=1, ge=1, le=64)
    wall_seconds: float = Field(default=20.0, gt=0)
    memory_mib: int = Field(default=1536, ge=256)


class FetchSettings(_Group):
    """How we knock at other people's doors.

    `at_once` is how many sources have their turn at a time; of one site they
    are two at most, whatever it is. `readers` is the number of processes that
    read documents.
    """

    user_agent: str = "changehands/0.1 (+https://example.invalid/set-fetch-user_agent)"
    total_seconds: float = Field(default=30.0, gt=0)
    at_once: int = Field(default=128, ge=1, le=4096)
    readers: int = Field(default=1, ge=1, le=64)


class PushSettings(_Group):
    """Being told by hubs what is new (WebSub) instead of asking; off without a `callback`.

    `callback` is the public address under which hubs reach the listener at
    `host` and `port` of this process: a proxy before it should speak HTTPS. It
    must be this process's alone, for a subscription is known where it was
    made. `lease_seconds` is for how long a hub is asked to push.
    """

    callback: Annotated[str, AfterValidator(_public)] = ""
    host: str = "127.0.0.1"
    port: int = Field(default=8643, ge=0, le=65535)
    lease_seconds: int = Field(default=864_000, ge=3600, le=7_776_000)


class CorroborateSettings(_Group):
    """When tellings are of one change, and how many publishers make it corroborated and confirmed.

    `window_days` is the time between two tellings of one change, at most.
    """

    window_days: float = Field(default=14.0, gt=0)
    corroborated: int = Field(default=2, ge=1)
    confirmed: int = Field(default=3, ge=1)


class CoverageSettings(_Group):
    """When silence is worth a notice.

    A source is silent after `times_habit` times the gap that it seldom
    exceeds, never before `least_minutes`; after `unknown_hours` where its
    habit is not known yet. A side on a front is silent after `front_hours`.
    What is silent for `forget_days` is forgotten. Looked at every `tick_seconds`.
    """

    tick_seconds: float = Field(default=60.0, gt=0)
    times_habit: float = Field(default=3.0, ge=1)
    least_minutes: float = Field(default=60.0, gt=0)
    unknown_hours: float = Field(default=48.0, gt=0)
    front_hours: float = Field(default=24.0, gt=0)
    forget_days: float = Field(default=90.0, gt=0)


class RetentionSettings(_Group):
    """For how many days what flows is kept; 0: for good.

    `items_days` raw and enriched items, who was heard, dead letters;
    `claims_days` claims and holdings; `alerts_days` alerts, verdicts, notices;
    `fetches_days` what each fetch of a source brought.
    `memory_days` is what a step remembers of a key (an item, a source) that
    nothing changes for so long; `places_days` the same of a place, an actor, a
    judged alert: the ledger's own memory.
    """

    items_days: float = Field(default=365.0, ge=0)
    claims_days: float = Field(default=1825.0, ge=0)
    alerts_days: float = Field(default=0.0, ge=0)
    fetches_days: float = Field(default=14.0, ge=0)
    memory_days: float = Field(default=365.0, ge=0)
    places_days: float = Field(default=0.0, ge=0)


class LogSettings(_Group):
    """Colours on a terminal, JSON lines in a service; `auto` looks at stderr."""

    format: Literal["auto", "console", "json"] = "auto"
    level: Literal["debug", "info", "warning", "error"] = "info"


class Settings(BaseSettings):
    """Everything that can be set: environment before file, defaults last."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, env_prefix=PREFIX, env_nested_delimiter="__")

    journal: str = "sqlite:///var/journal.db"
    demo: bool = True
    starter_sources: bool = True
    gazetteer: Path | None = None
    runs: Path = Path("var/runs")
    web: WebSettings = WebSettings()
    workers: WorkerSettings = WorkerSettings()
    fetch: FetchSettings = FetchSettings()
    push: PushSettings = PushSettings()
    corroborate: CorroborateSettings = CorroborateSettings()
    coverage: CoverageSettings = CoverageSettings()
    retention: RetentionSettings = RetentionSettings()
    logs: LogSettings = LogSettings()
    sources: tuple[SourceSettings, ...] = ()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is pydantic's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file, whose values arrive as arguments."""
        return env_settings, init_settings


def load_settings(path: Path | None, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the file (if any) and the environment; raises ConfigError naming the key and the nearest right one."""
    _refuse_unknown_names(environment)
    try:
        settings = Settings(**_file(path))
    except ValidationError as error:
        raise ConfigError(
            f"{path or 'environment'}: " + "; ".join(_explained(dict(e)) for e in error.errors())
        ) from error
    _refuse_twins(settings)
    return settings


def _file(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not TOML: {error}") from error


def _names(model: type[BaseModel], prefix: str = "") -> set[str]:
    """Every dotted name that can be set in the environment."""
    found = set()
    for name, info in model.model_fields.items():
        found.add(prefix + name)
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            found |= _names(info.annotation, f"{prefix}{name}__")
    return found


def _refuse_unknown_names(environment: Mapping[str, str]) -> None:
    """Pydantic ignores an unknown group in the environment; a typo must not pass in silence."""
    known = {PREFIX + name.upper() for name in _names(Settings)} | {PREFIX + "CONFIG"}
    for name in environment:
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            raise ConfigError(f"environment: {name} is not a setting{_nearest(name.upper(), known)}")


def _explained(error: dict[str, Any]) -> str:
    where = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return f"{where} is not a setting{_nearest(str(error['loc'][-1]), _siblings(error['loc']))}"
    return f"{where}: {error['msg']} (got {str(error.get('input'))[:60]!r})"


def _siblings(location: tuple[Any, ...]) -> set[str]:
    """Return the names that would have been right in its place."""
    groups = {name: info.annotation for name, info in Settings.model_fields.items()}
    if location[0] == "sources":
        return set(SourceSettings.model_fields)
    group = groups.get(location[0]) if len(location) > 1 else None
    return set(group.model_fields) if isinstance(group, type) and issubclass(group, BaseModel) else set(groups)


def _nearest(name: str, known: set[str]) -> str:
    close = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.5)
    return f"; did you mean {close[0]}?" if close else f"; known: {', '.join(sorted(known))}"


def _refuse_twins(settings: Settings) -> None:
    seen: set[str] = set()
    for source in settings.sources:
        if source.id in seen:
            raise ConfigError(f"sources: the id {source.id!r} is used twice; give each source its own")
        seen.add(source.id)
