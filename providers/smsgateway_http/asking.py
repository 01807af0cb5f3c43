"""What is asked of the vendor, by templates of the URL, the headers and the body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

from smsgateway.errors import ConfigurationError, UnsupportedFeature
from smsgateway.http import HttpRequest, basic_token, secure_url
from smsgateway.message import Message
from smsgateway_http.request import (
    check_endpoint,
    check_form,
    check_headers,
    fill_form,
    fill_headers,
    fill_json,
    fill_url,
    is_printable,
    templates,
)
from smsgateway_http.table import Table
from smsgateway_http.template import SECRETS, is_alone, placeholders

__all__ = ["Asking"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How the vendor is asked.

    `endpoint`, and the values in `headers` and `body`, are templates. What stands in them for a
    message is escaped by where it stands, and put in once; no template reaches anything else:

    - `{to}`: the recipient in E.164; where `max_recipients` is more than one, the list of them.
    - `{digits}`: the same, without the plus.
    - `{text}`, `{sender}`, `{reference}`, `{report_url}`: as the message has them.
    - `{send_at}`: when to send it, in UTC: `2030-01-31T08:00:00Z`.
    - `{send_at_unix}`: the same, in seconds since 1970.
    - `{validity}`: for how many seconds.
    - `{flash}`: true.
    - `{username}`, `{password}`, `{api_key}`: the options.
    - `{basic}`: the first two of them, as Basic authentication has them (RFC 7617).

    What a message does not say is left out: the header, the pair of the query, the form field or
    the value in JSON whose template needs it. Of what it can say, only what a template says can be
    asked for. In JSON, a placeholder that stands alone keeps its type, a number or true.

    Attributes:
        base_url: Where the API is; nothing is put into it.
        endpoint: What follows it, path and query, such as `/send?to={digits}`.
        method: `POST`, or `GET` where the vendor takes nothing else: a GET has the text and the
            number in its URL, which servers and proxies on the way write to their logs, and
            which they may ask for again.
        headers: The headers by name.
        content: What the body is: `json` or `form`.
        body: The body: an object, or the fields of a form. Without one, the URL says it all.
        username: The account.
        password: Its password.
        api_key: Its key or token. Of all options, `password` and `api_key` alone are kept out of
            errors and logs.
        max_recipients: How many numbers one request may have. More than one takes a body in JSON
            where `{to}` or `{digits}` stands alone, and answers with `results_path`.

    Raises:
        ConfigurationError: An option is wrong, or says nothing without another.
    """

    base_url: str
    endpoint: str = ""
    method: str = "POST"
    headers: Table = field(default=Table())
    content: str = "json"
    body: Table = field(default=Table())
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    api_key: str | None = field(default=None, repr=False)
    max_recipients: int = 1

    def __post_init__(self) -> None:
        secure_url(self.base_url)
        if any(mark in self.base_url for mark in "?#{}"):
            raise ConfigurationError("Placeholders and a query belong to endpoint, not base_url.")
        if self.method not in {"POST", "GET"}:
            raise ConfigurationError("method must be POST or GET.")
        if self.content not in {"json", "form"}:
            raise ConfigurationError("content must be json or form.")
        if self.method == "GET" and self.body.entries:
            raise ConfigurationError("A GET has no body; put placeholders into endpoint.")
        check_endpoint(self.endpoint)
        check_headers(self.headers.entries)
        if self.content == "form":
            check_form(self.body.entries)
        said = self.placeholders
        if "text" not in said or not said & {"to", "digits"}:
            raise ConfigurationError("http needs templates that say {text}, and {to} or {digits}.")
        self._check_secrets(said)
        self._check_recipients()

    def _check_secrets(self, said: frozenset[str]) -> None:
        used = {option for name in said & SECRETS.keys() for option in SECRETS[name]}
        for option in ("username", "password", "api_key"):
            value = getattr(self, option)
            if option in used and not value:
                raise ConfigurationError(f"A template of http needs {option}; give the option.")
            if value is not None and option not in used:
                raise ConfigurationError(f"http is given {option}, and no template says it.")
        for template in self.headers.entries.values():
            for name in {*placeholders(template)} & {"username", "password", "api_key"}:
                if not is_printable(getattr(self, name)):
                    raise ConfigurationError(f"{name} stands in a header: printable ASCII only.")

    def _check_recipients(self) -> None:
        if self.max_recipients < 1:
            raise ConfigurationError("max_recipients must be 1 or more.")
        if self.max_recipients == 1:
            return
        is_json = self.content == "json"
        body = [t for t in templates(self.body.entries) if not (is_json and is_alone(t))]
        for template in (self.endpoint, *self.headers.entries.values(), *body):
            if {"to", "digits"} & {*placeholders(template)}:
                raise ConfigurationError(
                    "More max_recipients than one are a list: {to} or {digits} must stand alone, "
                    "as a value in JSON."
                )

    @property
    def placeholders(self) -> frozenset[str]:
        """The placeholders in all templates."""
        body = templates(self.body.entries)
        every = (self.endpoint, *self.headers.entries.values(), *body)
        return frozenset(name for template in every for name in placeholders(template))

    def _request(self, message: Message, extra: Mapping[str, Any]) -> HttpRequest:
        values = self._values(message)
        url = fill_url(self.base_url, self.endpoint, values)
        headers = {"Accept": "application/json", **fill_headers(self.headers.entries, values)}
        body = self.body.entries
        if not body and extra:
            raise UnsupportedFeature("http has no body here to add extra to.", field="extra")
        if not body:
            return HttpRequest(method=self.method, url=url, headers=headers)
        if self.content == "form":
            fields = {**extra, **fill_form(body, values)}
            return HttpRequest.form(self.method, url, fields, headers=headers)
        document = {**extra, **(fill_json(body, values) or {})}
        return HttpRequest.json(self.method, url, document, headers=headers)

    def _values(self, message: Message) -> dict[str, Any]:
        send_at = message.send_at and message.send_at.astimezone(UTC)
        several = self.max_recipients > 1
        digits = [number.removeprefix("+") for number in message.to]
        return {
            "to": list(message.to) if several else message.to[0],
            "digits": digits if several else digits[0],
            "text": message.text,
            "sender": message.sender,
            "reference": message.reference,
            "send_at": send_at and f"{send_at:%Y-%m-%dT%H:%M:%SZ}",
            "send_at_unix": send_at and int(send_at.timestamp()),
            "validity": message.validity and int(message.validity.total_seconds()),
            "flash": message.flash or None,
            "report_url": message.report_url,
            "username": self.username,
            "password": self.password,
            "api_key": self.api_key,
            "basic": self._basic,
        }

    @property
    def _basic(self) -> str | None:
        if not (self.username and self.password):
            return None
        return basic_token(self.username, self.password)
