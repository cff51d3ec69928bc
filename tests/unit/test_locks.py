"""What is installed is what was looked at: every package of the locks is pinned, by hash, and by one version."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")


def packages(lock: str) -> dict[str, list[str]]:
    """Return each package's version and the digests of its files."""
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]
    found = {}
    for line in lines:
        pinned = re.match(r"([a-z0-9.\-]+)==(\S+)", line)
        assert pinned, line[:100]
        found[pinned[1]] = [pinned[2], *re.findall(r"--hash=sha256:([0-9a-f]{64})\b", line)]
    return found


def test_every_package_is_pinned_by_version_and_hash():
    """No line leaves a choice, and none without a digest of what may be installed."""
    for lock in LOCKS:
        found = packages(lock)
        assert len(found) > 20
        assert [name for name, (_, *digests) in found.items() if not digests] == []


def test_tests_run_with_what_people_run_with():
    """A package of the running lock has the same version and digests in the testing lock."""
    running, testing = map(packages, LOCKS)
    assert {name: testing.get(name) for name in running} == running


def test_no_lock_says_where_packages_come_from():
    """Locks hold no addresses: whoever installs decides whom to ask."""
    for lock in LOCKS:
        assert "://" not in (ROOT / lock).read_text(encoding="utf-8")
