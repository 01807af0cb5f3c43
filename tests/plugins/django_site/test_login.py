"""The main job, over real HTTP both ways: a login by SMS, and what became of its message."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from smsgateway_cpsms.emulator.switches import Faults, Reporting

if TYPE_CHECKING:
    from tests.plugins.django_site.conftest import Browser, Clinic

LOGIN = "/account/login/"
SETUP = "/account/two_factor/setup/"
RECIPIENTS = "/admin/smsgateway_store/recipient/"
PROBLEM = "The text message could not be sent."
CREDENTIALS = {
    "login_view-current_step": "auth",
    "auth-username": "anna",
    "auth-password": "a-long-pass-17",
}


def last_code(clinic: Clinic) -> str:
    return clinic.vendor.messages[-1].text.rsplit(maxsplit=1)[-1]


def enter_code(clinic: Clinic, browser: Browser) -> str:
    code = {"login_view-current_step": "token", "token-otp_token": last_code(clinic)}
    return browser.post(LOGIN, code)


def log_of(browser: Browser) -> list[tuple[str, ...]]:
    """Read number, status and delivery of each row of the message log, the oldest first."""
    page = browser.get(RECIPIENTS)
    columns = [
        re.findall(rf'field-{name}">([^<]*)<', page) for name in ("number", "state", "delivery")
    ]
    return list(zip(*columns, strict=True))[::-1]


@pytest.fixture
def anna(clinic: Clinic, browser: Browser) -> Browser:
    """Anna's browser, when she has set up her phone and has logged out."""
    browser.get(LOGIN)
    browser.post(LOGIN, CREDENTIALS)
    browser.get(SETUP)
    browser.post(SETUP, {"setup_view-current_step": "welcome"})
    browser.post(SETUP, {"setup_view-current_step": "method", "method-method": "sms"})
    browser.post(SETUP, {"setup_view-current_step": "sms", "sms-number": "+4522334488"})
    code = {"setup_view-current_step": "validation", "validation-token": last_code(clinic)}
    browser.post(SETUP, code)
    browser.post("/account/logout/", {})
    return browser


def test_a_login_by_sms_is_delivered_in_the_message_log(clinic: Clinic, anna: Browser) -> None:
    asked = anna.post(LOGIN, CREDENTIALS)
    profile = enter_code(clinic, anna)
    clinic.vendor.deliver_reports()
    rows = log_of(anna)

    assert "We sent you a text message" in asked
    assert "Account Security" in profile
    assert clinic.vendor.messages[-1].to == "4522334488"
    assert rows == [("+45******88", "accepted", "delivered")] * 2


def test_a_report_of_a_failure_is_in_the_message_log(clinic: Clinic, anna: Browser) -> None:
    clinic.vendor.deliver_reports()
    clinic.vendor.reporting = Reporting(outcome=2)

    anna.post(LOGIN, CREDENTIALS)
    enter_code(clinic, anna)
    clinic.vendor.deliver_reports()

    assert [delivery for *_, delivery in log_of(anna)] == ["delivered", "failed"]


def test_a_login_goes_on_when_the_vendor_is_down(clinic: Clinic, anna: Browser) -> None:
    clinic.vendor.faults = Faults(status=503, times=1)

    failed = anna.post(LOGIN, CREDENTIALS)
    asked = anna.post(LOGIN, CREDENTIALS)
    profile = enter_code(clinic, anna)

    assert PROBLEM in failed
    assert PROBLEM not in asked
    assert "Account Security" in profile
    assert [status for _, status, _ in log_of(anna)] == ["accepted", "unknown", "accepted"]


def test_the_sites_own_log_has_no_code_and_no_number(clinic: Clinic, anna: Browser) -> None:
    clinic.vendor.faults = Faults(status=503, times=1)

    anna.post(LOGIN, CREDENTIALS)
    anna.post(LOGIN, CREDENTIALS)
    enter_code(clinic, anna)
    clinic.vendor.deliver_reports()

    assert "A one-time code could not be sent" in clinic.log
    assert last_code(clinic) not in clinic.log
    assert "22334488" not in clinic.log


def test_without_the_code_there_is_no_way_in(anna: Browser) -> None:
    anna.post(LOGIN, CREDENTIALS)

    page = anna.get(RECIPIENTS)

    assert "Enter your credentials" in page
