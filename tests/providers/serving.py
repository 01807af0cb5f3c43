"""What delivery reports come to: a server on this machine, and a plugin that is told of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server
from wsgiref.types import WSGIApplication

from smsgateway import DeliveryReport, hookimpl

__all__ = ["Listener", "served"]


class Listener:
    """A plugin that keeps the delivery reports that it is told of."""

    def __init__(self) -> None:
        self.reports: list[DeliveryReport] = []

    @hookimpl
    def report_received(self, report: DeliveryReport) -> None:
        self.reports.append(report)


class _QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Keep quiet."""


@contextmanager
def served(application: WSGIApplication) -> Iterator[str]:
    """Serve a WSGI application in a thread; it gives the URL where."""
    with make_server("127.0.0.1", 0, application, handler_class=_QuietHandler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
