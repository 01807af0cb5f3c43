"""`smsgateway cpsms contacts import`; what interrupts it, and what interrupts `sendgroup`."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from smsgateway import SmsGateway
from smsgateway.cli.app import command_line
from smsgateway_cpsms import Contact
from smsgateway_cpsms.emulator import CpsmsEmulator, Faults

ANNA, BENT, CARL = "+4522334488", "+4533445599", "+46701234567"

Run = Callable[..., Result]
RunJson = Callable[..., Any]


@pytest.fixture
def run() -> Run:
    """Import what is given on standard input into a group."""

    def run(url: str, content: str, *options: str, group: str = "1") -> Result:
        arguments = ("cpsms", "contacts", "import", group, "-", "--url", f"{url}?region=DK")
        return CliRunner().invoke(
            command_line(), (*arguments, *options), input=content, catch_exceptions=False
        )

    return run


@pytest.fixture
def run_json(run: Run) -> RunJson:
    """Import with `--json`: the status is as said, the output one document."""

    def run_json(url: str, content: str, *options: str, status: int = 0, group: str = "1") -> Any:
        done = run(url, content, "--json", *options, group=group)
        assert done.exit_code == status, done.output
        return json.loads(done.stdout)

    return run_json


@pytest.fixture(scope="module")
def server() -> Iterator[CpsmsEmulator]:
    with CpsmsEmulator() as emulator:
        yield emulator


@pytest.fixture
def emulator(server: CpsmsEmulator) -> CpsmsEmulator:
    """The server, with nothing going wrong."""
    server.faults = Faults()
    return server


@pytest.fixture
def gateway(emulator: CpsmsEmulator) -> Iterator[SmsGateway]:
    with SmsGateway.from_url(emulator.url) as gateway:
        yield gateway


@pytest.fixture
def group(gateway: SmsGateway) -> str:
    """The id of a new group."""
    cpsms: Any = gateway.provider
    return str(gateway.run(cpsms.add_group(f"Group {time.monotonic_ns()}")).id)


@pytest.fixture
def list_contacts(gateway: SmsGateway, group: str) -> Callable[[], list[tuple[str, str | None]]]:
    """List the numbers and names in the group."""
    cpsms: Any = gateway.provider

    def list_contacts() -> list[tuple[str, str | None]]:
        found: list[Contact] = gateway.run(cpsms.list_contacts(int(group)))
        return [(contact.number, contact.name) for contact in found]

    return list_contacts


# Files


@pytest.mark.parametrize(
    "content",
    [
        "number,name\n22334488,Anna\n33445599,\n",
        "22 33 44 88,Anna\n33 44 55 99\n",
        "\ufeffNavn;Phone;Name\r\nx;22334488;Anna\r\n;;\r\ny;33445599\r\n",
        'name\tto\n"Anna"\t+45 22 33 44 88\n\t+45 33 44 55 99\n',
        "\n\n  22334488  ,  Anna  \n\n33445599",
        "22334488,\u00a0Anna\u00a0\n33\u00a044\u00a055\u00a099,\u00a0\n",
    ],
    ids=["titles", "no titles", "semicolon", "tab", "blank lines", "no-break spaces"],
)
def test_a_file_is_imported(
    emulator: CpsmsEmulator, group: str, run_json: RunJson, list_contacts: Any, content: str
) -> None:
    document = run_json(emulator.url, content, group=group)

    assert document == {
        "group_id": int(group),
        "done": 2,
        "there_already": 0,
        "refused": 0,
        "unknown": 0,
        "not_begun": 0,
        "problems": [],
    }
    assert list_contacts() == [(ANNA, "Anna"), (BENT, None)]


def test_a_file_need_not_have_names(
    emulator: CpsmsEmulator, group: str, run_json: RunJson, list_contacts: Any
) -> None:
    run_json(emulator.url, "phone\n44556600,too much\n", group=group)

    assert list_contacts() == [("+4544556600", None)]


def test_names_are_imported_as_people_write_them(
    emulator: CpsmsEmulator, group: str, run_json: RunJson, list_contacts: Any
) -> None:
    run_json(emulator.url, "22334488,Anna\u00a0B. 👨\u200d👩\u200d👧\n", group=group)

    assert list_contacts() == [(ANNA, "Anna B. 👨\u200d👩\u200d👧")]


def test_a_file_is_read_by_its_name(
    emulator: CpsmsEmulator, group: str, list_contacts: Any, tmp_path: Path
) -> None:
    (tmp_path / "kunder.csv").write_text("number,name\n22334488,Søren Ærø\n", encoding="utf-8")
    file = str(tmp_path / "kunder.csv")
    options = ("--url", emulator.url, "--region", "DK")

    done = CliRunner().invoke(
        command_line(), ("cpsms", "contacts", "import", group, file, *options)
    )

    assert done.stdout == "done 1\n"
    assert list_contacts() == [(ANNA, "Søren Ærø")]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "Standard input names no contact."),
        ("number,name\n", "Standard input names no contact."),
        ("\udcff", "cannot be read as a CSV file in UTF-8 (UnicodeDecodeError)"),
        ("x" * 200_000, "cannot be read as a CSV file in UTF-8 (Error)"),
    ],
    ids=["empty", "only titles", "not UTF-8", "not CSV"],
)
def test_a_file_that_cannot_be_used_is_an_error(content: str, problem: str) -> None:
    given = content.encode(errors="surrogateescape")
    options = ("--url", "cpsms://u:k@127.0.0.1:9")

    done = CliRunner().invoke(
        command_line(), ("cpsms", "contacts", "import", "1", "-", *options), input=given
    )

    assert done.exit_code == 1
    assert problem in done.stderr


def test_a_file_that_is_not_there_is_wrong_usage() -> None:
    done = CliRunner().invoke(command_line(), ("cpsms", "contacts", "import", "1", "kunder.csv"))

    assert done.exit_code == 2


def test_wrong_rows_are_listed_masked_and_nothing_is_sent(run: Run) -> None:
    content = 'number,name\n22334488,Anna\n2233448,Bent\n\n,Carl\n33445599,"Dor\nthe"\n'

    done = run("cpsms://u:k@127.0.0.1:9", content)

    assert done.exit_code == 1
    first, *lines = done.stderr.splitlines()[1:]
    assert first == "Error: 3 of 4 rows are wrong; nothing was sent."
    assert [line.strip().partition(":")[0] for line in lines] == ["line 3", "line 5", "line 7"]
    assert "***48" in lines[0]
    assert "2233448" not in done.output
    assert "Dor" not in done.output
    assert "U+000A (a control character)" in lines[2]


def test_of_many_wrong_rows_some_are_listed(run: Run) -> None:
    done = run("cpsms://u:k@127.0.0.1:9", "number\n" + "12\n" * 23)

    assert done.stderr.splitlines()[-1] == "  and 3 more"


# What becomes of the rows


def test_what_the_vendor_refuses_does_not_stop_the_rest(
    emulator: CpsmsEmulator, group: str, run_json: RunJson, list_contacts: Any
) -> None:
    content = "number,name\n22334488,Anna\n22334488,Anna again\n+46701234567,Carl\n"

    document = run_json(emulator.url, content, group=group, status=3)

    assert (document["done"], document["refused"], document["not_begun"]) == (2, 1, 0)
    (problem,) = document["problems"]
    assert problem.pop("reason").endswith("The contact is in that group already.")
    assert problem == {"line": 3, "number": ANNA, "name": "Anna again", "status": "refused"}
    assert list_contacts() == [(ANNA, "Anna"), (CARL, "Carl")]


def test_a_file_can_be_imported_again(
    emulator: CpsmsEmulator, group: str, run: Run, run_json: RunJson, list_contacts: Any
) -> None:
    run(emulator.url, "22334488,Anna\n33445599\n", group=group)
    content = "22334488,Anna\n33445599\n+46701234567,Carl\n"

    document = run_json(emulator.url, content, group=group)
    shown = run(emulator.url, content, group=group)

    assert (document["done"], document["there_already"], document["refused"]) == (1, 2, 0)
    assert document["problems"] == []
    assert list_contacts() == [(ANNA, "Anna"), (BENT, None), (CARL, "Carl")]
    assert shown.stdout == "there already 3\n"
    assert shown.exit_code == 0


def test_a_contact_that_is_there_already_keeps_its_name(
    emulator: CpsmsEmulator, group: str, run: Run, run_json: RunJson, list_contacts: Any
) -> None:
    run(emulator.url, "22334488,Anna\n33445599,Bent\n", group=group)

    document = run_json(emulator.url, "22334488,Anne\n33445599\n", group=group)

    (problem,) = document["problems"]
    assert (problem["line"], problem["status"]) == (1, "there_already")
    assert problem["reason"].startswith("It keeps the name that it has")
    assert document["there_already"] == 2
    assert list_contacts() == [(ANNA, "Anna"), (BENT, "Bent")]


def test_people_see_the_first_problems(emulator: CpsmsEmulator, group: str, run: Run) -> None:
    content = "number\n" + "22334488\n" * 24

    done = run(emulator.url, content, group=group)

    assert done.stdout.startswith("done 1, refused 23\n")
    assert done.stdout.count("already") == 20
    assert done.stdout.endswith("and 3 more; --json shows every one\n")


def test_a_group_that_is_not_there_is_found_out_first(
    emulator: CpsmsEmulator, run_json: RunJson
) -> None:
    document = run_json(emulator.url, "22334488\n", group="4711", status=1)

    assert document["error"]["type"] == "MessageError"
    assert "There is no group 4711" in document["error"]["message"]


# What stops an import


class Vendor(ThreadingHTTPServer):
    """A CPSMS with a group 1, that takes all it is asked to until something else is to happen.

    Attributes:
        posts: What the next calls by POST do instead.
        is_over: Ends those that wait.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.posts: list[Callable[[Handler], None]] = []
        self.is_over = threading.Event()

    @property
    def url(self) -> str:
        host, port = self.server_address[:2]
        return f"cpsms+http://user:key@{host!s}:{port}"


class Handler(BaseHTTPRequestHandler):
    server: Vendor

    def do_GET(self) -> None:
        groups = {"groupId": 1, "groupName": "Kunder"}
        self.answer(200, groups if self.path == "/v2/listgroups" else [])

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        post = self.server.posts.pop(0) if self.server.posts else take
        post(self)

    def answer(self, status: int, document: object) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(document).encode())

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def take(handler: Handler) -> None:
    handler.answer(200, {"success": [{"to": "4522334488", "cost": 1, "smsAmount": 1}]})


def cut(_: Handler) -> None:
    """Close the connection without an answer."""


def refuse(status: int) -> Callable[[Handler], None]:
    return lambda handler: handler.answer(status, {"error": {"code": status, "message": "No"}})


def press_ctrl_c() -> None:
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    time.sleep(0.05)  # it is handled in that thread, as soon as that one runs


def press_ctrl_c_and_take(handler: Handler) -> None:
    press_ctrl_c()
    take(handler)


def press_ctrl_c_and_wait(handler: Handler) -> None:
    press_ctrl_c()
    handler.server.is_over.wait(20)


def press_ctrl_c_twice_and_wait(handler: Handler) -> None:
    press_ctrl_c()
    press_ctrl_c_and_wait(handler)


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with Vendor() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.is_over.set()
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("post", "counts", "status", "error"),
    [
        (refuse(401), (1, 1, 0, 2), 3, "AuthenticationError"),
        (refuse(429), (1, 1, 0, 2), 3, "RateLimited"),
        (refuse(302), (1, 0, 0, 3), 3, "NotSent"),
        (refuse(503), (1, 0, 1, 2), 4, "ProviderUnavailable"),
        (cut, (1, 0, 1, 2), 4, "OutcomeUnknown"),
        (press_ctrl_c_and_wait, (1, 0, 1, 2), 4, "Interrupted"),
    ],
    ids=["401", "429", "redirect", "503", "cut", "Ctrl-C"],
)
def test_an_error_that_is_not_about_the_row_stops_the_import_and_says_how_far_it_came(
    vendor: Vendor,
    run: Run,
    run_json: RunJson,
    post: Callable[[Handler], None],
    counts: tuple[int, ...],
    status: int,
    error: str,
) -> None:
    content = "number\n22334488\n33445599\n44556600\n55667711\n"
    vendor.posts = [take, post]

    document = run_json(vendor.url, content, status=status)
    vendor.posts = [take, post]
    shown = run(vendor.url, content)

    names = ("done", "refused", "unknown", "not_begun")
    assert tuple(document[name] for name in names) == counts
    assert document["error"]["type"] == error
    assert [problem["line"] for problem in document["problems"]] == [3] * (3 - counts[3])
    assert shown.stdout.splitlines()[0].endswith(f"not begun {counts[3]}")
    assert shown.stderr.endswith(f"\nError: {document['error']['message']}\n")
    assert shown.exit_code == status


def test_an_import_that_does_nothing_fails(vendor: Vendor, run_json: RunJson) -> None:
    vendor.posts = [refuse(401)]

    document = run_json(vendor.url, "22334488\n", status=1)

    assert (document["done"], document["refused"]) == (0, 1)


def test_on_a_terminal_there_is_a_bar(vendor: Vendor, script: str, tmp_path: Path) -> None:
    file = tmp_path / "numbers.csv"
    file.write_text("".join(f"+45{22334400 + position}\n" for position in range(120)))
    terminal, side = pty.openpty()

    done = subprocess.run(
        [script, "cpsms", "contacts", "import", "1", str(file), "--gateway", "main"],
        stdout=subprocess.PIPE,
        stderr=side,
        check=True,
        text=True,
        env={"TERM": "xterm", "COLUMNS": "100", "SMSGATEWAY_MAIN_URL": vendor.url},
    )
    shown = os.read(terminal, 100_000)
    os.close(side)
    os.close(terminal)

    assert done.stdout == "done 120\n"
    assert b"/120" in shown


@pytest.fixture
def script() -> str:
    """The installed command."""
    return str(Path(sys.executable).with_name("smsgateway"))


# A message to a group


@pytest.fixture
def send(vendor: Vendor) -> Run:
    def send(*options: str) -> Result:
        arguments = ("cpsms", "sendgroup", "1", "Hej", "--url", vendor.url, *options)
        return CliRunner().invoke(command_line(), arguments, catch_exceptions=False)

    return send


def refuse_most(handler: Handler) -> None:
    errors = [{"code": 409, "message": "No", "to": f"45{22334400 + n}"} for n in range(23)]
    handler.answer(207, {"success": [{"to": "4522334488", "cost": 1}], "error": errors})


def test_of_many_contacts_that_are_refused_some_are_listed(vendor: Vendor, send: Run) -> None:
    vendor.posts = [refuse_most]

    done = send()

    first, *_, last = done.stdout.splitlines()
    assert first == "accepted 1, rejected 23"
    assert done.stdout.count("invalid_number") == 20
    assert last == "and 3 more; --json shows every recipient"
    assert done.exit_code == 3


def test_the_first_ctrl_c_waits_for_the_answer(vendor: Vendor, send: Run) -> None:
    vendor.posts = [press_ctrl_c_and_take]

    done = send("--json")

    assert json.loads(done.stdout)["accepted"] == [ANNA]
    assert done.exit_code == 0


def test_the_second_one_does_not(
    vendor: Vendor, send: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def leave(status: int) -> None:
        vendor.is_over.set()
        raise SystemExit(status)

    monkeypatch.setattr(os, "_exit", leave)
    vendor.posts = [press_ctrl_c_twice_and_wait]

    done = send("--json")

    assert json.loads(done.stdout)["error"]["type"] == "OutcomeUnknown"
    assert done.exit_code == 4
