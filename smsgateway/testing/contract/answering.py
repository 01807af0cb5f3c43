"""What a provider takes its vendor's answers for."""

# ruff: noqa: D102, S101 - these are tests: they assert, and their names say what

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import cycle
from typing import Any, ClassVar

import pytest

from smsgateway.errors import NotSent, OutcomeUnknown
from smsgateway.http import HttpRequest, HttpResponse
from smsgateway.testing.contract.asking import AskingContract
from smsgateway.testing.contract.damage import (
    cut,
    damaged,
    quoting,
    readdressed,
    with_one_changed,
)
from smsgateway.testing.contract.sending import (
    Send,
    Sent,
    response,
    send_async,
    send_sync,
    words,
)
from smsgateway.testing.transport import Respond

__all__ = ["AnsweringContract"]

_PAGE = b"<!DOCTYPE html><html><body>Service</body></html>"
_NO_ANSWER = [(NotSent("No route."), "not_sent"), (OutcomeUnknown("Cut off."), "unknown")]
_NO_YES = [301, 302, 307, 308, 400, 401, 402, 403, 408, 409, 418, 422, 429, 500, 502, 503, 504, 599]


class AnsweringContract(AskingContract):
    """An intact yes is a yes; whatever else comes is what it proves, and repeats no secret."""

    refused: ClassVar[Any]
    status_decides: ClassVar[bool] = True

    def answer_no(self, request: HttpRequest) -> HttpResponse:
        """Answer a request so that it is refused."""
        return response(self.refused, request)

    def test_what_is_refused_is_accepted_for_nobody(self, send: Send) -> None:
        sent = send(self.provider, self.message, self.answer_no)

        assert sent.statuses <= {"rejected", "not_sent"}
        assert None not in {r.reason for r in sent.result.recipients}

    @pytest.mark.parametrize("body", [b"", _PAGE], ids=["empty", "page"])
    @pytest.mark.parametrize(
        ("status", "expected"),
        [
            *((status, "not_sent") for status in (301, 302, 307, 308, 401, 402, 403, 429)),
            *((status, "unknown") for status in (408, 500, 502, 503, 504, 599)),
        ],
    )
    def test_a_status_means_what_it_proves(
        self, send: Send, status: int, expected: str, body: bytes
    ) -> None:
        sent = send(self.provider, self.message, lambda _: HttpResponse(status=status, body=body))

        assert sent.statuses == {expected}
        assert self.times_sent(sent) == 1, "nobody but the gateway sends again"

    @pytest.mark.parametrize("status", [200, 201, 202])
    @pytest.mark.parametrize(
        "body",
        [b"", _PAGE, b'{"cut', b"\xff\xfe", b"null", b"1", b'"ok"', b"[]", b"{}", b"[" * 9000],
        ids=["empty", "page", "cut", "bytes", "null", "1", "ok", "list", "object", "deep"],
    )
    def test_an_unreadable_yes_is_unknown(self, send: Send, status: int, body: bytes) -> None:
        sent = send(self.provider, self.message, lambda _: HttpResponse(status=status, body=body))

        assert sent.statuses == {"unknown"}

    @pytest.mark.parametrize("status", _NO_YES)
    def test_a_yes_under_the_status_of_a_no_is_none(self, send: Send, status: int) -> None:
        sent = send(self.provider, self.message, lambda r: replace(self.answer(r), status=status))

        assert sent.is_accepted is not self.status_decides

    def test_a_yes_that_is_cut_is_unknown(self) -> None:
        taken = [
            body
            for respond, body in self._changed(cut)
            if send_sync(self.provider, self.message, respond).statuses != {"unknown"}
        ]

        assert taken == []

    def test_a_yes_to_somebody_else_is_accepted_for_nobody(self) -> None:
        numbers = self.message.to
        taken = [
            body
            for respond, body in self._changed(lambda body: readdressed(body, numbers))
            if send_sync(self.provider, self.message, respond).is_accepted
        ]

        assert taken == []

    def test_who_is_left_out_of_a_yes_that_names_others_is_not_accepted(self) -> None:
        first = self.message.to[0]
        other = f"{first[:-4]}9999"
        asked = send_sync(self.provider, replace(self.message, to=(first,)), self.answer).requests
        answers = [self.answer(request) for request in asked]
        names_first = any(first.removeprefix("+").encode() in each.body for each in answers)
        respond = cycle(answers)

        sent = send_sync(
            self.provider, replace(self.message, to=(first, other)), lambda _: next(respond)
        )

        assert not names_first or other not in {each.to for each in sent.result.accepted}

    def test_a_yes_with_anything_at_any_place_of_it_breaks_nothing(self) -> None:
        broken = [body for respond, body in self._changed(damaged) if not self._stands(respond)]

        assert broken == [], "the provider raised what is no SmsGatewayError, or lost a recipient"

    def test_a_no_with_anything_at_any_place_of_it_is_no_yes(self) -> None:
        respond_no = self._changed(damaged, self.answer_no)
        broken = [body for respond, body in respond_no if not self._stands(respond)]

        assert broken == [], "the provider raised what is no SmsGatewayError, or lost a recipient"

    @pytest.mark.parametrize(("error", "expected"), _NO_ANSWER, ids=["not sent", "unknown"])
    def test_a_transports_error_is_believed(
        self, send: Send, error: Exception, expected: str
    ) -> None:
        assert send(self.provider, self.message, lambda _: error).statuses == {expected}

    @pytest.mark.parametrize(
        ("error", "most"),
        [(NotSent("No route."), 2), (OutcomeUnknown("Cut off."), 1)],
        ids=["not sent", "unknown"],
    )
    def test_nobody_but_the_gateway_sends_again(
        self, send: Send, error: Exception, most: int
    ) -> None:
        assert self.times_sent(send(self.provider, self.message, lambda _: error)) <= most

    @pytest.mark.parametrize("status", [200, 302, 400, 401, 409, 500])
    def test_an_error_repeats_nothing_private(
        self, send: Send, status: int, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)

        def echo(request: HttpRequest) -> HttpResponse:
            body = request.body + repr(dict(request.headers)).encode()
            return HttpResponse(status=status, headers={"location": request.url}, body=body)

        sent = send(self.provider, self.message, echo)

        assert self._told(sent, caplog) == []

    @pytest.mark.parametrize("status", [None, 200, 400, 401, 500])
    def test_words_that_quote_what_is_private_are_not_repeated(
        self, status: int | None, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        asked = send_sync(self.provider, self.message, self.answer).requests
        private = self.private(asked)
        said = " ".join(" ".join([*self.values(r), *r.headers.values()]) for r in asked)
        changes = {} if status is None else {"status": status}

        told = [
            self._told(send_sync(self.provider, self.message, respond), caplog)
            for words in (" / ".join(private), *(word for word in private if word in said))
            for canned in (self.answer, self.answer_no)
            for respond, _ in self._changed(lambda b, w=words: quoting(b, w), canned, **changes)  # type: ignore[misc]  # mypy cannot infer a lambda's default
        ]
        assert [each for each in told if each] == []

    def test_what_it_makes_of_answers_has_no_private_repr(self, send: Send) -> None:
        sent = send(self.provider, self.message, self.answer)

        shown = f"{sent.result!r} {sent.result.recipients!r} {sent.requests!r}"
        assert [word for word in self.private(sent.requests) if word in shown] == []

    @pytest.mark.parametrize("kind", ["yes", "no", *(str(each) for _, each in _NO_ANSWER)])
    def test_both_gateways_ask_and_answer_alike(self, kind: str) -> None:
        answers: dict[str, Respond] = {
            "yes": self.answer,
            "no": self.answer_no,
            **{expected: (lambda _, error=error: error) for error, expected in _NO_ANSWER},  # type: ignore[misc]  # mypy cannot infer a lambda's default
        }

        one = send_sync(self.provider, self.message, answers[kind])
        other = send_async(self.provider, self.message, answers[kind])

        assert one.result.recipients == other.result.recipients
        asked = [[(r.method, r.url) for r in sent.requests] for sent in (one, other)]
        assert asked[0] == asked[1]

    def _changed(
        self,
        change: Callable[[bytes], Iterator[bytes]],
        answer: Callable[[HttpRequest], HttpResponse] | None = None,
        **changes: Any,
    ) -> Iterator[tuple[Respond, bytes]]:
        """Give answers, one of them with its body changed in one way, and that body."""
        answer = answer or self.answer
        requests = send_sync(self.provider, self.message, answer).requests
        for position, request in enumerate(requests):
            for body in change(answer(request).body):
                yield with_one_changed(answer, position, body=body, **changes), body

    def _stands(self, respond: Respond) -> bool:
        """Tell whether a send ends with one result for each recipient, none of them a crash."""
        sent = send_sync(self.provider, self.message, respond)
        return not sent.is_broken and [r.to for r in sent.result.recipients] == [*self.message.to]

    def _told(self, sent: Sent, caplog: pytest.LogCaptureFixture) -> list[str]:
        """List what is private and stands in what a program would log of a send."""
        results = (f"{each!r} {each.code} {each.detail}" for each in sent.result.recipients)
        said = " ".join([*results, *words(sent.error), caplog.text])
        return [word for word in self.private(sent.requests) if word in said]
