"""Reading the files of others: line by line, also out of a zip archive, with bad rows told and left out."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from streams.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    """A row that was left out: the file, the line (from 1) or the object, and what is wrong with it."""

    file: Path
    where: str
    why: str

    def __str__(self) -> str:
        return f"{self.file}:{self.where}: {self.why}"


Bad = Callable[[BadRow], None]


def files_in(path: Path, *endings: str) -> list[Path]:
    """Return the file, or the files of a folder with these endings; raises ConfigError where there are none."""
    if not path.exists():
        raise ConfigError(f"{path} does not exist; give a file or a folder that does")
    if path.is_file():
        return [path]
    found = sorted(each for each in path.iterdir() if each.name.endswith(endings) and each.name != "readme.txt")
    if not found:
        raise ConfigError(f"{path} holds no file that ends in {' or '.join(endings)}")
    return found


def rows_of(path: Path, bad: Bad) -> Iterator[tuple[int, list[str]]]:
    """Yield number and cells of each line of a tab-separated file; comments and empty lines are passed over."""
    with _opened(path) as file:
        for number, line in enumerate(file, 1):
            try:
                text = line.decode("utf-8").rstrip("\r\n")
            except UnicodeDecodeError as error:
                bad(BadRow(file=path, where=str(number), why=f"is not UTF-8: {error.reason} at byte {error.start}"))
                continue
            if text and not text.startswith("#"):
                yield number, text.split("\t")


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a file, or the one text in an archive that is not its readme."""
    if path.suffix != ".zip":
        with path.open("rb") as file:
            yield file
        return
    try:
        with zipfile.ZipFile(path) as archive:
            texts = [name for name in archive.namelist() if name.endswith(".txt") and not name.startswith("readme")]
            if len(texts) != 1:
                raise ConfigError(f"{path} holds {len(texts)} texts; unpack it and give the one that is meant")
            with archive.open(texts[0]) as file:
                yield file
    except zipfile.BadZipFile as error:
        raise ConfigError(f"{path} is no zip archive: {error}") from error
