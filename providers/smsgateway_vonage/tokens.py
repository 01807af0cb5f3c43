"""The JSON Web Tokens (RFC 7519) by which we prove who we are to Vonage, and Vonage to us.

PyJWT is loaded on first use: only who has an application, or takes in webhooks, needs it.
"""

from __future__ import annotations

import time
from contextlib import suppress
from functools import lru_cache
from typing import Any
from uuid import uuid4

from smsgateway.errors import ConfigurationError
from smsgateway.tokens import load_jwt

__all__ = ["make_token"]

_LIFETIME = 900  # seconds, as in the vendor's own SDK


def make_token(application_id: str, private_key: str) -> str:
    """Make the token that a request of an application carries, signed with RS256.

    Raises:
        ConfigurationError: The key cannot sign, or PyJWT is not installed.
    """
    jwt = load_jwt("vonage")
    now = int(time.time())  # a provider has no clock, but a token without a time is refused
    claims = {
        "application_id": application_id,
        "iat": now,
        "exp": now + _LIFETIME,
        "jti": str(uuid4()),
    }
    with suppress(jwt.PyJWTError, AttributeError, NotImplementedError, TypeError, ValueError):
        return str(jwt.encode(claims, _key(private_key), algorithm="RS256"))
    # Out here, so that the library's own error, which may quote the key, is gone.
    raise ConfigurationError(
        "The private_key of vonage cannot sign: it must be the whole PEM of the application's RSA "
        "key, and needs: pip install 'pluggable-smsgateway[vonage]'."
    )


@lru_cache(maxsize=16)
def _key(pem: str) -> Any:
    """Read a key, which takes a hundred times as long as to sign with it."""
    return load_jwt("vonage").get_algorithm_by_name("RS256").prepare_key(pem)
