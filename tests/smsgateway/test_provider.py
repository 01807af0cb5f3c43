from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from smsgateway import (
    Encoding,
    Message,
    MessageError,
    UnsupportedFeature,
)
from smsgateway.provider import Capabilities, SenderRules, abilities

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
    ("age", "proves"),
    [(0, False), (599, False), (600, True), (86_399, True), (86_400, False), (10**9, False)],
)
def test_absence_from_a_log_is_proof_only_while_the_log_can_show_it(
    age: int, *, proves: bool
) -> None:
    capabilities = Capabilities(lookup_lag=600, lookup_window=86_400)

    assert capabilities.is_absence_proof(timedelta(seconds=age)) is proves


def test_a_log_that_forgets_nothing_proves_for_ever() -> None:
    assert Capabilities().is_absence_proof(timedelta(days=10_000))


def test_what_a_provider_can_do_is_what_it_has_methods_for() -> None:
    class Pigeon:
        def cancel(self) -> None:
            """Fly after it."""

        def balance(self) -> None:
            """Count the corn."""

    able: Any = Pigeon

    assert abilities(able) == abilities(able()) == ("balance", "cancel")
