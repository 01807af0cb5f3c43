"""The provider of a vendor that nobody wrote one for: it stands in a configuration alone.

A vendor that takes JSON, as a table of `smsgateway.toml`::

    [gateways.main]
    provider = "http"
    base_url = "https://api.brevdue.example/v2"
    endpoint = "/messages"
    api_key_env = "BREVDUE_KEY"
    id_path = "messages.0.id"
    status_path = "messages.0.status"
    accepted_values = "queued, sent"
    cost_path = "messages.0.price"
    currency = "DKK"
    code_path = "error.code"
    error_path = "error.message"
    sender = "Acme"
    region = "DK"

    [gateways.main.headers]
    Authorization = "Bearer {api_key}"

    [gateways.main.body]
    from = "{sender}"
    body = "{text}"
    recipients = [{ msisdn = "{digits}" }]
    send_time = "{send_at}"
    class = "promotion"
    test = false

    [gateways.main.codes]
    1003 = "invalid_number"
    1010 = "insufficient_credit"

In a URL the same options stand in the query, `headers`, `body` and `codes` as JSON.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from smsgateway.http import Flow
from smsgateway.message import Message
from smsgateway.provider import Capabilities, SenderRules
from smsgateway.result import RecipientResult
from smsgateway_http.answering import Answering
from smsgateway_http.template import placeholders

__all__ = ["Http"]

_REFERENCE = 255  # characters; the vendor enforces its own limit


class _Sayable(Capabilities):
    """On the class, what templates can say at most; on an object, what its own say."""

    __slots__ = ()

    def __get__(self, provider: Http | None, kind: type[Http]) -> Capabilities:
        return self if provider is None else _capabilities(provider)


@dataclass(frozen=True, slots=True, kw_only=True)
class Http(Answering):
    """Sends through the API that its options describe: those of `Asking` and of `Answering`."""

    name: ClassVar[str] = "http"
    credentials: ClassVar[tuple[str, ...]] = ("username", "password")
    capabilities: ClassVar[Capabilities] = _Sayable(
        max_recipients=None,
        schedule=True,
        validity=True,
        flash=True,
        reference=_REFERENCE,
        report_url=True,
    )

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        """Send by one request.

        `extra={"http": {...}}` adds fields to the body; it replaces none of ours.

        Raises:
            MessageError: The message lacks what the URL's path needs, or has what cannot stand in
                a path or in a header.
            UnsupportedFeature: There are fields in `extra`, and there is no body.
        """
        response = yield self._request(message, message.extra.get(self.name, {}))
        return self._results(response, message)


def _capabilities(provider: Http) -> Capabilities:
    said = provider.placeholders
    path = placeholders(provider.endpoint.partition("?")[0])
    return Capabilities(
        max_recipients=provider.max_recipients,
        sender=SenderRules(required="sender" in path) if "sender" in said else None,
        schedule=bool(said & {"send_at", "send_at_unix"}),
        validity="validity" in said,
        flash="flash" in said,
        reference=_REFERENCE if "reference" in said else 0,
        report_url="report_url" in said,
    )
