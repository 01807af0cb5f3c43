"""How Twilio is called: as whom, where, and what its no means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from smsgateway.errors import (
    ConfigurationError,
    ProviderError,
    Reason,
    TransportError,
)
from smsgateway.http import Flow, HttpRequest, HttpResponse, basic_token, secure_url
from smsgateway.reading import pick_text, read_json
from smsgateway.refusal import refusal

__all__ = ["REASONS", "Calling"]

#: What the codes of a refused message mean. One that is not here leaves the word to the HTTP
#: status: Twilio splits codes into finer ones. Unverified: 21603 and 21611, which public lists
#: have, but no page or description of the vendor.
REASONS = {
    "20003": Reason.AUTHENTICATION,
    **dict.fromkeys(("20429", "21611"), Reason.RATE_LIMITED),
    **dict.fromkeys(("21211", "21608", "21612", "21614"), Reason.INVALID_NUMBER),
    **dict.fromkeys(("21212", "21603", "21606"), Reason.INVALID_SENDER),
    **dict.fromkeys(("21408", "21610"), Reason.REFUSED),  # region not enabled; opted out
}
_NOT_FOUND = {"20404": Reason.REFUSED}  # of anything but a send


@dataclass(frozen=True, slots=True, kw_only=True)
class Calling:
    """The options of an account at Twilio, and the one way in which all its calls are made.

    Attributes:
        account_sid: The account (`AC...`), on the console's first page.
        auth_token: Its Auth Token, beside it. What Twilio sends to us is signed with it, so
            reports and incoming messages need it even where an API key makes the calls.
        api_key_sid: An API key (`SK...`) to make the calls with, from Account -> API keys.
        api_key_secret: Its secret, which was shown when it was made.
        messaging_service_sid: A Messaging Service (`MG...`), from Messaging -> Services. It picks
            the sender of a message that names none, and nothing is sent for later without it.
        base_url: Where the API is. Prices are asked of the host that is called `pricing` where
            this one is called `api`.

    Raises:
        ConfigurationError: Credentials are missing, or the URL is not safe.
    """

    account_sid: str
    auth_token: str | None = field(default=None, repr=False)
    api_key_sid: str | None = None
    api_key_secret: str | None = field(default=None, repr=False)
    messaging_service_sid: str | None = None
    base_url: str = "https://api.twilio.com"

    def __post_init__(self) -> None:
        secure_url(self.base_url)
        if bool(self.api_key_sid) != bool(self.api_key_secret):
            raise ConfigurationError("twilio takes api_key_sid and api_key_secret together.")
        if not (self.account_sid and (self.auth_token or self.api_key_secret)):
            raise ConfigurationError(
                "twilio needs account_sid and auth_token, or account_sid and an API key."
            )

    def _call(
        self,
        url: str,
        form: Mapping[str, Any] | None = None,
        *,
        reasons: Mapping[str, Reason] = _NOT_FOUND,
        private: tuple[str, ...] = (),
    ) -> Flow[Any]:
        """Post a form, or get where there is none, and return the JSON of the answer.

        Args:
            url: Where to.
            form: What is posted.
            reasons: What Twilio's codes mean here, where they say more than the HTTP status.
            private: What no error may quote, besides the credentials.
        """
        user, secret = self.account_sid, self.auth_token or ""
        if self.api_key_sid and self.api_key_secret:
            user, secret = self.api_key_sid, self.api_key_secret
        token = basic_token(user, secret)
        headers = {"Authorization": f"Basic {token}", "Accept": "application/json"}
        if form is None:
            response = yield HttpRequest(method="GET", url=url, headers=headers)
        else:
            response = yield HttpRequest.form("POST", url, form, headers=headers)
        if response.status < 300:
            return response.json()
        raise _refusal(response, reasons, (*private, token, secret))

    def _url(self, resource: str) -> str:
        base_url = self.base_url.rstrip("/")
        return f"{base_url}/2010-04-01/Accounts/{quote(self.account_sid, safe='')}/{resource}.json"

    @property
    def _pricing_url(self) -> str:
        # https://api.twilio.com and its regions; an emulator serves both.
        return self.base_url.rstrip("/").replace("//api.", "//pricing.", 1)


def _refusal(
    response: HttpResponse, reasons: Mapping[str, Reason], private: tuple[str, ...]
) -> ProviderError | TransportError:
    body = read_json(response)
    code = pick_text(body, "code")
    return refusal(
        response,
        provider="twilio",
        code=code,
        detail=pick_text(body, "message"),
        reason=reasons.get(code or ""),
        private=private,
    )
