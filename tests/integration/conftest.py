"""What is real here: Apache Kafka."""

from tests.broker import broker, url

__all__ = ["broker", "url"]
