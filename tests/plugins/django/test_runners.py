"""Tests of a project never send, whoever runs them: seen in processes of their own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugins.django.conftest import Project

SETTINGS = """
    SECRET_KEY = "x"
    INSTALLED_APPS = ["smsgateway_django"]
    DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
    FILE = {"BACKEND": "file", "OPTIONS": {"file_path": "sent.jsonl", "region": "DK"}}
    SMSGATEWAY = {"default": FILE, "real": FILE | {"TEST": {"SEND": True}}}
"""

LACKING = """
    OPTIONS = {"username": "acme", "api_key_env": "NOT_SET_HERE", "region": "DK"}
    SMSGATEWAY = {"default": {"BACKEND": "cpsms", "OPTIONS": OPTIONS}}
"""

DJANGO_TESTS = """
    from django.test import SimpleTestCase, TestCase

    from smsgateway_django import outbox, send_sms


    class Sending:
        def test_one(self):
            send_sms("one", "22334488")
            self.assertEqual([message.text for message in outbox], ["one"])

        def test_two(self):
            send_sms("two", "22334488")
            self.assertEqual([message.text for message in outbox], ["two"])

        def test_none(self):
            self.assertEqual(outbox, [])


    class FirstTests(Sending, TestCase):
        pass


    class SecondTests(Sending, SimpleTestCase):
        pass


    class RealTests(SimpleTestCase):
        def test_real(self):
            send_sms("for real", "22334488", using="real")
            self.assertEqual(outbox, [])
"""

PYTEST_TESTS = """
    import pytest

    from smsgateway_django import outbox, send_sms


    @pytest.mark.parametrize("text", ["one", "two"])
    def test_fixture(smsoutbox, text):
        send_sms(text, "22334488")
        assert [message.text for message in smsoutbox] == [text]


    @pytest.mark.parametrize("text", ["one", "two"])
    def test_without_the_fixture(text):
        send_sms(text, "22334488")
        assert [message.text for message in outbox] == [text]


    def test_real(smsoutbox):
        send_sms("for real", "22334488", using="real")
        assert len(smsoutbox) == 0
"""


FIXTURES = """
    import unittest

    import pytest

    from smsgateway_django import outbox, send_sms


    @pytest.fixture(scope="session")
    def customer():
        send_sms("of a fixture", "22334488")


    def test_session(customer):
        assert outbox == []


    class ClassTests(unittest.TestCase):
        @classmethod
        def setUpClass(cls):
            send_sms("of a class", "22334488")

        def test_one(self):
            send_sms("one", "22334488")
            self.assertEqual([message.text for message in outbox], ["one"])

        def test_none(self):
            self.assertEqual(outbox, [])

        test_none_again = test_none
"""

SETTING_UP = """
    import pytest


    @pytest.fixture(scope="session", autouse=True)
    def _django():
        import django

        django.setup()
"""


@pytest.fixture
def site(project: Project) -> Project:
    """A project that would write a file for each message it sends."""
    project.write("settings.py", SETTINGS)
    return project


def sent(folder: Path) -> list[str]:
    return (folder / "sent.jsonl").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("arguments", [(), ("--parallel", "2")], ids=["alone", "parallel"])
def test_djangos_runner_sends_nothing(site: Project, arguments: tuple[str, ...]) -> None:
    site.write("tests.py", DJANGO_TESTS)

    done = site.manage("test", *arguments)

    assert done.returncode == 0, done.stderr
    assert "Ran 7 tests" in done.stderr
    (only,) = sent(site.folder)
    assert '"text": "for real"' in only


def test_pytest_sends_nothing(site: Project) -> None:
    site.write("test_sms.py", PYTEST_TESTS)

    done = site.run("-m", "pytest", "-q", "-p", "no:cacheprovider", "test_sms.py")

    assert done.returncode == 0, done.stdout
    assert "5 passed" in done.stdout
    (only,) = sent(site.folder)
    assert '"text": "for real"' in only


def test_pytest_alone_sends_nothing(site: Project) -> None:
    site.write("conftest.py", "import django\n\ndjango.setup()\n")
    site.write("test_sms.py", PYTEST_TESTS)
    site.write("test_fixtures.py", FIXTURES)

    done = site.run("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:django")

    assert done.returncode == 0, done.stdout
    assert "9 passed" in done.stdout
    (only,) = sent(site.folder)
    assert '"text": "for real"' in only


def test_a_fixture_may_be_what_sets_django_up(site: Project) -> None:
    site.write("conftest.py", SETTING_UP)
    site.write("test_sms.py", PYTEST_TESTS)

    done = site.run("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:django")

    assert done.returncode == 0, done.stdout
    assert len(sent(site.folder)) == 1


def test_a_test_may_be_what_sets_django_up(site: Project) -> None:
    site.write(
        "test_lazy.py",
        """
        def test_settings_are_read_when_it_sends():
            from smsgateway_django import outbox, send_sms

            send_sms("one", "22334488")
            assert [message.text for message in outbox] == ["one"]


        def test_outbox_is_empty():
            import django

            from smsgateway_django import outbox

            django.setup()
            assert outbox == []
        """,
    )

    done = site.run("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:django")

    assert done.returncode == 0, done.stdout
    assert not (site.folder / "sent.jsonl").exists()


def test_djangos_runner_needs_no_secret(project: Project) -> None:
    project.write("settings.py", SETTINGS + LACKING)
    project.write("tests.py", DJANGO_TESTS)

    done = project.manage("test", "tests.FirstTests")

    assert done.returncode == 0, done.stderr
    assert "Ran 3 tests" in done.stderr


def test_djangos_test_classes_send_nothing_under_pytest(site: Project) -> None:
    site.write("tests.py", DJANGO_TESTS)

    done = site.run("-m", "pytest", "-q", "-p", "no:cacheprovider", "tests.py")

    assert done.returncode == 0, done.stdout
    assert "7 passed" in done.stdout
    assert len(sent(site.folder)) == 1


def test_a_program_sends(site: Project) -> None:
    done = site.manage("sendtestsms", "22334488")

    assert done.returncode == 0, done.stderr
    assert len(sent(site.folder)) == 1


def test_pytest_without_django_is_left_alone(project: Project) -> None:
    project.write(
        "test_plain.py",
        "def test_plain():\n    import sys\n    assert 'django.core' not in sys.modules\n",
    )

    done = project.run(
        "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:django", "test_plain.py"
    )

    assert done.returncode == 0, done.stdout


def test_a_site_that_keeps_its_mail_in_memory_is_no_test(project: Project) -> None:
    project.write("settings.py", SETTINGS)
    project.write(
        "send.py",
        """
        import django
        from django.core import mail

        from smsgateway_django import send_sms

        django.setup()
        with mail.get_connection("django.core.mail.backends.locmem.EmailBackend") as backend:
            backend.send_messages([mail.EmailMessage("Hej", to=["anna@example.com"])])
        send_sms("for real", "22334488")
        """,
    )

    done = project.run("-W", "ignore", "send.py")

    assert done.returncode == 0, done.stderr
    assert "for real" in (project.folder / "sent.jsonl").read_text(encoding="utf-8")
