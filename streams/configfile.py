"""The configuration file as people write it: sources are added to it, and all else, comments too, stays as it was."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Array

from streams.errors import ConfigError
from streams.settings import load_settings
from streams.sources import SourceSettings

NEW = "# changehands: your settings; deploy/changehands.toml shows all there are, with their defaults.\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """Two sources that are one: the one that is there, and by what they are the same (id, address)."""

    new: SourceSettings
    known: SourceSettings
    by: str


def twin_of(
    new: SourceSettings, known: Iterable[SourceSettings], spelled: Callable[[SourceSettings], str]
) -> Twin | None:
    """Return the source that a new one would be twice, or None; `spelled` gives addresses in one spelling."""
    for one in known:
        if one.id == new.id:
            return Twin(new=new, known=one, by="id")
        if spelled(one) == spelled(new):
            return Twin(new=new, known=one, by="address")
    return None


def block_of(source: SourceSettings) -> dict[str, Any]:
    """Return what the file has to say of a source: id, kind and address, and what differs from the default."""
    told = source.model_dump(mode="json", exclude_defaults=True)
    return {"id": source.id, "kind": source.kind, "url": source.url, **told}


def blocks(sources: Iterable[SourceSettings]) -> str:
    """Return sources as TOML, to be pasted into a configuration file."""
    document = tomlkit.document()
    listed = tomlkit.aot()
    for source in sources:
        listed.append(_table(block_of(source)))
    if len(listed):
        document.append("sources", listed)
    return tomlkit.dumps(document)


def _table(block: Mapping[str, Any]) -> Any:
    table = tomlkit.table()
    for name, value in block.items():
        table.append(name, _inline(value) if isinstance(value, dict) else value)
    return table


def _inline(values: Mapping[str, Any]) -> Any:
    """Return values in braces: as a table of their own they would take in what stands behind them."""
    table = tomlkit.inline_table()
    table.update(values)
    return table


def extended(text: str, sources: Sequence[SourceSettings]) -> str:
    """Return a configuration's text with sources added behind those it has; raises ConfigError where it is no TOML."""
    try:
        document = tomlkit.parse(text)
    except (TOMLKitError, ValueError) as error:
        raise ConfigError(f"not TOML: {error}") from error
    listed = document.get("sources")
    if isinstance(listed, Array):
        for source in sources:
            block = tomlkit.inline_table()
            block.update(block_of(source))
            listed.append(block)
        return tomlkit.dumps(document)
    if isinstance(listed, AoT):
        for source in sources:
            listed.append(_table(block_of(source)))
        return tomlkit.dumps(document)
    # Behind everything, comments too: tomlkit would set a first block before the comments of the last table.
    return f"{text.rstrip()}\n\n{blocks(sources)}" if text.strip() else f"{NEW}\n{blocks(sources)}"


def add(path: Path, sources: Sequence[SourceSettings]) -> None:
    """Add sources to the file, which is made where there is none; all or nothing.

    Raises ConfigError where it cannot be read or written, was changed
    meanwhile, or could not be read as configuration afterwards.
    """
    path = path.resolve()  # a link stays a link
    before = _text(path)
    try:
        after = extended(before, sources)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replaced(path, before, after)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {error.strerror}") from error


def _text(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return file.read()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ConfigError(f"{path}: cannot be read: {reason}") from error


def _replaced(path: Path, before: str, after: str) -> None:
    """Write beside the file, read it as configuration, then put it in the file's place."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".new")
    beside = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(after)
            file.flush()
            os.fsync(file.fileno())
        _checked(beside, path)
        beside.chmod(path.stat().st_mode & 0o7777 if path.exists() else 0o644)
        if _text(path) != before:
            raise ConfigError(f"{path}: was changed meanwhile; nothing was written, say it again")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _checked(beside: Path, path: Path) -> None:
    try:
        load_settings(beside)
    except ConfigError as error:
        said = str(error).replace(f"{beside}: ", "")
        raise ConfigError(f"{path} as it would be (nothing was written): {said}") from error
