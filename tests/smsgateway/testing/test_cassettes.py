"""Recording and replaying: what a cassette holds, and what it never does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import urllib3
import yaml

from smsgateway import AsyncSmsGateway, Message, SmsGateway
from smsgateway.testing import use_cassette
from smsgateway.testing.cassettes import find_private

KEY = "9f1c2c4e-73ab-4c1e"
NUMBER = "4522334488"
HIDDEN = {"<NUMBER>": NUMBER, "<KEY>": KEY}


class Vendor(BaseHTTPRequestHandler):
    """Answers like CPSMS, and says too much."""

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = {"success": [{"to": request["to"], "cost": 1}], "account": f"acme:{KEY}"}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Set-Cookie", "session=51d0a8")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@pytest.fixture(scope="module")
def vendor() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Vendor) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def account(base_url: str, api_key: str = KEY) -> dict[str, Any]:
    options = {"provider": "cpsms", "username": "acme", "api_key": api_key}
    return {**options, "base_url": base_url, "workers": 1}


def send(base_url: str, number: str = NUMBER, api_key: str = KEY) -> str:
    with SmsGateway.from_config(account(base_url, api_key)) as gateway:
        (result,) = gateway.send_many([Message(text="Hej", to=f"+{number}")])
        return result.recipients[0].status


def test_a_recording_holds_neither_key_nor_number_nor_cookie(vendor: str, tmp_path: Path) -> None:
    path = tmp_path / "live.yaml"

    with use_cassette(path, hidden=HIDDEN, record=True):
        send(vendor)

    recording = path.read_text(encoding="utf-8")
    assert recording.startswith("# Recorded live from 127.0.0.1 on ")
    (interaction,) = yaml.safe_load(recording)["interactions"]
    assert json.loads(interaction["request"]["body"]) == {"to": "<NUMBER>", "message": "Hej"}
    assert set(interaction["request"]["headers"]) == {"Accept", "Content-Type"}
    assert json.loads(interaction["response"]["body"]["string"]) == {
        "success": [{"to": "<NUMBER>", "cost": 1}],
        "account": "acme:<KEY>",
    }
    assert set(interaction["response"]["headers"]) == {"Content-Type"}
    assert find_private(recording, [KEY, NUMBER, "51d0a8", "YWNtZTo"]) == []


def test_a_recording_is_replayed_to_others_with_another_key_and_number(
    vendor: str, tmp_path: Path
) -> None:
    path = tmp_path / "live.yaml"
    with use_cassette(path, hidden=HIDDEN, record=True):
        send(vendor)
    before = path.read_bytes()

    with use_cassette(path, hidden={"<NUMBER>": "4533445599", "<KEY>": "other"}):
        status = send(vendor, "4533445599", "other")

    assert status == "accepted"
    assert path.read_bytes() == before


def test_the_async_transport_replays_what_the_other_recorded(vendor: str, tmp_path: Path) -> None:
    path = tmp_path / "live.yaml"
    with use_cassette(path, hidden=HIDDEN, record=True):
        send(vendor)

    async def replay() -> str:
        async with AsyncSmsGateway.from_config(account(vendor)) as gateway:
            return (await gateway.send("Hej", to=f"+{NUMBER}")).recipients[0].status

    with use_cassette(path, hidden=HIDDEN):
        status = asyncio.run(replay())

    assert status == "accepted"


def test_another_request_is_not_answered(vendor: str, tmp_path: Path) -> None:
    path = tmp_path / "live.yaml"
    with use_cassette(path, hidden=HIDDEN, record=True):
        send(vendor)
    before = path.read_bytes()

    with use_cassette(path, hidden=HIDDEN):
        status = send(vendor, "4533445599")

    assert status == "unknown"
    assert path.read_bytes() == before


def test_a_recording_with_a_number_that_is_not_hidden_is_not_written(
    vendor: str, tmp_path: Path
) -> None:
    path = tmp_path / "live.yaml"

    with (
        pytest.raises(ValueError, match="2 private"),
        use_cassette(path, hidden={"<KEY>": KEY, "<FIRST>": NUMBER}, record=True),
    ):
        send(vendor, "4533445599")

    assert not path.exists()


def test_after_a_recording_that_is_not_written_nothing_is_recorded(
    vendor: str, tmp_path: Path
) -> None:
    stock = urllib3.connection.HTTPConnection

    with (
        pytest.raises(ValueError, match="private"),
        use_cassette(tmp_path / "x", hidden={}, record=True),
    ):
        send(vendor)

    assert urllib3.connection.HTTPConnection is stock


@pytest.mark.parametrize(
    ("text", "private"),
    [
        ("to: 4522334488", ["4522334488"]),
        ("Authorization: [Basic YWNtZTprZXk=]", ["Basic YWNtZTprZXk="]),
        ("bearer c0ffee-c0ffee", ["bearer c0ffee-c0ffee"]),
        ("the key is k-17", ["k-17"]),
        ("timestamp 14749704001", ["14749704001"]),
    ],
)
def test_what_is_private_is_found(text: str, private: list[str]) -> None:
    assert find_private(text, ["k-17"]) == private


@pytest.mark.parametrize(
    "text",
    ['"timestamp":1474970400,', r"\"timestamp\": 1474970400", "timestamp: 1474970400", "order-17"],
)
def test_times_and_short_numbers_are_not_private(text: str) -> None:
    assert find_private(text, ["k-17"]) == []
