"""What CPSMS is asked: the requests of its API v2."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any, ClassVar

from smsgateway.errors import ConfigurationError, MessageError
from smsgateway.http import Flow, HttpRequest, secure_url
from smsgateway.message import Message
from smsgateway.pricing import RateSource, RateTable
from smsgateway.provider import Capabilities, SenderRules
from smsgateway.result import RecipientResult
from smsgateway.text import Encoding, analyze
from smsgateway_cpsms.reading import read_results

__all__ = ["Cpsms"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cpsms:
    """Sends through CPSMS, as an account's name and key or its ready-made token.

    Attributes:
        username: The name of the account.
        api_key: Its key, made at cpsms.dk under INDSTILLINGER -> API.
        token: Both in base64, as the portal shows them; instead of the two above.
        base_url: Where the API is, with or without its `/v2`.

    Raises:
        ConfigurationError: It has no credentials or both kinds, or the URL is not safe.
    """

    username: str | None = None
    api_key: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    base_url: str = "https://api.cpsms.dk"

    name: ClassVar[str] = "cpsms"
    credentials: ClassVar[tuple[str, ...]] = ("username", "api_key")
    capabilities: ClassVar[Capabilities] = Capabilities(
        max_recipients=None,
        sender=SenderRules(name=11, number=15),
        schedule=True,
        flash=True,
        reference=32,
        report_url=True,
        encodings=frozenset(Encoding),
        max_characters=1530,
    )
    # The two prices in the documentation's examples; an account's own may differ.
    rates: ClassVar[RateTable] = RateTable.from_dict(
        {"45": 1, "46": "1.6"}, currency="points", source=RateSource.EXAMPLE
    )

    def __post_init__(self) -> None:
        secure_url(self.base_url)
        if self.token:
            if self.username or self.api_key:
                raise ConfigurationError("cpsms takes a token, or username and api_key, not both.")
        elif not (self.username and self.api_key):
            raise ConfigurationError("cpsms needs username and api_key, or a token.")
        elif ":" in self.username:
            raise ConfigurationError("username has a ':', which HTTP Basic cannot carry.")

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        """Send by `POST /v2/send`.

        `extra={"cpsms": {...}}` adds fields to the request; it replaces none of ours.
        """
        url = f"{self.base_url.rstrip('/').removesuffix('/v2')}/v2/send"
        headers = {"Authorization": f"Basic {self._token}"}
        response = yield HttpRequest.json("POST", url, _payload(message), headers=headers)
        secrets = [secret for secret in (self.api_key, self._token) if secret]
        return read_results(response, message, secrets)

    @property
    def _token(self) -> str:
        # UTF-8, as the documentation's own sample token decodes to.
        return self.token or b64encode(f"{self.username}:{self.api_key}".encode()).decode()


def _payload(message: Message) -> dict[str, Any]:
    """Say the message in CPSMS's words; what is not asked for is left out."""
    extra = message.extra.get("cpsms", {})
    if "encoding" in extra:
        raise MessageError("cpsms is always sent UTF-8; leave 'encoding' out.", field="extra")
    numbers = [number.removeprefix("+") for number in message.to]
    encoding = message.encoding or analyze(message.text).encoding
    fields = {
        "to": numbers[0] if len(numbers) == 1 else numbers,
        "message": message.text,
        "from": _sender(message.sender),
        "timestamp": message.send_at and int(message.send_at.timestamp()),
        "dlr_url": message.report_url,
        "flash": 1 if message.flash else None,
        "reference": message.reference,
        "format": "UNICODE" if encoding is Encoding.UCS2 else None,
    }
    return {**extra, **{key: value for key, value in fields.items() if value is not None}}


def _sender(sender: str | None) -> str | None:
    """Take the plus off a number; it is not one of the 15 digits that CPSMS takes."""
    digits = (sender or "").removeprefix("+")
    return digits if digits.isdecimal() else sender
