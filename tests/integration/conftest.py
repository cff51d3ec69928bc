"""What is real here: Apache Kafka."""

from tests.broker import broker, far, url

__all__ = ["broker", "far", "url"]
