"""The vendor's error codes, which come with HTTP 200 (https://document.profisms.cz, Constants)."""

from __future__ import annotations

from collections.abc import Mapping

from smsgateway.errors import Reason

__all__ = ["REASONS", "SIGNATURE", "USER"]

USER = 50  # no such user, none given, or the parameters were not read
SIGNATURE = 100  # a wrong password, and also a `_call` that was used before

#: What each code means. One that is not here says nothing.
REASONS: Mapping[int, Reason] = {
    1: Reason.PROVIDER_UNAVAILABLE,  # "generic": nobody knows how far it came
    2: Reason.INVALID_REQUEST,  # the currency
    3: Reason.INVALID_REQUEST,  # the language
    4: Reason.AUTHENTICATION,  # a service that the user may not use
    # The account has no tariff, product or price for it, or (20) too little credit.
    **dict.fromkeys(range(10, 22), Reason.INSUFFICIENT_CREDIT),
    USER: Reason.AUTHENTICATION,
    **dict.fromkeys((51, 52, 53, 55, 56, 57, 58), Reason.INVALID_REQUEST),
    SIGNATURE: Reason.AUTHENTICATION,
    101: Reason.INVALID_REQUEST,
    # About an SMS. Only 200 is documented; unverified: that the others refuse, too.
    **dict.fromkeys(range(200, 300), Reason.INVALID_REQUEST),
    202: Reason.INVALID_NUMBER,  # undocumented; a client's tests have it
}
