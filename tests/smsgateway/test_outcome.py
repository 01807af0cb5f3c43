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
from smsgateway.outcome import after_error, alike, complete, merge, provider_failed, refused

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


def test_a_refused_message_of_many_is_a_result() -> None:
    message = Message(text="Hej", to=("12", "34"))

    result = refused(message, MessageError("too short", field="to"))

    assert result.recipients == tuple(
        alike(message, SendStatus.REJECTED, Reason.INVALID_MESSAGE, "too short")
    )
