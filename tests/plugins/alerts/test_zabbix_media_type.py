"""What an operator imports into Zabbix, and the script in it."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from smsgateway.cli.app import command_line
from smsgateway_alerts.alert import Status
from smsgateway_alerts.text import summary
from tests.plugins.alerts.captured import captured, parsed, post
from tests.plugins.alerts.test_sources import TEXTS
from tests.plugins.alerts.tools import found

# Zabbix runs a script as the body of a function, with its own HttpRequest (6.0's documentation).
ZABBIX = """
const [script, value, status] = JSON.parse(require("fs").readFileSync(0));
const made = { headers: [] };
function HttpRequest() {}
HttpRequest.prototype = {
    addHeader: (line) => { made.headers.push(line); },
    post: (url, body) => { made.url = url; made.body = body; return '{"error": "no"}'; },
    getStatus: () => status,
};
try {
    const run = new Function("value", "HttpRequest", '"use strict";' + script);
    made.returned = run(value, HttpRequest);
} catch (error) {
    made.thrown = String(error);
}
console.log(JSON.stringify(made));
"""


@pytest.fixture
def media_type() -> Any:
    done = CliRunner().invoke(command_line(), ["zabbix-media-type"])
    assert done.exit_code == 0
    (media_type,) = yaml.safe_load(done.stdout)["zabbix_export"]["media_types"]
    return media_type


def ran(media_type: Any, given: dict[str, str], *, status: int = 200) -> Any:
    """Run the script as Zabbix does, in Node.js."""
    if (node := found("node")) is None:
        pytest.skip("there is no Node.js")
    stdin = json.dumps([media_type["script"], json.dumps(given), status])
    done = subprocess.run(
        [node, "-e", ZABBIX], input=stdin, capture_output=True, text=True, check=True, timeout=30
    )
    return json.loads(done.stdout)


def parameters(media_type: Any, name: str) -> dict[str, str]:
    """Fill in the parameters with what Zabbix really had for them."""
    values = captured(name)["json"] | {
        "url": "http://127.0.0.1:8026/",
        "secret": "example-webhook-secret",
        "event_ack_status": "No",
    }
    return {each["name"]: values[each["name"]] for each in media_type["parameters"]}


@pytest.mark.parametrize("name", ["zabbix-webhook-problem", "zabbix-webhook-recovery"])
def test_what_its_script_posts_is_read(media_type: Any, name: str) -> None:
    made = ran(media_type, parameters(media_type, name))

    assert made["url"] == "http://127.0.0.1:8026/alerts/zabbix"
    assert made["headers"] == [
        "Content-Type: application/json",
        "Authorization: Bearer example-webhook-secret",
    ]
    assert made["returned"] == "OK"
    assert json.loads(made["body"]) == captured(name)["json"] | {"event_ack_status": "No"}
    assert summary(parsed("zabbix", post(made["body"].encode()))) == TEXTS[name].replace("-", "–")  # noqa: RUF001 - Zabbix' own dash


def test_zabbix_is_told_what_was_refused(media_type: Any) -> None:
    given = parameters(media_type, "zabbix-webhook-problem")

    made = ran(media_type, given, status=422)

    assert made["thrown"] == 'smsgateway answered 422: {"error": "no"}'


@pytest.mark.parametrize(
    ("mode", "macros", "status"),
    [
        ("PROBLEM", {}, Status.FIRING),
        ("RECOVERY", {"EVENT.DURATION": "11s"}, Status.RESOLVED),
        ("UPDATE", {"EVENT.ACK.STATUS": "Yes"}, Status.ACKNOWLEDGED),
        ("UPDATE", {"EVENT.ACK.STATUS": "No"}, Status.NOTED),
    ],
)
def test_its_own_messages_say_what_becomes_of_a_problem(
    media_type: Any, mode: str, macros: dict[str, str], status: Status
) -> None:
    (template,) = [
        each for each in media_type["message_templates"] if each["operation_mode"] == mode
    ]
    known = {"EVENT.NAME": "Disk full", "HOST.NAME": "db1", "EVENT.AGE": "5m"} | macros
    body = {part: filled(template[part], known) for part in ("subject", "message")}

    (alert,) = parsed("zabbix", post(body)).alerts

    assert (alert.status, alert.host) == (status, "db1")
    assert alert.title.endswith("Disk full")


def filled(text: str, macros: dict[str, str]) -> str:
    for name, value in macros.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def test_for_programs_it_is_one_document() -> None:
    done = CliRunner().invoke(command_line(), ["zabbix-media-type", "--json"])

    assert "zabbix_export" in json.loads(done.stdout)["yaml"]
