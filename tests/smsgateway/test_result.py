import copy

import pytest

from smsgateway import (
    AuthenticationError,
    ConfigurationError,
    DeliveryReport,
    DeliveryStatus,
    IncomingMessage,
    InsufficientCredit,
    Message,
    MessageError,
    Money,
    NotSent,
    OutcomeUnknown,
    ProviderError,
    ProviderUnavailable,
    RateLimited,
    Reason,
    RecipientResult,
    SendFailed,
    SendResult,
    SendStatus,
    SmsGatewayError,
    TransportError,
    UnexpectedResponse,
)

NUMBER = "+4522334488"


def result_with(*recipients: RecipientResult) -> SendResult:
    return SendResult(recipients=recipients, message=Message(text="Hej", to=NUMBER))


def recipient(
    status: SendStatus, reason: Reason | None = None, cost: Money | None = None
) -> RecipientResult:
    return RecipientResult(to=NUMBER, status=status, reason=reason, cost=cost)


ACCEPTED = recipient(SendStatus.ACCEPTED, cost=Money("1", "points"))
REJECTED = recipient(SendStatus.REJECTED, Reason.INVALID_NUMBER)
NOT_SENT = recipient(SendStatus.NOT_SENT, Reason.TLS)
UNKNOWN = recipient(SendStatus.UNKNOWN, Reason.TIMEOUT)
REPEATED = recipient(SendStatus.SUPPRESSED, Reason.DUPLICATE)
STOPPED = recipient(SendStatus.SUPPRESSED, Reason.STOPPED)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotSent("x"), SendStatus.NOT_SENT),
        (AuthenticationError("x"), SendStatus.NOT_SENT),
        (InsufficientCredit("x"), SendStatus.NOT_SENT),
        (RateLimited("x"), SendStatus.NOT_SENT),
        (OutcomeUnknown("x"), SendStatus.UNKNOWN),
        (ProviderUnavailable("x"), SendStatus.UNKNOWN),
        (UnexpectedResponse("x"), SendStatus.UNKNOWN),
        (ProviderError("x"), SendStatus.REJECTED),
        (MessageError("x"), SendStatus.REJECTED),
        (ConfigurationError("x"), SendStatus.NOT_SENT),
        (TransportError("x"), SendStatus.UNKNOWN),
    ],
)
def test_an_error_says_what_is_known_of_its_recipients(
    error: SmsGatewayError, status: SendStatus
) -> None:
    assert SendStatus.after(error) is status


def test_recipients_are_sorted_by_what_is_known() -> None:
    scheduled, simulated = recipient(SendStatus.SCHEDULED), recipient(SendStatus.SIMULATED)
    result = result_with(ACCEPTED, REJECTED, NOT_SENT, UNKNOWN, scheduled, simulated, STOPPED)

    assert result.accepted == (ACCEPTED, scheduled, simulated)
    assert result.rejected == (REJECTED,)
    assert result.not_sent == (NOT_SENT,)
    assert result.unknown == (UNKNOWN,)


def test_the_cost_is_the_sum_of_what_was_reported() -> None:
    assert result_with(ACCEPTED, ACCEPTED, REJECTED).cost == Money("2", "points")
    assert result_with(REJECTED).cost is None


def test_a_result_is_fine_when_everybody_was_accepted() -> None:
    result_with(ACCEPTED, recipient(SendStatus.SCHEDULED), REPEATED).raise_for_status()


@pytest.mark.parametrize("failed", [REJECTED, NOT_SENT, UNKNOWN, STOPPED])
def test_a_result_with_one_failure_raises_when_asked(failed: RecipientResult) -> None:
    result = result_with(ACCEPTED, failed)

    with pytest.raises(SendFailed, match=f"1 of 2 recipients .*{failed.reason}") as caught:
        result.raise_for_status()

    assert caught.value.result is result
    assert caught.value.reason is None


def test_a_shared_reason_is_told() -> None:
    assert result_with(UNKNOWN, UNKNOWN, REPEATED).reason is Reason.TIMEOUT
    assert result_with(UNKNOWN, REJECTED).reason is None


def test_a_repr_counts_and_masks() -> None:
    report = DeliveryReport(
        provider="cpsms", to=NUMBER, status=DeliveryStatus.DELIVERED, provider_status="1"
    )

    assert repr(result_with(ACCEPTED, ACCEPTED, UNKNOWN)) == "<SendResult 2 accepted, 1 unknown>"
    assert repr(REJECTED) == "<RecipientResult +45******88 rejected, invalid_number>"
    assert repr(ACCEPTED) == "<RecipientResult +45******88 accepted>"
    assert repr(report) == "<DeliveryReport cpsms +45******88 delivered>"


def test_costs_in_several_currencies_have_no_sum() -> None:
    crowns = recipient(SendStatus.ACCEPTED, cost=Money("1", "DKK"))

    assert result_with(ACCEPTED, crowns).cost is None
    assert result_with(ACCEPTED, ACCEPTED).cost == Money("2", "points")


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(result_with(ACCEPTED), id="result"),
        pytest.param(
            DeliveryReport(
                provider="pigeon",
                to=NUMBER,
                status=DeliveryStatus.SENT,
                provider_status="2",
                raw={"status": "2"},
            ),
            id="report",
        ),
        pytest.param(
            IncomingMessage(
                provider="pigeon", sender=NUMBER, to="1204", text="STOP", raw={"text": "STOP"}
            ),
            id="incoming",
        ),
    ],
)
def test_what_became_of_a_message_can_be_told_once(value: object) -> None:
    assert {value, copy.deepcopy(value)} == {value}
