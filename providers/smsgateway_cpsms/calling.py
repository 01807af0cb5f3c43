"""How CPSMS is called: as whom, where, and with parameters in which form.

Parameters go in a JSON body wherever the vendor takes one. They go in the path, which proxies write
to their logs, only where nothing else is documented and sound: in the calls by GET, whose body has
no meaning (RFC 9110, 9.3.1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import quote

from smsgateway.errors import ConfigurationError
from smsgateway.http import Flow, HttpRequest, basic_token, secure_url
from smsgateway.provider import Capabilities
from smsgateway.webhook import check_secret
from smsgateway_cpsms.answer import Answer

__all__ = ["Calling"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calling:
    """The options of an account at CPSMS, and the one way in which all its calls are made.

    Attributes:
        username: The name of the account.
        api_key: Its key, made at cpsms.dk under INDSTILLINGER -> API.
        token: Both in base64, as the portal shows them; instead of the two above.
        base_url: Where the API is, with or without its `/v2`.
        report_secret: What delivery reports are told from forged ones by; by default it is made
            from the credentials, and reports on their way are refused once those change.

    Raises:
        ConfigurationError: It has no credentials or both kinds, the URL is not safe, or the secret
            is too short.
    """

    username: str | None = None
    api_key: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    base_url: str = "https://api.cpsms.dk"
    report_secret: str | None = field(default=None, repr=False)

    capabilities: ClassVar[Capabilities]

    def __post_init__(self) -> None:
        secure_url(self.base_url)
        if self.token:
            if self.username or self.api_key:
                raise ConfigurationError("cpsms takes a token, or username and api_key, not both.")
        elif not (self.username and self.api_key):
            raise ConfigurationError("cpsms needs username and api_key, or a token.")
        elif ":" in self.username:
            raise ConfigurationError("username has a ':', which HTTP Basic cannot carry.")
        elif not _is_unicode(f"{self.username}{self.api_key}"):
            raise ConfigurationError("username or api_key is not Unicode text.")
        check_secret(self.report_secret, option="report_secret")

    def _call(
        self,
        method: str,
        *path: str,
        payload: Mapping[str, Any] | None = None,
        private: tuple[str, ...] = (),
    ) -> Flow[Answer]:
        """Make one call.

        Args:
            method: The HTTP method.
            path: The call's name below `/v2`, and the parameters that travel in the path.
            payload: The parameters that travel in a JSON body.
            private: What no error may quote, besides the credentials.
        """
        root = self.base_url.rstrip("/").removesuffix("/v2")
        url = f"{root}/v2/{'/'.join(quote(segment, safe='') for segment in path)}"
        credentials = self._credentials
        headers = {"Authorization": f"Basic {credentials}", "Accept": "application/json"}
        if payload is None:
            response = yield HttpRequest(method=method, url=url, headers=headers)
        else:
            response = yield HttpRequest.json(method, url, payload, headers=headers)
        secrets = (credentials, self.api_key) if self.api_key else (credentials,)
        return Answer(response=response, private=(*secrets, *private))

    @property
    def _credentials(self) -> str:
        # UTF-8, as the documentation's own sample token decodes to.
        return self.token or basic_token(self.username or "", self.api_key or "")


def _is_unicode(text: str) -> bool:
    """Whether a text has no half of a surrogate pair, as bytes on a command line may leave."""
    return not any("\ud800" <= char <= "\udfff" for char in text)
