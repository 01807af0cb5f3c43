from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest

from smsgateway import (
    Encoding,
    Message,
    MessageError,
    UnsupportedFeature,
)
from smsgateway.capabilities import AccountCapabilities, Capabilities, SenderRules

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
    ("rules", "options"),
    [
        (SenderRules(required=True), "sender"),
        (SenderRules(required=True, instead="pool"), "sender or pool"),
    ],
    ids=["nothing else", "an option"],
)
def test_a_sender_that_is_missing_is_refused_and_what_gives_one_is_named(
    rules: SenderRules, options: str
) -> None:
    capabilities = Capabilities(sender=rules)

    with pytest.raises(MessageError) as caught:
        capabilities.check(Message(text="Hej", to=TO), provider="pigeon")

    assert caught.value.field == "sender"
    assert str(caught.value) == (
        f"pigeon needs a sender: give the message one, or the gateway the option {options}."
    )


@pytest.mark.parametrize(
    ("rules", "sender"),
    [
        pytest.param(SenderRules(required=True), "Acme", id="given"),
        pytest.param(SenderRules(), None, id="not required"),
        pytest.param(None, None, id="not taken"),
    ],
)
def test_a_sender_that_is_given_or_need_not_be_is_not_missing(
    rules: SenderRules | None, sender: str | None
) -> None:
    message = Message(text="Hej", to=TO, sender=sender)

    Capabilities(sender=rules).check(message, provider="pigeon")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled:
    """Sends from a pool of numbers where the account has one."""

    pool: str | None = None

    capabilities: ClassVar[Capabilities] = AccountCapabilities(
        flash=True, sender=SenderRules(name=11, required=True, instead="pool")
    )


def test_what_an_account_has_instead_of_a_sender_is_true_of_its_object_alone() -> None:
    kind, bare, rich = Pooled.capabilities, Pooled().capabilities, Pooled(pool="p-1").capabilities

    assert kind == bare
    assert [each.missing_sender(None) for each in (kind, rich)] == ["sender or pool", None]
    assert rich.sender == SenderRules(name=11, instead="pool")
    assert rich.flash


@pytest.mark.parametrize("rules", [None, SenderRules(required=True)], ids=["none", "no option"])
def test_without_an_option_for_it_every_account_is_alike(rules: SenderRules | None) -> None:
    class Alike:
        capabilities = AccountCapabilities(sender=rules)

    assert Alike().capabilities is Alike.capabilities


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
