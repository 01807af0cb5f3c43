"""`ProviderContract`: the whole of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from smsgateway.http import HttpRequest, HttpResponse
from smsgateway.testing.contract.local import FEATURES, declares
from smsgateway.testing.contract.sending import send_sync
from smsgateway.testing.contract.webhooks import WebhookContract

__all__ = ["Exchange", "ProviderContract"]


class Exchange(NamedTuple):
    """A request that the contract makes a provider make, and what it answers to it.

    Its name is `"plain"`, `"refused"`, that of a feature, or of the attribute that is the answer.
    """

    name: str
    request: HttpRequest
    response: HttpResponse


class ProviderContract(WebhookContract):
    """The tests that every provider passes that makes requests.

    A subclass says which provider, and what the vendor answers to the contract's `message` when it
    accepts and when it refuses: an `HttpResponse`, the JSON of one, or a method that is given the
    request and returns either. A secret of the provider should be a word that occurs nowhere else::

        class TestPigeon(ProviderContract):
            provider = Pigeon(token="c0ffee")
            accepted = {"messages": [{"to": "4522334488", "state": "taken"}]}
            refused = {"messages": [{"to": "4522334488", "state": "bad number"}]}

    An optional ability needs its own canned answers or requests:

    * `SupportsBalance`: `balance_answer`, and `balance`, the Money that it says.
    * `SupportsPrices`: `prices_answer`, and `price`, the Money of one segment to Denmark.
    * `SupportsCancel`: `cancel_answer`, and `cancel_refused`: there is nothing to take back. It is
      asked with `cancel_reference`.
    * `SupportsStatus`: `status_answer`: the message was delivered. It is asked with `status_query`.
    * `SupportsLookup`: `look_up_answer`: it was taken, and `look_up_nothing`.
    * `SupportsReports`: `report_request`, a request by which the vendor says that it was delivered.
    * `SupportsIncoming`: `incoming_request`, a request that brings one message.
    * Both of them: `stranger`, the same provider with other secrets, which must believe neither;
      and `webhook_proof`, which parts of a request prove it: `"headers"`, `"body"`, `"url"`. With
      a method `signed`, bodies that are signed and make no sense are tried too.

    Three things bend it to an unusual API: the method `values` lists what a request says, where
    that is neither JSON nor a form; `asking` makes the message that asks for a feature; and
    `status_decides` is False where the vendor says in the body what counts, whatever the status.
    """

    def __init_subclass__(cls, **options: Any) -> None:
        """Leave out the tests of what this provider cannot be asked."""
        super().__init_subclass__(**options)
        provider = getattr(cls, "provider", None)  # None where a fixture makes it
        for name in dir(ProviderContract):
            test = getattr(ProviderContract, name)
            abilities = getattr(test, "abilities", ())
            if provider is None or not abilities or name in vars(cls):
                continue
            is_able = all(isinstance(provider, ability) for ability in abilities)
            setattr(cls, name, test if is_able else None)

    def exchanges(self) -> Iterator[Exchange]:
        """Give what is asked for and what is answered, to be held against a description."""
        asking = {
            field: self.asking(field, several[0])
            for field, several in FEATURES.items()
            if declares(self.provider, field, several[0])
        }
        for name, message in ({"plain": self.message} | asking).items():
            for request in send_sync(self.provider, message, self.answer).requests:
                yield Exchange(name, request, self.answer(request))
        for request in send_sync(self.provider, self.message, self.answer_no).requests:
            yield Exchange("refused", request, self.answer_no(request))
        for question in self.questions():
            for request in self.requests_of(question):
                yield Exchange(question.name, request, question.answer(request))
