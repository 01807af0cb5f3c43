"""The emulator as a server."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import ClassVar
from uuid import uuid4

from smsgateway.emulation.reports import Report
from smsgateway.emulation.server import Emulator
from smsgateway.gateway import SmsGateway
from smsgateway_profisms.emulator.account import RATES, Account
from smsgateway_profisms.emulator.api import Api
from smsgateway_profisms.emulator.messages import (
    AcceptedMessage,
    accepted_messages,
    record,
    take_reports,
)
from smsgateway_profisms.emulator.switches import Faults, Reporting

__all__ = ["ProfismsEmulator"]


class ProfismsEmulator(Emulator[Faults, Reporting]):
    """A local ProfiSMS: serves the API in a thread, over real HTTP, for one user.

    >>> with ProfismsEmulator() as emulator, SmsGateway.from_url(emulator.url) as gateway:
    ...     result = gateway.send("Ahoj", to="+420601000001")
    ...     emulator.advance(2)
    ...     (emulator.messages[0].text, emulator.messages[0].delivery, str(emulator.credit))
    ('Ahoj', 'delivered', '998.8')

    Args:
        host: The address to listen on.
        port: The port; 0 picks a free one.
        username: The user's login name.
        password: The password; made up where None.
        credit: Crowns that a new account has.
        rates: Crowns a part, by number prefix; the longest that fits counts, 2.5 where none does.
        sender: The number that messages without a sender come from.
        state: The SQLite file that keeps everything; None keeps it in memory.
        inbox: A gateway whose provider shows the accepted messages too.
        faults: What goes wrong; the property of the same name changes it at any time.
        reporting: What becomes of messages; likewise.
        clock: What tells the time, in Unix seconds; the attribute of the same name replaces it.

    Raises:
        ConfigurationError: An argument makes no sense, or the file or the port cannot be opened.
    """

    provider: ClassVar[str] = "profisms"

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        username: str = "demo",
        password: str | None = None,
        credit: Decimal | int | str = 1000,
        rates: Mapping[str, object] = RATES,
        sender: str = "+420700000000",
        state: str | Path | None = None,
        inbox: SmsGateway | None = None,
        faults: Faults = Faults(),  # noqa: B008 - it is frozen
        reporting: Reporting = Reporting(),  # noqa: B008 - it is frozen
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.password = password or str(uuid4())
        super().__init__(host=host, port=port, username=username, secret=self.password, clock=clock)
        self._account: Account = Account(
            clock=self.now,
            credit=credit,
            rates=rates,
            sender=sender,
            state=state,
            faults=faults,
            reporting=reporting,
        )
        self._api = Api(self._account, username=username, password=self.password, inbox=inbox)

    @property
    def messages(self) -> list[AcceptedMessage]:
        """The messages that were accepted, the newest last."""
        with self._lock:
            return accepted_messages(self._account)

    def _take_reports(self) -> list[Report]:
        return take_reports(self._account)

    def _record(self, report: Report) -> None:
        record(self._account, report)
