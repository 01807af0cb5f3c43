"""Twilio, as it calls the site."""

from __future__ import annotations

import hmac
from base64 import b64encode
from typing import Any
from urllib.parse import urlencode, urlsplit


def signed(secret: str, url: str, fields: dict[str, str]) -> dict[str, Any]:
    """Make a request as Twilio signs it: the URL that it calls, and every field."""
    text = url + "".join(key + value for key, value in sorted(fields.items()))
    signature = b64encode(hmac.digest(secret.encode(), text.encode(), "sha1")).decode()
    return {
        "path": urlsplit(url).path,
        "data": urlencode(fields),
        "content_type": "application/x-www-form-urlencoded",
        "headers": {"X-Twilio-Signature": signature},
    }
