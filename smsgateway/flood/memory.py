"""What flood control remembers between two questions, in a store."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from smsgateway.errors import SmsGatewayError
from smsgateway.flood.document import UnreadableState
from smsgateway.flood.ledger import Ledger
from smsgateway.flood.rules import FloodRules
from smsgateway.flood.state import State
from smsgateway.flood.store import Documents, Store, StoreError

__all__ = ["Memory"]

_log = logging.getLogger("smsgateway")


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What flood control remembers under one name.

    Attributes:
        name: The name.
        part: Whose memory it is, where several under the name remember apart; else empty.
        rules: When messages are held back.
        store: Where it is kept.
        clock: Tells the time, in seconds since 1970.
    """

    name: str
    part: str
    rules: FloodRules
    store: Store
    clock: Callable[[], float]

    @contextmanager
    def opened(self) -> Iterator[tuple[State, Ledger]]:
        """Remember, let something be done with it, and keep that.

        Raises:
            StoreError: Something goes wrong, whatever it is: whoever has a message to send can then
                send it.
        """
        state, is_readable = None, True
        try:
            now = self.clock()
            with self.store.transaction(now) as documents:
                try:
                    state = self._read(documents, now)
                except UnreadableState:
                    state, is_readable = State.begun(now, self.rules), False
                yield state, Ledger(documents, now)
                keep = documents.keep if state.is_kept else documents.__setitem__
                keep(self._document, state.document())
        except SmsGatewayError:
            raise
        except Exception as error:
            if state is not None and not state.news.is_sound:
                self._begin_anew(now)
            # Not its words: they may quote a message.
            raise StoreError(f"Flood control: {type(error).__name__}.") from error
        if not is_readable:  # said when the store is free again, for whoever logs may use it
            self._say_that_it_begins_anew()

    def _begin_anew(self, now: float) -> None:
        """Forget what cannot be used, or it would stop the next one too."""
        with self.store.transaction(now) as documents:
            documents.pop(self._document, None)
        self._say_that_it_begins_anew()

    def _say_that_it_begins_anew(self) -> None:
        _log.warning(
            "What %s remembered of floods cannot be read, as after an update: "
            "it begins anew, and what was held back before is not told.",
            self.name,
        )

    @property
    def _document(self) -> str:
        return f"flood:{self.name}:{self.part}" if self.part else f"flood:{self.name}"

    def _read(self, documents: Documents, now: float) -> State:
        try:
            document = documents[self._document]
        except KeyError:
            return State.begun(now, self.rules)
        except (RecursionError, ValueError) as error:  # it is no JSON, or nested too deeply
            raise UnreadableState from error
        return State.read(document, now, self.rules)
