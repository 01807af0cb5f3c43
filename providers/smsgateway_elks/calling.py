"""How 46elks is called: as whom, where, and what its no means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus

from smsgateway.errors import ConfigurationError, ProviderError, Reason, TransportError
from smsgateway.http import Flow, HttpRequest, HttpResponse, basic_token, secure_url
from smsgateway.pricing import Money
from smsgateway.refusal import refusal
from smsgateway.webhook import check_secret, report_key

__all__ = ["Calling"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calling:
    """The options of an account at 46elks, and the one way in which all its calls are made.

    Attributes:
        api_username: The API username (`u...`), from the dashboard's page Account.
        api_password: The API password, beside it.
        currency: The account's currency, `SEK` or `EUR`. No answer to a message names it, so
            costs are told only where it is given.
        report_secret: What delivery reports are told from forged ones by; by default it is made
            from the credentials, and reports on their way are refused once those change.
        webhook_secret: What incoming messages are told from forged ones by. It stands in the
            `sms_url` of your number, as `https://sms.acme.example/?key=<webhook_secret>`.
        base_url: Where the API is.

    Raises:
        ConfigurationError: Credentials are missing, the URL is not safe, a secret is too short, or
            the currency is none.
    """

    api_username: str
    api_password: str = field(repr=False)
    currency: str | None = None
    report_secret: str | None = field(default=None, repr=False)
    webhook_secret: str | None = field(default=None, repr=False)
    base_url: str = "https://api.46elks.com"

    def __post_init__(self) -> None:
        secure_url(self.base_url)
        if not (self.api_username and self.api_password):
            raise ConfigurationError("46elks needs api_username and api_password.")
        for option in ("report_secret", "webhook_secret"):
            check_secret(getattr(self, option), option=option)
        if self.currency is not None:
            Money(0, self.currency)  # says what a currency is

    def _call(
        self, path: str, form: Mapping[str, Any] | None = None, *, text: str = ""
    ) -> Flow[Any]:
        """Post a form, or get where there is none, and return the JSON of the answer."""
        url = f"{self.base_url.rstrip('/')}/a1/{path}"
        headers = {"Authorization": f"Basic {self._token}", "Accept": "application/json"}
        if form is None:
            response = yield HttpRequest(method="GET", url=url, headers=headers)
        else:
            response = yield HttpRequest.form("POST", url, form, headers=headers)
        if response.status < 300:
            return response.json()
        raise _refusal(response, (text, quote_plus(text), self._token, self.api_password))

    @property
    def _token(self) -> str:
        return basic_token(self.api_username, self.api_password)

    @property
    def _report_key(self) -> bytes:
        return report_key(self.report_secret, self._token, provider="46elks")


def _refusal(response: HttpResponse, private: tuple[str, ...]) -> ProviderError | TransportError:
    """Read a no, which is plain text without a code.

    Unverified: what it says, and with which status, where there is no credit left.
    """
    words = response.body.decode(errors="replace")
    is_poor = response.status in {400, 403} and "credits" in words.lower()
    return refusal(
        response,
        provider="46elks",
        detail=None if words.lstrip().startswith("<") else words,  # a page is nobody's reason
        reason=Reason.INSUFFICIENT_CREDIT if is_poor else None,
        private=filter(None, private),
    )
