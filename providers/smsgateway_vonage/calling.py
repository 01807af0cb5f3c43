"""How Vonage is called: as whom, where, and what an answer stands for that is no yes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from smsgateway.errors import ConfigurationError, Reason
from smsgateway.http import Flow, HttpRequest, basic_token, secure_url
from smsgateway.reading import pick_text, read_json
from smsgateway.refusal import refusal
from smsgateway_vonage.tokens import make_token
from smsgateway_vonage.webhooks import METHODS

__all__ = ["Calling"]

_ACCOUNT_URL = "https://rest.nexmo.com"
# Only behind a status of 422: the vendor's own pages disagree about some, such as 1060.
_REASONS = {
    "110": Reason.INVALID_NUMBER,
    "1040": Reason.INVALID_NUMBER,
    "1050": Reason.INVALID_NUMBER,
    "1160": Reason.INVALID_NUMBER,
    "1120": Reason.INVALID_SENDER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Calling:
    """The options of an account at Vonage, and the one way in which its calls are made.

    Attributes:
        api_key: The account's key, in the dashboard under API Settings.
        api_secret: Its secret, there too. Balance and prices need both.
        application_id: An application's id, in the dashboard under Applications. With it and its
            key, messages are sent as that application; needs the extra `vonage`.
        private_key: The application's private key, a whole PEM; `private_key_file` names its file.
        signature_secret: What Vonage signs its webhooks with, in the dashboard under API Settings.
            Without it no report and no incoming message is believed.
        signature_method: How webhooks of the SMS API are signed, as set there: `sha256`, `sha512`,
            `sha1` or `md5`, each an HMAC. The plain "MD5 hash" is not supported.
        base_url: Where the Messages API is; unverified: regional hosts. Balance and prices are
            asked for at the vendor's rest.nexmo.com, or at a `base_url` that is not the vendor's.

    Raises:
        ConfigurationError: Credentials are missing or incomplete, or the URL is not safe.
    """

    api_key: str | None = None
    api_secret: str | None = field(default=None, repr=False)
    application_id: str | None = None
    private_key: str | None = field(default=None, repr=False)
    signature_secret: str | None = field(default=None, repr=False)
    signature_method: str = "sha256"
    base_url: str = "https://api.nexmo.com"

    def __post_init__(self) -> None:
        secure_url(self.base_url)
        if bool(self.api_key) != bool(self.api_secret):
            raise ConfigurationError("vonage needs api_key and api_secret together.")
        if bool(self.application_id) != bool(self.private_key):
            raise ConfigurationError("vonage needs application_id and private_key together.")
        if not (self.api_key or self.application_id):
            raise ConfigurationError("vonage needs api_key and api_secret, or an application's.")
        if self.signature_method not in METHODS:
            raise ConfigurationError(f"signature_method must be one of {', '.join(METHODS)}.")

    def _call(self, request: HttpRequest, *, private: tuple[str, ...] = ()) -> Flow[dict[str, Any]]:
        """Make one call and return the object that answers it.

        Args:
            request: What is asked for.
            private: What no error may quote, besides the credentials.

        Raises:
            ProviderError: The answer is no, or makes no sense.
            TransportError: The answer is not from Vonage's API.
        """
        response = yield request
        body = read_json(response)
        if response.status in {200, 202} and isinstance(body, dict):
            return body
        _, token = request.headers["Authorization"].split()  # the secret in other letters
        code = (pick_text(body, "type") or "").partition("#")[2]
        raise refusal(
            response,
            provider="vonage",
            code=code or None,
            # The description of a 401 requires `details` and then documents `detail`.
            detail=pick_text(body, "detail") or pick_text(body, "details"),
            reason=_REASONS.get(code) if response.status == 422 else None,
            private=[*private, token, *filter(None, (self.api_secret, self.private_key))],
        )

    def _account_request(self, path: str) -> HttpRequest:
        if not self.api_key:
            raise ConfigurationError("vonage needs api_key and api_secret to tell this.")
        host = urlsplit(self.base_url).hostname or ""
        is_vendors = host.endswith((".nexmo.com", ".vonage.com"))
        root = _ACCOUNT_URL if is_vendors else self.base_url.rstrip("/")
        headers = {"Authorization": self._basic(), "Accept": "application/json"}
        return HttpRequest(method="GET", url=f"{root}/account/{path}", headers=headers)

    def _authorization(self) -> str:
        if self.application_id and self.private_key:
            return f"Bearer {make_token(self.application_id, self.private_key)}"
        return self._basic()

    def _basic(self) -> str:
        return f"Basic {basic_token(self.api_key or '', self.api_secret or '')}"
