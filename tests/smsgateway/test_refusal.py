from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from smsgateway import (
    AuthenticationError,
    InsufficientCredit,
    NotSent,
    OutcomeUnknown,
    ProviderError,
    ProviderUnavailable,
    RateLimited,
    Reason,
    UnexpectedResponse,
)
from smsgateway.http import HttpResponse
from smsgateway.refusal import refusal

TO = "+4522334488"


@pytest.mark.parametrize(
    ("status", "kind", "reason"),
    [
        (200, UnexpectedResponse, Reason.UNEXPECTED_RESPONSE),
        (301, NotSent, Reason.REDIRECT),
        (307, NotSent, Reason.REDIRECT),
        (400, ProviderError, Reason.INVALID_REQUEST),
        (401, AuthenticationError, Reason.AUTHENTICATION),
        (402, InsufficientCredit, Reason.INSUFFICIENT_CREDIT),
        (403, AuthenticationError, Reason.AUTHENTICATION),
        (404, NotSent, Reason.INVALID_REQUEST),
        (405, NotSent, Reason.INVALID_REQUEST),
        (408, OutcomeUnknown, Reason.TIMEOUT),
        (409, UnexpectedResponse, Reason.UNEXPECTED_RESPONSE),
        (413, ProviderError, Reason.INVALID_REQUEST),
        (418, UnexpectedResponse, Reason.UNEXPECTED_RESPONSE),
        (422, ProviderError, Reason.INVALID_REQUEST),
        (425, OutcomeUnknown, Reason.TIMEOUT),
        (429, RateLimited, Reason.RATE_LIMITED),
        (500, ProviderUnavailable, Reason.PROVIDER_UNAVAILABLE),
        (503, ProviderUnavailable, Reason.PROVIDER_UNAVAILABLE),
        (599, ProviderUnavailable, Reason.PROVIDER_UNAVAILABLE),
    ],
)
def test_a_status_stands_for_an_error(status: int, kind: type[Exception], reason: Reason) -> None:
    error = refusal(HttpResponse(status=status), provider="pigeon")

    assert type(error) is kind
    assert getattr(error, "reason") is reason  # noqa: B009 - the union of two classes has it
    assert str(status) in str(error)


def test_a_refusal_carries_the_providers_code_and_words() -> None:
    error = refusal(
        HttpResponse(status=400), provider="pigeon", code="17", detail=f"no such number {TO}"
    )

    assert isinstance(error, ProviderError)
    assert str(error) == "pigeon answered HTTP 400, code 17: no such number +45******88."
    assert (error.provider, error.code, error.http_status) == ("pigeon", "17", 400)


@pytest.mark.parametrize("code", ["400", 400, None])
@pytest.mark.parametrize("detail", ["no such number", "no such number."])
def test_a_sentence_says_nothing_twice(code: object, detail: str) -> None:
    error = refusal(HttpResponse(status=400), provider="pigeon", code=code, detail=detail)

    assert str(error) == "pigeon answered HTTP 400: no such number."
    assert isinstance(error, ProviderError)
    assert error.code == (None if code is None else "400")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("999999999", 3600.0),
        ("-1", None),
        ("soon", None),
        ("", None),
        ("Fri, 99 Xyz 2026 99:99:99 GMT", None),
        ("Fri, 20 Nov 2020 12:00:00 GMT", 0.0),
        ("\u0663", None),
    ],
)
def test_retry_after_is_read_as_seconds(value: str, seconds: float | None) -> None:
    error = refusal(HttpResponse(status=429, headers={"retry-after": value}), provider="pigeon")

    assert isinstance(error, RateLimited)
    assert error.retry_after == seconds


def test_retry_after_may_be_a_date() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    headers = {"retry-after": later}

    error = refusal(HttpResponse(status=429, headers=headers), provider="pigeon")

    assert isinstance(error, RateLimited)
    assert error.retry_after == pytest.approx(90, abs=5)


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        (Reason.AUTHENTICATION, AuthenticationError),
        (Reason.INSUFFICIENT_CREDIT, InsufficientCredit),
        (Reason.RATE_LIMITED, RateLimited),
        (Reason.PROVIDER_UNAVAILABLE, ProviderUnavailable),
        (Reason.INVALID_NUMBER, ProviderError),
        (Reason.INVALID_SENDER, ProviderError),
    ],
)
def test_a_reason_that_the_provider_gives_says_more_than_the_status(
    reason: Reason, kind: type[ProviderError]
) -> None:
    error = refusal(HttpResponse(status=404), provider="pigeon", reason=reason)

    assert type(error) is kind
    assert error.reason is reason


def test_a_refusal_repeats_nothing_private() -> None:
    response = HttpResponse(status=400)

    error = refusal(
        response, provider="pigeon", code="c0ffee", detail="no: c0ffee", private=["c0ffee"]
    )

    assert str(error) == "pigeon answered HTTP 400."
    assert getattr(error, "code", None) is None


@pytest.mark.parametrize("words", [None, [], {"a": 1}, 1.5, b"bytes"])
def test_what_are_no_words_are_left_out(words: object) -> None:
    error = refusal(HttpResponse(status=400), provider="pigeon", code=words, detail=words)

    assert str(error) == "pigeon answered HTTP 400."
