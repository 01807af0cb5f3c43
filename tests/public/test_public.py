"""What a user sees, through the public names only. CI runs this against the built wheel too."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from smsgateway import (
    AsyncSmsGateway,
    InvalidPhoneNumber,
    Message,
    Money,
    PhoneNumber,
    RateTable,
    SmsGateway,
    analyze,
    fit,
    split,
)


def smsgateway(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the installed command with nothing configured."""
    command = Path(sys.executable).with_name("smsgateway")
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "COVERAGE_FILE"}}
    return subprocess.run(
        [str(command), *arguments],
        cwd=home,
        env={**kept, "HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_message_travels_from_the_command_line_to_the_inbox(tmp_path: Path) -> None:
    sent = smsgateway(tmp_path, "send", "Blåbærgrød 👍", "--to", "+4522334488", "--json")
    listed = smsgateway(tmp_path, "inbox", "list", "--json")

    result = json.loads(sent.stdout)
    assert (sent.returncode, result["recipients"][0]["status"]) == (0, "accepted")
    assert (result["recipients"][0]["encoding"], result["recipients"][0]["segments"]) == (
        "UCS-2",
        1,
    )
    assert [m["text"] for m in json.loads(listed.stdout)["messages"]] == ["Blåbærgrød 👍"]


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["send", "Hej", "--to", "12"], 1),
        (["send", "Hej"], 2),
        (["send", "Hej", "--to", "+4522334488", "--url", "nobody://"], 1),
    ],
    ids=["bad number", "nobody to send to", "no such provider"],
)
def test_bad_input_ends_in_one_json_document(
    tmp_path: Path, arguments: list[str], status: int
) -> None:
    done = smsgateway(tmp_path, *arguments, "--json")

    assert done.returncode == status
    assert set(json.loads(done.stdout)["error"]) == {"type", "message"}
    assert "Traceback" not in done.stderr


def test_a_gateway_is_made_from_a_url_a_mapping_or_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "smsgateway.toml").write_text('[gateways.box]\nprovider = "null"\n')
    monkeypatch.chdir(tmp_path)

    gateways = [
        SmsGateway.from_url("null://?region=DK"),
        SmsGateway.from_config({"provider": "null", "region": "DK"}),
        SmsGateway.load("box"),
    ]

    assert [len(g.send("Hej", to="+4522334488").accepted) for g in gateways] == [1, 1, 1]


def test_the_async_gateway_does_the_same() -> None:
    async def send() -> Any:
        async with AsyncSmsGateway.from_url("null://?region=DK") as gateway:
            return await gateway.send("Hej", to="22 33 44 88")

    assert [r.to for r in asyncio.run(send()).accepted] == ["+4522334488"]


def test_text_numbers_and_prices_are_known_before_sending() -> None:
    text = "]" * 153
    rates = RateTable.from_dict({"45": "0.25"}, currency="DKK")

    assert (analyze(text).segments, len(split(text)), fit(text).text[-3:]) == (3, 3, "...")
    assert str(PhoneNumber.parse("22 33 44 88", "DK")) == "+4522334488"
    with pytest.raises(InvalidPhoneNumber):
        PhoneNumber.parse("not a number")
    assert rates.estimate(
        ["+4522334488"], segments=3, encoding=analyze(text).encoding
    ).total == Money("0.75", "DKK")


def test_the_fixture_keeps_what_would_be_sent(sms_outbox: list[Message]) -> None:
    gateway = SmsGateway.from_url("cpsms://user:key@default?region=DK")

    gateway.send("Hej", to=["22334488", "22334499"])

    assert [message.to for message in sms_outbox] == [("+4522334488",), ("+4522334499",)]
