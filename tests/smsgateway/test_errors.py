import pickle

import pytest

from smsgateway import (
    AuthenticationError,
    ConfigurationError,
    InvalidPhoneNumber,
    InvalidSignature,
    Message,
    MessageError,
    NotSent,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Reason,
    SendFailed,
    SendInterrupted,
    SendResult,
    SmsGatewayError,
    UnsupportedFeature,
)


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(ConfigurationError("wrong"), id="configuration"),
        pytest.param(MessageError("wrong", field="text"), id="message"),
        pytest.param(InvalidPhoneNumber("wrong", problem="too_short"), id="phone number"),
        pytest.param(UnsupportedFeature("wrong", field="flash"), id="unsupported"),
        pytest.param(NotSent("wrong", reason=Reason.TLS), id="not sent"),
        pytest.param(OutcomeUnknown("wrong", reason=Reason.TIMEOUT), id="unknown"),
        pytest.param(AuthenticationError("wrong", provider="cpsms", code="401"), id="provider"),
        pytest.param(InvalidSignature("wrong"), id="signature"),
    ],
)
def test_an_error_survives_pickling_with_its_attributes(error: SmsGatewayError) -> None:
    copy = pickle.loads(pickle.dumps(error))

    assert type(copy) is type(error)
    assert str(copy) == "wrong"
    assert vars(copy) == vars(error)


def test_a_failed_send_survives_pickling_with_its_result() -> None:
    result = SendResult(recipients=(), message=Message(text="Hej", to="+4522334488"))
    error = SendFailed("nobody", result, Reason.TLS)

    copy = pickle.loads(pickle.dumps(error))

    assert str(copy) == "nobody"
    assert copy.result == result
    assert copy.reason is Reason.TLS


def test_bad_input_is_a_value_error_too() -> None:
    with pytest.raises(ValueError, match="empty"):
        Message(text="", to="+4522334488")


def test_a_provider_error_has_its_kind_of_reason_unless_told_otherwise() -> None:
    assert RateLimited("slow down").reason is Reason.RATE_LIMITED
    assert ProviderError("no").reason is Reason.REFUSED
    assert ProviderError("no", reason=Reason.INVALID_NUMBER).reason is Reason.INVALID_NUMBER


def test_an_interrupted_send_is_an_interrupt_that_survives_pickling() -> None:
    result = SendResult(recipients=(), message=Message(text="Hej", to="+4522334488"))

    copy = pickle.loads(pickle.dumps(SendInterrupted(result)))

    assert copy.result == result
    assert str(copy) == "The send was interrupted: <SendResult >."
    assert isinstance(copy, KeyboardInterrupt)
