"""Who may bring alerts: whoever has the secret, or signs with it."""

from __future__ import annotations

import hmac
from base64 import b64decode
from collections.abc import Iterable

from smsgateway.http import HttpRequest
from smsgateway_alerts.source import AlertSource

__all__ = ["is_allowed"]


def is_allowed(
    request: HttpRequest, secrets: Iterable[str], source: AlertSource | None = None
) -> bool:
    """Tell whether a request has one of the secrets: by Bearer, as Basic's password, or signed.

    Everything is compared in constant time, whatever was found before. Without any secret, which
    only a server for this machine may have, nothing that a web page made a browser do is allowed.
    """
    known = tuple(secrets)
    if not known:
        return request.header("Origin") is None
    given = _given(request.header("Authorization") or "")
    matches = [hmac.compare_digest(given, secret.encode()) for secret in known]
    if source is not None and source.sign is not None:
        for secret in known:
            signature, expected = source.sign(request, secret)
            matches.append(_is_same(signature or "", expected))
    return any(matches)


def _given(authorization: str) -> bytes:
    """Return the secret that stands in the header `Authorization` (RFC 6750; RFC 7617)."""
    scheme, _, value = authorization.strip().partition(" ")
    if scheme.lower() == "bearer":
        return value.strip().encode("utf-8", "replace")
    if scheme.lower() == "basic":
        try:
            return b64decode(value.strip(), validate=True).partition(b":")[2]
        except ValueError:
            return b""
    return b""


def _is_same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())
