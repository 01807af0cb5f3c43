"""What all tests share: no way out to the network, how hypothesis searches, what starts first."""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any

import pytest
from coverage import Coverage
from hypothesis import is_hypothesis_test, settings

settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "local")

if "PYTEST_XDIST_WORKER" in os.environ:
    # `tests/run` lets this process measure its coverage so; what tests start, and kill, does not.
    os.environ.pop("COVERAGE_PROCESS_START", None)

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell ignores it for what it starts in the background, and so would all that tests start.
    signal.signal(signal.SIGINT, signal.default_int_handler)

_TRACERS = sys.gettrace(), threading.gettrace()  # those of coverage, where it is measured

_is_live = False  # while a test runs that may talk to a vendor


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--live-cpsms",
        action="store_true",
        help="send for real through CPSMS, and record the answers: needs CPSMS_USERNAME, "
        "CPSMS_API_KEY and CPSMS_TEST_NUMBER in the environment, and costs points",
    )
    parser.addoption(
        "--fault-matrix",
        type=int,
        default=1_000,
        metavar="MESSAGES",
        help="how many messages are sent through a vendor that fails in every way",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "live_cpsms: sends for real; runs with --live-cpsms only")
    sys.addaudithook(_refuse_the_network)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--live-cpsms"):
        live = [item for item in items if item.get_closest_marker("live_cpsms")]
        items[:] = [item for item in items if item not in live]
        config.hook.pytest_deselected(items=live)
    # Where several processes share the tests, none waits at the end for one that began late.
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Search none of the thousands of tests for what can be thrown away: they stay to the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Share the tests among one process more than there are cores: many of them wait."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Measure those that run the tests, and not the process that hands them out."""
    if measured := Coverage.current():
        measured.stop()


@pytest.hookimpl(wrapper=True)
def pytest_pycollect_makeitem() -> Generator[None, object, object]:
    """Measure what importing the tests runs, and not how pytest finds them in their modules."""
    with _measured(is_so=False):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop() -> Generator[None, object, object]:
    """Measure fixtures and tests, and not pytest between them, which takes as long as they do."""
    with _measured(is_so=False):
        return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    global _is_live  # noqa: PLW0603 - an audit hook is called with nothing but the event
    _is_live = item.get_closest_marker("live_cpsms") is not None


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[object]) -> Generator[None, object, object]:
    if not fixturedef.func.__module__.startswith(("smsgateway", "tests")):
        return (yield)
    with _measured(is_so=True):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Measure coverage by examples: it doubles the time of what is done at random or many times."""
    with _measured(is_so=not _is_repetitive(item)):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Generator[None, object, object]:
    with _measured(is_so=True):
        return (yield)


@contextmanager
def _measured(*, is_so: bool) -> Iterator[None]:
    """Measure coverage or do not, here and in threads that start here; those that run go on."""
    if not Coverage.current():
        yield
        return
    before = sys.gettrace(), threading.gettrace()
    _trace(*(_TRACERS if is_so else (None, None)))
    try:
        yield
    finally:
        _trace(*before)


def _trace(here: Any, in_threads: Any) -> None:
    sys.settrace(here)
    threading.settrace(in_threads)


def _is_repetitive(item: pytest.Item) -> bool:
    is_property = is_hypothesis_test(getattr(item, "obj", None))
    return is_property or item.get_closest_marker("many") is not None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what was skipped by tests that a test ran in a process of their own."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            for line in value if name == "skipped" else ():
                terminalreporter.write_line(line)


def _refuse_the_network(event: str, arguments: tuple[object, ...]) -> None:
    """Fail whatever connects to another machine, or looks up a name, in whatever library.

    `pytest.fail` raises no `Exception`, so nothing that is tested can mistake it for a failed send.
    """
    if _is_live or not event.startswith("socket."):
        return
    if event in {"socket.getaddrinfo", "socket.gethostbyname"}:
        host = arguments[0]
        if str(host).endswith(".invalid"):  # a name that never exists (RFC 6761, 6.4)
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    elif event in {"socket.connect", "socket.sendto"}:
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None  # a path: a Unix socket
    else:
        return
    if not _is_here(host):
        pytest.fail(f"A test tried to reach {host!r}: tests may talk to this machine only.")


def _is_here(host: object) -> bool:
    if host in {None, "", b"", "localhost", b"localhost"}:
        return True
    try:
        return ip_address(host.decode() if isinstance(host, bytes) else str(host)).is_loopback
    except ValueError:
        return False
