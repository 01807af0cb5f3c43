"""What can go wrong, as classes and attributes.

Callers branch on the class and its attributes, never on the text::

    SmsGatewayError
    ├── ConfigurationError       wrong before anything is sent
    ├── MessageError             this message cannot be sent
    │   ├── InvalidPhoneNumber
    │   └── UnsupportedFeature   the provider has no way to say it
    ├── SendFailed               no recipient was accepted; carries the result
    ├── TransportError           there was no answer
    │   ├── NotSent              and the provider cannot have taken the request
    │   └── OutcomeUnknown       and the provider may have taken it
    ├── ProviderError            the provider's answer is no
    │   ├── AuthenticationError
    │   ├── InsufficientCredit
    │   ├── RateLimited
    │   ├── ProviderUnavailable
    │   └── UnexpectedResponse   the answer makes no sense
    └── WebhookError             a request from a provider is not to be believed
        └── InvalidSignature

and beside the tree, because it is a `KeyboardInterrupt`: SendInterrupted, with what is known.

No error carries a secret, a message text or a whole phone number.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smsgateway.result import SendResult

__all__ = [
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
]


class Reason(StrEnum):
    """Why a recipient was not accepted, in one vocabulary for every provider."""

    # The provider's answer.
    INVALID_NUMBER = "invalid_number"
    INVALID_SENDER = "invalid_sender"
    INVALID_REQUEST = "invalid_request"
    AUTHENTICATION = "authentication"
    INSUFFICIENT_CREDIT = "insufficient_credit"
    RATE_LIMITED = "rate_limited"
    PROVIDER_UNAVAILABLE = "provider_unavailable"
    UNEXPECTED_RESPONSE = "unexpected_response"
    UNCONFIRMED = "unconfirmed"  # the answer names neither yes nor no for this recipient
    REFUSED = "refused"  # a no that fits no other word

    # The way there and back.
    CONNECTION = "connection"
    TLS = "tls"
    TIMEOUT = "timeout"
    REDIRECT = "redirect"
    INTERRUPTED = "interrupted"

    # Our own doing.
    INVALID_MESSAGE = "invalid_message"
    DUPLICATE = "duplicate"  # the same number was given twice; it is sent to once
    STOPPED = "stopped"  # a plugin said no
    PLUGIN_FAILED = "plugin_failed"


class SmsGatewayError(Exception):
    """The root of every error that this package raises on purpose."""


class ConfigurationError(SmsGatewayError, ValueError):
    """A provider, an option or a secret is wrong or missing; nothing was sent."""


class MessageError(SmsGatewayError, ValueError):
    """The message cannot be sent as it is; nothing was sent.

    Attributes:
        field: The `Message` field that is wrong, such as `"text"`.
    """

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class InvalidPhoneNumber(MessageError):
    """What was given is not a phone number that an SMS can be sent to.

    Attributes:
        problem: What is wrong with it, as one word: `"empty"`, `"not_a_number"`, `"no_region"`,
            `"unknown_country_code"`, `"too_short"`, `"too_long"`, `"short_code"`, `"invalid"`.
    """

    def __init__(self, message: str, *, problem: str = "invalid", field: str = "to") -> None:
        super().__init__(message, field=field)
        self.problem = problem


class UnsupportedFeature(MessageError):
    """The message asks for something that the provider has no way to say."""


class SendFailed(SmsGatewayError):
    """No recipient was accepted.

    Attributes:
        result: What happened to each recipient.
        reason: The reason that all of them share, or None where they differ.
    """

    def __init__(self, message: str, result: SendResult, reason: Reason | None = None) -> None:
        super().__init__(message)
        self.result = result
        self.reason = reason

    def __reduce__(self) -> tuple[type[SendFailed], tuple[str, SendResult, Reason | None]]:
        return type(self), (str(self), self.result, self.reason)


class SendInterrupted(KeyboardInterrupt):
    """Ctrl-C during a send; what was on its way was finished, and nothing more was begun.

    Attributes:
        result: What is known of each recipient.
    """

    def __init__(self, result: SendResult) -> None:
        super().__init__(f"The send was interrupted: {result}.")
        self.result = result

    def __reduce__(self) -> tuple[type[SendInterrupted], tuple[SendResult]]:
        return type(self), (self.result,)


class TransportError(SmsGatewayError):
    """There was no answer to a request.

    Attributes:
        reason: Which part of the way failed.
    """

    def __init__(self, message: str, *, reason: Reason = Reason.CONNECTION) -> None:
        super().__init__(message)
        self.reason = reason


class NotSent(TransportError):
    """The provider cannot have taken the request: no byte of it left, or it was turned away."""


class OutcomeUnknown(TransportError):
    """The provider may have taken the request; nobody can tell from here."""


class ProviderError(SmsGatewayError):
    """The provider answered, and the answer is no.

    Attributes:
        provider: The provider's name.
        reason: Why, in the words that all providers share.
        code: The provider's own code.
        http_status: The status of its HTTP answer.
        retry_after: Seconds that the provider asks to wait.
    """

    default_reason = Reason.REFUSED

    def __init__(
        self,
        message: str,
        *,
        provider: str = "",
        reason: Reason | None = None,
        code: str | None = None,
        http_status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.provider = provider
        self.reason = reason or self.default_reason
        self.code = code
        self.http_status = http_status
        self.retry_after = retry_after


class AuthenticationError(ProviderError):
    """The provider does not know these credentials, or refuses them from here."""

    default_reason = Reason.AUTHENTICATION


class InsufficientCredit(ProviderError):
    """The account cannot pay for the message."""

    default_reason = Reason.INSUFFICIENT_CREDIT


class RateLimited(ProviderError):
    """The account sends faster than the provider allows."""

    default_reason = Reason.RATE_LIMITED


class ProviderUnavailable(ProviderError):
    """The provider is in trouble (HTTP 5xx) and may or may not have taken the request."""

    default_reason = Reason.PROVIDER_UNAVAILABLE


class UnexpectedResponse(ProviderError):
    """The provider's answer cannot be read, so nobody can tell what it did."""

    default_reason = Reason.UNEXPECTED_RESPONSE


class WebhookError(SmsGatewayError):
    """A request that claims to come from a provider cannot be used."""


class InvalidSignature(WebhookError):
    """A request that claims to come from a provider does not prove it."""
