from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from smsgateway_inbox import StoredMessage


@pytest.fixture
def sent(run: Any) -> None:
    run(
        *("send", "Hej\n\x1b[31mdu", "--to", "+4522334488", "--to", "+4522334489"),
        *("--at", "2040-12-24T18:00Z", "--sender", "Acme", "--flash", "--reference", "order-17"),
    )


@pytest.mark.usefixtures("sent")
def test_the_list_has_the_newest_last(run: Any, run_json: Any) -> None:
    document = run_json("inbox", "list")

    assert [message["id"] for message in document["messages"]] == [1, 2]
    assert set(document["messages"][0]) == {field.name for field in fields(StoredMessage)}
    assert "Hej\\n\\x1b[31mdu" in run("inbox", "list").stdout


@pytest.mark.usefixtures("sent")
def test_the_list_shows_what_was_to_be_sent_later(run: Any) -> None:
    run("send", "Hej", "--to", "+4522334488")

    titles, *later, at_once = run("inbox", "list").stdout.splitlines()

    assert titles.split() == ["Id", "Received", "To", "From", "At", "Text"]
    assert ["2040-12-24 18:00:00+00:00" in row for row in later] == [True, True]
    assert "2040" not in at_once


@pytest.mark.usefixtures("sent")
def test_one_message_is_shown_with_all_that_was_asked(run: Any, run_json: Any) -> None:
    document = run_json("inbox", "show", "2")
    shown = run("inbox", "show", "2").stdout

    assert document | {"received_at": None} == {
        "id": 2,
        "received_at": None,
        "to": "+4522334489",
        "sender": "Acme",
        "text": "Hej\n\x1b[31mdu",
        "encoding": "UCS-2",
        "segments": 1,
        "send_at": "2040-12-24T18:00:00+00:00",
        "validity": None,
        "flash": True,
        "reference": "order-17",
        "report_url": None,
    }
    assert shown.endswith("\nHej\n\\x1b[31mdu\n")
    assert "order-17" in shown


@pytest.mark.usefixtures("sent")
def test_clearing_deletes_all(run: Any, run_json: Any, home: Path) -> None:
    assert run_json("inbox", "clear") == {"cleared": 2}
    assert run_json("inbox", "list") == {"messages": []}
    assert run("inbox", "clear").stdout == "0 messages deleted.\n"
    assert run("inbox", "list").stdout == f"The inbox {home}/data/smsgateway/inbox.db is empty.\n"


def test_a_message_that_is_not_there_is_an_error(run_json: Any) -> None:
    document = run_json("inbox", "show", "7", status=1)

    assert document["error"]["type"] == "MailboxError"
    assert "has no message 7" in document["error"]["message"]


def test_another_file_is_shown_by_its_path(run: Any, run_json: Any, home: Path) -> None:
    run("send", "Hej", "--to", "+4522334488", "--url", f"inbox://{home}/other.db")

    document = run_json("inbox", "list", "--path", str(home / "other.db"))

    assert len(document["messages"]) == 1
    assert run_json("inbox", "list") == {"messages": []}
