"""What makes two texts the same, or nearly: a digest of the characters and a SimHash of the words."""

from __future__ import annotations

import hashlib
import re

from processors.normalise import fold

_WORD = re.compile(r"\w+")
_SHINGLE = 2
_BYTES = 8
_LANE = 24  # bits to count one bit of the digests in: more than the pairs of any text that a topic can carry
# For each byte of a digest and each value of it, its eight bits spread over eight lanes of one long number: adding
# such numbers counts all 64 bits at once.
_SPREAD = tuple(
    tuple(sum((value >> bit & 1) << _LANE * (8 * place + bit) for bit in range(8)) for value in range(256))
    for place in range(_BYTES)
)


def text_hash(title: str | None, text: str) -> str:
    """Return SHA-256 in hex over title and text; a null character stands between them."""
    return hashlib.sha256(f"{title or ''}\0{text}".encode()).hexdigest()


def signature(text: str) -> str | None:
    """Return the 64-bit SimHash of the folded text's word pairs as 16 hex digits, None where there are no words.

    Texts that differ in a few of many words differ in a few bits (Charikar 2002, "Similarity estimation techniques").
    """
    words = _WORD.findall(fold(text).text)
    if not words:
        return None
    pairs = [" ".join(words[at : at + _SHINGLE]) for at in range(max(1, len(words) - _SHINGLE + 1))]
    return f"{_majority(pairs):016x}"


def _majority(pairs: list[str]) -> int:
    """Return the number whose bits are those that more than half of the digests have set."""
    digests = [hashlib.blake2b(pair.encode(), digest_size=_BYTES).digest() for pair in pairs]
    counts = sum(spread[byte] for digest in digests for spread, byte in zip(_SPREAD, digest, strict=True))
    lane = (1 << _LANE) - 1
    return sum(1 << bit for bit in range(8 * _BYTES) if 2 * (counts >> _LANE * bit & lane) > len(pairs))
