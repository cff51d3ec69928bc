"""Archives: documents per CPU second and the memory of the process that reads them, which no size makes grow."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SMALL, LARGE = 10_000, 100_000
RECORDS = 10_000  # of a crawl, whose pages are searched for their dates
# Resident memory of the larger may be so much above that of the smaller.
FLAT = 1.1
READ = """
import json, resource, sys, time
from datetime import UTC, datetime, timedelta
from connectors.archive import read
from streams.sources import SourceSettings
source, state, items = SourceSettings(id="old", kind="archive", url=sys.argv[1]), b"", 0
now, begin = datetime.now(UTC) + timedelta(seconds=10), time.process_time()
while True:
    found = read(source, state, now, 1000)
    state, items = found.state, items + len(found.items)
    if found.is_all:
        break
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(json.dumps([items, time.process_time() - begin, memory]))
"""


def lines(count: int) -> Iterator[bytes]:
    """Yield lines of about 1 KB."""
    sys.path.insert(0, str(ROOT))
    from tests.archives import NEWS, line  # noqa: PLC0415 (the path is set just before)

    yield from (line(number, text=f"Ship {number}: {NEWS * 8}") for number in range(count))


def records(count: int) -> Iterator[bytes]:
    """Yield packed records of a crawl."""
    from tests.archives import answer  # noqa: PLC0415 (the path was set by lines)

    yield from (gzip.compress(answer(number), 1) for number in range(count))


def measured(path: Path) -> tuple[int, float, int]:
    """Return items, CPU seconds and MiB of a process that reads this archive."""
    run = subprocess.run([sys.executable, "-c", READ, str(path)], cwd=ROOT, capture_output=True, check=True, text=True)
    items, seconds, memory = json.loads(run.stdout)
    return items, seconds, memory


def main(folder: Path) -> int:
    """Write archives, read them, print the figures; status 1 where memory grew."""
    memories: dict[str, list[int]] = {}
    for form, count in (("lines", SMALL), ("lines", LARGE), ("packed", SMALL), ("packed", LARGE), ("crawl", RECORDS)):
        path = folder / f"{form}-{count}"
        with gzip.open(path, "wb", compresslevel=1) if form == "packed" else path.open("wb") as file:
            file.writelines(records(count) if form == "crawl" else lines(count))
        items, seconds, memory = measured(path)
        assert items == count, f"{items} of {count}"
        memories.setdefault(form, []).append(memory)
        print(f"{form}: {items} items, {items / seconds:.0f} per CPU second, {memory} MiB")
    grown = [form for form, found in memories.items() if found[-1] > FLAT * found[0]]
    print(f"memory grows with the size of: {', '.join(grown)}" if grown else "memory is flat")
    return 1 if grown else 0


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        sys.exit(main(Path(place)))
