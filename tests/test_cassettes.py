"""What every cassette must say, and what none may hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from smsgateway.testing.cassettes import find_private

FOLDER = Path(__file__).parents[1] / "cassettes"
CASSETTES = sorted(FOLDER.rglob("*.yaml"))


@pytest.fixture(params=CASSETTES, ids=[str(path.relative_to(FOLDER)) for path in CASSETTES])
def cassette(request: pytest.FixtureRequest) -> str:
    path: Path = request.param
    return path.read_text(encoding="utf-8")


def test_there_is_a_cassette_for_each_example_of_the_documentation_of_cpsms() -> None:
    assert {path.stem for path in CASSETTES if path.parent.name == "cpsms"} == {
        *("send_one", "send_one_refused", "send_several", "send_group", "simple_send"),
        *("credit_value", "delete_sms", "get_log"),
        *("add_group", "list_groups", "update_group", "delete_group"),
        *("add_contact", "list_contacts", "update_contact", "delete_contact"),
        *("list_group_membership_one", "list_group_membership_several"),
    }


def test_nothing_else_lies_among_the_cassettes() -> None:
    files = [path for path in FOLDER.rglob("*") if path.is_file()]

    assert sorted(files) == CASSETTES


def test_a_cassette_says_where_it_is_from(cassette: str) -> None:
    header = " ".join(
        line.removeprefix("# ") for line in cassette.splitlines() if line.startswith("#")
    )

    assert re.match(
        "Transcribed from .* documentation .* section .* NOT recorded live|Recorded live from ",
        header,
    )


def test_a_cassette_holds_no_secret_and_no_number(cassette: str) -> None:
    assert find_private(cassette) == []


def test_a_cassette_holds_no_header_but_those_that_say_what_the_body_is(cassette: str) -> None:
    headers = re.findall(r"^ {6}([A-Za-z-]+):", cassette, re.MULTILINE)

    assert set(headers) - {"string", "code", "message"} <= {"Accept", "Content-Type"}
