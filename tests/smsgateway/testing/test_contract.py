"""The contract passes a good provider and finds what is wrong with a bad one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, make_dataclass, replace
from datetime import timedelta
from itertools import cycle
from typing import Any, ClassVar

import pytest

from smsgateway import (
    AuthenticationError,
    Message,
    MessageError,
    NotSent,
    ProviderError,
    Reason,
    RecipientResult,
    SendStatus,
    SmsGatewayError,
    TransportError,
)
from smsgateway.http import Flow, HttpRequest, HttpResponse
from smsgateway.provider import Capabilities
from smsgateway.refusal import refusal
from smsgateway.testing import ProviderContract, json_response
from smsgateway.testing.contract import LocalProviderContract
from smsgateway.testing.contract.sending import names, send_sync


@dataclass(frozen=True, slots=True, kw_only=True)
class Pigeon:
    """A stranger's provider."""

    token: str = field(default="c0ffee", repr=False)

    name: ClassVar[str] = "pigeon"
    capabilities: ClassVar[Capabilities] = Capabilities(max_recipients=2, flash=True)

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        response = yield HttpRequest.json(
            "POST",
            "https://api.pigeon.example/v1/messages",
            {
                "to": message.to,
                "text": message.text,
                "from": message.sender,
                "flash": message.flash,
            },
            headers={"Authorization": f"Bearer {self.token}"},
        )
        if response.status != 200:
            raise refusal(response, provider=self.name)
        states = response.json()
        if not isinstance(states, dict) or not states:
            raise refusal(response, provider=self.name)
        return [_result(number, state) for number, state in states.items()]

    def _ask(self, message: Message) -> Flow[HttpResponse]:
        """Make the request, and leave it to others to read the answer."""
        return (yield next(Pigeon.send(self, message)))


def _result(number: str, state: str) -> RecipientResult:
    if state == "ok":
        return RecipientResult(to=number, status=SendStatus.ACCEPTED)
    return RecipientResult(to=number, status=SendStatus.REJECTED, reason=Reason.INVALID_NUMBER)


class TestPigeon(ProviderContract):
    """What a stranger writes."""

    provider = Pigeon(token="s3cret-w0rd")
    accepted: ClassVar[Any] = {"+4522334488": "ok"}
    refused = HttpResponse(status=422)


class TestPigeonThatAnswersFromAFunction(ProviderContract):
    provider = Pigeon()
    message = replace(ProviderContract.message, to=("+4533445599", "+4522334488"))

    def accepted(self, request: HttpRequest) -> HttpResponse:
        assert request.method == "POST"
        return json_response({"+4522334488": "ok", "+4533445599": "ok"})

    def refused(self, _request: HttpRequest) -> dict[str, str]:
        return {"+4522334488": "lost", "+4533445599": "lost"}


def contract_of(kind: type[Any]) -> Any:
    contract: Any = TestPigeon()
    contract.provider = kind()
    return contract


class Misnamed(Pigeon):
    name = "carrier pigeon"


class Incapable(Pigeon):
    capabilities = {"flash": True}  # type: ignore[assignment]  # noqa: RUF012 - what a stranger does


class Unknowing(Pigeon):
    credentials: ClassVar[Any] = ("user",)


class Telltale(Pigeon):
    def __repr__(self) -> str:
        return f"Pigeon({self.token})"


class Unguarded(Pigeon):
    credentials: ClassVar[Any] = ("token",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Revealing(Pigeon):
    token: str = "c0ffee"
    public_key: str = "known to all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Nicknamed(Pigeon):
    ring: str = "c0ffee"

    credentials: ClassVar[Any] = ("token", "ring")


@dataclass(frozen=True, slots=True, kw_only=True)
class Public(Pigeon):
    api_key: str = "the account's name"
    api_key_sid: str = "SK17"
    public_key: str = "known to all"

    credentials: ClassVar[Any] = ("api_key", "token")


class Careless(Pigeon):
    """Brings a module that starts threads."""


Careless.__module__ = "smsgateway.gateway"


@pytest.mark.parametrize(
    ("kind", "test"),
    [
        (Misnamed, "test_its_name_fits_into_a_gateway_url"),
        (Incapable, "test_its_capabilities_are_data_of_its_class"),
        (object, "test_its_options_are_the_fields_of_a_frozen_dataclass"),
        (
            make_dataclass("Loose", [("token", str, "t")]),
            "test_its_options_are_the_fields_of_a_frozen_dataclass",
        ),
        (
            make_dataclass("Named", [("name", str, "pigeon")], frozen=True),
            "test_its_options_are_the_fields_of_a_frozen_dataclass",
        ),
        (Unknowing, "test_its_options_are_the_fields_of_a_frozen_dataclass"),
        (Telltale, "test_its_repr_shows_no_secret"),
        (Revealing, "test_its_secrets_are_hidden_options"),
        (Nicknamed, "test_its_secrets_are_hidden_options"),
        (Careless, "test_it_imports_nothing_that_has_an_effect"),
    ],
)
def test_a_provider_of_the_wrong_kind_is_found(kind: type[Any], test: str) -> None:
    contract = contract_of(kind)

    with pytest.raises(AssertionError):
        getattr(contract, test)()


def test_a_name_of_an_account_and_a_public_key_need_not_be_hidden() -> None:
    contract_of(Public).test_its_secrets_are_hidden_options()


def test_a_feature_that_is_not_refused_is_found() -> None:
    class Eager(Capabilities):
        def check(self, message: Message, *, provider: str) -> None:
            pass

    class Promising(Pigeon):
        capabilities = Eager()

    with pytest.raises(AssertionError):
        contract_of(Promising).test_a_feature_is_refused_unless_it_is_declared(
            "validity", timedelta(hours=1)
        )


class Silent(Pigeon):
    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        yield from Pigeon.send(self, message)
        return []


class Boastful(Pigeon):
    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        with suppress(SmsGatewayError):
            yield from Pigeon.send(self, message)
        return [_result(number, "ok") for number in message.to]


class Asking(Pigeon):
    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        yield HttpRequest(method="GET", url="https://api.pigeon.example/")
        return [_result(number, "ok") for number in message.to]


class Open(Pigeon):
    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        yield HttpRequest(method="POST", url=f"https://api.pigeon.example/{message.to[0]}")
        return [_result(number, "ok") for number in message.to]


class Forgetful(Pigeon):
    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        return (yield from Pigeon.send(self, replace(message, flash=False)))


class Sullen(Pigeon):
    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        results = yield from Pigeon.send(self, message)
        return [] if message.flash else results


class Anonymous(Pigeon):
    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        return (yield from Pigeon.send(self, replace(message, sender=None)))


class Secretive(Pigeon):
    """Needs a sender, and does not say so."""

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        if message.sender is None:
            raise MessageError("Who is it from?", field="sender")
        return (yield from Pigeon.send(self, message))


class Plain(Pigeon):
    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        text = message.text.encode("ascii", "replace").decode()
        return (yield from Pigeon.send(self, replace(message, text=text)))


class Doubling(Pigeon):
    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        yield from Pigeon.send(self, message)
        return (yield from Pigeon.send(self, message))


class Housed(Pigeon):
    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        yield HttpRequest(method="POST", url=f"https://{message.to[0]}.pigeon.example/")
        return [_result(number, "ok") for number in message.to]


class Lonely(Pigeon):
    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        for number in message.to:
            yield from Pigeon.send(self, replace(message, to=(number,)))
        return [_result(number, "ok") for number in message.to]


class Trusting(Pigeon):
    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        try:
            yield HttpRequest(method="POST", url="https://api.pigeon.example/")
        except TransportError:
            raise AuthenticationError("Surely it was the token.") from None
        return [_result(number, "ok") for number in message.to]


class Persistent(Pigeon):
    """Asks once more when it is told that it need not."""

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        response = yield from self._ask(message)
        if response.status == 429 or response.status >= 500:
            response = yield from self._ask(message)
        raise refusal(response, provider=self.name)


class Impatient(Pigeon):
    """Asks once more when the transport fails."""

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        try:
            yield from self._ask(message)
        except TransportError:
            yield from self._ask(message)
        return [_result(number, "ok") for number in message.to]


class Trimming(Pigeon):
    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        return (yield from Pigeon.send(self, replace(message, text=message.text.strip())))


class Cutting(Pigeon):
    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        return (yield from Pigeon.send(self, replace(message, text=message.text[:160])))


class Replaceable(Pigeon):
    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        to = message.extra.get("pigeon", {}).get("to", message.to)
        yield from self._ask(replace(message, extra={}, to=to))
        return [_result(number, "ok") for number in message.to]


class Generous(Pigeon):
    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        yield from Pigeon.send(self, message)
        return [_result(number, "ok") for number in message.to]


class Loud(Pigeon):
    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        print(message.text)  # noqa: T201 - what a stranger does
        return (yield from Pigeon.send(self, message))


class QuotingTexts(Pigeon):
    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        response = yield from self._ask(message)
        words = response.json().get("words")
        raise refusal(response, provider=self.name, detail=words, private=[self.token])


class QuotingTokens(Pigeon):
    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        response = yield from self._ask(message)
        words = response.json().get("words")
        raise refusal(response, provider=self.name, detail=words, private=[message.text])


class Local(Pigeon):
    """Says when to send by the clock of a place, and not which place."""

    capabilities = Capabilities(schedule=True)

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        at = message.send_at and message.send_at.strftime("%Y-%m-%d %H:%M")
        yield HttpRequest.json("POST", "https://api.pigeon.example/", {"at": at})
        return [_result(number, "ok") for number in message.to]


class Amnesiac(Pigeon):
    """Says that repeats are safe, and sends nothing to know one by."""

    capabilities = replace(Pigeon.capabilities, idempotent=True)


class Talkative(Pigeon):
    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        response = yield from self._ask(message)
        raise ProviderError(response.body.decode())


class Guessing(Pigeon):
    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        response = yield from self._ask(message)
        state = "ok" if b"ok" in response.body else "lost"
        return [_result(number, state) for number in message.to]


class Fragile(Pigeon):
    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        response = yield from self._ask(message)
        return [_result(number, response.json()[number]) for number in message.to]


class Moody(Pigeon):
    moods: ClassVar[Iterator[str]] = cycle(["ok", "lost"])

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        yield from self._ask(message)
        mood = next(self.moods)
        return [_result(number, mood) for number in message.to]


@pytest.mark.parametrize(
    ("kind", "test", "arguments"),
    [
        (Silent, "test_what_is_accepted_is_accepted_for_every_recipient", []),
        (Boastful, "test_what_is_refused_is_accepted_for_nobody", []),
        (Asking, "test_it_posts_to_where_nobody_can_listen", []),
        (Open, "test_its_urls_hold_nothing_private", []),
        (Anonymous, "test_its_requests_say_the_whole_message", []),
        (Secretive, "test_it_needs_a_sender_only_where_that_is_declared", []),
        (Plain, "test_a_text_is_sent_as_it_is", ["å"]),
        (Sullen, "test_every_feature_that_it_declares_is_accepted", []),
        (Doubling, "test_every_recipient_of_many_is_in_one_request", []),
        (Boastful, "test_a_batch_that_fails_takes_no_other_with_it", []),
        (Lonely, "test_more_recipients_than_a_request_takes_make_more_requests", []),
        (Boastful, "test_a_status_means_what_it_proves", [500, "unknown", b""]),
        (Persistent, "test_a_status_means_what_it_proves", [429, "not_sent", b""]),
        (Persistent, "test_a_status_means_what_it_proves", [500, "unknown", b""]),
        (Impatient, "test_nobody_but_the_gateway_sends_again", [TransportError("Cut."), 1]),
        (Impatient, "test_nobody_but_the_gateway_sends_again", [NotSent("No route."), 2]),
        (Trimming, "test_a_text_is_sent_as_it_is", [" Hej\n"]),
        (Cutting, "test_a_text_is_sent_as_it_is", ["Hej " * 50]),
        (Amnesiac, "test_a_repeat_is_known_by_the_id_of_its_message", []),
        (Replaceable, "test_extra_replaces_neither_the_text_nor_who_gets_it", []),
        (Trusting, "test_an_unreadable_yes_is_unknown", [200, b"{}"]),
        (Trusting, "test_a_transports_error_is_believed", [TransportError("Cut."), "unknown"]),
        (Guessing, "test_a_yes_under_the_status_of_a_no_is_none", [500]),
        (Housed, "test_what_it_makes_of_answers_has_no_private_repr", []),
    ],
)
def test_a_provider_that_does_wrong_is_found(
    kind: type[Any], test: str, arguments: list[Any]
) -> None:
    contract = contract_of(kind)

    with pytest.raises(AssertionError):
        getattr(contract, test)(send_sync, *arguments)


@pytest.mark.parametrize(
    ("kind", "test", "arguments"),
    [
        (Forgetful, "test_the_value_of_a_feature_is_in_the_request", ["flash"]),
        (Local, "test_the_value_of_a_feature_is_in_the_request", ["send_at"]),
        (Generous, "test_who_is_left_out_of_a_yes_that_names_others_is_not_accepted", []),
        (Guessing, "test_a_yes_that_is_cut_is_unknown", []),
        (Guessing, "test_a_yes_to_somebody_else_is_accepted_for_nobody", []),
        (Fragile, "test_a_yes_with_anything_at_any_place_of_it_breaks_nothing", []),
        (Fragile, "test_a_no_with_anything_at_any_place_of_it_is_no_yes", []),
        (Moody, "test_both_gateways_ask_and_answer_alike", ["yes"]),
    ],
)
def test_a_provider_that_cannot_read_is_found(
    kind: type[Any], test: str, arguments: list[Any]
) -> None:
    contract = contract_of(kind)

    with pytest.raises(AssertionError):
        getattr(contract, test)(*arguments)


def test_what_a_request_says_is_read_from_its_query_and_its_form() -> None:
    request = HttpRequest.form(
        "POST", "https://api.pigeon.example/?coop=17", {"to": "+4522334488", "text": "Hej å"}
    )

    assert TestPigeon().values(request) == ["17", "+4522334488", "Hej å"]
    assert names(request) == {"to", "text"}


def test_words_that_quote_what_is_private_are_found(caplog: pytest.LogCaptureFixture) -> None:
    contract = contract_of(Talkative)

    with pytest.raises(AssertionError):
        contract.test_an_error_repeats_nothing_private(send_sync, 400, caplog)
    with pytest.raises(AssertionError):
        contract.test_words_that_quote_what_is_private_are_not_repeated(400, caplog)


@pytest.mark.parametrize("kind", [QuotingTexts, QuotingTokens])
def test_words_that_quote_one_thing_that_is_private_are_found(
    kind: type[Any], caplog: pytest.LogCaptureFixture
) -> None:
    contract = contract_of(kind)
    contract.refused = json_response({"words": "No."}, status=400)

    with pytest.raises(AssertionError):
        contract.test_words_that_quote_what_is_private_are_not_repeated(400, caplog)


def test_a_provider_that_prints_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(AssertionError):
        contract_of(Loud).test_it_prints_nothing(send_sync, capsys)


def test_extra_may_be_refused() -> None:
    class Strict(Pigeon):
        def send(self, message: Message) -> Flow[list[RecipientResult]]:
            if message.extra:
                raise MessageError("There is nothing to add.", field="extra")
            return (yield from Pigeon.send(self, message))

    contract_of(Strict).test_extra_replaces_neither_the_text_nor_who_gets_it(send_sync)


def test_the_status_of_an_answer_may_mean_nothing_where_the_vendor_says_so() -> None:
    contract = contract_of(Guessing)
    contract.status_decides = False

    contract.test_a_yes_under_the_status_of_a_no_is_none(send_sync, 500)


def test_a_local_provider_that_makes_a_request_is_found() -> None:
    class Local(LocalProviderContract):
        provider = Pigeon()

    with pytest.raises(AssertionError):
        Local().test_what_is_accepted_is_accepted_for_every_recipient(send_sync)
