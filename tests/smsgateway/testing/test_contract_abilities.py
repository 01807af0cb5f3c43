"""The contract tests what only some providers can be asked, and what their vendors tell."""

from __future__ import annotations

import hmac
import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, ClassVar

import pytest

from smsgateway import (
    DeliveryReport,
    DeliveryStatus,
    Message,
    Money,
    ProviderError,
    Reason,
    RecipientResult,
    SendStatus,
    UnexpectedResponse,
)
from smsgateway.http import Flow, HttpRequest, HttpResponse
from smsgateway.pricing import RateSource, RateTable
from smsgateway.provider import Capabilities, SupportsBalance, SupportsReports
from smsgateway.reading import pick, pick_list, pick_money, pick_number, pick_text
from smsgateway.refusal import refusal
from smsgateway.result import IncomingMessage
from smsgateway.testing import ProviderContract
from smsgateway.webhook import check_signature, json_body, make_token

API = "https://api.pigeon.example"
SECRET = "coop-5f2a"


def as_sent(body: object) -> HttpRequest:
    return signed(HttpRequest.json("POST", "https://shop.example/sms", body))


def signed(request: HttpRequest) -> HttpRequest:
    signature = hmac.digest(SECRET.encode(), request.body, "sha256").hex()
    return replace(request, headers={**request.headers, "Signature": signature})


@dataclass(frozen=True, slots=True, kw_only=True)
class Homing:
    """A provider with every ability."""

    token: str = field(default="c0ffee-9d", repr=False)
    secret: str = field(default=SECRET, repr=False)

    name: ClassVar[str] = "homing"
    capabilities: ClassVar[Capabilities] = Capabilities(reference=8)

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        fields = {
            "to": message.to,
            "text": message.text,
            "from": message.sender,
            "reference": message.reference,
        }
        answer = yield from self._call("POST", "messages", fields, private=(message.text,))
        status = SendStatus.ACCEPTED if pick(answer, "ok") is True else SendStatus.REJECTED
        reason = None if status is SendStatus.ACCEPTED else Reason.INVALID_NUMBER
        number = pick_number(answer, "to")
        return [RecipientResult(to=number, status=status, reason=reason)] if number else []

    def balance(self) -> Flow[Money]:
        answer = yield from self._call("GET", "balance")
        return self._money(answer, "left")

    def prices(self, region: str) -> Flow[RateTable]:
        answer = yield from self._call("GET", f"prices/{region}")
        price = self._money(answer, "price")
        return RateTable.from_dict({"45": price.amount}, currency="EUR", source=RateSource.QUOTED)

    def cancel(self, reference: str) -> Flow[None]:
        answer = yield from self._call("DELETE", f"messages/{reference}")
        if pick(answer, "canceled") is not True:
            raise ProviderError("There is nothing to take back.", provider=self.name)

    def status(
        self, *, reference: str | None = None, to: str | None = None
    ) -> Flow[list[DeliveryReport]]:
        answer = yield from self._call("GET", f"messages/{reference or to}")
        return [_report(answer)]

    def look_up(self, message: Message, since: datetime) -> Flow[list[RecipientResult]]:
        answer = yield from self._call("GET", f"taken/{message.reference}/{since:%Y}")
        taken = pick_list(answer, "taken")
        return [
            RecipientResult(to=number, status=SendStatus.ACCEPTED)
            for number in message.to
            if number in taken
        ]

    def report_token(self, nonce: bytes) -> str:
        return make_token(self.secret.encode(), nonce, provider=self.name)

    def parse_reports(self, request: HttpRequest) -> list[DeliveryReport]:
        body = self._believed(request)
        return [_report(body)] if pick_text(body, "state") else []

    def parse_incoming(self, request: HttpRequest) -> list[IncomingMessage]:
        body = self._believed(request)
        sender, text = pick_number(body, "from"), pick_text(body, "text")
        if sender is None or text is None:
            return []
        return [IncomingMessage(provider=self.name, sender=sender, to="1234", text=text)]

    def _believed(self, request: HttpRequest) -> Any:
        right = hmac.digest(self.secret.encode(), request.body, "sha256").hex()
        check_signature(request.header("signature"), right, provider=self.name)
        return json_body(request)

    def _money(self, answer: Any, name: str) -> Money:
        money = pick_money(answer, "EUR", name)
        if money is None or money.amount < 0:
            raise UnexpectedResponse("The answer has no amount.", provider=self.name)
        return money

    def _call(
        self, method: str, path: str, fields: Any = None, private: tuple[str, ...] = ()
    ) -> Flow[Any]:
        headers = {"Authorization": f"Basic {b64encode(self.token.encode()).decode()}"}
        response = yield HttpRequest.json(method, f"{API}/{path}", fields, headers=headers)
        if response.status != 200:
            raise refusal(response, provider=self.name, private=(*private, self.token))
        return response.json()


def _report(body: Any) -> DeliveryReport:
    state = pick_text(body, "state") or ""
    status = DeliveryStatus.DELIVERED if state == "home" else DeliveryStatus.UNKNOWN
    to = pick_number(body, "to")
    return DeliveryReport(provider="homing", to=to, status=status, provider_status=state)


class TestHoming(ProviderContract):
    provider = Homing()
    accepted: ClassVar[Any] = {"ok": True, "to": "4522334488"}
    refused: ClassVar[Any] = {"ok": False, "to": "4522334488"}
    balance_answer: ClassVar[Any] = {"left": "12.5"}
    balance = Money("12.5", "EUR")
    prices_answer: ClassVar[Any] = {"price": "0.05"}
    price = Money("0.05", "EUR")
    cancel_answer: ClassVar[Any] = {"canceled": True}
    cancel_refused = HttpResponse(status=404)
    status_answer: ClassVar[Any] = {"state": "home", "to": "4522334488"}
    look_up_answer: ClassVar[Any] = {"taken": ["+4522334488"]}
    look_up_nothing: ClassVar[Any] = {"taken": []}
    report_request = as_sent({"state": "home", "to": "4522334488"})
    incoming_request = as_sent({"from": "4522334488", "text": "Thank you for the grain."})
    stranger = Homing(secret="another-coop")

    def signed(self, request: HttpRequest) -> HttpRequest:
        return signed(request)


def contract_of(provider: Any) -> Any:
    """Make a contract with other answers, of what the good one is about."""
    contract: Any = TestHoming()
    contract.provider = provider
    return contract


def test_an_ability_without_its_answer_is_told_what_to_give() -> None:
    class TestForgotten(ProviderContract):
        provider = Homing()

    with pytest.raises(AssertionError, match="TestForgotten must give 'balance_answer'"):
        TestForgotten().test_its_balance_is_what_the_answer_says()


def test_what_a_provider_cannot_be_asked_is_not_tested() -> None:
    class Mute:
        """A provider that sends and nothing else."""

    class TestMute(ProviderContract):
        provider: ClassVar[Any] = Mute()

    class TestMuteAndHoming(TestMute):
        provider: ClassVar[Any] = Homing()

    assert not isinstance(TestMute.provider, SupportsBalance | SupportsReports)
    assert TestMute.test_its_balance_is_what_the_answer_says is None
    assert TestMute.test_a_report_is_read is None
    assert callable(TestMuteAndHoming.test_a_report_is_read)


def test_a_test_of_ones_own_is_kept() -> None:
    class TestMine(ProviderContract):
        provider = object()

        def test_a_report_is_read(self) -> None:
            """What a subclass tests instead."""

    assert callable(TestMine.test_a_report_is_read)


class Rich(Homing):
    def balance(self) -> Flow[Money]:
        yield from Homing.balance(self)
        return Money("1000000", "EUR")


class Cheap(Homing):
    def prices(self, region: str) -> Flow[RateTable]:
        yield from Homing.prices(self, region)
        return RateTable()


class Promising(Homing):
    def cancel(self, reference: str) -> Flow[None]:
        yield HttpRequest(method="DELETE", url=f"{API}/{reference}")


class Optimistic(Homing):
    def status(
        self, *, reference: str | None = None, to: str | None = None
    ) -> Flow[list[DeliveryReport]]:
        yield from Homing.status(self, reference=reference, to=to)
        return []


class Remembering(Homing):
    def look_up(self, message: Message, since: datetime) -> Flow[list[RecipientResult]]:
        yield from Homing.look_up(self, message, since)
        return [RecipientResult(to=message.to[0], status=SendStatus.ACCEPTED)]


class Forgetting(Homing):
    def look_up(self, message: Message, since: datetime) -> Flow[list[RecipientResult]]:
        yield from Homing.look_up(self, message, since)
        return []


class Brittle(Homing):
    def balance(self) -> Flow[Money]:
        response = yield HttpRequest(method="GET", url=f"{API}/balance")
        return Money(response.json()["left"], "EUR")


class Credulous(Homing):
    def _believed(self, request: HttpRequest) -> Any:
        return json_body(request)


class Naive(Homing):
    def _believed(self, request: HttpRequest) -> Any:
        return json.loads(request.body)


class Particular(Homing):
    def _believed(self, request: HttpRequest) -> Any:
        right = hmac.digest(self.secret.encode(), request.body, "sha256").hex()
        check_signature(request.headers.get("Signature"), right, provider=self.name)
        return json_body(request)


class Hasty(Homing):
    def _believed(self, request: HttpRequest) -> Any:
        right = hmac.digest(self.secret.encode(), request.body, "sha256").hex()
        given = request.header("signature") or ""
        check_signature(given[:8], right[:8], provider=self.name)
        return json_body(request)


class Unlocked(Homing):
    def _believed(self, request: HttpRequest) -> Any:
        return Homing._believed(self, request) if self.secret else json_body(request)


class Cheerful(Homing):
    def parse_reports(self, request: HttpRequest) -> list[DeliveryReport]:
        reports = Homing.parse_reports(self, request)
        return [replace(each, status=DeliveryStatus.DELIVERED) for each in reports]


class Mixed(Homing):
    def parse_incoming(self, request: HttpRequest) -> list[IncomingMessage]:
        return [
            IncomingMessage(provider="pigeon", sender=str(each.to), to="", text="")
            for each in self.parse_reports(request)
        ]


class Deaf(Homing):
    def parse_reports(self, request: HttpRequest) -> list[DeliveryReport]:
        self._believed(request)
        return []


class Repeating(Homing):
    def report_token(self, nonce: bytes) -> str:
        return "always/the same" if nonce else ""


@pytest.mark.parametrize(
    ("kind", "test", "arguments"),
    [
        (Rich, "test_its_balance_is_what_the_answer_says", []),
        (Cheap, "test_its_price_is_what_the_answer_says", []),
        (Optimistic, "test_the_status_of_a_message_is_what_the_answer_says", []),
        (Forgetting, "test_a_message_that_was_taken_is_found", []),
        (Remembering, "test_a_message_that_was_not_taken_is_not_found", []),
        (Promising, "test_an_answer_under_the_status_of_a_no_raises", [500]),
        (Brittle, "test_an_answer_with_anything_at_any_place_of_it_breaks_nothing", []),
        (Credulous, "test_a_changed_request_is_not_believed", []),
        (Credulous, "test_one_header_at_least_is_its_proof", []),
        (Particular, "test_the_names_of_headers_have_any_capitals", [str.lower]),
        (Particular, "test_the_names_of_headers_have_any_capitals", [str.upper]),
        (Hasty, "test_every_character_of_its_proof_counts", []),
        (
            Unlocked,
            "test_without_a_secret_a_request_that_proves_nothing_is_not_believed",
            [],
        ),
        (Cheerful, "test_a_word_of_a_report_that_nobody_knows_is_unknown", []),
        (Naive, "test_a_hostile_body_breaks_nothing", []),
        (Mixed, "test_a_request_of_one_kind_brings_nothing_of_the_other", []),
        (Deaf, "test_a_report_is_read", []),
        (Repeating, "test_its_tokens_differ_and_can_stand_in_a_path", []),
    ],
)
def test_a_provider_that_says_what_is_not_so_is_found(
    kind: type[Any], test: str, arguments: list[Any]
) -> None:
    contract = contract_of(kind())

    with pytest.raises(AssertionError):
        getattr(contract, test)(*arguments)


@pytest.mark.parametrize(
    ("test", "provider", "stranger"),
    [
        ("test_a_request_that_proves_nothing_is_not_believed", Credulous(), Homing()),
        ("test_a_request_to_another_account_is_not_believed", Homing(), Homing()),
        ("test_what_cannot_be_taken_back_raises", Promising(), Homing()),
    ],
)
def test_a_provider_that_does_not_raise_is_found(
    test: str, provider: Homing, stranger: Homing
) -> None:
    contract = contract_of(provider)
    contract.stranger = stranger

    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        getattr(contract, test)()


@pytest.mark.parametrize(
    ("proof", "change"),
    [
        ({"url"}, lambda request: replace(request, url=f"{request.url}/c0ffee?secret=1")),
        ({"body"}, lambda request: request),
    ],
    ids=["the URL", "the body"],
)
def test_a_request_may_prove_itself_by_its_url_or_body(
    proof: set[str], change: Callable[[HttpRequest], HttpRequest]
) -> None:
    class ByUrl(Homing):
        def _believed(self, request: HttpRequest) -> Any:
            given = request.url.rpartition("/")[2] if "url" in proof else request.body.decode()
            right = "c0ffee?secret=1" if "url" in proof else contract.report_request.body.decode()
            check_signature(given, right, provider=self.name)
            return json_body(request)

    contract = contract_of(ByUrl())
    contract.webhook_proof = proof
    contract.report_request = change(contract.report_request)
    contract.incoming_request = contract.report_request

    contract.test_a_changed_request_is_not_believed()
    contract.test_a_request_that_proves_nothing_is_not_believed()
    contract.test_one_header_at_least_is_its_proof()


def test_an_error_that_quotes_a_secret_is_found(caplog: pytest.LogCaptureFixture) -> None:
    class Telltale(Homing):
        def balance(self) -> Flow[Money]:
            response = yield HttpRequest(method="GET", url=f"{API}/{self.token}")
            raise refusal(response, provider=self.name, detail=self.token)

        def _believed(self, request: HttpRequest) -> Any:
            check_signature(None, "x", provider=f"{self.secret} {request.body.decode()}")

    contract = contract_of(Telltale())
    contract.stranger = Telltale()

    with pytest.raises(AssertionError):
        contract.test_an_error_of_a_question_repeats_nothing_private(400, caplog)
    with pytest.raises(AssertionError):
        contract.test_a_request_that_is_not_believed_is_not_quoted(caplog)


def test_a_question_to_where_others_can_listen_is_found() -> None:
    request = HttpRequest(method="GET", url=API)
    object.__setattr__(request, "url", "http://api.pigeon.example")

    class Open(Homing):
        def balance(self) -> Flow[Money]:
            yield request
            return Money(1, "EUR")

    with pytest.raises(ValueError, match="not safe"):
        contract_of(Open()).test_a_question_goes_to_where_nobody_can_listen()


def test_every_exchange_of_the_contract_has_its_name() -> None:
    names = [exchange.name for exchange in TestHoming().exchanges()]

    assert names == [
        *("plain", "reference", "refused", "balance_answer", "prices_answer", "cancel_answer"),
        *("status_answer", "look_up_answer"),
    ]
