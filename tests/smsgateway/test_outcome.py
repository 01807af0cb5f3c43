import pickle
from dataclasses import FrozenInstanceError, asdict, fields, replace

import pytest

from smsgateway import (
    AuthenticationError,
    ConfigurationError,
    Encoding,
    Message,
    MessageError,
    Money,
    NotSent,
    ProviderError,
    RateTable,
    Reason,
    RecipientResult,
    SendStatus,
    analyze,
)
from smsgateway.outcome import (
    after_error,
    alike,
    complete,
    merge,
    provider_failed,
    refused,
    refused_beside,
    refused_for_one,
)

A, B, C = "+4522334488", "+4522334499", "+46701234567"
HEJ = Message(text="Hej", to=(A, B))


def accepted(to: str) -> RecipientResult:
    return RecipientResult(to=to, status=SendStatus.ACCEPTED)


def test_every_recipient_gets_one_result_in_the_order_given() -> None:
    merged = merge(HEJ, HEJ, [accepted(B), accepted(A), accepted(C)])

    assert merged == [accepted(A), accepted(B)]


def test_a_recipient_that_nobody_named_is_unknown() -> None:
    merged = merge(HEJ, HEJ, [accepted(B)])

    assert [(r.to, r.status, r.reason) for r in merged] == [
        (A, SendStatus.UNKNOWN, Reason.UNCONFIRMED),
        (B, SendStatus.ACCEPTED, None),
    ]


def test_a_number_given_twice_is_told_as_a_duplicate() -> None:
    given = Message(text="Hej", to=(A, B, A))

    merged = merge(given, given, [accepted(A), accepted(B)])

    assert [(r.to, r.status, r.reason) for r in merged] == [
        (A, SendStatus.ACCEPTED, None),
        (B, SendStatus.ACCEPTED, None),
        (A, SendStatus.SUPPRESSED, Reason.DUPLICATE),
    ]


def test_recipients_that_a_plugin_took_away_or_added_are_told() -> None:
    sent = Message(text="Hej", to=(B, C))

    merged = merge(HEJ, sent, [accepted(B), accepted(C)])

    assert [(r.to, r.status, r.reason) for r in merged] == [
        (A, SendStatus.SUPPRESSED, Reason.STOPPED),
        (B, SendStatus.ACCEPTED, None),
        (C, SendStatus.ACCEPTED, None),
    ]


def test_an_error_of_the_provider_becomes_a_result_for_each_recipient() -> None:
    error = AuthenticationError("pigeon refused the token", provider="pigeon", code="E1")

    results = after_error(HEJ, error)

    assert [(r.to, r.status, r.reason, r.code, r.detail) for r in results] == [
        (n, SendStatus.NOT_SENT, Reason.AUTHENTICATION, "E1", "pigeon refused the token")
        for n in (A, B)
    ]


def test_other_errors_become_results_too() -> None:
    def read(error: NotSent | MessageError | ConfigurationError | ProviderError) -> object:
        result = after_error(HEJ, error)[0]
        return result.status, result.reason

    assert read(NotSent("x", reason=Reason.TLS)) == (SendStatus.NOT_SENT, Reason.TLS)
    assert read(MessageError("x")) == (SendStatus.REJECTED, Reason.INVALID_MESSAGE)
    assert read(ProviderError("x")) == (SendStatus.REJECTED, Reason.REFUSED)
    assert read(provider_failed("pigeon", KeyError(A))) == (
        SendStatus.UNKNOWN,
        Reason.PLUGIN_FAILED,
    )


def test_a_provider_that_failed_is_named_without_the_errors_own_words() -> None:
    assert str(provider_failed("pigeon", KeyError(A))) == "The provider pigeon raised KeyError."


def test_what_the_provider_did_not_say_is_filled_in() -> None:
    rates = RateTable.from_dict({"45": "0.25"}, currency="DKK")
    said = RecipientResult(
        to=B, status=SendStatus.ACCEPTED, segments=2, encoding=Encoding.UCS2, cost=Money(1, "DKK")
    )

    first, second, third = complete(
        [accepted(A), said, accepted(C)], analyze("x" * 161), rates, "pigeon"
    )

    assert (first.segments, first.encoding, first.provider) == (2, Encoding.GSM7, "pigeon")
    assert first.estimated_cost == Money("0.50", "DKK")
    assert (second.segments, second.encoding) == (2, Encoding.UCS2)
    assert (second.cost, second.estimated_cost) == (Money(1, "DKK"), Money("0.50", "DKK"))
    assert third.estimated_cost is None


def test_each_destination_has_its_own_price() -> None:
    rates = RateTable.from_dict({"45": "0.25", "46": "0.10"}, currency="DKK")

    completed = complete([accepted(to) for to in (A, C, B)], analyze("Hej"), rates, "pigeon")

    assert [str(result.estimated_cost) for result in completed] == [
        *("0.25 DKK", "0.10 DKK", "0.25 DKK")
    ]


def test_what_the_provider_made_is_not_changed() -> None:
    said = accepted(A)

    complete([said], analyze("Hej"), RateTable(), "pigeon")

    assert said == accepted(A)


def test_every_field_that_the_provider_filled_is_carried() -> None:
    said = RecipientResult(
        to=A,
        status=SendStatus.UNKNOWN,
        message_id="1",
        segments=2,
        encoding=Encoding.UCS2,
        cost=Money(1, "DKK"),
        estimated_cost=Money(2, "DKK"),
        reason=Reason.TIMEOUT,
        code="E1",
        detail="too late",
        provider="dove",
        possible_duplicate=True,
    )

    (completed,) = complete([said], analyze("Hej"), RateTable(), "pigeon")

    defaults = {field.name: field.default for field in fields(said)}
    assert completed == replace(said, provider="pigeon")
    assert not asdict(said).items() & defaults.items()


def test_a_completed_result_is_as_frozen_as_any() -> None:
    (completed,) = complete([accepted(A)], analyze("Hej"), RateTable(), "pigeon")

    with pytest.raises(FrozenInstanceError):
        completed.status = SendStatus.REJECTED  # type: ignore[misc]  # the point of it
    assert pickle.loads(pickle.dumps(completed)) == completed
    assert type(completed) is RecipientResult


def test_a_bad_number_that_is_not_named_condemns_none_of_the_others() -> None:
    error = ProviderError("a number is wrong", provider="pigeon", reason=Reason.INVALID_NUMBER)

    results = refused_for_one(HEJ, error)

    assert results == alike(
        HEJ, SendStatus.NOT_SENT, Reason.INVALID_REQUEST, detail="a number is wrong"
    )


@pytest.mark.parametrize(
    ("to", "reason"),
    [
        pytest.param((A,), Reason.INVALID_NUMBER, id="only one"),
        pytest.param((A, B), Reason.INVALID_SENDER, id="the sender"),
    ],
)
def test_a_refusal_that_is_about_all_stays_an_error(to: tuple[str, ...], reason: Reason) -> None:
    error = ProviderError("no", provider="pigeon", reason=reason)

    with pytest.raises(ProviderError) as caught:
        refused_for_one(Message(text="Hej", to=to), error)

    assert caught.value is error


def test_who_was_refused_together_with_another_may_be_tried_again() -> None:
    named = RecipientResult(to=B, status=SendStatus.REJECTED, reason=Reason.INVALID_NUMBER)

    first, second = refused_beside(HEJ, [named])

    assert (first.to, first.status, first.reason) == (
        A,
        SendStatus.NOT_SENT,
        Reason.INVALID_REQUEST,
    )
    assert second is named


def test_a_refused_message_of_many_is_a_result() -> None:
    message = Message(text="Hej", to=("12", "34"))

    result = refused(message, MessageError("too short", field="to"))

    assert result.recipients == tuple(
        alike(message, SendStatus.REJECTED, Reason.INVALID_MESSAGE, "too short")
    )
