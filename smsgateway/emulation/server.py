"""An emulator as a server: with `web` and `reports`, all that has sockets and threads."""

from __future__ import annotations

import asyncio
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import suppress
from decimal import Decimal
from ipaddress import ip_address
from typing import ClassVar, Generic, Protocol, Self
from urllib.parse import quote

import uvicorn

from smsgateway.emulation.account import Account
from smsgateway.emulation.call import Answer, Call
from smsgateway.emulation.control import PREFIX, control
from smsgateway.emulation.reports import Report, call_back
from smsgateway.emulation.switches import OwnFaults, OwnReporting
from smsgateway.emulation.web import Connection, application
from smsgateway.errors import ConfigurationError
from smsgateway.listening import listen
from smsgateway.pricing.money import exact

__all__ = ["Emulator"]

_PAUSE = 0.1  # seconds between two looks for messages whose time has come
_STEP = 0.05  # seconds after which a delayed answer looks whether the server stops
_GRACE = 0.5  # seconds that a receiver of a report still has when the server stops


class _Api(Protocol):
    def answer(self, call: Call) -> Answer: ...


class Emulator(ABC, Generic[OwnFaults, OwnReporting]):
    """Serves a vendor's API in a thread, over real HTTP, for one account.

    Delivery reports are called back by HTTP GET at whatever URL a client gave, so an emulator is as
    safe as its clients: it listens on this machine only, unless told otherwise.

    Args:
        host: The address to listen on.
        port: The port; 0 picks a free one.
        username: The account's name.
        secret: Its key or password.
        clock: What tells the time, in Unix seconds; the attribute of the same name replaces it.
    """

    provider: ClassVar[str]  # its name, the scheme of a gateway URL
    _account: Account[OwnFaults, OwnReporting]
    _api: _Api

    def __init__(
        self, *, host: str, port: int, username: str, secret: str, clock: Callable[[], float]
    ) -> None:
        self.username = username
        self.clock = clock
        self._secret = secret
        self._passed = 0.0
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

    @abstractmethod
    def _take_reports(self) -> Sequence[Report]:
        """Return what is to be reported of messages whose time has come, in order and only once."""

    @abstractmethod
    def _record(self, report: Report) -> None:
        """Let the account show a report."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.base_url}>"

    def __enter__(self) -> Self:
        try:
            listener = listen(*self._address)
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
        if not self._threads:
            self._account.close()
            return
        serving, reporting = self._threads
        serving.join()
        reporting.join(_GRACE)

    @property
    def base_url(self) -> str:
        """Where the API is: `http://127.0.0.1:8025`."""
        return f"http://{self._authority}"

    @property
    def url(self) -> str:
        """The gateway URL, with the account's credentials."""
        username, secret = quote(self.username, safe=""), quote(self._secret, safe="")
        return f"{self.provider}+http://{username}:{secret}@{self._authority}"

    @property
    def credit(self) -> Decimal:
        """What is left on the account."""
        with self._lock:
            return self._account.credit

    @credit.setter
    def credit(self, credit: Decimal | int | str) -> None:
        with self._lock:
            self._account.credit = exact(credit, "credit")

    @property
    def faults(self) -> OwnFaults:
        """What goes wrong: `emulator.faults = Faults(status=500, times=1)`."""
        return self._account.faults

    @faults.setter
    def faults(self, faults: OwnFaults) -> None:
        with self._lock:
            self._account.faults = faults

    @property
    def reporting(self) -> OwnReporting:
        """What becomes of messages: `emulator.reporting = Reporting(outcome=...)`."""
        return self._account.reporting

    @reporting.setter
    def reporting(self, reporting: OwnReporting) -> None:
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
                reports = self._take_reports()
            for report in reports:
                with self._lock:
                    self._record(report)
                if report.url is not None and not self._is_stopping.is_set():
                    call_back(report.url)

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

    def _report(self) -> None:
        while not self._is_stopping.wait(_PAUSE):
            self.deliver_reports()
        self._threads[0].join()
        self._account.close()  # not before, for a report may be on its way until then

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
