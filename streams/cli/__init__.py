"""The command line: it knows every part and is imported by none.

Exit status: 0 done, 1 something asked for was not found or not right (check,
detect with bad lines, dead-letters) or differs (compare), 2 usage or configuration, 3 the journal
or slot cannot be used.
"""

from __future__ import annotations

from streams.cli import archive, comparing, feedback, journal, ledger, replaying, running, sources, stores, texts
from streams.cli.group import main

__all__ = [
    "archive",
    "comparing",
    "feedback",
    "journal",
    "ledger",
    "main",
    "replaying",
    "running",
    "sources",
    "stores",
    "texts",
]
