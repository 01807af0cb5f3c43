from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

DANE, OTHER = "+4522334488", "+4522334489"
URL = ("--url", "null://?region=DK")


@pytest.mark.parametrize(
    "content",
    [
        "to\n22334488\n22334489\n",
        "22334488\n22334489\n",
        "22334488\r\n22334489",
        "\n  \nto\n\n22334488\n\n22334489\n\n",
        "name,Phone\nAnna,22334488\nBo,22334489\n",
        "phone,to\n1,22334488\n2,22334489\n",
        "name;number\nAnna;22334488\nBo;22334489\n",
        "number\tname\n22334488\tAnna\n22334489\tBo\n",
        'name,to\n"Anna, the first\nof two",22 33 44 88\n"Bo",+45 22334489\n',
        "\ufeffto\n22334488\n22334489\n",
    ],
    ids=[
        *("to", "no title", "CRLF", "blank lines", "phone", "two titles", "semicolon", "tab"),
        *("quoted", "byte order mark"),
    ],
)
@pytest.mark.parametrize("is_stdin", [False, True], ids=["file", "stdin"])
def test_a_file_is_read(run_json: Any, home: Path, content: str, *, is_stdin: bool) -> None:
    (home / "numbers.csv").write_text(content, newline="", encoding="utf-8")

    sent = run_json(
        *("send", "Hej", *URL, "--to-file", "-" if is_stdin else "numbers.csv"),
        stdin=content.encode(),
    )

    assert sent["accepted"] == [DANE, OTHER]


def test_numbers_of_both_kinds_are_sent_to(run_json: Any, home: Path) -> None:
    (home / "numbers.csv").write_text("22334489\n")

    sent = run_json("send", "Hej", *URL, "--to", "22334488", "--to-file", "numbers.csv")

    assert sent["accepted"] == [DANE, OTHER]


def test_wrong_rows_are_listed_by_line_and_masked_and_nothing_is_sent(
    run: Any, run_json: Any, home: Path
) -> None:
    (home / "numbers.csv").write_text("name,to\nAnna,22334488\nBo,2233448\n\nCy,\nDi\nEve,Eve\n")

    document = run_json(
        "send", "Hej", "--region", "DK", "--to", "22334489", "--to-file", "numbers.csv", status=1
    )

    lines = document["error"]["message"].splitlines()
    assert document["error"]["type"] == "InvalidPhoneNumber"
    assert lines[0] == "4 of 6 recipients are wrong."
    assert [line.strip().split(":")[0] for line in lines[1:]] == [
        *("line 3", "line 5", "line 6", "line 7"),
    ]
    assert "2233448" not in document["error"]["message"]
    assert "is empty" in run("inbox", "list").stdout


def test_of_many_wrong_rows_twenty_are_listed(run_json: Any, home: Path) -> None:
    (home / "numbers.csv").write_text("nobody\n" * 30)

    document = run_json("send", "Hej", *URL, "--to-file", "numbers.csv", status=1)

    lines = document["error"]["message"].splitlines()
    assert len(lines) == 22
    assert lines[-1].strip() == "and 10 more"


@pytest.mark.parametrize("title", ["telefon", "phone number", "name,telefon"])
def test_a_title_that_is_not_known_says_which_are(run_json: Any, home: Path, title: str) -> None:
    (home / "numbers.csv").write_text(f"{title}\n22334488\n")

    document = run_json("send", "Hej", *URL, "--to-file", "numbers.csv", status=1)

    assert "line 1 (a title is one of: to, number, phone): " in document["error"]["message"]


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "names no recipient"), (b"to\n\n", "names no recipient"), (b"\xe6\n", "UTF-8")],
    ids=["empty", "title only", "Latin-1"],
)
def test_a_file_without_numbers_is_an_error(
    run_json: Any, home: Path, content: bytes, words: str
) -> None:
    (home / "numbers.csv").write_bytes(content)

    document = run_json("send", "Hej", *URL, "--to-file", "numbers.csv", status=1)

    assert words in document["error"]["message"]


def test_one_wrong_number_is_an_invalid_phone_number(run_json: Any) -> None:
    document = run_json("send", "Hej", *URL, "--to", "2233448", status=1)

    assert document["error"]["type"] == "InvalidPhoneNumber"


def test_an_unknown_region_is_an_error(run_json: Any) -> None:
    document = run_json("send", "Hej", "--to", "22334488", "--region", "XX", status=1)

    assert document["error"]["type"] == "ConfigurationError"
