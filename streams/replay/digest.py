"""One digest over all that a run tells: equal where two runs tell the same to the byte."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

_EVERY = 1 << 256


def digest_of(alerts: Iterable[bytes], ledger: Iterable[bytes]) -> str:
    """Return SHA-256 in hex over alerts as they were told and the last page of each place, by its key.

    What the host stamps (when it stored them, offsets) lies outside of these bytes.
    """
    known = sha256()
    for name, values in ((b"alerts", alerts), (b"ledger", ledger)):
        known.update(name)
        for value in values:
            known.update(len(value).to_bytes(8, "big"))
            known.update(value)
    return known.hexdigest()


def added(content: str, value: bytes) -> str:
    """Return the digest of some contents with one more: their sum, so that the order of an archive does not count."""
    total = int(content or "0", 16) + int.from_bytes(sha256(value).digest(), "big")
    return f"{total % _EVERY:064x}"
