"""What makes two texts the same, or nearly: a digest of the characters and a SimHash of the words."""

from __future__ import annotations

import hashlib
import re

from simhash import Simhash  # type: ignore[import-untyped]  # it ships no types

from processors.normalise import fold

_WORD = re.compile(r"\w+")
_SHINGLE = 2
_BITS = 64


def text_hash(title: str | None, text: str) -> str:
    """Return SHA-256 in hex over title and text; a null character stands between them."""
    return hashlib.sha256(f"{title or ''}\0{text}".encode()).hexdigest()


def signature(text: str) -> str | None:
    """Return the 64-bit SimHash of the folded text's word pairs as 16 hex digits, None where there are no words.

    Texts that differ in a few of many words differ in a few bits.
    """
    words = _WORD.findall(fold(text).text)
    if not words:
        return None
    pairs = [" ".join(words[at : at + _SHINGLE]) for at in range(max(1, len(words) - _SHINGLE + 1))]
    return f"{Simhash(pairs, f=_BITS, hashfunc=_digest).value:016x}"


def _digest(pair: bytes) -> bytes:
    return hashlib.blake2b(pair, digest_size=_BITS // 8).digest()
