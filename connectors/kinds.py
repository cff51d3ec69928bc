"""The table of source kinds: one file and one line each."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.archive import ARCHIVE
from connectors.bluesky import BLUESKY
from connectors.connector import Connector
from connectors.feeds import FEEDS
from connectors.listing import LISTINGS
from connectors.local import Local
from connectors.mastodon import MASTODON
from connectors.pages import PAGES
from connectors.reddit import REDDIT
from connectors.sitemaps import SITEMAPS
from connectors.streaming import Streaming
from connectors.telegram import TELEGRAM
from connectors.x import X
from connectors.youtube import YOUTUBE

KINDS: Mapping[str, Connector] = {
    connector.kind: connector for connector in (FEEDS, SITEMAPS, PAGES, LISTINGS, TELEGRAM, YOUTUBE, REDDIT)
}
# Kinds whose sources are not polled but stream: one connection each, open for good.
STREAMS: Mapping[str, Streaming] = {stream.kind: stream for stream in (MASTODON, BLUESKY, X)}
# Kinds that lie on this machine: nothing is dialled.
LOCALS: Mapping[str, Local] = {local.kind: local for local in (ARCHIVE,)}
