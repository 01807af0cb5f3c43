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
from smsgateway.errors import ConfigurationError
from smsgateway.gateway import SmsGateway
from smsgateway_cpsms.emulator.account import RATES, Account
from smsgateway_cpsms.emulator.api import Api
from smsgateway_cpsms.emulator.inbox import hand_over_due
from smsgateway_cpsms.emulator.refused import Refused
from smsgateway_cpsms.emulator.reports import make_reports, record, take_due
from smsgateway_cpsms.emulator.rules import check_sender
from smsgateway_cpsms.emulator.sending import AcceptedMessage, accepted_messages
from smsgateway_cpsms.emulator.switches import Faults, Reporting
from smsgateway_cpsms.provider import Cpsms

__all__ = ["CpsmsEmulator"]


class CpsmsEmulator(Emulator[Faults, Reporting]):
    """A local CPSMS: serves the API v2 in a thread, over real HTTP, for one account.

    >>> with CpsmsEmulator(credit=100) as emulator, SmsGateway.from_url(emulator.url) as gateway:
    ...     result = gateway.send("Hej", to="+4522334488", sender="Acme")
    ...     (emulator.messages[0].text, str(emulator.credit))
    ('Hej', '99')

    Args:
        host: The address to listen on.
        port: The port; 0 picks a free one.
        username: The account's name.
        key: Its API key; made up where None.
        credit: Points that a new account has.
        rates: Points a part, by number prefix; the longest that fits counts, and 1 where none does.
        sender: The account's default sender; None has messages without one refused.
        state: The SQLite file that keeps everything; None keeps it in memory.
        inbox: A gateway whose provider shows the accepted messages too; those that are scheduled,
            when their time has come.
        faults: What goes wrong; the property of the same name changes it at any time.
        reporting: What becomes of messages; likewise.
        clock: What tells the time, in Unix seconds; the attribute of the same name replaces it.

    Raises:
        ConfigurationError: An argument makes no sense, or the file or the port cannot be opened.
    """

    provider: ClassVar[str] = "cpsms"

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        username: str = "demo",
        key: str | None = None,
        credit: Decimal | int | str = 500,
        rates: Mapping[str, object] = RATES,
        sender: str | None = None,
        state: str | Path | None = None,
        inbox: SmsGateway | None = None,
        faults: Faults = Faults(),  # noqa: B008 - it is frozen
        reporting: Reporting = Reporting(),  # noqa: B008 - it is frozen
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.key = key or str(uuid4())
        self._inbox = inbox
        Cpsms(username=username, api_key=self.key)  # refuses what no client could log in with
        super().__init__(host=host, port=port, username=username, secret=self.key, clock=clock)
        self._account: Account = Account(
            clock=self.now,
            credit=credit,
            rates=rates,
            sender=None if sender is None else _checked(sender),
            state=state,
            faults=faults,
            reporting=reporting,
        )
        self._api = Api(self._account, username=username, key=self.key, inbox=inbox)

    @property
    def messages(self) -> list[AcceptedMessage]:
        """The messages that were accepted and not deleted, the newest last."""
        with self._lock:
            return accepted_messages(self._account)

    def _take_reports(self) -> list[Report]:
        due = take_due(self._account)
        scheduled = [message for message in due if message.is_scheduled]
        if self._inbox is not None and scheduled:
            hand_over_due(self._inbox, scheduled)  # the others were shown when they were accepted
        return make_reports(due, self._account.reporting)

    def _record(self, report: Report) -> None:
        record(self._account, report)


def _checked(sender: str) -> str:
    try:
        return check_sender(sender)
    except Refused as error:
        raise ConfigurationError(f"The default sender cannot be used: {error.message}.") from None
