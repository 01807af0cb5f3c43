"""The provider that lets another one fail."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from random import Random
from typing import ClassVar

from smsgateway.errors import (
    AuthenticationError,
    ConfigurationError,
    InsufficientCredit,
    NotSent,
    OutcomeUnknown,
    ProviderUnavailable,
    RateLimited,
    Reason,
    SmsGatewayError,
    UnexpectedResponse,
)
from smsgateway.hooks import hookimpl
from smsgateway.http import Flow, HttpRequest
from smsgateway.message import Message
from smsgateway.provider import LOCAL, Capabilities, Provider
from smsgateway.result import DeliveryReport, RecipientResult, SendStatus

__all__ = ["Fault", "register_providers"]

_PARTIAL = "partial"
#: Nothing was sent. A 503 proves nothing to who gets it.
_BEFORE: dict[str, Callable[[], SmsGatewayError]] = {
    "refused": lambda: NotSent("Connection refused, on purpose."),
    "timeout_before": lambda: NotSent("No connection in time, on purpose.", reason=Reason.TIMEOUT),
    "login": lambda: AuthenticationError("The login was refused, on purpose.", http_status=401),
    "credit": lambda: InsufficientCredit("The credit is used up, on purpose.", http_status=402),
    "server_before": lambda: ProviderUnavailable("HTTP 503, on purpose.", http_status=503),
}
#: It was sent, and nobody is told.
_AFTER: dict[str, Callable[[], SmsGatewayError]] = {
    "timeout_after": lambda: OutcomeUnknown(
        "No answer in time, on purpose.", reason=Reason.TIMEOUT
    ),
    "cut_after": lambda: OutcomeUnknown("The answer was cut off, on purpose."),
    "server_after": lambda: ProviderUnavailable("HTTP 500, on purpose.", http_status=500),
    "garbage_after": lambda: UnexpectedResponse("The answer is garbage, on purpose."),
}
_RATE_LIMITED = "rate_limited"
_FAULTS = (*_BEFORE, _RATE_LIMITED, _PARTIAL, *_AFTER)
_REPORTS = ("", "late", "out_of_order", "repeated")
_ABILITIES = (  # methods that are the other provider's own
    *("balance", "prices", "cancel", "status", "look_up", "report_token"),
    *("parse_reports", "parse_incoming", "rates"),
)


@dataclass(frozen=True, kw_only=True)  # no slots: what the other provider can do is put in beside
class Fault:
    """Sends through another provider, and fails as often as it is told.

    It can do what that provider can; only sends and delivery reports fail.

    >>> from smsgateway import SmsGateway
    >>> from smsgateway_null import Null
    >>> gateway = SmsGateway(Fault(inner=Null(), fault="timeout_after", fault_rate=0.5))

    Attributes:
        inner: The other provider.
        fault: What goes wrong: one of these words, or several between commas, of which one is
            drawn each time. Before anything is sent: `refused`, `timeout_before`, `login`,
            `credit`, `rate_limited`, `server_before`. After all of it was sent: `timeout_after`,
            `cut_after`, `server_after`, `garbage_after`. `partial` refuses each recipient of a
            request with even chances, and sends to the others.
        fault_rate: The share of requests that go wrong, from 0 to 1.
        fault_seed: The same seed draws the same faults, where one message follows the other.
        fault_retry_after: Seconds to wait after `rate_limited`.
        fault_reports: What happens to delivery reports: `late`, each comes with the next one;
            `out_of_order`, after the next one; or `repeated`, twice.

    Raises:
        ConfigurationError: There is no such fault, or the rate is no share.
    """

    inner: Provider
    fault: str = "timeout_before"
    fault_rate: float = 1.0
    fault_seed: int = 0
    fault_retry_after: float = 1.0
    fault_reports: str = ""
    _dice: Random = field(init=False, repr=False, compare=False)
    _held: deque[list[DeliveryReport]] = field(
        default_factory=deque, init=False, repr=False, compare=False
    )

    name: ClassVar[str] = "fault"
    capabilities: ClassVar[Capabilities] = LOCAL

    def __post_init__(self) -> None:
        if unknown := [word for word in self._faults if word not in _FAULTS]:
            raise ConfigurationError(
                f"No fault is called {unknown[0]!r}. There are: {', '.join(_FAULTS)}."
            )
        if self.fault_reports not in _REPORTS:
            raise ConfigurationError("fault_reports must be late, out_of_order or repeated.")
        if not 0 <= self.fault_rate <= 1:
            raise ConfigurationError("fault_rate must be from 0 to 1.")
        if not 0 <= self.fault_retry_after < float("inf"):
            raise ConfigurationError("fault_retry_after must be seconds.")
        # Set here, and not asked for each time, so that it has exactly what the other one has.
        theirs = {
            name: getattr(self.inner, name) for name in _ABILITIES if hasattr(self.inner, name)
        }
        if "parse_reports" in theirs:
            theirs["parse_reports"] = self._parse_reports
        own = {
            "name": f"fault+{self.inner.name}",
            "capabilities": self.inner.capabilities,
            "_dice": Random(self.fault_seed),  # noqa: S311 - faults, not secrets
        }
        for name, value in (theirs | own).items():
            object.__setattr__(self, name, value)

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        """Send through the other provider, unless it is to fail."""
        fault = self._drawn()
        if fault in _BEFORE:
            raise _BEFORE[fault]()  # noqa: RSE102 - it makes the error
        if fault == _RATE_LIMITED:
            raise RateLimited(
                "HTTP 429, on purpose.", http_status=429, retry_after=self.fault_retry_after
            )
        refused = [n for n in message.to if fault == _PARTIAL and self._dice.random() < 0.5]
        results = [_refused(number) for number in refused]
        if sent_to := tuple(number for number in message.to if number not in refused):
            results += yield from self.inner.send(replace(message, to=sent_to))
        if fault in _AFTER:
            raise _AFTER[fault]()  # noqa: RSE102 - it makes the error
        return results

    def _parse_reports(self, request: HttpRequest) -> list[DeliveryReport]:
        reports: list[DeliveryReport] = self.inner.parse_reports(request)  # type: ignore[attr-defined]  # it is asked only where it has it
        if self.fault_reports == "repeated":
            return [*reports, *reports]
        if not self.fault_reports:
            return reports
        self._held.append(reports)
        if self.fault_reports == "late":
            return self._held.popleft() if len(self._held) > 1 else []
        # Two at a time, the last one first.
        return [*self._held.pop(), *self._held.pop()] if len(self._held) > 1 else []

    @property
    def _faults(self) -> list[str]:
        return [word.strip() for word in self.fault.split(",")]

    def _drawn(self) -> str | None:
        """Draw what goes wrong with one request."""
        if self._dice.random() >= self.fault_rate:
            return None
        return self._dice.choice(self._faults)


def _refused(number: str) -> RecipientResult:
    return RecipientResult(
        to=number,
        status=SendStatus.REJECTED,
        reason=Reason.REFUSED,
        detail="Refused, on purpose.",
    )


@hookimpl
def register_providers() -> Iterator[type[Provider]]:
    """Bring the provider `fault`."""
    yield Fault
