"""The only code that opens a socket: `RequestsTransport` and, awaited, `AiohttpTransport`.

Both send a request at most once, whatever its method, and know whether the first byte of it has
left: a failure before that is `NotSent`, a failure after it is `OutcomeUnknown`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from smsgateway.errors import ConfigurationError

if TYPE_CHECKING:
    from smsgateway.transport.aio import AiohttpTransport
    from smsgateway.transport.sync import RequestsTransport

__all__ = ["AiohttpTransport", "RequestsTransport", "Timeouts"]

#: Seconds after which a connection is not used again. Servers close theirs after a second at the
#: least; the nearer a request comes to that moment, the likelier nobody knows what became of it.
IDLE_LIMIT = 0.015

#: The longest body of an answer, in bytes.
MAX_BODY = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long an exchange may take, in seconds.

    Attributes:
        connect: Reaching one of the host's addresses, and the TLS handshake with it.
        write: Each piece of the request that the system takes. aiohttp has no such limit; there
            only the deadline ends a write.
        read: Each wait for more of the answer.
        deadline: All of it together, the system's resolver included.

    Raises:
        ConfigurationError: One of them is not above zero.
    """

    connect: float = 5.0
    write: float = 5.0
    read: float = 20.0
    deadline: float = 30.0

    def __post_init__(self) -> None:
        for field in fields(self):
            if not getattr(self, field.name) > 0:
                raise ConfigurationError(f"The {field.name} timeout must be above 0 seconds.")


def __getattr__(name: str) -> type[AiohttpTransport | RequestsTransport]:
    # requests and aiohttp take longer to import than all the rest: only when they are needed.
    if name == "RequestsTransport":
        from smsgateway.transport.sync import RequestsTransport  # noqa: PLC0415 - only for real sends

        return RequestsTransport
    if name == "AiohttpTransport":
        from smsgateway.transport.aio import AiohttpTransport  # noqa: PLC0415 - only for real sends

        return AiohttpTransport
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
