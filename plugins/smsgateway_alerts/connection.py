"""One connection of `smsgateway serve`: uvicorn's, with a limit of time."""

from __future__ import annotations

import asyncio
from typing import ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

__all__ = ["Connection"]


class Connection(H11Protocol):
    """Ends where a request is not whole in time; uvicorn would wait for it for ever.

    Attributes:
        patience: Seconds for a request, from its first byte or the answer before it to its end.
    """

    patience: ClassVar[float] = 15.0

    _end: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        super().connection_lost(exc)
        self._stop_waiting()

    def on_response_complete(self) -> None:
        """Begin to wait for the next request, or for the rest of one that was answered early."""
        super().on_response_complete()
        self._wait()

    def _wait(self) -> None:
        self._stop_waiting()
        self._end = self.loop.call_later(self.patience, self._end_if_late)

    def _stop_waiting(self) -> None:
        if self._end is not None:
            self._end.cancel()

    def _end_if_late(self) -> None:
        # Else the request is whole, and is being answered.
        if self.conn.their_state in {h11.IDLE, h11.SEND_BODY}:
            self.transport.abort()
