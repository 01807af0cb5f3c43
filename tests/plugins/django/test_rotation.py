"""What a vendor brings is believed by the secrets of before, while they are changed."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from smsgateway_cpsms import Cpsms
from smsgateway_django.signals import delivery_report
from tests.plugins.django.shop.twilio import signed

Heard = Callable[..., list[dict[str, Any]]]

ACCOUNT = Cpsms(token="a-token")
REPORT = {"status": "1", "receiver": "4522334488"}
TWILIO = "https://sms.shop.example/sms/twilio"
TWILIO_REPORT = {"MessageSid": "SM17", "MessageStatus": "delivered", "To": "+4522334488"}


@pytest.fixture(autouse=True)
def _setting(settings: Any) -> None:
    settings.SMSGATEWAY = {
        "default": {"BACKEND": "cpsms", "OPTIONS": {"token": "a-token"}},
        "twilio": {
            "BACKEND": "twilio",
            "OPTIONS": {"account_sid": "AC1", "auth_token": "new"},
            "PREVIOUS": [{"auth_token": "old"}, {"auth_token": "older"}],
            "PUBLIC_URL": "https://sms.shop.example",
        },
        "both": {"BACKEND": "failover", "OPTIONS": {"gateways": ["default", "twilio"]}},
    }


@pytest.fixture
def vendor() -> Client:
    """A client as strict as a browser: it has no cookie and no CSRF token to show."""
    return Client(enforce_csrf_checks=True)


def report_path(alias: str) -> str:
    return reverse("smsgateway:reports", args=[alias, ACCOUNT.report_token(os.urandom(16))])


ENVIRONMENT = {"auth_token_env": "NEW_TOKEN"}


@pytest.mark.parametrize("secret", ["new", "old"])
@pytest.mark.parametrize(
    ("options", "previous"),
    [
        pytest.param({"auth_token": "new"}, {"auth_token_env": "OLD_TOKEN"}, id="text, then env"),
        pytest.param(ENVIRONMENT, {"auth_token": "old"}, id="env, then text"),
        pytest.param(ENVIRONMENT, {"auth_token_env": "OLD_TOKEN"}, id="env both times"),
        pytest.param({"auth_token": "new", "allow": ["+45"]}, {"auth_token": "old"}, id="a guard"),
        pytest.param(
            {"auth_token": "new", "max_segments_env": "MOST", "retry_for": 5, "sender": "Acme"},
            {"auth_token": "old", "workers": 2},
            id="how it sends",
        ),
    ],
)
def test_secrets_are_changed_whatever_else_stands_beside_them(
    vendor: Client,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    options: dict[str, Any],
    previous: dict[str, Any],
    secret: str,
) -> None:
    for name, value in {"NEW_TOKEN": "new", "OLD_TOKEN": "old", "MOST": "3"}.items():
        monkeypatch.setenv(name, value)
    settings.SMSGATEWAY["twilio"] |= {
        "OPTIONS": {"account_sid": "AC1", **options},
        "PREVIOUS": [previous],
    }

    response = vendor.post(**signed(secret, f"{TWILIO}/reports/", TWILIO_REPORT))

    assert response.status_code == 200


@pytest.mark.parametrize("secret", ["new", "old", "older"])
def test_a_route_believes_the_previous_secrets_of_its_accounts(vendor: Client, secret: str) -> None:
    url = "https://testserver/sms/both/reports/"

    assert vendor.post(**signed(secret, url, TWILIO_REPORT)).status_code == 200


def test_a_route_has_previous_accounts_too(vendor: Client, settings: Any) -> None:
    settings.SMSGATEWAY["both"] = {
        "BACKEND": "failover",
        "OPTIONS": {"gateways": ["default"], "allow": ["+45"]},
        "PREVIOUS": [{"gateways": ["twilio"]}],
    }
    url = "https://testserver/sms/both/reports/"

    assert vendor.get(report_path("both"), REPORT).status_code == 200
    assert vendor.post(**signed("old", url, TWILIO_REPORT)).status_code == 200


@pytest.mark.parametrize("secret", ["new", "old", "older"])
def test_secrets_are_believed_while_they_are_changed(
    vendor: Client, heard: Heard, secret: str
) -> None:
    said = heard(delivery_report)

    response = vendor.post(**signed(secret, f"{TWILIO}/reports/", TWILIO_REPORT))

    assert response.status_code == 200
    assert [(told["alias"], told["report"].message_id) for told in said] == [("twilio", "SM17")]


def test_a_secret_of_nobody_is_not_believed(vendor: Client, heard: Heard) -> None:
    said = heard(delivery_report)

    response = vendor.post(**signed("nobody's", f"{TWILIO}/reports/", TWILIO_REPORT))

    assert response.status_code == 400
    assert said == []
