"""How ProfiSMS is called: signed, by POST, and answered with HTTP 200 whatever the verdict is.

The documentation's examples are by GET; it says that POST is the same. Text, numbers and signature
stay out of URLs that way, and no client on the way repeats the request by itself.
"""

from __future__ import annotations

import hmac
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any, ClassVar

from smsgateway.errors import ConfigurationError, UnexpectedResponse
from smsgateway.http import Flow, HttpRequest, HttpResponse, secure_url
from smsgateway.provider import Capabilities
from smsgateway.reading import pick, pick_text, pick_time, pick_whole, read_json
from smsgateway.refusal import refusal
from smsgateway.webhook import check_secret
from smsgateway_profisms.codes import REASONS, SIGNATURE, USER
from smsgateway_profisms.signing import hash_password, sign_call, sign_reply
from smsgateway_profisms.times import read_zone, to_local

__all__ = ["Calling"]

_MD5 = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True, kw_only=True)
class Calling:
    """The options of an account at ProfiSMS, and the one way in which all its calls are made.

    Attributes:
        username: The login name of the account at www.profisms.cz.
        password: Its password.
        password_md5: The MD5 of the password in hex, instead of it; as good as the password.
        account: The number of the account whose credit `balance` tells; else it is the first.
        base_url: Where the API is, with or without its `/index.php`.
        time_zone: Where the vendor's clocks are. Unverified: that it is Prague.
        check_replies: Whether a reply with a wrong signature is refused.
        report_secret: What delivery reports are told from forged ones by; by default it is made
            from the password, and reports on their way are refused once that changes.

    Raises:
        ConfigurationError: It has no password or both kinds, the URL is not safe, the time zone is
            none, or the secret is too short.
    """

    username: str
    password: str | None = field(default=None, repr=False)
    password_md5: str | None = field(default=None, repr=False)
    account: str | None = None
    base_url: str = "https://api.profisms.cz"
    time_zone: str = "Europe/Prague"
    check_replies: bool = True
    report_secret: str | None = field(default=None, repr=False)

    capabilities: ClassVar[Capabilities]

    def __post_init__(self) -> None:
        secure_url(self.base_url)
        read_zone(self.time_zone)
        if not self.username:
            raise ConfigurationError("profisms needs username.")
        if any("\ud800" <= char <= "\udfff" for char in f"{self.username}{self.password}"):
            raise ConfigurationError("username or password is not Unicode text.")
        if bool(self.password) == bool(self.password_md5):
            raise ConfigurationError("profisms needs password or password_md5, one of them.")
        if self.password_md5 and not (len(self.password_md5) == 32 and {*self._hash} <= _MD5):
            raise ConfigurationError("password_md5 must be 32 hexadecimal digits.")
        check_secret(self.report_secret, option="report_secret")

    def _call(
        self,
        ctrl: str,
        fields: Mapping[str, str],
        *,
        service: str = "sms",
        call: str | None = None,
        private: tuple[str, ...] = (),
    ) -> Flow[Any]:
        """Make one call and return the `data` of its reply.

        Args:
            ctrl: The call's name, which goes as `CTRL`.
            fields: Its own parameters.
            service: The service that it belongs to.
            call: What goes as `_call`, which the vendor takes once only; else a new one.
            private: What no error may quote, besides the secrets.

        Raises:
            ProviderError: The answer is no, or makes no sense.
        """
        # The one place where a provider needs what nobody can tell it: a name never used before.
        call = call or uuid.uuid4().hex
        signature = sign_call(self._hash, call)
        general = {
            "CTRL": ctrl,
            "_login": self.username,
            "_service": service,
            "_call": call,
            "_password": signature,
        }
        url = f"{self.base_url.rstrip('/').removesuffix('/index.php')}/index.php"
        response = yield HttpRequest.form("POST", url, {**fields, **general})
        return self._data(response, signature, (*self._secrets, signature, *private))

    def _data(self, response: HttpResponse, signature: str, private: tuple[str, ...]) -> Any:
        """Read the reply's verdict, and what it is about."""
        body = read_json(response)
        code = pick_whole(body, "error", "code")
        if not 200 <= response.status < 300 or code is None:
            raise refusal(response, provider="profisms", detail="the reply has no verdict")
        if self.check_replies and not self._is_genuine(body, code, signature):
            raise UnexpectedResponse(
                "The reply does not prove that it comes from profisms.",
                provider="profisms",
                http_status=response.status,
            )
        if code:
            raise refusal(
                response,
                provider="profisms",
                code=code,
                detail=pick_text(body, "error", "message"),
                reason=REASONS.get(code),
                private=private,
            )
        return pick(body, "data")

    def _is_genuine(self, body: Any, code: int, signature: str) -> bool:
        """Check the reply's signature, where it has one and both sides can agree on it."""
        key = pick(body, "_key")
        if key is None or code in {USER, SIGNATURE}:  # of another password, or of nobody's
            return True
        expected = sign_reply(self._hash, signature)
        return isinstance(key, str) and hmac.compare_digest(
            key.encode("utf-8", "replace"), expected.encode()
        )

    def _unexpected(self, detail: str) -> UnexpectedResponse:
        """Make the error for a reply that says yes, and then nothing that makes sense."""
        return UnexpectedResponse(f"profisms said yes, but {detail}.", provider="profisms")

    @property
    def _hash(self) -> str:
        return (self.password_md5 or hash_password(self.password or "")).lower()

    @property
    def _secrets(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.password, self._hash)))

    @property
    def _zone(self) -> tzinfo:
        return read_zone(self.time_zone)

    def _written(self, moment: datetime, field: str) -> str:
        return to_local(moment, self._zone, field)

    def _moment(self, value: Any, *path: str) -> datetime | None:
        """Read a time that says no zone, or None where there is none."""
        moment = pick_time(value, *path)
        return None if moment is None else moment.replace(tzinfo=self._zone)
