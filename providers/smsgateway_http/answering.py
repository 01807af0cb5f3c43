"""What an answer means, by paths into its JSON.

A path is the names and positions on the way to a value: `messages.0.id`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from smsgateway.errors import (
    ConfigurationError,
    ProviderError,
    Reason,
    TransportError,
)
from smsgateway.fields import no_such
from smsgateway.http import HttpResponse
from smsgateway.message import Message
from smsgateway.pricing import Money
from smsgateway.reading import (
    pick_list,
    pick_money,
    pick_number,
    pick_text,
    pick_whole,
    read_json,
)
from smsgateway.refusal import refusal
from smsgateway.result import RecipientResult, SendStatus
from smsgateway.words import quotable
from smsgateway_http.asking import Asking
from smsgateway_http.path import at, steps, word
from smsgateway_http.request import spellings
from smsgateway_http.table import Table

__all__ = ["Answering"]

_STATUS = re.compile(r"2[0-9][0-9]", re.ASCII)
_REASONS = [
    Reason.INVALID_NUMBER,
    Reason.INVALID_SENDER,
    Reason.INVALID_REQUEST,
    Reason.AUTHENTICATION,
    Reason.INSUFFICIENT_CREDIT,
    Reason.RATE_LIMITED,
    Reason.PROVIDER_UNAVAILABLE,
    Reason.REFUSED,
]
_NOTHING = {None, "0", "false"}  # how a vendor says that there is no id, or no error
#: An option, and the one that it says nothing without.
_NEEDS = {
    "status_path": "accepted_values",
    "accepted_values": "status_path",
    "refused_values": "status_path",
    "cost_path": "currency",
    "currency": "cost_path",
    "results_path": "to_path",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering(Asking):
    """How the vendor's answers are read.

    Nothing is a yes by its HTTP status alone, so one of `id_path` and `status_path` must be given;
    what is not clearly a yes or a no is unknown.

    Attributes:
        accepted_status: The HTTP statuses of a yes.
        results_path: Where the list is that has an entry for each recipient. The other paths
            begin at an entry then. Without it they begin at the answer, as those of its errors do
            where the whole request is refused.
        to_path: The recipient, in international digits; one that we did not name is ignored.
        id_path: The vendor's id of the message; a yes has one, text or a number that is not 0.
        status_path: The vendor's word for what it did: text, a number, or true and false.
        accepted_values: The words that mean yes, with commas between them; also at `code_path`.
        refused_values: The words that mean no for certain, under the HTTP status of a yes.
        segments_path: How many segments are billed.
        cost_path: What was charged.
        currency: In which currency (ISO 4217, or `points`).
        code_path: The vendor's code of an error.
        codes: What its codes mean, such as `{"17": "invalid_number"}`; one that is here is a no.
            With any other but 0, false and the `accepted_values`, nothing is clearly a yes.
        error_path: The vendor's words for an error.

    Raises:
        ConfigurationError: An option is wrong, or says nothing without another.
    """

    accepted_status: str = "200,201,202"
    results_path: str | None = None
    to_path: str | None = None
    id_path: str | None = None
    status_path: str | None = None
    accepted_values: str | None = None
    refused_values: str | None = None
    segments_path: str | None = None
    cost_path: str | None = None
    currency: str | None = None
    code_path: str | None = None
    codes: Table = field(default=Table())
    error_path: str | None = None

    def __post_init__(self) -> None:
        Asking.__post_init__(self)
        if self.id_path is None and self.status_path is None:
            raise ConfigurationError(
                "http needs id_path, or status_path: an HTTP status alone is no yes."
            )
        for option, other in _NEEDS.items():
            if getattr(self, option) is not None and getattr(self, other) is None:
                raise ConfigurationError(f"http needs {other} where {option} is given.")
        for option in self.__dataclass_fields__:
            path = getattr(self, option) if option.endswith("_path") else None
            if path is not None and "" in steps(path):
                raise ConfigurationError(f"{option} looks like messages.0.id.")
        statuses = _listed(self.accepted_status)
        if not statuses or not all(map(_STATUS.fullmatch, statuses)):
            raise ConfigurationError("accepted_status looks like 200,201,202.")
        if self.currency is not None:
            Money(0, self.currency)
        if self.max_recipients > 1 and self.results_path is None:
            raise ConfigurationError("More max_recipients than one need results_path.")
        self._check_codes(self.codes.entries)

    def _check_codes(self, codes: dict[str, Any]) -> None:
        if codes and self.code_path is None:
            raise ConfigurationError("http needs code_path where codes is given.")
        for reason in codes.values():
            if reason not in _REASONS:
                raise ConfigurationError(no_such(str(reason), "reason", list(_REASONS)))

    def _results(self, response: HttpResponse, message: Message) -> list[RecipientResult]:
        """Read what became of each recipient; one that the answer does not name is left out.

        Raises:
            ProviderError: The request was refused, or the answer makes no sense.
            TransportError: It is a redirect, or not from the API.
        """
        hidden = (message.text, *filter(None, (self.password, self.api_key, self._basic)))
        private = tuple(spelled for each in hidden for spelled in spellings(each))
        body = read_json(response)
        results: list[RecipientResult] = []
        if str(response.status) in _listed(self.accepted_status):
            if self.results_path is None:
                results = self._taken([body], message)
            else:
                entries = pick_list(body, *steps(self.results_path))
                results = self._refused(response, entries, message, private)
                results += self._taken(entries, message)  # the last word on a number counts
        if not results:
            raise self._refusal(response, body, private)
        return results

    def _taken(self, entries: list[Any], message: Message) -> list[RecipientResult]:
        status = SendStatus.taken(message)
        return [
            RecipientResult(
                to=number,
                status=status,
                message_id=self._id(entry),
                segments=self._segments(entry),
                cost=self._cost(entry),
            )
            for entry in entries
            if (number := self._number(entry, message)) and self._is_yes(entry)
        ]

    def _refused(
        self,
        response: HttpResponse,
        entries: list[Any],
        message: Message,
        private: tuple[str, ...],
    ) -> list[RecipientResult]:
        errors = [
            (number, entry, self._refusal(response, entry, private))
            for entry in entries
            if (number := self._number(entry, message)) and not self._is_yes(entry)
        ]
        return [
            RecipientResult(
                to=number,
                status=status,
                reason=error.reason,
                code=quotable(word(entry, self.code_path), private),
                detail=quotable(word(entry, self.error_path), private),
            )
            for number, entry, error in errors
            if (status := SendStatus.after(error)) is not SendStatus.UNKNOWN
        ]

    def _number(self, entry: Any, message: Message) -> str | None:
        """Find which recipient an entry is about."""
        if self.to_path is None:
            return message.to[0]
        number = pick_number(at(entry, self.to_path))
        return number if number in message.to else None

    def _is_yes(self, entry: Any) -> bool:
        has_id = self.id_path is None or self._id(entry) is not None
        has_word = self.status_path is None or self._word_is_in(self.accepted_values, entry)
        return has_id and has_word and not self._has_code(entry)

    def _id(self, entry: Any) -> str | None:
        found = pick_text(at(entry, self.id_path))
        return None if found in _NOTHING else found

    def _has_code(self, entry: Any) -> bool:
        """Tell whether an entry has a code that is not known to mean that nothing is wrong."""
        code = word(entry, self.code_path)
        is_harmless = code in _NOTHING or code in _listed(self.accepted_values)
        return self._reason(entry) is not None or not is_harmless

    def _word_is_in(self, words: str | None, entry: Any) -> bool:
        return word(entry, self.status_path) in _listed(words)

    def _reason(self, entry: Any) -> Reason | None:
        reason = self.codes.entries.get(word(entry, self.code_path) or "")
        return None if reason is None else Reason(reason)

    def _segments(self, entry: Any) -> int | None:
        return pick_whole(at(entry, self.segments_path)) or None

    def _cost(self, entry: Any) -> Money | None:
        return pick_money(at(entry, self.cost_path), self.currency)

    def _refusal(
        self, response: HttpResponse, entry: Any, private: tuple[str, ...]
    ) -> ProviderError | TransportError:
        reason = self._reason(entry)
        is_accepted = str(response.status) in _listed(self.accepted_status)
        if reason is None and is_accepted and self._word_is_in(self.refused_values, entry):
            reason = Reason.REFUSED
        return refusal(
            response,
            provider="http",
            code=word(entry, self.code_path),
            detail=word(entry, self.error_path),
            reason=reason,
            private=private,
        )


def _listed(words: str | None) -> list[str]:
    return [word.strip() for word in (words or "").split(",") if word.strip()]
