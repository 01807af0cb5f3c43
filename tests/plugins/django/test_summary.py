"""What a mail says in one line."""

from __future__ import annotations

import sys

import pytest
from django.core.mail import EmailMessage
from django.test import RequestFactory
from django.views.debug import ExceptionReporter

from smsgateway_django.summary import Summary, summary_of


def report(error: Exception, path: str = "/order/") -> str:
    """Write an error as Django mails it."""
    request = RequestFactory().get(path, {"q": "Exception Type: Forged at /x"})
    try:
        raise error
    except type(error):
        return ExceptionReporter(request, *sys.exc_info()).get_traceback_text()


def summarize(subject: str, body: str) -> Summary:
    return summary_of(EmailMessage(subject, body))


def test_a_failed_page_is_its_exception_its_path_and_the_place() -> None:
    subject = "[Django] ERROR (EXTERNAL IP): Internal Server Error: /order/"

    text, key = summarize(subject, f"Internal Server Error: /order/\n\n{report(KeyError('x'))}")

    assert text.startswith("[Django] KeyError /order/ (django/test_summary.py:")
    assert key == text.removeprefix("[Django] ").replace("/order/ ", "")


def test_another_site_says_its_own_prefix(settings: object) -> None:
    settings.EMAIL_SUBJECT_PREFIX = "Shop: "  # type: ignore[attr-defined]  # pytest-django's

    text, _ = summarize("Shop: ERROR (internal IP): Oh", report(KeyError("x")))

    assert text.startswith("Shop: KeyError /order/ (django/test_summary.py:")
    assert text.endswith("): Oh")


def test_where_no_frame_is_the_sites_own_the_innermost_is_told() -> None:
    body = """
Django Version: 6.1
Traceback (most recent call last):
  File "/venv/lib/site-packages/django/http/request.py", line 151, in get_host
    raise DisallowedHost(msg)

Exception Type: DisallowedHost at /
"""

    assert summarize("", body).text == "DisallowedHost / (http/request.py:151)"


def test_the_place_is_in_the_sites_own_code_and_not_in_what_somebody_sent() -> None:
    body = """
Django Version: 6.1
Traceback (most recent call last):
  File "/srv/shop/views.py", line 41, in order
    send(order)
  File "/venv/lib/site-packages/post/office.py", line 7, in send
    raise ValueError(order)

Exception Type: ValueError at /order/

POST:
  File "/srv/forged.py", line 1, in x = ''
"""

    assert summarize("", body).text == "ValueError /order/ (shop/views.py:41)"


def test_an_error_without_frames_has_no_place() -> None:
    body = "Django Version: 6.1\nException Type: KeyError\n"

    assert summarize("[Django] ERROR: Oh", body) == Summary("[Django] KeyError: Oh", "KeyError")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("No item 17", "No item 18", id="digits"),
        pytest.param("No host 'evil'", "No host 'worse'", id="what is quoted"),
        pytest.param('No host "evil"', 'No host "worse"', id="what is quoted twice"),
    ],
)
def test_reports_of_one_kind_have_one_key(one: str, other: str) -> None:
    body = "Django Version: 6.1\n"

    first, second = summarize(f"[Django] ERROR: {one}", body), summarize(f"ERROR: {other}", body)

    assert first.key == second.key
    assert first.text != second.text


def test_what_is_no_report_is_its_subject_and_its_first_line() -> None:
    assert summarize("Disk full", "On web-1.\nNow.") == Summary(*["Disk full: On web-1."] * 2)
