"""How Faust enters the cluster, and that it takes only what is committed, which it has no setting for."""

from __future__ import annotations

import aiokafka
import faust
from faust.auth import SASLCredentials, SSLCredentials
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer, Transport
from mode.threads import ServiceThread, WorkerThread

from streams.kafka.access import Access


class _Left(WorkerThread):
    """Does not keep the process alive: behind a dead connection Faust would hold its partitions for ever."""

    def __init__(self, service: ServiceThread) -> None:
        super().__init__(service)
        self.daemon = True


class _CommittedThread(AIOKafkaConsumerThread):
    """Reads behind open transactions and past aborted ones.

    Faust does so only within its own exactly-once; else it would hand us items
    that a connector's undone transaction left, and that were never saved.
    """

    Worker = _Left

    def _create_worker_consumer(self, transport: Transport) -> aiokafka.AIOKafkaConsumer:
        made = super()._create_worker_consumer(transport)
        made._isolation_level = "read_committed"  # noqa: SLF001 - read when it starts; the arguments are Faust's own
        return made


class _CommittedConsumer(Consumer):
    def _new_consumer_thread(self) -> AIOKafkaConsumerThread:
        return _CommittedThread(self, loop=self.loop, beacon=self.beacon)


class _CommittedTransport(Transport):
    Consumer = _CommittedConsumer


def committed_only(app: faust.App) -> Transport:
    """Return a transport for this app that gives it committed records only."""
    return _CommittedTransport(app.conf.broker_consumer, app, app.loop)


def credentials(access: Access) -> SASLCredentials | SSLCredentials | None:
    """Return what Faust shows the brokers, None where nothing is to be shown."""
    if access.user:
        return SASLCredentials(
            username=access.user, password=access.password, ssl_context=access.context, mechanism=access.mechanism
        )
    return SSLCredentials(context=access.context) if access.context else None
