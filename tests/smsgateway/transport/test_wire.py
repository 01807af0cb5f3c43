import ssl
from itertools import pairwise

import pytest

from smsgateway.errors import NotSent, OutcomeUnknown, Reason
from smsgateway.transport.wire import BadAnswer, failure


def raised(*chain: BaseException) -> BaseException:
    """Return the first error, with each of the others as the cause of the one before it."""
    for error, cause in pairwise(chain):
        error.__cause__ = cause
    return chain[0]


@pytest.mark.parametrize(
    ("error", "reason", "words"),
    [
        pytest.param(
            raised(ssl.SSLError(1, "bad"), OSError(104, "reset")),
            Reason.TLS,
            "TLS failed.",
            id="TLS",
        ),
        pytest.param(
            raised(TimeoutError(), OSError(104, "reset")), Reason.TIMEOUT, "too long", id="time"
        ),
        pytest.param(
            raised(OSError(104, "reset"), BadAnswer("it is cut off")),
            Reason.CONNECTION,
            "it is cut off",
            id="answer",
        ),
        pytest.param(
            raised(RuntimeError("+4522334488"), OSError(111, "+4522334488")),
            Reason.CONNECTION,
            "Connection refused",
            id="connection",
        ),
        pytest.param(RuntimeError("+4522334488"), Reason.CONNECTION, "RuntimeError", id="other"),
    ],
)
def test_of_several_errors_the_most_telling_one_is_told_in_our_words(
    error: BaseException, reason: Reason, words: str
) -> None:
    failed = failure("pigeon.example", error, written=False)

    assert isinstance(failed, NotSent)
    assert failed.reason is reason
    assert words in str(failed)
    assert "4522334488" not in str(failed)


def test_what_failed_after_the_first_byte_is_unknown() -> None:
    failed = failure("pigeon.example", TimeoutError(), written=True)

    assert isinstance(failed, OutcomeUnknown)
    assert str(failed) == (
        "The request was sent to pigeon.example, but no whole answer came: it took too long."
    )
