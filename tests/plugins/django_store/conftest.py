"""Django, set up with the site in `office`, and the two databases that its store is tested on.

A process has one set of settings. Where these tests run together with those of another site, they
run in a process of their own, which `test_own_process.py` starts.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import django
import pytest
from django.conf import settings
from django.dispatch import Signal

_HERE = Path(__file__).parent
_OWN_PROCESS = "test_own_process.py"

if settings.configured:
    collect_ignore = [each.name for each in _HERE.glob("test_*.py") if each.name != _OWN_PROCESS]
else:
    collect_ignore = [_OWN_PROCESS]
    sys.path.insert(0, str(_HERE))
    _office = import_module("office.settings")
    settings.configure(**{n: getattr(_office, n) for n in dir(_office) if n.isupper()})
    django.setup()


def _find(program: str) -> str | None:
    """Find a program of PostgreSQL, which Debian keeps out of PATH."""
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))
    return shutil.which(program) or (str(kept[-1]) if kept else None)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Start a PostgreSQL of these tests' own, and return the folder of its socket."""
    pytest.importorskip("psycopg", reason="psycopg, which speaks to PostgreSQL, is not installed")
    initdb, pg_ctl = _find("initdb"), _find("pg_ctl")
    if initdb is None or pg_ctl is None:
        pytest.skip("PostgreSQL is not installed (Debian: postgresql)")
    is_root = os.geteuid() == 0  # as whom it does not start
    as_other = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    with tempfile.TemporaryDirectory(prefix="store") as folder:
        if is_root:
            shutil.chown(folder, "postgres", "postgres")

        def run(*command: str) -> None:
            subprocess.run(
                [*(as_other if is_root else []), *command],
                cwd=folder,
                check=True,
                stdout=subprocess.DEVNULL,
            )

        run(initdb, "--auth=trust", "--username=postgres", "--no-sync", f"--pgdata={folder}/data")
        options = f"-k {folder} -c listen_addresses= -c fsync=off"
        run(pg_ctl, "start", "-w", "-D", f"{folder}/data", "-o", options, "-l", f"{folder}/log")
        try:
            yield folder
        finally:
            run(pg_ctl, "stop", "-m", "immediate", "-D", f"{folder}/data")


@pytest.fixture(scope="session")
def _sqlite(django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), tempfile.TemporaryDirectory() as folder:
        _settle("default", NAME=f"{folder}/office.sqlite3")
        yield
        _close("default")


@pytest.fixture(scope="session")
def _postgresql(postgresql: str, _sqlite: None) -> Iterator[None]:
    _settle("postgresql", HOST=postgresql, USER="postgres")
    _connections().settings["beside"] |= {"HOST": postgresql, "USER": "postgres"}
    yield
    _close("postgresql", "beside")


def _connections() -> Any:
    from django.db import connections  # noqa: PLC0415 - after Django is configured

    return connections


def _settle(alias: str, **where: str) -> None:
    from django.core.management import call_command  # noqa: PLC0415 - after Django is configured

    _connections().settings[alias] |= where
    call_command("migrate", database=alias, verbosity=0)


def _close(*aliases: str) -> None:
    for alias in aliases:
        _connections()[alias].close()


def _store_in(alias: str) -> Iterator[str]:
    from smsgateway_django.store import models  # noqa: PLC0415 - after Django is configured

    router = import_module("office.routers").StoreRouter
    router.store = alias
    yield alias
    import_module("office.backends").while_sending.clear()
    for model in (models.Report, models.Message, models.IncomingMessage):
        model.objects.all().delete()
    router.store = "default"


# The same tests in each: their coverage is measured in one.
@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.many)])
def store(request: pytest.FixtureRequest) -> Iterator[str]:
    """The store in a real database, with real commits; what a test leaves there is deleted."""
    request.getfixturevalue(f"_{request.param}")
    yield from _store_in("default" if request.param == "sqlite" else "postgresql")


@pytest.fixture
def store_in_sqlite(_sqlite: None) -> Iterator[str]:
    """The store where one transaction keeps every other from writing."""
    yield from _store_in("default")


@pytest.fixture
def store_in_postgresql(_postgresql: None) -> Iterator[str]:
    """The store where one transaction keeps no other from writing."""
    yield from _store_in("postgresql")


@pytest.fixture
def store_beside(_postgresql: None) -> Iterator[str]:
    """The store in that database too, by a connection of its own; its alias is `beside`."""
    yield from _store_in("beside")


@pytest.fixture
def while_sending() -> Callable[[Callable[[Any], None]], None]:
    """Let something happen while a message is on its way."""
    happen: list[Callable[[Any], None]] = import_module("office.backends").while_sending
    return happen.append


@pytest.fixture
def sent(while_sending: Callable[[Callable[[Any], None]], None]) -> list[Any]:
    """The messages that go out."""
    messages: list[Any] = []
    while_sending(messages.append)
    return messages


@pytest.fixture
def move(store: str) -> Iterator[Callable[[str], None]]:
    """Let the store be in another database; `away` is one that cannot be reached."""
    router = import_module("office.routers").StoreRouter
    yield partial(setattr, router, "store")
    router.store = store


@pytest.fixture
def listen() -> Iterator[Callable[[Signal, Callable[..., Any]], None]]:
    """Connect receivers to signals for one test."""
    connected: list[tuple[Signal, Callable[..., Any]]] = []

    def connect(signal: Signal, receiver: Callable[..., Any]) -> None:
        signal.connect(receiver, weak=False)
        connected.append((signal, receiver))

    yield connect
    for signal, receiver in connected:
        signal.disconnect(receiver)


@pytest.fixture
def in_threads() -> Callable[..., None]:
    """Do several things at the same time, each with database connections of its own."""

    def do(*things: Callable[[], object]) -> None:
        def alone(thing: Callable[[], object]) -> None:
            try:
                thing()
            finally:
                _connections().close_all()

        with ThreadPoolExecutor(len(things)) as pool:
            for done in [pool.submit(alone, thing) for thing in things]:
                done.result()

    return do


@pytest.fixture
def client() -> Iterator[Any]:
    """Somebody who may do everything."""
    from django.contrib.auth.models import User  # noqa: PLC0415 - after Django is configured

    user = User.objects.create_superuser("anna")
    yield _logged_in(user)
    user.delete()


@pytest.fixture
def looker() -> Iterator[Any]:
    """Somebody who may look at everything."""
    yield from _who_may(codename__startswith="view_")


@pytest.fixture
def repeater() -> Iterator[Any]:
    """Somebody who may send messages again."""
    yield from _who_may(codename="send_again")


def _who_may(**permissions: str) -> Iterator[Any]:
    from django.contrib.auth.models import Permission, User  # noqa: PLC0415 - models need apps

    user = User.objects.create_user("bent", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(**permissions))
    yield _logged_in(user)
    user.delete()


def _logged_in(user: Any) -> Any:
    from django.test import Client  # noqa: PLC0415 - after Django is configured

    client = Client()
    client.force_login(user)
    return client
