"""What is real here and costly to start: Apache Kafka and Chromium, each started once for all files."""

from tests.broker import broker, far, url
from tests.browser import browsing, chromium

__all__ = ["broker", "browsing", "chromium", "far", "url"]
