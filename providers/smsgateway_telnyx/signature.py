"""How a webhook of Telnyx proves itself: Ed25519, over its time and its body."""

from __future__ import annotations

from base64 import b64decode
from contextlib import suppress

from smsgateway.errors import ConfigurationError, InvalidSignature
from smsgateway.http import HttpRequest
from smsgateway.webhook import check_age, require_secret

__all__ = ["read_key", "require_signature"]

_KEY = 32  # bytes


def read_key(public_key: str) -> bytes:
    """Read a public key, as the portal shows it.

    Raises:
        ConfigurationError: It is none.
    """
    with suppress(ValueError):
        key = b64decode(public_key, validate=True)
        if len(key) == _KEY:
            return key
    raise ConfigurationError(f"public_key must be {_KEY} bytes in base64, as the portal shows it.")


def require_signature(request: HttpRequest, public_key: str | None) -> None:
    """Believe a webhook that was signed for this account, just now.

    Raises:
        InvalidSignature: It was not, or there is no public key.
        ConfigurationError: The extra `telnyx` is not installed.
    """
    key = read_key(require_secret(public_key, option="public_key", provider="telnyx"))
    seconds = request.header("telnyx-timestamp") or ""
    signature = request.header("telnyx-signature-ed25519") or ""
    if not _is_signed(key, signature, f"{seconds}|".encode("utf-8", "replace") + request.body):
        raise InvalidSignature("The request does not prove that it comes from telnyx.")
    check_age(request, seconds, provider="telnyx")


def _is_signed(key: bytes, signature: str, signed: bytes) -> bool:
    try:
        from cryptography.exceptions import InvalidSignature as Unsigned  # noqa: PLC0415 - an extra
        from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415 - an extra
            Ed25519PublicKey,
        )
    except ImportError:
        raise ConfigurationError(
            "Webhooks of telnyx need the extra 'telnyx': "
            "pip install 'pluggable-smsgateway[telnyx]'."
        ) from None
    # A signature that is not base64 is a ValueError.
    with suppress(Unsigned, ValueError):
        Ed25519PublicKey.from_public_bytes(key).verify(b64decode(signature, validate=True), signed)
        return True
    return False
