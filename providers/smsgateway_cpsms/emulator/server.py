"""The emulator as a server: the only module of it with sockets and threads."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from decimal import Decimal
from http.client import HTTPException
from ipaddress import ip_address
from pathlib import Path
from typing import Self
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import ProxyHandler, build_opener
from uuid import uuid4

import uvicorn

from smsgateway.errors import ConfigurationError
from smsgateway.gateway import SmsGateway
from smsgateway.pricing.money import exact
from smsgateway_cpsms.emulator.account import RATES, Account
from smsgateway_cpsms.emulator.api import Api
from smsgateway_cpsms.emulator.call import Answer, Call
from smsgateway_cpsms.emulator.control import PREFIX, control
from smsgateway_cpsms.emulator.reports import Report, record, take_reports
from smsgateway_cpsms.emulator.sending import AcceptedMessage, accepted_messages
from smsgateway_cpsms.emulator.switches import Faults, Reporting
from smsgateway_cpsms.emulator.web import Connection, application

__all__ = ["CpsmsEmulator"]

_PAUSE = 0.1  # seconds between two looks for messages whose time has come
_STEP = 0.05  # seconds after which a delayed answer looks whether the server stops
_PATIENCE = 5.0  # seconds that a receiver of delivery reports may take


class CpsmsEmulator:
    """A local CPSMS: serves the API v2 in a thread, over real HTTP, for one account.

    >>> with CpsmsEmulator(credit=100) as emulator, SmsGateway.from_url(emulator.url) as gateway:
    ...     result = gateway.send("Hej", to="+4522334488", sender="Acme")
    ...     (emulator.messages[0].text, str(emulator.credit))
    ('Hej', '99')

    Delivery reports are called back by HTTP GET at whatever URL a client gave, so the emulator is
    as safe as its clients: it listens on this machine only, unless told otherwise.

    Args:
        host: The address to listen on.
        port: The port; 0 picks a free one.
        username: The account's name.
        key: Its API key; made up where None.
        credit: Points that a new account has.
        rates: Points a part, by number prefix; the longest that fits counts, and 1 where none does.
        sender: The account's default sender; None has messages without one refused.
        state: The SQLite file that keeps everything; None keeps it in memory.
        inbox: A gateway whose provider shows the accepted messages too.
        faults: What goes wrong; the property of the same name changes it at any time.
        reporting: What becomes of messages; likewise.
        clock: What tells the time, in Unix seconds; the attribute of the same name replaces it.

    Raises:
        ConfigurationError: An argument makes no sense, or the file or the port cannot be opened.
    """

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
        self.username = username
        self.key = key or str(uuid4())
        self.clock = clock
        self._passed = 0.0
        self._account = Account(
            clock=self.now, credit=credit, rates=rates, sender=sender, state=state
        )
        self._account.faults, self._account.reporting = faults, reporting
        self._api = Api(self._account, username=username, key=self.key, inbox=inbox)
        self._lock = threading.Lock()  # held while the account is used
        self._reporter_lock = threading.Lock()  # held while reports go out, which keeps their order
        self._address = host, port
        self._is_stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._server = uvicorn.Server(
            uvicorn.Config(
                application(self._answer, self._pause),
                http=Connection,
                loop="asyncio",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                timeout_graceful_shutdown=1,
            )
        )

    def __repr__(self) -> str:
        return f"<CpsmsEmulator {self.base_url}>"

    def __enter__(self) -> Self:
        try:
            listener = self._listen()
        except ConfigurationError:
            self.close()
            raise
        self._address = listener.getsockname()[:2]
        self._threads = [
            threading.Thread(target=self._server.run, args=([listener],), daemon=True),
            threading.Thread(target=self._report, daemon=True),
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop serving, if it ever began, and close the account's file."""
        self._is_stopping.set()
        self._server.should_exit = True
        for thread in self._threads:
            thread.join()
        self._account.close()

    @property
    def base_url(self) -> str:
        """Where the API is, without its `/v2`: `http://127.0.0.1:8025`."""
        return f"http://{self._authority}"

    @property
    def url(self) -> str:
        """The gateway URL, with the account's credentials."""
        username, key = quote(self.username, safe=""), quote(self.key, safe="")
        return f"cpsms+http://{username}:{key}@{self._authority}"

    @property
    def messages(self) -> list[AcceptedMessage]:
        """The messages that were accepted and not deleted, the newest last."""
        with self._lock:
            return accepted_messages(self._account)

    @property
    def credit(self) -> Decimal:
        """The points that are left."""
        with self._lock:
            return self._account.credit

    @credit.setter
    def credit(self, points: Decimal | int | str) -> None:
        with self._lock:
            self._account.credit = exact(points, "credit")

    @property
    def faults(self) -> Faults:
        """What goes wrong: `emulator.faults = Faults(status=500, times=1)`."""
        return self._account.faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        with self._lock:
            self._account.faults = faults

    @property
    def reporting(self) -> Reporting:
        """What becomes of messages: `emulator.reporting = Reporting(outcome=2)`."""
        return self._account.reporting

    @reporting.setter
    def reporting(self, reporting: Reporting) -> None:
        with self._lock:
            self._account.reporting = reporting

    def now(self) -> float:
        """Tell the emulator's time, in Unix seconds."""
        return self.clock() + self._passed

    def advance(self, seconds: float) -> None:
        """Let time pass, and report the messages whose time has come."""
        self._passed += seconds
        self.deliver_reports()

    def deliver_reports(self) -> None:
        """Report the messages whose time has come, and return when all receivers were called.

        The emulator does so on its own, too, ten times a second.
        """
        with self._reporter_lock:
            with self._lock:
                reports = take_reports(self._account)
            for report in reports:
                with self._lock:
                    record(self._account, report)
                _call_back(report)

    def wait(self) -> None:
        """Return when the server has stopped."""
        self._threads[0].join()

    @property
    def _authority(self) -> str:
        """The host and port by which this machine reaches the emulator."""
        host, port = self._address
        with suppress(ValueError):
            if ip_address(host).is_unspecified:
                host = "::1" if ":" in host else "127.0.0.1"
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    def _listen(self) -> socket.socket:
        host, port = self._address
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        # Not create_server: asyncio sends an answer at once (TCP_NODELAY) only on a socket that
        # says that it is TCP, and each answer would wait for 40 ms.
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
            listener.listen(1024)
        except (OSError, OverflowError) as error:
            listener.close()
            raise ConfigurationError(f"{host}:{port} cannot be listened on: {error}.") from error
        return listener

    def _report(self) -> None:
        while not self._is_stopping.wait(_PAUSE):
            self.deliver_reports()

    def _answer(self, call: Call) -> Answer:
        with self._lock:
            is_switch = call.path.startswith(f"{PREFIX}/")
            return control(self._account, call) if is_switch else self._api.answer(call)

    async def _pause(self, seconds: float) -> bool:
        """Wait, and say whether the server still goes on then."""
        due = time.monotonic() + seconds
        while (left := due - time.monotonic()) > 0 and not self._is_stopping.is_set():
            await asyncio.sleep(min(left, _STEP))
        await asyncio.sleep(0)
        return left <= 0


_opener = build_opener(ProxyHandler({}))


def _call_back(report: Report) -> None:
    """Call a receiver by GET, once; nothing is known of the vendor's trying again."""
    if report.url is None:
        return
    try:
        _opener.open(report.url, timeout=_PATIENCE).close()
    except HTTPError as error:
        error.close()
    except (OSError, HTTPException, ValueError):
        pass  # a receiver that cannot be reached learns nothing
