from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from smsgateway import (
    AuthenticationError,
    Encoding,
    InsufficientCredit,
    Message,
    MessageError,
    NotSent,
    OutcomeUnknown,
    ProviderError,
    ProviderUnavailable,
    RateLimited,
    Reason,
    UnexpectedResponse,
    UnsupportedFeature,
)
from smsgateway.http import HttpResponse
from smsgateway.provider import Capabilities, SenderRules, refusal

TO = "+4522334488"
NOTHING = Capabilities(sender=None)
EVERYTHING = Capabilities(
    sender=SenderRules(name=11, number=15),
    schedule=True,
    validity=True,
    flash=True,
    reference=5,
    report_url=True,
    encodings=frozenset(Encoding),
    max_characters=10,
)


@pytest.mark.parametrize(
    "asked",
    [
        {"sender": "Acme"},
        {"send_at": datetime(2027, 1, 1, tzinfo=UTC)},
        {"validity": timedelta(hours=1)},
        {"flash": True},
        {"reference": "a-17"},
        {"report_url": "https://me.example/r"},
        {"encoding": Encoding.UCS2},
    ],
    ids=lambda asked: next(iter(asked)),
)
def test_what_a_provider_cannot_say_is_refused_by_name(asked: dict[str, Any]) -> None:
    message = Message(text="Hej", to=TO, **asked)

    EVERYTHING.check(message, provider="pigeon")
    with pytest.raises(UnsupportedFeature, match="pigeon has no way to send") as caught:
        NOTHING.check(message, provider="pigeon")

    assert caught.value.field == next(iter(asked))


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        pytest.param({"text": "x" * 11}, "text", id="text"),
        pytest.param({"reference": "abcdef"}, "reference", id="reference"),
        pytest.param({"sender": "A" * 12}, "sender", id="name"),
        pytest.param({"sender": "+" + "1" * 16}, "sender", id="number"),
    ],
)
def test_what_is_too_long_is_refused(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(MessageError) as caught:
        EVERYTHING.check(Message(**{"text": "Hej", "to": TO, **fields}), provider="pigeon")

    assert caught.value.field == field


def test_a_sender_of_any_length_is_allowed_where_nobody_says_how_long() -> None:
    Capabilities().check(Message(text="Hej", to=TO, sender="A" * 40), provider="pigeon")


@pytest.mark.parametrize("sender", ["A" * 11, "1" * 15, "+" + "1" * 15])
def test_the_longest_sender_is_allowed(sender: str) -> None:
    EVERYTHING.check(Message(text="Hej", to=TO, sender=sender), provider="pigeon")


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


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("999999999", 3600.0),
        ("-1", None),
        ("soon", None),
        ("", None),
        ("Fri, 99 Xyz 2026 99:99:99 GMT", None),
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
