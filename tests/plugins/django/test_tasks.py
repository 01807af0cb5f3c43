"""The background task: run by a real worker, which takes it from a real database."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import django
import pytest

from smsgateway_django.memory import Outbox

if TYPE_CHECKING:
    from tests.plugins.django.conftest import Project

SETTINGS = f"""
    SECRET_KEY = "x"
    USE_TZ = True
    INSTALLED_APPS = [
        {"" if django.VERSION >= (6,) else '"django_tasks",'}
        "django_tasks_db",
        "smsgateway_django",
    ]
    TASKS = {{"default": {{"BACKEND": "django_tasks_db.DatabaseBackend"}}}}
    DATABASES = {{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}}}}
    SMSGATEWAY = {{
        "default": {{"BACKEND": "file", "OPTIONS": {{"file_path": "sent.jsonl", "region": "DK"}}}},
    }}
    LOGGING = {{
        "version": 1,
        "handlers": {{"file": {{"class": "logging.FileHandler", "filename": "all.log"}}}},
        "root": {{"level": "DEBUG", "handlers": ["file"]}},
    }}
"""

ENQUEUE = """
    import django

    django.setup()

    from smsgateway_django.tasks import send_sms

    send_sms.enqueue(
        text="Koden er 123456",
        to="22334488",
        sender="Acme",
        send_at="2100-01-01T12:00:00+01:00",
        validity=3600,
    )
    send_sms.enqueue("Hej", ["+4522334488", "+46701234567"])
    send_sms.enqueue("Hej", "12")
"""

RESULTS = """
    import json

    import django

    django.setup()

    from django_tasks_db.models import DBTaskResult

    results = DBTaskResult.objects.order_by("enqueued_at")
    print(json.dumps([[str(result.status), result.return_value] for result in results]))
"""

ACCEPTED = {"status": "accepted", "message_id": None, "segments": 1, "reason": None}


@pytest.fixture
def site(project: Project) -> Project:
    """A project with a queue in its database."""
    project.write("settings.py", SETTINGS)
    assert project.manage("migrate").returncode == 0
    return project


def test_it_sends_at_once_where_there_is_no_queue(smsoutbox: Outbox) -> None:
    from smsgateway_django.tasks import send_sms  # noqa: PLC0415 - after Django is configured

    result = send_sms.enqueue("Hej", "22334488", using="default", validity=60)

    assert result.return_value == [ACCEPTED]
    assert [(message.text, message.validity) for message in smsoutbox] == [
        ("Hej", timedelta(minutes=1))
    ]


def test_a_worker_sends_what_was_enqueued(site: Project) -> None:
    site.write("enqueue.py", ENQUEUE)
    site.write("results.py", RESULTS)

    enqueued = site.run("enqueue.py")
    worked = site.manage("db_worker", "--batch", "-v", "3")
    told = site.run("results.py")

    assert enqueued.returncode == 0, enqueued.stderr
    assert worked.returncode == 0, worked.stderr
    first, second = map(json.loads, (site.folder / "sent.jsonl").read_text("utf-8").splitlines())
    assert (first["text"], first["to"], first["sender"]) == (
        "Koden er 123456",
        ["+4522334488"],
        "Acme",
    )
    assert (first["send_at"], first["validity"]) == ("2100-01-01T12:00:00+01:00", 3600.0)
    assert second["to"] == ["+4522334488", "+46701234567"]
    assert json.loads(told.stdout) == [
        ["SUCCESSFUL", [ACCEPTED | {"status": "scheduled"}]],
        ["SUCCESSFUL", [ACCEPTED, ACCEPTED]],
        ["FAILED", None],
    ]


def test_no_log_of_a_worker_holds_a_text_or_a_number(site: Project) -> None:
    site.write("enqueue.py", ENQUEUE)
    site.run("enqueue.py")
    (site.folder / "all.log").unlink()

    worked = site.manage("db_worker", "--batch", "-v", "3")

    log = (site.folder / "all.log").read_text("utf-8") + worked.stdout + worked.stderr
    # What Django itself logs of its queries at DEBUG, and only in DEBUG, is not ours to change.
    assert "InvalidPhoneNumber" in log
    for secret in ("123456", "22334488", "01234567"):
        assert secret not in log
