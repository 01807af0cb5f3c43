"""A fork waits for what another thread imports, and not for long."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from smsgateway_logging.loading import _wait, loading


@contextmanager
def elsewhere(seconds: float) -> Iterator[None]:
    """Let another thread load for so long."""
    begun = threading.Event()

    def load() -> None:
        with loading():
            begun.set()
            time.sleep(seconds)

    thread = threading.Thread(target=load)
    thread.start()
    begun.wait(5)
    yield
    thread.join()


def test_it_waits_until_another_thread_is_done() -> None:
    began = time.monotonic()

    with elsewhere(0.2):
        _wait()
        waited = time.monotonic() - began

    assert 0.2 <= waited < 1.5


def test_it_does_not_wait_for_what_takes_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("smsgateway_logging.loading._PATIENCE", 0.1)
    began = time.monotonic()

    with elsewhere(1.5):
        _wait()
        waited = time.monotonic() - began

    assert 0.1 <= waited < 1.0


def test_it_does_not_wait_for_itself() -> None:
    began = time.monotonic()

    with loading():
        _wait()

    assert time.monotonic() - began < 1.0
