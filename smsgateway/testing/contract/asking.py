"""The requests that a provider makes."""

# ruff: noqa: D102, S101 - these are tests: they assert, and their names say what

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from itertools import chain, pairwise, takewhile
from typing import Any, ClassVar
from urllib.parse import unquote

import pytest

from smsgateway.errors import MessageError, NotSent
from smsgateway.http import HttpRequest, HttpResponse, secure_url
from smsgateway.message import Message
from smsgateway.testing.contract.local import FEATURES, LocalProviderContract, declares
from smsgateway.testing.contract.sending import (
    Send,
    Sent,
    names,
    response,
    secrets,
    send_sync,
    values,
)

__all__ = ["AskingContract"]

_USERS_OWN = ("reference", "report_url")
_TEXTS = {
    "Danish": "Rødgrød på åen",
    "Czech": "Žluťoučký kůň",
    "an emoji": "Ja 👍🏽",
    "blanks around it": "\n  Hello \n",
    "three segments": " ".join(f"{number:03}" for number in range(100)),
}


class AskingContract(LocalProviderContract):
    """What is asked for is in the requests, goes to the vendor alone, and in batches."""

    accepted: ClassVar[Any]

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer a request so that it is accepted."""
        return response(self.accepted, request)

    def values(self, request: HttpRequest) -> list[str]:
        """List what a request says; for a body that is neither JSON nor a form, say it here."""
        return values(request)

    def test_it_posts_to_where_nobody_can_listen(self, send: Send) -> None:
        sent = send(self.provider, self.message, self.answer)

        assert {request.method for request in sent.requests} == {"POST"}
        assert [secure_url(r.url) for r in sent.requests] == [r.url for r in sent.requests]

    def test_its_urls_hold_nothing_private(self, send: Send) -> None:
        sent = send(self.provider, self.message, self.answer)

        urls = " ".join(unquote(request.url) for request in sent.requests)
        assert [word for word in self.private(sent.requests) if word in urls] == []

    def test_its_requests_say_the_whole_message(self, send: Send) -> None:
        sent = send(self.provider, self.message, self.answer)

        wanted = [self.message.text, *map(_digits, self.message.to), *filter(None, [_sender(self)])]
        assert [word for word in wanted if not self._says(sent, word)] == []

    @pytest.mark.parametrize("text", _TEXTS.values(), ids=_TEXTS)
    def test_a_text_is_sent_as_it_is(self, send: Send, text: str) -> None:
        text = text[: self.provider.capabilities.max_characters]

        sent = send(self.provider, replace(self.message, text=text), self.answer)

        assert self._says(sent, text)

    def test_extra_replaces_neither_the_text_nor_who_gets_it(self, send: Send) -> None:
        plain = send_sync(self.provider, self.message, self.answer).requests
        extra = dict.fromkeys(chain.from_iterable(map(names, plain)), "4599999999")
        message = replace(self.message, extra={self.provider.name: extra})

        with suppress(MessageError):  # it may refuse them instead
            sent = send(self.provider, message, self.answer)

            wanted = [self.message.text, *map(_digits, self.message.to)]
            assert [word for word in wanted if not self._says(sent, word)] == []

    def test_a_repeat_is_known_by_the_id_of_its_message(self, send: Send) -> None:
        """It matters to who says that repeats are safe: the same asks for the same, and only it."""
        asked = [
            self._said(send(self.provider, replace(self.message, id=name), self.answer).requests)
            for name in ("one", "one", "other")
        ]

        is_known = asked[0] == asked[1] != asked[2]
        assert is_known or not self.provider.capabilities.idempotent

    def test_it_prints_nothing(self, send: Send, capsys: pytest.CaptureFixture[str]) -> None:
        send(self.provider, self.message, self.answer)

        assert capsys.readouterr() == ("", "")

    @pytest.mark.parametrize("field", [field for field in FEATURES if field not in _USERS_OWN])
    def test_the_value_of_a_feature_is_in_the_request(self, field: str) -> None:
        values = takewhile(lambda each: declares(self.provider, field, each), FEATURES[field])

        messages = [self.message, *(self.asking(field, value) for value in values)]
        for one, other in pairwise(messages):
            assert self._asked(one) != self._asked(other), "it is dropped, or its value is"

    @pytest.mark.parametrize("field", _USERS_OWN)
    def test_what_is_the_users_own_is_sent_as_it_is(self, send: Send, field: str) -> None:
        value = FEATURES[field][0]
        message = self.asking(field, value) if declares(self.provider, field, value) else None

        assert message is None or self._says(send(self.provider, message, self.answer), value)

    def test_more_recipients_than_a_request_takes_make_more_requests(self, send: Send) -> None:
        one = send(self.provider, self.message, self.answer)

        many = send(self.provider, self._too_many(), self.answer)

        assert len(many.requests) == 2 * len(one.requests)

    def test_every_recipient_of_many_is_in_one_request(self, send: Send) -> None:
        message = self._too_many()

        sent = send(self.provider, message, self.answer)

        said = [" ".join(self.values(request)) for request in sent.requests]
        times = {number: sum(_digits(number) in each for each in said) for number in message.to}
        assert {n: count for n, count in times.items() if count != 1} == {}

    def test_a_batch_that_fails_takes_no_other_with_it(self, send: Send) -> None:
        message = self._too_many()
        first, last = message.to[0], message.to[-1]

        def lose_the_last(request: HttpRequest) -> HttpResponse | Exception:
            is_lost = _digits(last) in " ".join(self.values(request))
            return NotSent("No route.") if is_lost else self.answer(request)

        sent = send(self.provider, message, lose_the_last)

        found = {each.to: str(each.status) for each in sent.result.recipients}
        assert list(found) == list(message.to)
        assert found[last] == "not_sent"
        assert found[first] in {"accepted", "unknown"}, "the canned answer may be of one recipient"

    def times_sent(self, sent: Sent) -> int:
        """Count how often the text went to the same recipient, at most."""
        asked = [each for each in sent.requests if self.message.text in " ".join(self.values(each))]
        said = [" ".join(self.values(request)) for request in asked]
        return max(sum(_digits(to) in each for each in said) for to in self.message.to)

    def private(self, requests: list[HttpRequest]) -> list[str]:
        """List what must not be seen outside of a request's headers and body."""
        tokens = [value.split()[-1] for r in requests if (value := r.header("authorization"))]
        return [self.message.text, *map(_digits, self.message.to), *tokens, *secrets(self.provider)]

    def _asked(self, message: Message) -> Counter[str]:
        """List what requests for a message say, but not what is new each time that it is sent."""
        once, again = (send_sync(self.provider, message, self.answer).requests for _ in range(2))
        return self._said(once) & self._said(again)

    def _said(self, requests: list[HttpRequest]) -> Counter[str]:
        return Counter(value for each in requests for value in (each.url, *self.values(each)))

    def _says(self, sent: Sent, word: str) -> bool:
        return any(word in value for request in sent.requests for value in self.values(request))

    def _too_many(self) -> Message:
        """Make a message to one recipient more than a request takes."""
        most = self.provider.capabilities.max_recipients or 100  # the gateway's own choice
        others = (f"+45{23400000 + n}" for n in range(most))
        return replace(self.message, to=(self.message.to[0], *others))


def _digits(number: str) -> str:
    return number.removeprefix("+")


def _sender(contract: LocalProviderContract) -> str | None:
    """Return what the contract's message is from, a number without its plus."""
    return _digits(contract.message.sender or "") or None
