"""What somebody can do about a source that cannot be read: by status, then by what is known, then by words. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from streams.items import SourceHealth

BY_STATUS: Mapping[int, str] = {
    304: "the server says that nothing changed although nobody asked for changes: tell the publisher",
    401: "it wants a login; ask the publisher for an address with a key in it, or take another feed of theirs",
    403: (
        "the server refuses us: see that fetch.user_agent names a contact of yours, open the address in a browser,"
        " and ask the publisher if it opens there"
    ),
    404: "nothing is there today; see whether the address is right, or run `sources add` on the site's front page",
    406: "the server has no form of it that we read; name the address of its RSS or Atom form",
    410: "it is gone for good, says the server; look for its new place on the publisher's site",
    451: "it is withheld for legal reasons where you are",
}
BY_NOTE: Mapping[str, str] = {
    "blocked": (
        "a shield lets only browsers in; take another feed of the publisher, or ask them to let your user_agent in"
    ),
    "busy": "it is asked too often, by us or by others at this address; polling waits by itself",
    "network": "our own network or its name server seems to be away",
    "robots": "the site's robots.txt is obeyed; ask the publisher, or take a feed of theirs",
    "redirects": "its redirects lead nowhere: tell the publisher, or name the address that a browser ends at",
}
BY_WORDS: tuple[tuple[str, str], ...] = (
    (r"certificate", "its certificate is not valid for us: open it in a browser; an expired one is the publisher's"),
    (r"private, loopback", "if it is a server of yours, say --allow-private (allow_private = true)"),
    (r"name is not known", "see whether the host is spelled right"),
    (r"no whole answer in time", "it is slow or away; raise fetch.total_seconds if it always is"),
    (r"larger than", "it is too large for a feed or page; name a smaller one, such as that of a section"),
    (r"Connection refused|No route", "nothing answers there now; see whether the host and port are right"),
    (r"connection broke|reset", "the server hangs up: ask again later, and tell the publisher if it goes on"),
    (r"declares XML entities", "no feed needs entities of its own; tell the publisher"),
    (r"it is empty", "the server answers with nothing; ask again later, or take another feed of theirs"),
    (r"an HTML page", "name one of the feeds it offers, or read it with --kind page or --kind listing --select CSS"),
    (r"needs? a token", "write the token into a file that only you can read and say --token-file FILE"),
)


def advice(health: SourceHealth) -> str:
    """Return what to do about a source that could not be read, nothing where its own text says it all."""
    for note in health.notes:
        if note in BY_NOTE:
            return BY_NOTE[note]
    if known := BY_STATUS.get(health.http_status or 0):
        return known
    return next((said for words, said in BY_WORDS if re.search(words, health.text, re.IGNORECASE)), "")
