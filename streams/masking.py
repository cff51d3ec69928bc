"""Addresses as they may be shown: passwords and keys in them are left out. Pure."""

from __future__ import annotations

import re

# A private feed's key stands in its query (Reddit calls it feed), a password before its host.
_USER = re.compile(r"(?P<scheme>\w{2,10}://)[^/@\s?#]{1,500}@")
_KEY = re.compile(
    r"(?P<name>[?&;][\w.-]*(?:token|key|secret|passw(?:or)?d|passwd|pwd|auth|signature|sig|session|feed)=)[^&#\s;\"']+",
    re.IGNORECASE,
)
HIDDEN = "***"


def masked(text: str) -> str:
    """Return a text with the secrets in its addresses hidden."""
    return _KEY.sub(rf"\g<name>{HIDDEN}", _USER.sub(rf"\g<scheme>{HIDDEN}@", text))
