"""How Plivo is called: as whom, where, and what its no means."""

from __future__ import annotations

import re
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

__all__ = ["Calling"]

# What the words of HTTP 400 mean: Plivo has no codes for a refused request. Unverified: how it
# says exactly that there is no credit, and with which status.
_REASONS = {
    re.compile(r"insufficient credit", re.IGNORECASE): Reason.INSUFFICIENT_CREDIT,
    re.compile(r"\bdst\b"): Reason.INVALID_NUMBER,
    re.compile(r"\bsrc\b"): Reason.INVALID_SENDER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Calling:
    """The options of an account at Plivo, and the one way in which all its calls are made.

    Attributes:
        auth_id: The account (`MA...`) or subaccount (`SA...`), on the console's first page.
        auth_token: Its Auth Token, beside it; what Plivo sends to us is signed with it, or with
            the main account's.
        powerpack_uuid: A Powerpack, from Messaging -> Powerpack, which picks the sender of a
            message that names none.
        base_url: Where the API is.

    Raises:
        ConfigurationError: Credentials are missing, or the URL is not safe.
    """

    auth_id: str
    auth_token: str = field(repr=False)
    powerpack_uuid: str | None = None
    base_url: str = "https://api.plivo.com"

    def __post_init__(self) -> None:
        secure_url(self.base_url)
        if not (self.auth_id and self.auth_token):
            raise ConfigurationError("plivo needs auth_id and auth_token.")

    def _call(
        self,
        path: str,
        payload: Mapping[str, Any] | None = None,
        *,
        private: tuple[str, ...] = (),
    ) -> Flow[Any]:
        """Post JSON, or get where there is none, and return the JSON of the answer."""
        url = f"{self.base_url.rstrip('/')}/v1/Account/{quote(self.auth_id, safe='')}/{path}"
        # Half of a surrogate pair becomes a "?", and Plivo does not know these credentials.
        token = basic_token(self.auth_id, self.auth_token)
        headers = {"Authorization": f"Basic {token}", "Accept": "application/json"}
        if payload is None:
            response = yield HttpRequest(method="GET", url=url, headers=headers)
        else:
            response = yield HttpRequest.json("POST", url, payload, headers=headers)
        if response.status < 300:
            return response.json()
        raise _refusal(response, (*private, token, self.auth_token))


def _refusal(response: HttpResponse, private: tuple[str, ...]) -> ProviderError | TransportError:
    body = read_json(response)
    words = pick_text(body, "error") or ""
    said = [reason for pattern, reason in _REASONS.items() if pattern.search(words)]
    return refusal(
        response,
        provider="plivo",
        detail=words,
        reason=said[0] if said and response.status == 400 else None,
        private=private,
    )
