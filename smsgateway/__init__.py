"""One way to send an SMS from Python, whoever delivers it.

The names load when they are first used, so that importing this package costs next to nothing.

Where to begin reading: `steps` is a send from top to bottom, which `gateway` carries out in threads
and `aio` in tasks. `routing` says which account is asked, and `guard` what must not be sent;
`transport` moves the bytes, `hooks` lets plugins in, `provider` says what a provider is.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from smsgateway.aio import AsyncSmsGateway
    from smsgateway.errors import (
        AuthenticationError,
        ConfigurationError,
        InsufficientCredit,
        InvalidPhoneNumber,
        InvalidSignature,
        MessageError,
        NotSent,
        OutcomeUnknown,
        ProviderError,
        ProviderUnavailable,
        RateLimited,
        Reason,
        SendFailed,
        SendInterrupted,
        SmsGatewayError,
        TransportError,
        UnexpectedResponse,
        UnsupportedFeature,
        WebhookError,
    )
    from smsgateway.gateway import SmsGateway
    from smsgateway.hooks import Stop, hookimpl
    from smsgateway.message import Message
    from smsgateway.options import GatewayOptions, Guarantee
    from smsgateway.phone import PhoneNumber
    from smsgateway.pricing import Estimate, Money, RateTable
    from smsgateway.result import (
        DeliveryReport,
        DeliveryStatus,
        IncomingMessage,
        RecipientResult,
        SendResult,
        SendStatus,
    )
    from smsgateway.routing import (
        Cheapest,
        Country,
        Failover,
        Health,
        HealthState,
        Leaf,
        RoundRobin,
    )
    from smsgateway.text import (
        Encoding,
        FittedText,
        Offender,
        TextAnalysis,
        analyze,
        fit,
        split,
    )

_HOMES = {
    "aio": ["AsyncSmsGateway"],
    "errors": [
        "AuthenticationError",
        "ConfigurationError",
        "InsufficientCredit",
        "InvalidPhoneNumber",
        "InvalidSignature",
        "MessageError",
        "NotSent",
        "OutcomeUnknown",
        "ProviderError",
        "ProviderUnavailable",
        "RateLimited",
        "Reason",
        "SendFailed",
        "SendInterrupted",
        "SmsGatewayError",
        "TransportError",
        "UnexpectedResponse",
        "UnsupportedFeature",
        "WebhookError",
    ],
    "gateway": ["SmsGateway"],
    "hooks": ["Stop", "hookimpl"],
    "message": ["Message"],
    "options": ["GatewayOptions", "Guarantee"],
    "phone": ["PhoneNumber"],
    "pricing": ["Estimate", "Money", "RateTable"],
    "result": [
        "DeliveryReport",
        "DeliveryStatus",
        "IncomingMessage",
        "RecipientResult",
        "SendResult",
        "SendStatus",
    ],
    "routing": [
        "Cheapest",
        "Country",
        "Failover",
        "Health",
        "HealthState",
        "Leaf",
        "RoundRobin",
    ],
    "text": ["Encoding", "FittedText", "Offender", "TextAnalysis", "analyze", "fit", "split"],
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "AsyncSmsGateway",
    "AuthenticationError",
    "Cheapest",
    "ConfigurationError",
    "Country",
    "DeliveryReport",
    "DeliveryStatus",
    "Encoding",
    "Estimate",
    "Failover",
    "FittedText",
    "GatewayOptions",
    "Guarantee",
    "Health",
    "HealthState",
    "IncomingMessage",
    "InsufficientCredit",
    "InvalidPhoneNumber",
    "InvalidSignature",
    "Leaf",
    "Message",
    "MessageError",
    "Money",
    "NotSent",
    "Offender",
    "OutcomeUnknown",
    "PhoneNumber",
    "ProviderError",
    "ProviderUnavailable",
    "RateLimited",
    "RateTable",
    "Reason",
    "RecipientResult",
    "RoundRobin",
    "SendFailed",
    "SendInterrupted",
    "SendResult",
    "SendStatus",
    "SmsGateway",
    "SmsGatewayError",
    "Stop",
    "TextAnalysis",
    "TransportError",
    "UnexpectedResponse",
    "UnsupportedFeature",
    "WebhookError",
    "analyze",
    "fit",
    "hookimpl",
    "split",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"smsgateway.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
