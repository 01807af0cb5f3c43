"""What a provider's vendor tells on its own: delivery reports and incoming messages."""

# ruff: noqa: D102, S101 - these are tests: they assert, and their names say what

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import fields, replace
from typing import Any, ClassVar, NamedTuple

import pytest

from smsgateway.errors import ConfigurationError, InvalidSignature, WebhookError
from smsgateway.gateway import SmsGateway
from smsgateway.hooks import Plugins, hookimpl
from smsgateway.http import HttpRequest
from smsgateway.provider import SupportsIncoming, SupportsReports, SupportsReportTokens
from smsgateway.result import DeliveryReport, DeliveryStatus, IncomingMessage
from smsgateway.testing.contract.abilities import AbilityContract, needs
from smsgateway.testing.contract.damage import damaged, misworded
from smsgateway.testing.contract.sending import secrets, words
from smsgateway.testing.contract.tampering import (
    CHANGES,
    bare,
    claims,
    with_other_header,
    without,
)

__all__ = ["WebhookContract"]


class _Webhook(NamedTuple):
    """A request of the vendor, and the methods by which two providers read it."""

    request: HttpRequest
    read: Callable[[HttpRequest], list[Any]]
    read_as_stranger: Callable[[HttpRequest], list[Any]]


class _Listener:
    """A plugin that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[DeliveryReport | IncomingMessage] = []

    @hookimpl
    def report_received(self, report: DeliveryReport) -> None:
        self.told.append(report)

    @hookimpl
    def message_received(self, message: IncomingMessage) -> None:
        self.told.append(message)


class WebhookContract(AbilityContract):
    """What the vendor tells is read, and only what proves that it comes from the vendor."""

    report_request: ClassVar[HttpRequest]
    incoming_request: ClassVar[HttpRequest]
    stranger: ClassVar[Any]
    webhook_proof: ClassVar[set[str]] = {"headers", "body"}

    def signed(self, request: HttpRequest) -> HttpRequest:
        """Return a request as the vendor would sign it; what is not signed is not believed."""
        return request

    @needs(SupportsReports)
    def test_a_report_is_read(self) -> None:
        reports = self.provider.parse_reports(self.canned("report_request"))

        assert [report.status for report in reports] == [DeliveryStatus.DELIVERED]
        assert [report.provider for report in reports] == [self.provider.name]
        assert re.search("[0-9]{7}", repr(reports)) is None, "its repr shows a whole number"

    @needs(SupportsReports)
    def test_a_word_of_a_report_that_nobody_knows_is_unknown(self) -> None:
        read = self.provider.parse_reports
        requests = map(self.signed, misworded(self.canned("report_request"), "perched"))

        found = {report.status for each in requests for report in _read(read, each) or ()}
        assert not found or DeliveryStatus.UNKNOWN in found

    @needs(SupportsIncoming)
    def test_an_incoming_message_is_read(self) -> None:
        (message,) = self.provider.parse_incoming(self.canned("incoming_request"))

        assert message.provider == self.provider.name
        assert message.text
        assert message.sender
        assert message.text not in repr(message)

    @needs(SupportsReports, SupportsIncoming)
    def test_a_request_of_one_kind_brings_nothing_of_the_other(self) -> None:
        assert self.provider.parse_incoming(self.canned("report_request")) == []
        assert self.provider.parse_reports(self.canned("incoming_request")) == []

    def test_every_plugin_is_told_of_what_comes_in(self) -> None:
        for webhook in self._webhooks():
            listener = _Listener()

            received = SmsGateway(self.provider, plugins=Plugins([listener])).receive(
                webhook.request
            )

            assert listener.told == received == webhook.read(webhook.request)

    @pytest.mark.parametrize("spell", [str.lower, str.upper], ids=["lower case", "upper case"])
    def test_the_names_of_headers_have_any_capitals(self, spell: Callable[[str], str]) -> None:
        for webhook in self._webhooks():
            headers = {spell(name): value for name, value in webhook.request.headers.items()}

            respelled = replace(webhook.request, headers=headers)
            assert _read(webhook.read, respelled) == webhook.read(webhook.request)

    def test_a_request_that_proves_nothing_is_not_believed(self) -> None:
        for webhook in self._webhooks():
            with pytest.raises(InvalidSignature):
                webhook.read(bare(webhook.request, self.webhook_proof - {"body"}))

    def test_a_request_to_another_account_is_not_believed(self) -> None:
        for webhook in self._webhooks():
            with pytest.raises(InvalidSignature):
                webhook.read_as_stranger(webhook.request)

    def test_a_changed_request_is_not_believed(self) -> None:
        believed = [
            (part, changed)
            for webhook in self._webhooks()
            for part, several in CHANGES.items()
            if part in self.webhook_proof
            for changed in several(webhook.request)
            if _is_believed(webhook, changed)
        ]

        assert believed == []

    def test_every_character_of_its_proof_counts(self) -> None:
        believed = [
            changed
            for webhook in self._webhooks()
            if "headers" in self.webhook_proof
            for name in claims(webhook.request)
            if not _is_believed(webhook, without(webhook.request, name))
            for changed in with_other_header(webhook.request, name)
            if _is_believed(webhook, changed)
        ]

        assert believed == []

    def test_without_a_secret_a_request_that_proves_nothing_is_not_believed(self) -> None:
        believed = [
            webhook.request
            for forgetful in _without_a_secret(self.provider)
            for webhook in self._webhooks(forgetful)
            if _is_believed(webhook, bare(webhook.request, self.webhook_proof - {"body"}))
        ]

        assert believed == []

    def test_one_header_at_least_is_its_proof(self) -> None:
        free = [
            webhook.request
            for webhook in self._webhooks()
            if "headers" in self.webhook_proof
            and all(
                _is_believed(webhook, without(webhook.request, name))
                for name in claims(webhook.request)
            )
        ]

        assert free == []

    def test_a_hostile_body_breaks_nothing(self) -> None:
        broken = [
            body
            for webhook in self._webhooks()
            for body in damaged(webhook.request.body)
            if _breaks(webhook, self.signed(replace(webhook.request, body=body)))
        ]

        assert broken == [], "the provider raised what is no WebhookError"

    def test_a_request_that_is_not_believed_is_not_quoted(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        found: list[str] = []

        for webhook in self._webhooks():
            with pytest.raises(WebhookError) as caught:
                webhook.read_as_stranger(webhook.request)
            said = " ".join([*words(caught.value), caplog.text])
            hidden = [*secrets(self.provider), *secrets(self.stranger), *_values(webhook.request)]
            found += [each for each in hidden if each in said]

        assert found == []

    @needs(SupportsReportTokens)
    def test_its_tokens_differ_and_can_stand_in_a_path(self) -> None:
        tokens = {self.provider.report_token(bytes([n]) * 16) for n in range(9)}

        assert len(tokens) == 9
        assert [
            token for token in tokens if not re.fullmatch(r"[\w.~-]{16,}", token, re.ASCII)
        ] == []

    def _webhooks(self, provider: Any = None) -> Iterator[_Webhook]:
        """Give the requests that this provider reads, or another one of its kind."""
        provider = provider or self.provider
        for ability, method, name in (
            (SupportsReports, "parse_reports", "report_request"),
            (SupportsIncoming, "parse_incoming", "incoming_request"),
        ):
            if isinstance(provider, ability):
                stranger = self.canned("stranger")
                yield _Webhook(
                    self.canned(name), getattr(provider, method), getattr(stranger, method)
                )


def _without_a_secret(provider: Any) -> Iterator[Any]:
    """Give a provider with each of its secrets empty, and left out, where it allows that."""
    for option in fields(provider):
        if option.init and not option.repr and isinstance(getattr(provider, option.name), str):
            for empty in ("", None) if option.default is None else ("",):
                with suppress(ConfigurationError):
                    yield replace(provider, **{option.name: empty})


def _values(request: HttpRequest) -> list[str]:
    """List what a request brings that is long enough to be known again."""
    brought = request.body.decode("utf-8", "replace").split()
    return [each for each in (*brought, *request.headers.values()) if len(each) > 15]


def _is_believed(webhook: _Webhook, request: HttpRequest) -> bool:
    return _read(webhook.read, request) is not None


def _read(read: Callable[[HttpRequest], list[Any]], request: HttpRequest) -> list[Any] | None:
    """Return what a request brings, or None if it is not believed."""
    try:
        return [*read(request)]
    except WebhookError:
        return None


def _breaks(webhook: _Webhook, request: HttpRequest) -> bool:
    try:
        _is_believed(webhook, request)
    except Exception:  # noqa: BLE001 - whatever a provider raises is what is looked for
        return True
    return False
