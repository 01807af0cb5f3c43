"""JSON Web Tokens (RFC 7519), by which some vendors prove that a request comes from them.

PyJWT reads them: an extra of each provider that needs it, and loaded on first use.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from types import ModuleType
from typing import Any

from smsgateway.errors import ConfigurationError, InvalidSignature

__all__ = ["load_jwt", "read_token"]


def load_jwt(provider: str) -> ModuleType:
    """Import PyJWT.

    Raises:
        ConfigurationError: It is not installed; the provider's extra brings it.
    """
    try:
        import jwt  # noqa: PLC0415 - an extra's, and slow to load
    except ImportError:
        raise ConfigurationError(
            f"{provider} needs PyJWT for this: pip install 'pluggable-smsgateway[{provider}]'."
        ) from None
    return jwt


def read_token(
    token: str | None, secret: str, *, provider: str, algorithms: Iterable[str] = ("HS256",)
) -> dict[str, Any]:
    """Return the claims of a token that was signed with a secret.

    Times among them are not looked at.

    Raises:
        InvalidSignature: It was not signed with this secret by one of the algorithms.
        ConfigurationError: PyJWT is not installed.
    """
    jwt = load_jwt(provider)
    with suppress(jwt.PyJWTError, ValueError, RecursionError):
        claims = json.loads(jwt.PyJWS().decode(token or "", secret, algorithms=list(algorithms)))
        if isinstance(claims, dict):
            return claims
    raise InvalidSignature(f"The token of the request was not signed by {provider} as agreed.")
