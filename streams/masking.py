"""Addresses as they may be shown: passwords and keys in them are left out. Pure."""

from __future__ import annotations

import re

# A private feed's key stands in its query (Reddit calls it feed, as WordPress calls a format), a password before its
# host. What follows an address in a sentence is no part of it.
_USER = re.compile(r"(?P<scheme>\w{2,10}://)[^/@\s?#]{1,500}@")
_NAMES = "token|key|secret|passw(?:or)?d|passwd|pwd|auth|signature|sig|session"
_KEY = re.compile(
    rf"(?P<name>[?&;](?:[\w.-]*(?:{_NAMES})=|feed=(?=[0-9a-f]{{16}})))[^&#\s;\"']+?(?=[:,.]?(?:[&#\s;\"']|$))",
    re.IGNORECASE,
)
HIDDEN = "***"


def masked(text: str) -> str:
    """Return a text with the secrets in its addresses hidden."""
    return _KEY.sub(rf"\g<name>{HIDDEN}", _USER.sub(rf"\g<scheme>{HIDDEN}@", text))
