"""The site in `clinic`, served by a process of its own, and a browser to use it with."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from smsgateway_cpsms.emulator import CpsmsEmulator
from smsgateway_cpsms.emulator.switches import Faults, Reporting

_HERE = Path(__file__).parent


class Browser:
    """A browser, as far as it takes to fill in forms."""

    def __init__(self, site: str) -> None:
        self._site = site
        self._session = requests.Session()

    def get(self, path: str) -> str:
        """Open a page."""
        return self._page(self._session.get(self._site + path, timeout=10))

    def post(self, path: str, form: dict[str, str]) -> str:
        """Send the form of a page that was opened."""
        token = {"csrfmiddlewaretoken": self._session.cookies["csrftoken"]}
        return self._page(self._session.post(self._site + path, {**form, **token}, timeout=10))

    def _page(self, answer: requests.Response) -> str:
        assert answer.status_code == 200, answer.text
        return answer.text


class Clinic:
    """The site as it runs, and the vendor that it sends through."""

    def __init__(self, folder: Path, vendor: CpsmsEmulator) -> None:
        self._port = _free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self.vendor = vendor
        self._database = folder / "clinic.sqlite3"
        self._kept = folder / "kept.sqlite3"
        self._log = folder / "log"
        self._environment = {
            **os.environ,
            "CLINIC_DATABASE": str(self._database),
            "CLINIC_URL": self.url,
            "CPSMS_API_KEY": vendor.key,
            "CPSMS_URL": vendor.base_url,
            "DJANGO_SETTINGS_MODULE": "clinic.settings",
            "DJANGO_SUPERUSER_PASSWORD": "a-long-pass-17",
        }

    @property
    def log(self) -> str:
        """All that the site has written."""
        return self._log.read_text(encoding="utf-8")

    def manage(self, *arguments: str) -> None:
        """Run a command of `manage.py`."""
        assert self._start(*arguments).wait() == 0, self.log

    def keep(self) -> None:
        """Keep the database as it is now."""
        shutil.copy(self._database, self._kept)

    def reset(self) -> None:
        """Be as it was when the database was kept; the messages stay with the vendor."""
        self.vendor.deliver_reports()
        self.vendor.faults, self.vendor.reporting = Faults(), Reporting()
        shutil.copy(self._kept, self._database)
        os.truncate(self._log, 0)

    def serve(self) -> subprocess.Popen[bytes]:
        """Serve the site, and return when it answers."""
        server = self._start("runserver", "--noreload", str(self._port))
        deadline = time.monotonic() + 30
        while not _is_open(self._port):
            assert server.poll() is None, self.log
            assert time.monotonic() < deadline, self.log
            time.sleep(0.05)
        return server

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-W", "error", "-m", "django", *arguments],
                cwd=_HERE,
                env=self._environment,
                stdout=log,
                stderr=log,
            )


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _is_open(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="session")
def _served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    with CpsmsEmulator() as vendor:
        clinic = Clinic(tmp_path_factory.mktemp("clinic"), vendor)
        clinic.manage("migrate", "--verbosity=0")
        clinic.manage("createsuperuser", "--noinput", "--username=anna", "--email=a@clinic.example")
        clinic.keep()
        server = clinic.serve()
        yield clinic
        server.terminate()
        server.wait()


@pytest.fixture
def clinic(_served: Clinic) -> Clinic:
    """The site, with one of its staff, Anna, who has no second factor as yet."""
    _served.reset()
    return _served


@pytest.fixture
def browser(clinic: Clinic) -> Browser:
    """Anna's browser."""
    return Browser(clinic.url)
