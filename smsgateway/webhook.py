"""How a provider reads a request that its vendor made to us, and how the request proves itself.

Most vendors sign what they send. Where one does not, a token that nobody else can make stands at
the end of the URL's path, or a secret in its query.
"""

from __future__ import annotations

import hmac
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from smsgateway.errors import ConfigurationError, InvalidSignature, WebhookError
from smsgateway.http import HttpRequest

__all__ = [
    "MissingSecret",
    "check_age",
    "check_secret",
    "check_signature",
    "check_token",
    "form_pairs",
    "json_body",
    "make_token",
    "nonce_of",
    "query_pairs",
    "report_key",
    "require_secret",
    "stem_of",
]


class MissingSecret(InvalidSignature):
    """Nothing can be believed, for the account has no secret to check requests with."""


_MOST_FIELDS = 200
_SHORTEST_SECRET = 16  # characters
_MOST_AGE = 300.0  # seconds; what the vendors that state a limit allow
_NONCE = 16  # bytes
_MAC = 12  # bytes of HMAC-SHA256
_TOKEN = re.compile(r"([A-Za-z0-9_-]{22})\.[A-Za-z0-9_-]{16}", re.ASCII)


def query_pairs(request: HttpRequest) -> list[tuple[str, str]]:
    """Read the fields of a URL's query, in their order.

    Raises:
        WebhookError: There are too many.
    """
    return _pairs(urlsplit(request.url).query)


def form_pairs(request: HttpRequest) -> list[tuple[str, str]]:
    """Read the fields of a body that is a form, in their order.

    Raises:
        WebhookError: It is none in UTF-8, or there are too many.
    """
    with suppress(UnicodeDecodeError):
        return _pairs(request.body.decode())
    raise WebhookError("The request's form is not UTF-8.")


def _pairs(text: str) -> list[tuple[str, str]]:
    with suppress(ValueError):
        return parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    raise WebhookError("The request's fields cannot be read.")


def json_body(request: HttpRequest) -> Any:
    """Read a body that is JSON.

    Raises:
        WebhookError: It is none.
    """
    with suppress(ValueError, RecursionError):
        return json.loads(request.body)
    # Out here: json's own error holds the whole body.
    raise WebhookError("The request's body is not JSON.")


def check_secret(secret: str | None, *, option: str) -> None:
    """Refuse a secret of the user's own that somebody could guess; there need not be one.

    Raises:
        ConfigurationError: It has fewer than 16 characters, or one that cannot be seen.
    """
    if secret is not None and not (secret.isprintable() and len(secret) >= _SHORTEST_SECRET):
        raise ConfigurationError(
            f"{option} needs {_SHORTEST_SECRET} characters or more, all of which can be seen."
        )


def require_secret(secret: str | None, *, option: str, provider: str) -> str:
    """Return the secret that requests are checked with.

    Raises:
        MissingSecret: There is none.
    """
    if not secret:
        raise MissingSecret(f"{provider} needs the option {option} to believe any request.")
    return secret


def check_signature(given: str | None, *expected: str, provider: str) -> None:
    """Compare a signature, in constant time, with those that would be right.

    Raises:
        InvalidSignature: It is none of them.
    """
    signature = (given or "").encode("utf-8", "replace")
    matches = [hmac.compare_digest(signature, right.encode()) for right in expected]
    if not any(matches):
        raise InvalidSignature(f"The request does not prove that it comes from {provider}.")


def check_age(request: HttpRequest, seconds: str | None, *, provider: str) -> None:
    """Refuse a request that was signed more than 5 minutes before or after it came.

    Args:
        request: The request; where it does not say when it came, any age is right.
        seconds: When it was signed, in Unix time, as the signature covers it.
        provider: Who is said to have made it.

    Raises:
        InvalidSignature: It is too old, from the future, or says no time.
    """
    if request.received_at is None:
        return
    with suppress(ValueError, OverflowError, OSError):
        signed_at = datetime.fromtimestamp(int(seconds or ""), UTC)
        if abs((request.received_at - signed_at).total_seconds()) <= _MOST_AGE:
            return
    raise InvalidSignature(f"The request of {provider} was not signed just now.")


def nonce_of(message_id: str) -> bytes:
    """Make the 16 bytes that the tokens of a message hold, whichever account makes them."""
    return sha256(b"smsgateway|nonce|" + message_id.encode(errors="replace")).digest()[:_NONCE]


def stem_of(message_id: str) -> str:
    """Return the 22 characters that the tokens of a message begin with."""
    return _base64(nonce_of(message_id))


def report_key(secret: str | None, credentials: str, *, provider: str) -> bytes:
    """Make the key of an account's tokens: its own secret or, without one, of its credentials.

    Those cannot be found out from it; once they change, reports on their way are refused.
    """
    if secret is not None:
        return secret.encode()
    return hmac.digest(credentials.encode(), f"smsgateway|report-key|{provider}".encode(), "sha256")


def make_token(key: bytes, nonce: bytes, *, provider: str) -> str:
    """Make 39 characters that only the key's owner can: the nonce, and a part of its HMAC-SHA256.

    Args:
        key: What nobody else has; it cannot be found out from a token.
        nonce: 16 bytes that nobody can guess.
        provider: Whose reports the token is for.

    Raises:
        ValueError: The nonce has another length.
    """
    if len(nonce) != _NONCE:
        raise ValueError(f"A nonce has {_NONCE} bytes, not {len(nonce)}.")
    purpose = f"smsgateway|report|{provider}|".encode()
    mac = hmac.digest(key, purpose + nonce, "sha256")
    return f"{_base64(nonce)}.{_base64(mac[:_MAC])}"


def check_token(key: bytes, url: str, *, provider: str) -> str:
    """Return the token at the end of a URL's path.

    Raises:
        InvalidSignature: There is none that was made with this key.
    """
    path = url.partition("#")[0].partition("?")[0]
    token = unquote(path.rstrip("/").rpartition("/")[2])
    match = _TOKEN.fullmatch(token)
    # The whole token is compared: base64 has several ways to write a nonce, and one is ours.
    if not match or not hmac.compare_digest(
        make_token(key, urlsafe_b64decode(f"{match[1]}=="), provider=provider), token
    ):
        raise InvalidSignature(
            f"The report of {provider} has no token of this account in its path."
        )
    return token


def _base64(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")
