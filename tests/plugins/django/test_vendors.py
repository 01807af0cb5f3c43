"""Every vendor's webhooks through Django's view: what its provider's contract holds as genuine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import re_path

from smsgateway.http import HttpRequest
from smsgateway.testing import ProviderContract
from smsgateway_django import views
from smsgateway_django.signals import delivery_report, incoming_message
from tests.providers.vendors import VENDORS

Heard = Callable[..., list[dict[str, Any]]]

#: When the requests were signed of vendors that sign the time, too.
SIGNED_AT = {
    "infobip": 1_667_951_050,
    "messagebird": 1_625_479_200,
    "sinch": 1_634_579_353,
    "telnyx": 1_700_000_000,
    "vonage": 1_700_000_000,
}
CONTRACTS = {name: vendor.open_contract() for name, vendor in VENDORS.items()}
KINDS = {"report_request": delivery_report, "incoming_request": incoming_message}

# The paths that the vendors signed.
urlpatterns = [re_path(".*", views.receive, {"alias": "default"})]


class Webhook(NamedTuple):
    """A genuine request of a vendor.

    Attributes:
        vendor: Its name.
        contract: Who believes it.
        kind: What it brings.
    """

    vendor: str
    contract: ProviderContract
    kind: str

    @property
    def request(self) -> HttpRequest:
        """The request."""
        found: HttpRequest = getattr(self.contract, self.kind)
        return found


WEBHOOKS = [
    Webhook(name, contract, kind)
    for name, contract in CONTRACTS.items()
    for kind in KINDS
    if hasattr(contract, kind)
]


def every(webhooks: list[Webhook]) -> pytest.MarkDecorator:
    ids = [f"{webhook.vendor}-{webhook.kind}" for webhook in webhooks]
    return pytest.mark.parametrize("webhook", webhooks, ids=ids)


@pytest.fixture
def _site(settings: Any, webhook: Webhook) -> None:
    settings.ROOT_URLCONF = __name__
    settings.SMSGATEWAY = {"default": entry(webhook, webhook.contract.provider)}


@pytest.fixture
def _then(_site: None, webhook: Webhook, monkeypatch: pytest.MonkeyPatch) -> None:
    """Be at the site when the vendor has just signed the request."""
    signed_at = SIGNED_AT.get(webhook.vendor)
    now = datetime.now(UTC) if signed_at is None else datetime.fromtimestamp(signed_at, UTC)

    class Then(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]  # of a datetime
            return now.astimezone(tz)

    monkeypatch.setattr(views, "datetime", Then)


def entry(webhook: Webhook, provider: Any) -> dict[str, Any]:
    options = {each.name: getattr(provider, each.name) for each in fields(provider) if each.init}
    return {
        "BACKEND": webhook.vendor,
        "OPTIONS": {name: value for name, value in options.items() if value is not None},
        "PUBLIC_URL": f"https://{urlsplit(webhook.request.url).netloc}",
    }


def bring(request: HttpRequest, headers: dict[str, str] | None = None) -> int:
    """Bring a request as its vendor does, and return how that is answered."""
    parts = urlsplit(request.url)
    given = dict(request.headers) if headers is None else headers
    response = Client(enforce_csrf_checks=True).generic(
        request.method,
        f"{parts.path}?{parts.query}" if parts.query else parts.path,
        request.body,
        content_type="application/octet-stream",
        headers=given,
    )
    return response.status_code


@every(WEBHOOKS)
@pytest.mark.usefixtures("_then")
def test_what_is_genuine_is_told(webhook: Webhook, heard: Heard) -> None:
    said = {kind: heard(signal) for kind, signal in KINDS.items()}

    status = bring(webhook.request)

    assert status == 200
    assert {kind: len(told) for kind, told in said.items() if told} == {webhook.kind: 1}


@every(WEBHOOKS)
@pytest.mark.usefixtures("_then")
def test_what_another_account_would_believe_is_refused(
    webhook: Webhook, settings: Any, heard: Heard
) -> None:
    settings.SMSGATEWAY = {"default": entry(webhook, webhook.contract.stranger)}
    said = heard(KINDS[webhook.kind])

    status = bring(webhook.request)

    assert (status, said) == (400, [])


@every([webhook for webhook in WEBHOOKS if "headers" in webhook.contract.webhook_proof])
@pytest.mark.usefixtures("_then")
def test_what_is_not_signed_is_refused(webhook: Webhook, heard: Heard) -> None:
    said = heard(KINDS[webhook.kind])

    status = bring(webhook.request, headers={})

    assert (status, said) == (400, [])


@every([webhook for webhook in WEBHOOKS if webhook.vendor in SIGNED_AT])
@pytest.mark.usefixtures("_site")
def test_what_was_signed_long_ago_is_refused(webhook: Webhook, heard: Heard) -> None:
    said = heard(KINDS[webhook.kind])

    status = bring(webhook.request)

    assert (status, said) == (400, [])


def test_every_vendor_is_here() -> None:
    assert {webhook.vendor for webhook in WEBHOOKS} == set(VENDORS)
