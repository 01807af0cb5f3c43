"""Flood control that keeps no alert back by a mistake of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from smsgateway.errors import SmsGatewayError
from smsgateway.flood import Flood, StoreError
from smsgateway.flood.ledger import Ledger
from smsgateway.flood.state import State

__all__ = ["CautiousFlood"]


class CautiousFlood(Flood):
    """Flood control that keeps no alert back by a mistake of its own.

    Whatever goes wrong in it is a `StoreError`, after which an alert is sent without it.
    """

    @contextmanager
    def _opened(self) -> Iterator[tuple[State, Ledger]]:
        try:
            with super()._opened() as opened:
                yield opened
        except SmsGatewayError:
            raise
        except Exception as error:
            # Not its words: they may quote an alert.
            raise StoreError(f"Flood control: {type(error).__name__}.") from error
