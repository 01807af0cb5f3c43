"""The backend that writes files."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from smsgateway.errors import SendFailed
from smsgateway_django import send_sms

pytestmark = pytest.mark.usefixtures("_outside_tests")


def use(settings: Any, path: Path) -> None:
    settings.SMSGATEWAY = {"default": {"BACKEND": "file", "OPTIONS": {"file_path": path}}}


def test_every_message_is_a_line_of_json(settings: Any, tmp_path: Path) -> None:
    path = tmp_path / "new" / "sms.jsonl"
    use(settings, path)
    later = datetime(2100, 1, 1, tzinfo=UTC)

    send_sms("Smørrebrød\n", ["+4522334488", "+46701234567"], sender="Acme")
    result = send_sms("Hej", "+4522334488", send_at=later, validity=timedelta(hours=1), flash=True)

    first, second = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    assert datetime.now(UTC) - datetime.fromisoformat(first.pop("written_at")) < timedelta(hours=1)
    assert first == {
        "to": ["+4522334488", "+46701234567"],
        "sender": "Acme",
        "text": "Smørrebrød\n",
    }
    assert second["send_at"] == "2100-01-01T00:00:00+00:00"
    assert (second["validity"], second["flash"]) == (3600.0, True)
    assert result.recipients[0].status == "scheduled"


def test_a_file_that_cannot_be_opened_has_no_message(settings: Any, tmp_path: Path) -> None:
    use(settings, tmp_path)

    with pytest.raises(SendFailed, match="cannot be opened: Is a directory") as raised:
        send_sms("Hej", "+4522334488")

    assert raised.value.result.recipients[0].status == "not_sent"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is full")
def test_a_file_that_cannot_be_written_may_have_the_message(settings: Any) -> None:
    use(settings, Path("/dev/full"))

    with pytest.raises(SendFailed, match="could not be written: No space left") as raised:
        send_sms("Hej", "+4522334488")

    assert raised.value.result.recipients[0].status == "unknown"


def test_processes_do_not_mix_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "sms.jsonl"
    code = f"""if True:
        from pathlib import Path
        from smsgateway.gateway import SmsGateway
        from smsgateway_django.files import File

        gateway = SmsGateway(File(file_path=Path({str(path)!r})))
        for _ in range(100):
            gateway.send("x" * 20_000, to="+4522334488")
    """
    children = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(2)]

    assert [child.wait() for child in children] == [0, 0]
    texts = [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]
    assert texts == ["x" * 20_000] * 200
