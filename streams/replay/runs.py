"""Where the runs lie: each is an embedded journal of its own, `<folder>/NAME.db`."""

from __future__ import annotations

import re
from pathlib import Path

from streams.errors import ConfigError

# It becomes a file's name and a topic's prefix, and is typed in a shell.
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_SUFFIX = ".db"


def path_of(folder: Path, name: str) -> Path:
    """Return the file of the run of this name; raises ConfigError for what is no name."""
    if not _NAME.fullmatch(name):
        raise ConfigError(
            f"{name[:60]!r} is no name of a run: small letters, digits and hyphens, 40 at most, as in lexicon-2014"
        )
    return folder / f"{name}{_SUFFIX}"


def url_of(folder: Path, name: str) -> str:
    """Return the address of the run's journal, as `--journal` takes it; raises ConfigError for what is no name."""
    return f"sqlite:///{path_of(folder, name)}"


def names_in(folder: Path) -> tuple[str, ...]:
    """Return the names of the runs in a folder, in order; none where there is no folder."""
    return tuple(sorted(path.stem for path in folder.glob(f"*{_SUFFIX}") if _NAME.fullmatch(path.stem)))
