from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest

from smsgateway import Encoding, Message, SendFailed, SmsGateway, analyze
from smsgateway.hooks import Plugins
from smsgateway.testing import LocalProviderContract
from smsgateway_inbox import Inbox, Mailbox, MailboxError, StoredMessage, default_path

DANE, OTHER = "+4522334488", "+4522334489"
TEXT = "The contract's code is 73-19-02."

# What each of several processes does: wait for its turn, then store from 8 threads.
WRITER = """
import sys, time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from smsgateway import Message, analyze
from smsgateway_inbox import Mailbox

path, name, start = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
analysis = analyze("Hej")
messages = [Message(text="Hej", to="+4522334488", reference=f"{name}-{n}") for n in range(250)]
time.sleep(max(0, start - time.time()))
with ThreadPoolExecutor(8) as pool:
    list(pool.map(lambda message: Mailbox(path).store(message, analysis), messages))
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "inbox.db"


@pytest.fixture
def gateway(path: Path) -> SmsGateway:
    return SmsGateway(Inbox(path=path), plugins=Plugins())


class TestContract(LocalProviderContract):
    provider: ClassVar[Inbox]

    @pytest.fixture(autouse=True, scope="class")
    @classmethod
    def _provide(cls, tmp_path_factory: pytest.TempPathFactory) -> None:
        cls.provider = Inbox(path=tmp_path_factory.mktemp("inbox") / "inbox.db")


def test_a_message_is_kept_for_each_recipient(gateway: SmsGateway, path: Path) -> None:
    result = gateway.send("Hej 👋", to=[DANE, OTHER], sender="Acme")

    first, second = Mailbox(path).messages()
    assert [r.message_id for r in result.accepted] == ["1", "2"]
    assert (first.to, second.to) == (DANE, OTHER)
    assert abs(datetime.now(UTC) - first.received_at) < timedelta(minutes=1)
    assert second == StoredMessage(
        id=2,
        received_at=second.received_at,
        to=OTHER,
        sender="Acme",
        text="Hej 👋",
        encoding=Encoding.UCS2,
        segments=1,
        send_at=None,
        validity=None,
        flash=False,
        reference=None,
        report_url=None,
    )


def test_all_that_a_message_asks_for_is_kept(gateway: SmsGateway, path: Path) -> None:
    asked: dict[str, Any] = {
        "send_at": datetime(2040, 1, 1, tzinfo=UTC),
        "validity": timedelta(minutes=90),
        "flash": True,
        "reference": "order-17",
        "report_url": "https://shop.example/reports",
        "encoding": Encoding.UCS2,
    }

    result = gateway.send(Message(text="a\0b\n", to=DANE, **asked))

    (kept,) = Mailbox(path).messages()
    assert {name: getattr(kept, name) for name in asked} == asked
    assert kept.text == "a\0b\n"
    assert result.recipients[0].status == "scheduled"


def test_a_message_is_found_by_its_id(gateway: SmsGateway, path: Path) -> None:
    gateway.send("Hej", to=[DANE, OTHER])

    assert Mailbox(path).message(2).to == OTHER


@pytest.mark.parametrize("id_", [0, 2, 10**30])
def test_a_message_that_is_not_there_is_an_error(gateway: SmsGateway, path: Path, id_: int) -> None:
    gateway.send("Hej", to=DANE)

    with pytest.raises(MailboxError):
        Mailbox(path).message(id_)


def test_an_inbox_that_was_never_used_is_empty_and_is_not_made(path: Path) -> None:
    mailbox = Mailbox(path)

    with pytest.raises(MailboxError, match="has no message 1"):
        mailbox.message(1)

    assert (mailbox.messages(), mailbox.clear()) == ([], 0)
    assert not path.parent.exists()


def test_clearing_leaves_no_text_behind_and_uses_no_id_again(
    gateway: SmsGateway, path: Path
) -> None:
    gateway.send(TEXT, to=[DANE, OTHER])

    cleared = Mailbox(path).clear()

    kept = b"".join(file.read_bytes() for file in path.parent.iterdir())
    result = gateway.send("Hej", to=DANE)
    assert cleared == 2
    assert TEXT.encode() not in kept
    assert result.recipients[0].message_id == "3"


def test_only_its_owner_can_read_it(gateway: SmsGateway, path: Path) -> None:
    before = os.umask(0)
    try:
        gateway.send("Hej", to=DANE)
    finally:
        os.umask(before)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert list(path.parent.iterdir()) == [path]


def test_by_default_it_is_in_the_users_data_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))

    places = {default_path(), Inbox().path, Mailbox().path}

    assert places == {tmp_path / "smsgateway" / "inbox.db"}


def test_a_url_can_name_the_file(path: Path) -> None:
    gateway = SmsGateway.from_url(f"inbox://{path}")

    gateway.send("Hej", to=DANE)

    assert len(Mailbox(path).messages()) == 1


def test_an_empty_file_is_made_an_inbox(tmp_path: Path) -> None:
    path = tmp_path / "empty"
    path.touch()

    SmsGateway(Inbox(path=path), plugins=Plugins()).send("Hej", to=DANE)

    assert len(Mailbox(path).messages()) == 1


def test_a_repr_shows_no_text_and_no_number(gateway: SmsGateway, path: Path) -> None:
    gateway.send(TEXT, to=DANE)

    (kept,) = Mailbox(path).messages()

    assert repr(kept) == "<StoredMessage 1 to +45******88>"
    assert repr(Mailbox(path)) == f"<Mailbox {path}>"


def _is_text(path: Path) -> None:
    path.write_text("This is not a database. " * 100)


def _is_directory(path: Path) -> None:
    path.mkdir()


def _is_something_else(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (url)")


def _is_newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 2")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (_is_text, "file is not a database"),
        (_is_directory, "unable to open database file"),
        (_is_something_else, "it is no inbox of version 1"),
        (_is_newer, r"its version is 2"),
    ],
)
def test_what_is_no_inbox_is_left_alone_and_nothing_is_sent(
    tmp_path: Path, make: object, words: str
) -> None:
    path = tmp_path / "other"
    make(path)  # type: ignore[operator]  # it is one of the functions above

    with pytest.raises(SendFailed, match=words) as failure:
        SmsGateway(Inbox(path=path), plugins=Plugins()).send(TEXT, to=DANE)

    assert len(failure.value.result.not_sent) == 1
    assert TEXT not in str(failure.value)
    with pytest.raises(MailboxError, match=words):
        Mailbox(path).messages()


@pytest.mark.parametrize("name", ["file/inbox.db", "a\0b"], ids=["below a file", "NUL"])
def test_a_file_that_cannot_be_made_is_not_sent(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(SendFailed, match="cannot be used") as failure:
        SmsGateway(Inbox(path=tmp_path / name), plugins=Plugins()).send(TEXT, to=DANE)

    assert len(failure.value.result.not_sent) == 1


def test_a_full_disk_is_not_sent_and_keeps_what_was_there(gateway: SmsGateway, path: Path) -> None:
    gateway.send("Hej", to=DANE)
    sender = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from smsgateway import SendFailed, SmsGateway\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))\n"
        "try:\n"
        "    SmsGateway.from_url(f'inbox://{sys.argv[1]}').send('x' * 200000, to='+4522334488')\n"
        "except SendFailed as error:\n"
        "    print([str(r.status) for r in error.result.recipients], 'xxx' in str(error))\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", sender, path], capture_output=True, text=True, check=True
    )

    assert done.stdout == "['not_sent'] False\n"
    assert [message.text for message in Mailbox(path).messages()] == ["Hej"]


def test_nothing_is_lost_when_four_processes_write_from_eight_threads(path: Path) -> None:
    start = time.time() + 0.5
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, path, str(n), str(start)]) for n in range(4)
    ]

    statuses = [writer.wait(timeout=60) for writer in writers]

    messages = Mailbox(path).messages()
    with closing(sqlite3.connect(path)) as connection:
        (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    assert statuses == [0, 0, 0, 0]
    assert len({message.reference for message in messages}) == len(messages) == 1000
    assert mode == "wal"


def test_thirty_two_threads_may_make_it_at_once(tmp_path: Path) -> None:
    paths = [tmp_path / str(number) / "inbox.db" for number in range(10)]
    message, analysis = Message(text="Hej", to=DANE), analyze("Hej")

    with ThreadPoolExecutor(32) as pool:
        list(pool.map(lambda n: Mailbox(paths[n % 10]).store(message, analysis), range(320)))

    assert [len(Mailbox(path).messages()) for path in paths] == [32] * 10
    assert [list(path.parent.iterdir()) for path in paths] == [[path] for path in paths]
