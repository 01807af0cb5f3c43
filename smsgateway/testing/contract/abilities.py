"""What a provider can be asked besides sending."""

# ruff: noqa: D102, S101 - these are tests: they assert, and their names say what

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar, NamedTuple, TypeVar

import pytest

from smsgateway.errors import ProviderError, SmsGatewayError, TransportError
from smsgateway.http import Flow, HttpRequest, HttpResponse, arun, run, secure_url
from smsgateway.pricing import Money, RateTable
from smsgateway.provider import (
    SupportsBalance,
    SupportsCancel,
    SupportsLookup,
    SupportsPrices,
    SupportsStatus,
)
from smsgateway.result import DeliveryStatus, SendStatus
from smsgateway.testing.contract.answering import AnsweringContract
from smsgateway.testing.contract.damage import damaged, with_one_changed
from smsgateway.testing.contract.sending import response, words
from smsgateway.testing.transport import AsyncFakeTransport, FakeTransport, Respond

__all__ = ["AbilityContract", "needs"]

Test = TypeVar("Test", bound=Callable[..., Any])
Ask = Callable[[], Flow[Any]]

_SINCE = datetime(2000, 1, 1, tzinfo=UTC)
_NO_YES = [302, 400, 401, 402, 403, 422, 429, 500, 502, 503, 504]


class Question(NamedTuple):
    """What a provider can be asked, and what is answered; its name is that of the answer."""

    name: str
    ask: Ask
    answer: Callable[[HttpRequest], HttpResponse]


def needs(*abilities: type) -> Callable[[Test], Test]:
    """Leave a test out for providers that have not all of these abilities."""

    def mark(test: Test) -> Test:
        test.abilities = abilities  # type: ignore[attr-defined]  # it is how the test is found
        return test

    return mark


class AbilityContract(AnsweringContract):
    """What it can be asked is answered as it says, and errors are ours."""

    balance_answer: ClassVar[Any]
    balance: ClassVar[Money]
    prices_answer: ClassVar[Any]
    price: ClassVar[Money]
    cancel_answer: ClassVar[Any]
    cancel_refused: ClassVar[Any]
    cancel_reference: ClassVar[str] = "order-17"
    status_answer: ClassVar[Any]
    status_query: ClassVar[Mapping[str, str]] = {"reference": "order-17"}
    look_up_answer: ClassVar[Any]
    look_up_nothing: ClassVar[Any]

    def canned(self, name: str) -> Any:
        """Return what the subclass gives for an ability."""
        assert hasattr(self, name), (
            f"{type(self).__name__} must give {name!r}, because {self.provider.name} has the "
            "method for it; the docstring of ProviderContract says what it is."
        )
        return getattr(self, name)

    @needs(SupportsBalance)
    def test_its_balance_is_what_the_answer_says(self) -> None:
        found = self._ask(self._balance, "balance_answer")

        assert found == [self.canned("balance")] * 2

    @needs(SupportsPrices)
    def test_its_price_is_what_the_answer_says(self) -> None:
        rates = self._ask(self._prices, "prices_answer")

        found = [each.find("+4522334488") for each in rates]
        assert [(rate.price, str(rate.source)) for rate in found if rate] == [
            (self.canned("price"), "quoted")
        ] * 2

    @needs(SupportsCancel)
    def test_what_is_taken_back_raises_nothing(self) -> None:
        self._ask(self._cancel, "cancel_answer")

    @needs(SupportsCancel)
    def test_what_cannot_be_taken_back_raises(self) -> None:
        with pytest.raises((ProviderError, TransportError)):
            self._ask(self._cancel, "cancel_refused")

    @needs(SupportsStatus)
    def test_the_status_of_a_message_is_what_the_answer_says(self) -> None:
        reports, again = self._ask(self._status, "status_answer")

        assert reports == again
        assert {report.status for report in reports} == {DeliveryStatus.DELIVERED}
        assert {report.provider for report in reports} == {self.provider.name}

    @needs(SupportsLookup)
    def test_a_message_that_was_taken_is_found(self) -> None:
        found, again = self._ask(self._look_up, "look_up_answer")

        assert found == again
        assert [each.to for each in found] == list(self.message.to)
        assert {each.status for each in found} <= {SendStatus.ACCEPTED, SendStatus.SCHEDULED}

    @needs(SupportsLookup)
    def test_a_message_that_was_not_taken_is_not_found(self) -> None:
        assert self._ask(self._look_up, "look_up_nothing") == [[], []]

    def test_a_question_goes_to_where_nobody_can_listen(self) -> None:
        urls = [r.url for question in self.questions() for r in self.requests_of(question)]

        assert [secure_url(url) for url in urls] == urls

    def test_an_answer_with_anything_at_any_place_of_it_breaks_nothing(self) -> None:
        answers = [
            (question, with_one_changed(question.answer, position, body=body), body)
            for question in self.questions()
            for position, request in enumerate(self.requests_of(question))
            for body in damaged(question.answer(request).body)
        ]

        broken = [body for question, respond, body in answers if _breaks(question.ask, respond)]
        assert broken == [], "the provider raised what is no SmsGatewayError"

    @pytest.mark.parametrize("status", _NO_YES)
    def test_an_answer_under_the_status_of_a_no_raises(self, status: int) -> None:
        believed = [
            question.ask
            for question in self.questions()
            if _error(question.ask, lambda r, q=question: replace(q.answer(r), status=status))  # type: ignore[misc]  # mypy cannot infer a lambda's default
            is None
        ]

        assert believed == []

    @pytest.mark.parametrize("status", [200, 302, 400, 401, 404, 500])
    def test_an_error_of_a_question_repeats_nothing_private(
        self, status: int, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        requests: list[HttpRequest] = []

        def echo(request: HttpRequest) -> HttpResponse:
            requests.append(request)
            body = request.body + repr(dict(request.headers)).encode()
            return HttpResponse(status=status, headers={"location": request.url}, body=body)

        errors = [_error(question.ask, echo) for question in self.questions()]

        said = " ".join([*(each for error in errors for each in words(error)), caplog.text])
        assert [word for word in self.private(requests) if word in said] == []

    def _balance(self) -> Flow[Money]:
        flow: Flow[Money] = self.provider.balance()
        return flow

    def _prices(self) -> Flow[RateTable]:
        flow: Flow[RateTable] = self.provider.prices("DK")
        return flow

    def _cancel(self) -> Flow[None]:
        flow: Flow[None] = self.provider.cancel(self.cancel_reference)
        return flow

    def _status(self) -> Flow[Any]:
        flow: Flow[Any] = self.provider.status(**self.status_query)
        return flow

    def _look_up(self) -> Flow[Any]:
        message = replace(self.message, reference="order-17")
        flow: Flow[Any] = self.provider.look_up(message, _SINCE)
        return flow

    def _ask(self, ask: Ask, name: str) -> list[Any]:
        """Ask with both kinds of transport, and return what each of them finds."""
        respond = self._answer_of(name)
        return [
            run(ask(), FakeTransport(respond).exchange),
            asyncio.run(arun(ask(), AsyncFakeTransport(respond).exchange)),
        ]

    def _answer_of(self, name: str) -> Callable[[HttpRequest], HttpResponse]:
        canned = self.canned(name)
        return lambda request: response(canned, request)

    def questions(self) -> Iterator[Question]:
        """Give what this provider can be asked."""
        asked: list[tuple[type, Ask, str]] = [
            (SupportsBalance, self._balance, "balance_answer"),
            (SupportsPrices, self._prices, "prices_answer"),
            (SupportsCancel, self._cancel, "cancel_answer"),
            (SupportsStatus, self._status, "status_answer"),
            (SupportsLookup, self._look_up, "look_up_answer"),
        ]
        for ability, ask, name in asked:
            if isinstance(self.provider, ability):
                yield Question(name, ask, self._answer_of(name))

    def requests_of(self, question: Question) -> list[HttpRequest]:
        """List what is asked for to answer a question."""
        transport = FakeTransport(question.answer)
        run(question.ask(), transport.exchange)
        return transport.requests


def _error(ask: Ask, respond: Respond) -> SmsGatewayError | None:
    try:
        run(ask(), FakeTransport(respond).exchange)
    except SmsGatewayError as error:
        return error
    return None


def _breaks(ask: Ask, respond: Respond) -> bool:
    try:
        _error(ask, respond)
    except Exception:  # noqa: BLE001 - whatever a provider raises is what is looked for
        return True
    return False
