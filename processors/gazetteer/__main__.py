"""`python -m processors.gazetteer build [FILE]` compiles the gazetteer and says how far it is."""

from __future__ import annotations

import sys
from pathlib import Path

from processors.gazetteer.build import compiled
from processors.gazetteer.table import Gazetteer


def main(arguments: list[str]) -> int:
    """Build the file unless it stands already; return the exit code."""
    if arguments[:1] != ["build"] or len(arguments) > 2:  # noqa: PLR2004 - the word and one path
        sys.stderr.write("usage: python -m processors.gazetteer build [FILE]\n")
        return 2
    path = compiled(Path(arguments[1]) if len(arguments) > 1 else None, say=lambda line: print(line, flush=True))  # noqa: T201 - progress is what this prints
    directory = Gazetteer(path).directory
    print(f"{path}: {directory.rows:,} places under {directory.names:,} names, {path.stat().st_size:,} bytes")  # noqa: T201 - as above
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
