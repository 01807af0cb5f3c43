"""Webhooks: what providers bring, through Django's own middleware, as strict as a site has it."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from typing import Any

import pytest
from django.core.handlers.base import BaseHandler
from django.db import connection, connections
from django.http import HttpResponse
from django.test import AsyncClient, Client
from django.urls import reverse
from django.utils.log import AdminEmailHandler

from smsgateway_cpsms import Cpsms
from smsgateway_cpsms.emulator import CpsmsEmulator
from smsgateway_django import send_sms
from smsgateway_django.signals import delivery_report, incoming_message
from smsgateway_django.transactions import never_atomic
from tests.plugins.django.shop.twilio import signed

Listen = Callable[..., None]
Heard = Callable[..., list[dict[str, Any]]]

ACCOUNT = Cpsms(token="a-token")
OPTIONS = {"token": "a-token"}
REPORT = {"status": "1", "receiver": "4522334488"}
TWILIO = "https://sms.shop.example/sms/twilio"
TWILIO_REPORT = {"MessageSid": "SM17", "MessageStatus": "delivered", "To": "+4522334488"}
TWILIO_MESSAGE = {"MessageSid": "SM18", "From": "+4522334488", "To": "+451204", "Body": "JA tak"}


@pytest.fixture(autouse=True)
def _setting(settings: Any) -> None:
    settings.SMSGATEWAY = {
        "default": {"BACKEND": "cpsms", "OPTIONS": OPTIONS, "PUBLIC_URL": "https://shop.example"},
        "twilio": {
            "BACKEND": "twilio",
            "OPTIONS": {"account_sid": "AC1", "auth_token": "new"},
            "PREVIOUS": [{"auth_token": "old"}, {"auth_token": "older"}],
            "PUBLIC_URL": "https://sms.shop.example",
        },
        "both": {"BACKEND": "failover", "OPTIONS": {"gateways": ["default", "twilio"]}},
        "mute": {"BACKEND": "null"},
        "broken": {"BACKEND": "cpsms", "OPTIONS": {"tokn": "x"}},
    }


class Cut:
    """What is left of an upload when whoever sends it goes away."""

    def read(self, *_: int) -> bytes:
        """Fail."""
        raise OSError("Connection reset by peer")

    readline = read


@pytest.fixture
def vendor() -> Client:
    """A client as strict as a browser: it has no cookie and no CSRF token to show."""
    return Client(enforce_csrf_checks=True)


def report_path(alias: str = "default", account: Cpsms = ACCOUNT) -> str:
    return reverse("smsgateway:reports", args=[alias, account.report_token(os.urandom(16))])


def test_the_urls_are_named() -> None:
    assert reverse("smsgateway:reports", args=["default"]) == "/sms/default/reports/"
    assert reverse("smsgateway:reports", args=["default", "a.b"]) == "/sms/default/reports/a.b"
    assert reverse("smsgateway:incoming", args=["default"]) == "/sms/default/incoming/"
    assert reverse("smsgateway:incoming", args=["default", "a"]) == "/sms/default/incoming/a"


def test_a_report_that_comes_by_get_is_told_to_everybody(vendor: Client, heard: Heard) -> None:
    said = heard(delivery_report)

    response = vendor.get(report_path(), REPORT)

    assert (response.status_code, response.content) == (200, b"")
    assert [(told["alias"], told["report"].to, told["report"].status) for told in said] == [
        ("default", "+4522334488", "delivered")
    ]


def test_the_url_that_a_message_asks_for_reports_at_takes_them(
    vendor: Client, heard: Heard
) -> None:
    said = heard(delivery_report)
    token = ACCOUNT.report_token(os.urandom(16))

    url = f"{send_sms('Hej', '+4522334488').message.report_url}{token}"
    response = vendor.get(url.removeprefix("https://shop.example"), REPORT)

    assert response.status_code == 200
    assert [told["report"].token for told in said] == [token]


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/sms/default/reports/", id="no token"),
        pytest.param("/sms/default/reports/AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAA", id="forged"),
        pytest.param(
            report_path(account=Cpsms(token="another account's")), id="of another account"
        ),
    ],
)
def test_a_forged_report_changes_nothing(
    vendor: Client, heard: Heard, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    said = heard(delivery_report)

    response = vendor.get(path, REPORT)

    assert response.status_code == 400
    assert said == []
    (record,) = caplog.records
    assert record.getMessage() == (
        "SMSGATEWAY['default']: a webhook request to https://shop.example/sms/default/reports/ "
        "was refused: The report of cpsms has no token of this account in its path."
    )


@pytest.mark.parametrize(
    ("public_url", "checked"),
    [
        pytest.param("https://other.example", "https://other.example", id="PUBLIC_URL"),
        pytest.param(None, "https://shop.example", id="the host of the request"),
    ],
)
def test_the_log_says_which_url_a_signature_was_not_of(
    vendor: Client,
    settings: Any,
    caplog: pytest.LogCaptureFixture,
    public_url: str | None,
    checked: str,
) -> None:
    settings.SMSGATEWAY["twilio"]["PUBLIC_URL"] = public_url
    request = signed("new", f"{TWILIO}/reports/", TWILIO_REPORT)

    response = vendor.post(**request, query_params={"to": "4522334488"}, SERVER_NAME="shop.example")

    assert response.status_code == 400
    (record,) = caplog.records
    assert record.getMessage() == (
        f"SMSGATEWAY['twilio']: a webhook request to {checked}/sms/twilio/reports/ was refused: "
        "The request does not prove that it comes from twilio."
    )


def test_a_request_that_is_cut_short_is_refused(
    vendor: Client, caplog: pytest.LogCaptureFixture
) -> None:
    path = report_path()
    upload: Any = {"wsgi.input": Cut(), "CONTENT_LENGTH": "100"}

    response = vendor.post(path, content_type="text/plain", **upload)

    assert response.status_code == 400
    assert "was refused: It was cut short." in caplog.text
    assert path.rpartition("/")[2] not in caplog.text


def test_a_report_that_cannot_be_read_is_refused(vendor: Client, heard: Heard) -> None:
    said = heard(delivery_report)

    assert vendor.get(report_path(), {"status": "1"}).status_code == 400
    assert said == []


def test_without_a_public_url_a_request_came_to_the_host_that_it_names(
    vendor: Client, heard: Heard, settings: Any
) -> None:
    del settings.SMSGATEWAY["twilio"]["PUBLIC_URL"]
    said = heard(delivery_report)
    request = signed("new", "https://shop.example/sms/twilio/reports/", TWILIO_REPORT)

    response = vendor.post(**request, SERVER_NAME="shop.example")

    assert response.status_code == 200
    assert len(said) == 1


def test_a_route_takes_what_any_of_its_accounts_believes(vendor: Client, heard: Heard) -> None:
    said = heard(delivery_report)
    url = "https://testserver/sms/both/reports/"

    by_get = vendor.get(report_path("both"), REPORT)
    by_post = vendor.post(**signed("new", url, TWILIO_REPORT))

    assert (by_get.status_code, by_post.status_code) == (200, 200)
    assert [told["report"].provider for told in said] == ["cpsms", "twilio"]


def test_an_incoming_message_is_told_to_everybody(vendor: Client, heard: Heard) -> None:
    said = heard(incoming_message)

    response = vendor.post(**signed("new", f"{TWILIO}/incoming/", TWILIO_MESSAGE))

    assert response.status_code == 200
    assert [(told["alias"], told["message"].text) for told in said] == [("twilio", "JA tak")]


@pytest.mark.parametrize(
    ("signal", "fields"),
    [
        pytest.param(delivery_report, TWILIO_REPORT, id="report"),
        pytest.param(incoming_message, TWILIO_MESSAGE, id="message"),
    ],
)
def test_a_receiver_that_raises_brings_the_vendor_again(
    vendor: Client,
    heard: Heard,
    listen: Listen,
    signal: Any,
    fields: dict[str, str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    failures = [OSError("disk full: JA tak from +4522334488")]

    def keep(**_: Any) -> None:
        if failures:
            raise failures.pop()

    listen(signal, keep)
    said = heard(signal)
    request = signed("new", f"{TWILIO}/reports/", fields)

    first, second = vendor.post(**request), vendor.post(**request)

    assert (first.status_code, first.content, second.status_code) == (500, b"", 200)
    assert len(said) == 2
    assert "keep raised OSError at test_views.py:" in caplog.text


def test_what_a_vendor_brings_is_in_no_log_and_no_mail(
    vendor: Client,
    listen: Listen,
    caplog: pytest.LogCaptureFixture,
    mailoutbox: list[Any],
) -> None:
    caplog.set_level(logging.DEBUG)
    mails = AdminEmailHandler()
    mails.setLevel(logging.ERROR)
    logging.getLogger().addHandler(mails)

    def fail(**details: Any) -> None:
        raise ValueError(details)

    listen(delivery_report, fail)
    listen(incoming_message, fail)

    path = report_path()
    token = path.rpartition("/")[2]
    try:
        statuses = [
            vendor.get(path, REPORT).status_code,
            vendor.get(f"{path}x", REPORT).status_code,
            vendor.post(**signed("new", f"{TWILIO}/reports/", TWILIO_MESSAGE)).status_code,
            vendor.put(path, REPORT).status_code,
        ]
    finally:
        logging.getLogger().removeHandler(mails)

    assert statuses == [500, 400, 500, 405]
    written = [caplog.text, *(f"{mail.subject} {mail.body}" for mail in mailoutbox)]
    assert "raised ValueError" in caplog.text
    assert mailoutbox
    for secret in ("22334488", "JA tak", token):
        assert secret not in "".join(written)


@pytest.mark.django_db(transaction=True)
def test_a_receiver_that_breaks_its_transaction_undoes_no_other(
    vendor: Client, listen: Listen, monkeypatch: pytest.MonkeyPatch, django_user_model: Any
) -> None:
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", value=True)
    listen(delivery_report, lambda **_: django_user_model.objects.create_user("kept"))
    listen(delivery_report, lambda **_: django_user_model.objects.create_user("kept"))

    response = vendor.get(report_path(), REPORT)

    assert response.status_code == 500
    assert [user.username for user in django_user_model.objects.all()] == ["kept"]


def test_a_request_is_no_transaction_of_any_database(monkeypatch: pytest.MonkeyPatch) -> None:
    atomic = {**connections.settings["default"], "ATOMIC_REQUESTS": True}
    for alias in ("default", "archive"):
        monkeypatch.setitem(connections.settings, alias, atomic)

    view = never_atomic(lambda _: HttpResponse())

    assert BaseHandler().make_view_atomic(view) is view
    assert BaseHandler().make_view_atomic(HttpResponse) is not HttpResponse


def test_a_vendor_that_looks_whether_anybody_is_there_is_answered(vendor: Client) -> None:
    assert vendor.head("/sms/default/reports/").status_code == 200


def test_other_methods_are_refused(vendor: Client) -> None:
    response = vendor.put("/sms/default/reports/")

    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, POST")


@pytest.mark.parametrize("alias", ["nobody", "mute"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_there_is_nothing_where_no_alias_takes_requests(
    vendor: Client, alias: str, method: str
) -> None:
    assert getattr(vendor, method)(f"/sms/{alias}/reports/").status_code == 404


@pytest.mark.parametrize("limit", [100, 10_000_000], ids=["Django's limit", "our own"])
def test_a_request_that_is_too_long_is_refused(vendor: Client, settings: Any, limit: int) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = limit

    response = vendor.post(report_path(), b"x" * 65_537, content_type="text/plain")

    assert response.status_code == 413


def test_a_setting_that_is_wrong_brings_the_vendor_again(
    vendor: Client, caplog: pytest.LogCaptureFixture
) -> None:
    response = vendor.get("/sms/broken/reports/")

    assert response.status_code == 500
    assert "SMSGATEWAY['broken']: No option of cpsms is called 'tokn'." in caplog.text


def test_a_host_that_is_not_ours_is_refused(vendor: Client, settings: Any) -> None:
    del settings.SMSGATEWAY["twilio"]["PUBLIC_URL"]

    response = vendor.post("/sms/twilio/reports/", SERVER_NAME="evil.example")

    assert response.status_code == 400


def test_it_is_served_by_asgi(heard: Heard) -> None:
    said = heard(delivery_report)

    response: Any = asyncio.run(AsyncClient(enforce_csrf_checks=True).get(report_path(), REPORT))

    assert response.status_code == 200
    assert len(said) == 1


def test_the_emulators_report_comes_by_itself(
    cpsms_emulator: CpsmsEmulator, live_server: Any, heard: Heard, settings: Any
) -> None:
    settings.SMSGATEWAY = {
        "default": {
            "BACKEND": "cpsms",
            "OPTIONS": {
                "username": "demo",
                "api_key": cpsms_emulator.key,
                "base_url": cpsms_emulator.base_url,
                "sender": "Acme",
            },
            "PUBLIC_URL": live_server.url,
            "TEST": {"SEND": True},
        }
    }
    said = heard(delivery_report)

    send_sms("Hej", "+4522334488")
    cpsms_emulator.advance(60)

    assert [(told["report"].to, told["report"].status) for told in said] == [
        ("+4522334488", "delivered")
    ]
