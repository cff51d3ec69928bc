"""The table of source kinds: one file and one line each."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.connector import Connector
from connectors.feeds import FEEDS
from connectors.pages import PAGES
from connectors.telegram import TELEGRAM
from connectors.streaming import Streaming

KINDS: Mapping[str, Connector] = {connector.kind: connector for connector in (FEEDS, PAGES, TELEGRAM)}
# Kinds whose sources are not polled but stream: one connection each, open for good.
STREAMS: Mapping[str, Streaming] = {}
