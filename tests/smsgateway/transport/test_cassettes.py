"""vcrpy puts itself in place of urllib3's connections and aiohttp's session: ours let it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import vcr  # type: ignore[import-untyped]  # it has no types

from smsgateway.errors import OutcomeUnknown
from smsgateway.http import HttpRequest
from tests.smsgateway.transport.conftest import Make, outcome
from tests.smsgateway.transport.fault_server import FaultServer, says


def test_a_cassette_records_and_replays(make: Make, tmp_path: Path) -> None:
    transport = make(idle_limit=5.0)

    with FaultServer() as server:
        request = HttpRequest.json("POST", server.url, {"to": "45"})
        transport.exchange(request)
        with vcr.use_cassette(tmp_path / "sent.yaml"):
            recorded = transport.exchange(request)
        with vcr.use_cassette(tmp_path / "sent.yaml", record_mode=vcr.mode.NONE):
            replayed = transport.exchange(request)
        live = transport.exchange(request)

    assert recorded.body == replayed.body == live.body == request.body
    assert replayed.status == 200
    assert len(server.processed) == 3


def test_what_one_transport_recorded_the_other_replays(
    make_sync: Make, make_async: Make, tmp_path: Path
) -> None:
    with FaultServer() as server:
        request = HttpRequest.json("POST", server.url, {"to": "45"})
        with vcr.use_cassette(tmp_path / "sent.yaml"):
            recorded = make_sync().exchange(request)
        with vcr.use_cassette(tmp_path / "sent.yaml", match_on=["method", "uri", "body"]):
            replayed = make_async().exchange(request)

    assert recorded.body == replayed.body == request.body
    assert len(server.processed) == 1


def test_a_failure_while_recording_leaves_the_outcome_unknown(make: Make, tmp_path: Path) -> None:
    with FaultServer(says()) as server, vcr.use_cassette(tmp_path / "sent.yaml"):
        came = outcome(make(), HttpRequest(method="POST", url=server.url))

    assert isinstance(came, OutcomeUnknown)


def test_a_first_send_within_a_cassette_does_not_spoil_the_next(tmp_path: Path) -> None:
    code = (
        "import vcr\n"
        f"with vcr.use_cassette({str(tmp_path / 'sent.yaml')!r}):\n"
        "    from smsgateway.transport.connection import HTTPConnection, HTTPSConnection\n"
        "print(HTTPConnection.__module__, HTTPSConnection.__module__)"
    )

    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert result.stdout == "urllib3.connection urllib3.connection\n"
