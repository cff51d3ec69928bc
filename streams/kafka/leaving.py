"""A process that has to end does end, with its reason: behind a dead connection some tasks heed no cancellation.

Faust's services swallow theirs, and whoever closes the event loop waits for
them. A process that lingers so keeps its place in the group and works no more.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from streams.errors import ChangehandsError, ConfigError, first_of
from streams.logs import printable

STATUS = 3  # the command line's for a journal that cannot be used
_LINGERING_SECONDS = 3.0  # what is left then is the closing of the event loop


@contextmanager
def leaving(seconds: float = _LINGERING_SECONDS) -> Iterator[None]:
    """End the process so many seconds after an error of the journal has left the block, if it has not ended by then."""
    try:
        yield
    except ChangehandsError as error:
        _end_within(seconds, error)
        raise
    except BaseExceptionGroup as several:
        _end_within(seconds, first_of(several))
        raise


def _end_within(seconds: float, error: BaseException) -> None:
    if isinstance(error, ConfigError):  # nothing was begun
        return
    timer = threading.Timer(seconds, _end, (error,))
    timer.daemon = True
    timer.start()


def _end(error: BaseException) -> None:
    sys.stderr.write(f"changehands: {type(error).__name__}: {printable(str(error))}\n")
    sys.stderr.flush()
    os._exit(STATUS)
