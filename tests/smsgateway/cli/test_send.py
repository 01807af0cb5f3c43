from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import smsgateway_inbox
from smsgateway import hooks
from smsgateway.errors import NotSent, OutcomeUnknown, Reason
from smsgateway.hooks import Plugins
from smsgateway.message import Message
from smsgateway.result import RecipientResult, SendStatus

DANE, OTHER, THIRD = "+4522334488", "+4522334489", "+4522334490"
TO = ("--to", DANE)
STATUSES = {DANE: SendStatus.ACCEPTED, OTHER: SendStatus.REJECTED, THIRD: SendStatus.UNKNOWN}


def answer_by_number(message: Message) -> list[RecipientResult]:
    return [RecipientResult(to=to, status=STATUSES[to], detail="Words.") for to in message.to]


def not_sent(_: Message) -> list[RecipientResult]:
    raise NotSent("No route.", reason=Reason.CONNECTION)


def unknown(_: Message) -> list[RecipientResult]:
    raise OutcomeUnknown("Cut off.", reason=Reason.TIMEOUT)


def names(kind: type) -> set[str]:
    return {field.name for field in fields(kind)}


def test_without_configuration_it_goes_to_the_inbox_and_says_so(run: Any, home: Path) -> None:
    sent = run("send", "Hej", *TO)

    assert sent.exit_code == 0
    assert "accepted 1" in sent.stdout
    assert sent.stderr.startswith("No gateway is configured: this goes to the embedded inbox")
    assert str(home / "data") in sent.stderr
    assert DANE in run("inbox", "list").stdout


def test_the_document_has_the_fields_of_the_result(run_json: Any) -> None:
    sent = run_json("send", "Hej", *TO)

    assert list(sent) == [
        *("recipients", "message", "sent_at"),
        *("accepted", "rejected", "not_sent", "unknown", "cost"),
    ]
    assert set(sent["recipients"][0]) == names(RecipientResult)
    assert set(sent["message"]) == names(Message)
    assert (sent["accepted"], sent["cost"]) == ([DANE], None)


def test_every_option_reaches_the_message(run_json: Any) -> None:
    sent = run_json(
        *("send", "Hej", "--to", "22 33 44 88", "--region", "DK", "--sender", "Acme", "--flash"),
        *("--at", "2040-12-24T18:00+01:00", "--reference", "order-17", "--encoding", "ucs2"),
        *("--report-url", "https://shop.example/reports"),
    )

    assert len(sent["message"].pop("id")) == 26
    assert sent["message"] == {
        "text": "Hej",
        "to": [DANE],
        "sender": "Acme",
        "send_at": "2040-12-24T18:00:00+01:00",
        "validity": None,
        "flash": True,
        "reference": "order-17",
        "encoding": "UCS-2",
        "report_url": "https://shop.example/reports",
        "extra": {},
    }
    assert sent["recipients"][0]["status"] == "scheduled"


def test_a_time_without_a_zone_is_local(run_json: Any) -> None:
    sent = run_json("send", "Hej", *TO, "--at", "2040-12-24T18:00")

    assert (
        datetime.fromisoformat(sent["message"]["send_at"])
        == datetime(2040, 12, 24, 18).astimezone()
    )


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (b"Hej\n", "Hej"),
        (b"Hej\r\n", "Hej"),
        (b"Hej\n\n", "Hej\n"),
        (b"Hej", "Hej"),
        ("Blåbær €".encode(), "Blåbær €"),
        ("\ufeffHej\r\n".encode(), "Hej"),
        ("\ufeff\ufeffHej".encode(), "\ufeffHej"),
    ],
    ids=["newline", "CRLF", "two newlines", "no newline", "Danish", "mark", "two marks"],
)
def test_a_text_from_standard_input_loses_one_newline(
    run_json: Any, given: bytes, text: str
) -> None:
    sent = run_json("send", "-", *TO, stdin=given)

    assert sent["message"]["text"] == text


def test_a_text_that_is_not_utf_8_is_refused(run_json: Any) -> None:
    sent = run_json("send", "-", *TO, stdin=b"Hej \xe6", status=1)

    assert sent["error"]["type"] == "MessageError"
    assert "byte 4" in sent["error"]["message"]


def test_an_empty_text_is_refused(run_json: Any) -> None:
    sent = run_json("send", "", *TO, status=1)

    assert sent["error"]["type"] == "MessageError"


@pytest.mark.parametrize(
    ("answer", "to", "status"),
    [
        (answer_by_number, (DANE, DANE), 0),
        (answer_by_number, (OTHER,), 1),
        (not_sent, (DANE,), 1),
        (answer_by_number, (DANE, OTHER), 3),
        (answer_by_number, (DANE, THIRD), 4),
        (unknown, (DANE,), 4),
    ],
    ids=["accepted", "rejected", "not sent", "some", "some unknown", "all unknown"],
)
def test_the_exit_status_says_what_became_of_all(
    run: Any, answer_with: Any, answer: Any, to: tuple[str, ...], status: int
) -> None:
    answer_with(answer)

    sent = run("send", "Hej", *(word for number in to for word in ("--to", number)))

    assert sent.exit_code == status


def test_a_failure_is_the_result_and_an_error(run_json: Any, answer_with: Any) -> None:
    answer_with(not_sent)

    sent = run_json("send", "Hej", *TO, status=1)

    assert sent["error"] == {
        "type": "SendFailed",
        "message": "No recipient was accepted (connection). No route.",
    }
    assert sent["not_sent"] == [DANE]
    assert sent["recipients"][0]["reason"] == "connection"


def test_a_failure_is_explained_to_people(run: Any, answer_with: Any) -> None:
    answer_with(not_sent)

    sent = run("send", "Hej", *TO)

    assert "not sent 1" in sent.stdout
    assert "Error: No recipient was accepted (connection). No route." in sent.stderr


def test_a_dry_run_sends_nothing(run: Any, run_json: Any) -> None:
    sent = run_json("send", "Hej", *TO, "--dry-run")

    assert sent["recipients"][0]["status"] == "simulated"
    assert "is empty" in run("inbox", "list").stdout


def test_a_dry_run_does_not_say_that_it_goes_anywhere(run: Any) -> None:
    shown = run("send", "Hej", *TO, "--dry-run")

    assert shown.stderr == (
        "No gateway is configured: prices and limits are those of the embedded inbox.\n"
    )


def test_a_plugin_can_stop_a_dry_run(run_json: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Guard:
        @hooks.hookimpl
        def before_send(self) -> hooks.Stop:
            return hooks.Stop("not at night")

    monkeypatch.setattr(hooks, "_installed", Plugins([smsgateway_inbox, Guard()]))

    sent = run_json("send", "Hej", *TO, "--dry-run", status=1)

    assert sent["recipients"][0]["status"] == "suppressed"
    assert sent["error"]["type"] == "SendFailed"


def test_a_number_given_twice_is_sent_to_once_over_all_batches(run_json: Any, home: Path) -> None:
    (home / "numbers.csv").write_text("22334488\n22334489\n22334490\n22334488\n+4522334489\n")

    sent = run_json(
        *("send", "Hej", "--to-file", "numbers.csv", "--url", "null://?region=DK&batch_size=2"),
    )

    assert [(r["to"], r["status"], r["message_id"]) for r in sent["recipients"]] == [
        (DANE, "accepted", "1"),
        (OTHER, "accepted", "2"),
        (THIRD, "accepted", "3"),
        (DANE, "suppressed", None),
        (OTHER, "suppressed", None),
    ]
    assert {r["provider"] for r in sent["recipients"]} == {"null"}
    assert sent["message"]["to"] == [DANE, OTHER, THIRD, DANE, OTHER]


def test_what_a_provider_cannot_say_is_refused_before_anything_is_sent(
    run_json: Any, numbers_file: Callable[[int], str]
) -> None:
    sent = run_json(
        *("send", "Hej", "--to-file", numbers_file(300), "--reference", "x" * 300),
        *("--url", "null://"),
        status=1,
    )

    assert sent["error"]["type"] == "MessageError"
    assert "reference" in sent["error"]["message"]


def test_people_see_only_what_went_wrong_of_many(
    run: Any, answer_with: Any, numbers_file: Callable[[int], str]
) -> None:
    answer_with(not_sent)

    sent = run("send", "Hej", "--to-file", numbers_file(300))

    assert "not sent 300" in sent.stdout
    assert "and 280 more; --json shows every recipient" in sent.stdout


def test_people_see_a_count_where_all_of_many_went_well(
    run: Any, numbers_file: Callable[[int], str]
) -> None:
    sent = run("send", "Hej", "--to-file", numbers_file(300))

    assert sent.stdout == "accepted 300\n"


def test_a_provider_that_breaks_leaves_the_outcome_open(run_json: Any, answer_with: Any) -> None:
    def refuse_to_work(_: Message) -> list[RecipientResult]:
        raise MemoryError

    answer_with(refuse_to_work)

    sent = run_json("send", "Hej", *TO, status=4)

    assert sent["unknown"] == [DANE]


@pytest.mark.parametrize(
    "url",
    [
        "cpsms://user:s3cr3t@default",
        "fault+cpsms://user:s3cr3t@default",
        "failover(null:// fault+cpsms://user:s3cr3t@default)",
    ],
)
def test_a_secret_in_the_url_is_warned_of_and_not_repeated(run: Any, url: str) -> None:
    sent = run("send", "Hej", *TO, "--dry-run", "--url", url)

    assert "other users of this machine can read api_key" in sent.stderr
    assert "s3cr3t" not in sent.output


def test_a_url_without_a_secret_is_not_warned_of(run: Any) -> None:
    sent = run("send", "Hej", *TO, "--url", "null://")

    assert sent.stderr == ""


def test_a_gateway_is_found_by_its_name(run_json: Any, home: Path) -> None:
    (home / "smsgateway.toml").write_text('[gateways.quiet]\nprovider = "null"\nregion = "DK"\n')

    sent = run_json("send", "Hej", "--to", "22334488", "--gateway", "quiet")

    assert sent["recipients"][0]["provider"] == "null"


def test_what_a_provider_prints_does_not_get_into_the_document(run: Any, run_json: Any) -> None:
    sent = run_json("send", "Hej", *TO, "--url", "console://")

    assert sent["accepted"] == [DANE]
    assert "Encoding:  GSM-7" in run("send", "Hej", *TO, "--url", "console://").stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("send", "Hej"), "--to"),
        (("send",), "TEXT"),
        (("send", "Hej", *TO, "--at", "tomorrow"), "2026-12-24T18:00"),
        (("send", "Hej", *TO, "--at", "0001-01-01"), "2026-12-24T18:00"),
        (("send", "Hej", *TO, "--at", "0001-01-01T00:00+14:00"), "2026-12-24T18:00"),
        (("send", "Hej", *TO, "--at", "9999-12-31T23:59-14:00"), "2026-12-24T18:00"),
        (("send", "Hej", *TO, "--encoding", "ascii"), "gsm7"),
        (("send", "Hej", *TO, "--gateway", "a", "--url", "null://"), "exclude"),
        (("send", "-", "--to-file", "-"), "not both"),
        (("send", "Hej", "--to-file", "missing.csv"), "missing.csv"),
        (("send", "Hej", "--too", "1"), "--too"),
        (("sned",), "sned"),
    ],
)
def test_wrong_usage_is_status_2(
    run: Any, run_json: Any, arguments: tuple[str, ...], words: str
) -> None:
    document = run_json(*arguments, status=2)

    assert document["error"]["type"] == "UsageError"
    assert words in document["error"]["message"]
    assert words in run(*arguments).stderr
