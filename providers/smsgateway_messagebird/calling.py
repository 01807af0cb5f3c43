"""How MessageBird is called: as whom, where, and what an answer stands for that is no yes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from smsgateway.errors import ConfigurationError, Reason
from smsgateway.http import Flow, HttpRequest, secure_url
from smsgateway.reading import pick_text, read_json
from smsgateway.refusal import refusal

__all__ = ["Calling"]

_REASONS = {
    "2": Reason.AUTHENTICATION,
    "20": Reason.INVALID_REQUEST,  # there is no such message
    "25": Reason.INSUFFICIENT_CREDIT,
}
_REASONS_OF_PARAMETERS = {
    "originator": Reason.INVALID_SENDER,
    "recipient": Reason.INVALID_NUMBER,
    "recipients": Reason.INVALID_NUMBER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Calling:
    """The options of an account at MessageBird, and the one way in which its calls are made.

    Attributes:
        access_key: The key of the API, in the dashboard under Developers -> API access.
        signing_key: What MessageBird signs its webhooks with, in the dashboard under Developers ->
            Developer settings; not the access key. Without it no report and no incoming message is
            believed; reading them needs the extra `messagebird`.
        base_url: Where the API is.

    Raises:
        ConfigurationError: The access key is missing, or the URL is not safe.
    """

    access_key: str = field(repr=False)
    signing_key: str | None = field(default=None, repr=False)
    base_url: str = "https://rest.messagebird.com"

    def __post_init__(self) -> None:
        secure_url(self.base_url)
        if not self.access_key:
            raise ConfigurationError("messagebird needs access_key.")

    def _call(
        self, method: str, path: str, payload: object = None, *, private: tuple[str, ...] = ()
    ) -> Flow[Any]:
        """Make one call and return the object that answers it, or None for "no content".

        Args:
            method: The HTTP method.
            path: The call's name.
            payload: Its parameters.
            private: What no error may quote, besides the key.

        Raises:
            ProviderError: The answer is no, or makes no sense.
            TransportError: The answer is not from MessageBird's API.
        """
        url = f"{self.base_url.rstrip('/')}/{path}"
        headers = {"Authorization": f"AccessKey {self.access_key}", "Accept": "application/json"}
        if payload is None:
            response = yield HttpRequest(method=method, url=url, headers=headers)
        else:
            response = yield HttpRequest.json(method, url, payload, headers=headers)
        if response.status == 204:
            return None
        body = read_json(response)
        if response.status in {200, 201} and isinstance(body, dict):
            return body
        code = pick_text(body, "errors", 0, "code")
        parameter = pick_text(body, "errors", 0, "parameter")
        reason = _REASONS.get(code or "") or _REASONS_OF_PARAMETERS.get(parameter or "")
        raise refusal(
            response,
            provider="messagebird",
            code=code,
            detail=pick_text(body, "errors", 0, "description"),
            reason=reason if 400 <= response.status < 500 else None,
            private=[*private, self.access_key],
        )
