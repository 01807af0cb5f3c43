"""How Infobip is called: as whom, where, and what an answer stands for that is no yes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from smsgateway.errors import ConfigurationError
from smsgateway.http import HttpRequest, HttpResponse, secure_url
from smsgateway.reading import pick_text, read_json
from smsgateway.refusal import refusal
from smsgateway_infobip.webhooks import HASHES

__all__ = ["Calling"]

_OLD = ("requestError", "serviceException")  # how older calls, such as balance, say an error


@dataclass(frozen=True, slots=True, kw_only=True)
class Calling:
    """The options of an account at Infobip, and how its calls and answers look.

    Attributes:
        api_key: A key of the account, made in the portal, that may send SMS and read its logs; for
            the balance it needs the scope `account-management:manage`.
        base_url: The account's own URL, such as `https://abc123.api.infobip.com`, as the portal
            shows it.
        webhook_secret: The secret of an HMAC security setting of the account's notification
            profile; with it, only webhooks that are signed so are believed.
        webhook_hash: The hash of that setting: `sha256`, `sha512`, `sha384`, `sha224`, `sha1` or
            `md5`.
        webhook_login: The `user:password` of a Basic security setting, instead.

    Raises:
        ConfigurationError: An option is missing or wrong, or the URL is not safe.
    """

    api_key: str = field(repr=False)
    base_url: str
    webhook_secret: str | None = field(default=None, repr=False)
    webhook_hash: str = "sha256"
    webhook_login: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        secure_url(self.base_url)
        if not self.api_key:
            raise ConfigurationError("infobip needs api_key.")
        if self.webhook_hash not in HASHES:
            raise ConfigurationError(f"webhook_hash must be one of {', '.join(HASHES)}.")
        if self.webhook_secret and self.webhook_login:
            raise ConfigurationError("infobip takes webhook_secret or webhook_login, not both.")

    def _request(self, method: str, path: str, payload: object = None) -> HttpRequest:
        url = f"{self.base_url.rstrip('/')}/{path}"
        headers = {"Authorization": f"App {self.api_key}", "Accept": "application/json"}
        if payload is None:
            return HttpRequest(method=method, url=url, headers=headers)
        return HttpRequest.json(method, url, payload, headers=headers)

    def _read(self, response: HttpResponse, *private: str) -> dict[str, Any]:
        """Return the object that an answer is.

        Args:
            response: The answer.
            private: What no error may quote, besides the key.

        Raises:
            ProviderError: The answer is no, or makes no sense.
            TransportError: The answer is not from Infobip's API.
        """
        body = read_json(response)
        if response.status == 200 and isinstance(body, dict):
            return body
        raise refusal(
            response,
            provider="infobip",
            code=pick_text(body, "errorCode") or pick_text(body, *_OLD, "messageId"),
            detail="; ".join(_words(body)),
            private=[*private, self.api_key],
        )


def _words(body: Any) -> Iterator[str]:
    """Give the words of an error: what is wrong, and where in the request."""
    first = ("violations", 0)
    for path in (("description",), (*first, "property"), (*first, "violation"), (*_OLD, "text")):
        if words := pick_text(body, *path):
            yield words
