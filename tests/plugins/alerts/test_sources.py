"""What tools really send, and the SMS that comes of it."""

# ruff: noqa: RUF001  # tools write dashes
from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

import pytest

from smsgateway.errors import ConfigurationError, WebhookError
from smsgateway.flood import Flood
from smsgateway.hooks import Plugins, hookimpl, installed_plugins
from smsgateway_alerts import AlertSource, Call, Notification, Status
from smsgateway_alerts.source import find_source, sources
from smsgateway_alerts.text import headline, summary, written
from tests.plugins.alerts.captured import (
    ANNA,
    BY_NAME,
    CALLS,
    WEB,
    captured,
    notification_of,
    parsed,
    post,
    read,
    request_of,
)

ZABBIX = 'PostgreSQL is down on Database One – "déjà vu" $(touch pwned)'
NAGIOS = "\"db\" unreachable: $(touch pwned) 'quoted' - timeout 10s"
TEXTS = {
    "alertmanager-0.34-firing.documented": "DOWN db1 InstanceDown: db1 is down",
    "alertmanager-firing-group": "3 DOWN InstanceDown: db1, db2 +1",
    "alertmanager-firing-single": "DOWN db1 InstanceDown: db1 is down",
    "alertmanager-from-prometheus-rule": "DOWN 127.0.0.1 InstanceDown: 127.0.0.1:1 down",
    "alertmanager-mixed-firing-resolved": "2 DOWN InstanceDown: db2, db3. 1 OK: db1 after 9s",
    "alertmanager-resolved": "2 OK InstanceDown: db2, db3 after 6s",
    "alertmanager-truncated-retry": "2 DOWN DiskFull: a +1",
    "grafana-firing.documented": "DOWN db1 DiskFull: Disk almost full on db1",
    "healthchecks-webhook-down": 'DOWN Nightly backup "db1" – déjà',
    "healthchecks-webhook-up": 'OK Nightly backup "db1" – déjà',
    "home-assistant-rest-notify": "Front door open – 21°C",
    "icinga2-service-problem": (
        'DOWN Database One postgresql: "db" unreachable; $(touch pwned) - timeout 10s'
    ),
    "icinga2-service-recovery": "OK Database One postgresql: all fine",
    "monit-exec-failed": "DOWN web1 flag: file doesn't exist",
    "monit-exec-recovered": "OK web1 flag: file exists",
    "nagios-host-problem": "DOWN db1: PING CRITICAL - host gone",
    "nagios-service-acknowledgement": "ACK db1 PostgreSQL: looking at it (alice)",
    "nagios-service-problem": f"DOWN db1 PostgreSQL: {NAGIOS}",
    "nagios-service-recovery": "OK db1 PostgreSQL: all fine",
    "sentry-issue-alert.documented": (
        "ERROR ValueError: price must be positive: shop.views.checkout"
    ),
    "sentry-metric-alert.documented": "DOWN Too many errors: 1000 events in the last 10 minutes",
    "uptime-kuma-custom-body": "[db1 postgres] [red Down] connection refused – timeout",
    "uptime-kuma-down": "DOWN db1 postgres: connection refused – timeout",
    "uptime-kuma-down-form": "DOWN db1 postgres: connection refused – timeout",
    "uptime-kuma-test-button": "t Testing",
    "uptime-kuma-up": "OK db1 postgres",
    "zabbix-script-problem": f"DOWN {ZABBIX}",
    "zabbix-script-recovery": f"OK {ZABBIX} after 11s".replace("–", "-"),
    "zabbix-webhook-problem": f"DOWN {ZABBIX}",
    "zabbix-webhook-recovery": f"OK {ZABBIX} after 11s".replace("–", "-"),
}


@pytest.mark.parametrize("name", [*WEB, *CALLS])
def test_what_a_tool_sends_becomes_one_sms(name: str) -> None:
    notification = notification_of(name)

    assert written(summary(notification)) == TEXTS[name]


@pytest.mark.parametrize(
    ("name", "to"),
    [
        pytest.param("zabbix-webhook-problem", (ANNA,), id="Zabbix says it in the body"),
        pytest.param("sentry-issue-alert.documented", (ANNA,), id="Sentry has a setting"),
        pytest.param("home-assistant-rest-notify", (ANNA,), id="plain"),
        pytest.param("nagios-service-problem", (ANNA,), id="Nagios names a pager"),
        pytest.param("icinga2-service-problem", (ANNA,), id="Icinga too"),
        pytest.param("alertmanager-firing-single", (), id="a label is no recipient"),
    ],
)
def test_what_a_tool_asks_for_is_read(name: str, to: tuple[str, ...]) -> None:
    assert notification_of(name).to == to


def changed(name: str, **changes: Any) -> Notification:
    body = captured(name)["json"] | changes
    return parsed(BY_NAME[name.split("-", maxsplit=1)[0]].name, post(body))


class TestRepeats:
    def test_two_alertmanagers_and_a_retry_say_the_same(self) -> None:
        first, second = (notification_of("alertmanager-firing-group") for _ in range(2))

        assert first.key == second.key
        assert first.key

    @pytest.mark.parametrize(
        "other", ["alertmanager-firing-single", "alertmanager-mixed-firing-resolved"]
    )
    def test_a_group_that_has_changed_is_no_repeat(self, other: str) -> None:
        group, changed_one = notification_of("alertmanager-firing-group"), notification_of(other)

        assert group.key != changed_one.key
        assert group.incident == changed_one.incident

    def test_a_repeat_on_purpose_is_none(self) -> None:
        name = "alertmanager-0.34-firing.documented"

        assert notification_of(name).key != changed(name, notification_reason="unknown").key

    def test_what_is_not_known_of_a_later_version_is_passed_over(self) -> None:
        name = "alertmanager-0.34-firing.documented"

        assert changed(name, routeLabels={"x": 1}, news=[1]) == notification_of(name)

    def test_a_problem_and_its_recovery_are_one_incident(self) -> None:
        problem, recovery = (
            notification_of(f"zabbix-webhook-{kind}") for kind in ("problem", "recovery")
        )

        assert problem.incident == recovery.incident
        assert problem.key != recovery.key

    def test_a_monitor_that_is_down_again_is_no_repeat(self) -> None:
        down = captured("uptime-kuma-down")["json"]
        later = down | {"heartbeat": down["heartbeat"] | {"time": "2026-11-21 21:31:44.214"}}

        first, second = (parsed("uptime-kuma", post(body)) for body in (down, later))

        assert first.key != second.key


class TestAlertmanager:
    def test_the_top_status_does_not_hide_what_is_resolved(self) -> None:
        alerts = notification_of("alertmanager-mixed-firing-resolved").alerts

        statuses = [alert.status for alert in alerts]
        assert statuses == [Status.RESOLVED, Status.FIRING, Status.FIRING]

    def test_times_have_nanoseconds_and_the_first_year_is_no_end(self) -> None:
        (alert,) = notification_of("alertmanager-firing-single").alerts

        assert str(alert.started_at) == "2026-11-21 20:30:44.897782+00:00"
        assert alert.lasted is None

    @pytest.mark.parametrize(
        ("instances", "text"),
        [
            pytest.param(["db1.a.test:1", "db2.a.test:1"], "db1, db2", id="first words"),
            pytest.param(["www.a.test:1", "www.b.test:1"], "www.a.test, www.b.test", id="whole"),
            pytest.param(["10.0.0.1:1", "[::1]:9100"], "10.0.0.1, ::1", id="addresses"),
            pytest.param(["https://a.test/x", "http://b.test"], "a, b", id="probes"),
            pytest.param(["", "b"], "b", id="one unknown"),
        ],
    )
    def test_hosts_are_short_where_that_tells_them_apart(
        self, instances: list[str], text: str
    ) -> None:
        alerts = [{"labels": {"alertname": "Down", "instance": each}} for each in instances]

        notification = parsed("alertmanager", post({"alerts": alerts}))

        assert summary(notification) == f"2 DOWN Down: {text}"

    def test_a_hundred_thousand_alerts_are_counted(self) -> None:
        body = json.dumps({"alerts": [{}] * 100_000}).encode()

        notification = parsed("alertmanager", post(body))

        assert len(body) < 1 << 20
        assert written(summary(notification)) == "100000 DOWN alert"

    def test_an_incident_without_a_group_is_its_alerts(self) -> None:
        bodies: list[dict[str, Any]] = [
            {"alerts": [{"labels": {"alertname": "A"}}]},
            {"alerts": [{"labels": {"alertname": "A"}, "status": "resolved"}]},
            {"alerts": [{"labels": {"alertname": "B"}}]},
        ]

        first, same, other = (parsed("alertmanager", post(body)).incident for body in bodies)

        assert first == same
        assert first != other


@pytest.mark.parametrize(
    ("source", "body"),
    [
        pytest.param("alertmanager", [], id="a list"),
        pytest.param("alertmanager", {"alerts": []}, id="no alerts"),
        pytest.param("alertmanager", {"alerts": [1]}, id="alerts that are none"),
        pytest.param("grafana", b"{", id="no JSON"),
        pytest.param("healthchecks", {"name": "x"}, id="no status"),
        pytest.param("plain", {"to": ANNA}, id="no text"),
        pytest.param("plain", {"text": " "}, id="a blank text"),
        pytest.param("plain", {"text": "x", "to": {"a": 1}}, id="to is no number"),
        pytest.param("plain", {"text": "x", "to": [None]}, id="to is a list of none"),
        pytest.param("sentry", {"data": {}}, id="nothing that Sentry says"),
        pytest.param("uptime-kuma", {"heartbeat": None}, id="no words"),
        pytest.param("zabbix", {"to": ANNA}, id="neither subject nor message"),
    ],
)
def test_what_cannot_be_read_is_refused(source: str, body: object) -> None:
    with pytest.raises(WebhookError):
        parsed(source, post(body))


class TestUptimeKuma:
    @pytest.mark.parametrize(
        ("code", "text"),
        [
            pytest.param(2, "Pending db1 postgres: timeout", id="pending"),
            pytest.param(3, "Maintenance db1 postgres: timeout", id="maintenance"),
            pytest.param(None, "State db1 postgres: timeout", id="unheard of"),
        ],
    )
    def test_a_monitor_that_is_neither_up_nor_down_is_told_so(
        self, code: int | None, text: str
    ) -> None:
        body = {
            "heartbeat": {"status": code, "msg": "timeout"},
            "monitor": {"name": "db1 postgres"},
        }

        assert summary(parsed("uptime-kuma", post(body))) == text

    @pytest.mark.parametrize(
        "body",
        [
            pytest.param(b"--x\r\n\r\n{}--x--", id="no field"),
            pytest.param(b'--x\r\nname="data"\r\n\r\n{--x--', id="no JSON"),
            pytest.param(b"", id="nothing"),
        ],
    )
    def test_a_form_without_its_field_is_refused(self, body: bytes) -> None:
        with pytest.raises(WebhookError, match="field 'data'"):
            parsed("uptime-kuma", post(body, Content_Type="multipart/form-data; boundary=x"))


UPDATE = (
    "Bo commented problem at 2026.11.21 21:10:00.\r\nacknowledged: Yes.\r\n\r\n"
    "Current problem status is PROBLEM, age is 5m, acknowledged: {}."
)


class TestZabbix:
    @pytest.mark.parametrize(
        ("changes", "text"),
        [
            pytest.param({"event_ack_status": "Yes"}, "ACK Disk full", id="its macro says so"),
            pytest.param({"message": UPDATE.format("Yes")}, "ACK Disk full", id="its words do"),
            pytest.param(
                {"event_ack_status": "No", "message": UPDATE.format("Yes")},
                "Updated problem in 5m: Disk full",
                id="its macro says no",
            ),
            pytest.param(
                {"message": UPDATE.format("No")}, "Updated problem in 5m: Disk full", id="a comment"
            ),
            pytest.param(
                {"message": UPDATE.format("Yes") + "\r\nnot yet"},
                "Updated problem in 5m: Disk full",
                id="a comment that says so",
            ),
            pytest.param({}, "Updated problem in 5m: Disk full", id="nothing says so"),
            pytest.param({"event_value": "0"}, "OK Disk full after 5m", id="well again"),
        ],
    )
    def test_an_update_is_somebody_at_it_only_where_it_is_acknowledged(
        self, changes: dict[str, str], text: str
    ) -> None:
        body = {"subject": "Updated problem in 5m: Disk full", "message": "", "event_value": "1"}

        assert summary(parsed("zabbix", post(body | changes))) == text

    def test_the_value_of_the_event_counts_for_more_than_the_subject(self) -> None:
        body = {"subject": "Disk full", "host": "db1", "event_value": "0", "severity": "Warning"}

        assert summary(parsed("zabbix", post(body))) == "OK db1 Disk full"

    def test_without_a_subject_the_first_line_is_one(self) -> None:
        body = {"message": "Disk full\r\nHost: db1", "severity": "Information"}

        assert summary(parsed("zabbix", post(body))) == "INFO db1 Disk full"

    def test_a_call_without_arguments_says_nothing(self) -> None:
        assert read("zabbix", Call()) is None

    def test_the_next_event_of_a_trigger_is_another_incident_about_the_same(self) -> None:
        first, second, other = (
            parsed("zabbix", post({"subject": subject, "event_id": event, "trigger_id": trigger}))
            for subject, event, trigger in [
                ("Problem: Disk 91 % full", "1", "23133"),
                ("Problem: Disk 92 % full", "2", "23133"),
                ("Problem: Disk 92 % full", "3", "23134"),
            ]
        )

        assert first.incident != second.incident
        assert first.about == second.about != other.about

    @pytest.mark.parametrize(
        "own",
        [
            pytest.param({}, id="without a trigger"),
            pytest.param({"trigger_id": "23133"}, id="of one trigger"),
        ],
    )
    def test_the_next_problem_in_words_of_ones_own_is_news(self, own: dict[str, str]) -> None:
        flood = Flood("zabbix")
        told: list[str] = []
        for subject, event, value in [
            ("PROBLEM cpu", "1", "1"),
            ("RECOVERED cpu", "1", "0"),
            ("PROBLEM cpu", "2", "1"),
        ]:
            body = {"subject": subject, "event_id": event, "event_value": value}
            notification = parsed("zabbix", post(body | own))
            about = notification.about or notification.incident
            told += flood.ask(headline(notification), [ANNA], about=about).to

        assert told == [ANNA] * 3

    def test_without_a_trigger_it_is_about_what_its_words_name(self) -> None:
        calls = [
            Call(subject="Problem: Disk full", message="Host: db1"),
            Call(subject="Resolved in 11s: Disk full", message="Host: db1"),
            Call(subject="Problem: Disk full", message="Host: db2"),
        ]

        down, well, other = (read("zabbix", call) for call in calls)

        assert down is not None
        assert well is not None
        assert other is not None
        assert down.about == well.about != other.about

    def test_words_that_name_it_say_so_of_the_next_event_too(self) -> None:
        body = {"subject": "Problem: Disk full", "host": "db1"}
        first, second = (parsed("zabbix", post(body | {"event_id": event})) for event in "12")

        assert first.about == second.about != ""

    def test_without_an_event_it_is_about_what_any_words_name(self) -> None:
        body = {"subject": "Disk full", "host": "db1"}
        down, well = (parsed("zabbix", post(body | {"event_value": value})) for value in "10")

        assert down.about == well.about != ""


class TestHealthchecks:
    def test_what_is_neither_up_nor_down_is_told_as_it_is(self) -> None:
        body = {"check": {"name": "Backup", "status": "paused", "tags": "prod", "uuid": "1"}}

        notification = parsed("healthchecks", post(body))

        assert summary(notification) == "Backup is paused"
        assert notification.alerts[0].labels == {"tags": "prod"}


class TestSentry:
    @pytest.mark.parametrize(
        ("action", "text"),
        [
            pytest.param("created", "WARN Slow: views", id="created"),
            pytest.param("resolved", "OK Slow: views", id="resolved"),
            pytest.param("assigned", "ACK Slow: views", id="assigned"),
        ],
    )
    def test_an_issue_has_a_life(self, action: str, text: str) -> None:
        issue = {"id": "7", "title": "Slow", "culprit": "views", "level": "warning"}
        body = {"action": action, "data": {"issue": issue | {"tags": [["env", "prod"], 3, [1]]}}}

        notification = parsed("sentry", post(body))

        assert summary(notification) == text
        assert notification.alerts[0].labels == {"env": "prod", "rule": ""}

    def test_an_error_without_a_name_is_told_too(self) -> None:
        notification = parsed("sentry", post({"data": {"error": {}}}))

        assert summary(notification) == "DOWN error"
        assert notification.incident == ""

    def test_a_metric_that_is_well_again_is_told(self) -> None:
        data = {"description_title": "Errors"}

        assert summary(parsed("sentry", post({"action": "resolved", "data": data}))) == "OK Errors"

    def test_an_installation_says_nothing(self) -> None:
        request = post({"action": "created"}, Sentry_Hook_Resource="installation")

        assert parsed("sentry", request).alerts == ()


class TestCalls:
    @pytest.mark.parametrize("source", ["nagios", "icinga", "monit"])
    def test_an_environment_that_says_nothing_is_none(self, source: str) -> None:
        assert read(source, Call(environ={"HOME": "/root"})) is None

    @pytest.mark.parametrize(
        ("environ", "text"),
        [
            pytest.param({"TYPE": "DOWNTIMESTART"}, "DOWNTIMESTART db1 disk", id="downtime"),
            pytest.param({"TYPE": "CUSTOM", "COMMENT": "hi"}, "CUSTOM db1 disk: hi", id="custom"),
            pytest.param({"TYPE": "PROBLEM", "STATE": "WARNING"}, "WARN db1 disk", id="warning"),
            pytest.param({"TYPE": "PROBLEM", "STATE": "UNKNOWN"}, "UNKNOWN db1 disk", id="unknown"),
        ],
    )
    def test_nagios_has_other_things_to_say(self, environ: Mapping[str, str], text: str) -> None:
        given = {
            "NAGIOS_NOTIFICATIONTYPE": environ["TYPE"],
            "NAGIOS_NOTIFICATIONCOMMENT": environ.get("COMMENT", ""),
            "NAGIOS_HOSTNAME": "db1",
            "NAGIOS_SERVICEDESC": "disk",
            "NAGIOS_SERVICESTATE": environ.get("STATE", "CRITICAL"),
        }

        notification = read("nagios", Call(environ=given))

        assert notification is not None
        assert summary(notification) == text

    @pytest.mark.parametrize(
        ("event", "text"),
        [
            pytest.param("Connection failed", "DOWN web1 nginx: x", id="failed"),
            pytest.param("Connection succeeded", "OK web1 nginx: x", id="succeeded"),
            pytest.param("Checksum changed", "Checksum changed nginx: x", id="changed"),
            pytest.param("Checksum not changed", "OK web1 nginx: x", id="not changed"),
        ],
    )
    def test_monit_says_how_an_event_ended(self, event: str, text: str) -> None:
        environ = {
            "MONIT_EVENT": event,
            "MONIT_SERVICE": "nginx",
            "MONIT_HOST": "web1.example.test",
            "MONIT_DESCRIPTION": "x",
        }

        notification = read("monit", Call(environ=environ))

        assert notification is not None
        assert summary(notification).removeprefix("web1 ") == text

    def test_monit_can_be_told_that_all_is_well(self) -> None:
        environ = {"MONIT_EVENT": "Does not exist", "MONIT_SERVICE": "flag"}

        notification = read("monit", Call(environ=environ, is_recovered=True))

        assert notification is not None
        assert notification.is_over


class TestSignatures:
    def test_sentry_signs_the_body(self) -> None:
        request = post(b"{}", Sentry_Hook_Signature="abc")

        assert BY_NAME["sentry"].sign is not None
        assert BY_NAME["sentry"].sign(request, "key") == (
            "abc",
            hmac.new(b"key", b"{}", hashlib.sha256).hexdigest(),
        )

    @pytest.mark.parametrize(
        ("headers", "signed"),
        [
            pytest.param({}, b"{}", id="the body"),
            pytest.param({"X_Grafana_Alerting_Timestamp": "17"}, b"17:{}", id="with its time"),
        ],
    )
    def test_grafana_signs_the_body(self, headers: dict[str, str], signed: bytes) -> None:
        request = post(b"{}", **headers)

        assert BY_NAME["grafana"].sign is not None
        _, expected = BY_NAME["grafana"].sign(request, "key")
        assert expected == hmac.new(b"key", signed, hashlib.sha256).hexdigest()


class Stranger:
    @hookimpl
    def register_alert_sources(self) -> list[object]:
        def parse(_: object) -> Notification:
            raise AssertionError

        return [
            AlertSource(name="pigeonhole", parse=parse),
            AlertSource(name="sentry", parse=parse),
            "nonsense",
        ]


class Broken:
    @hookimpl
    def register_alert_sources(self) -> list[object]:
        raise RuntimeError("half installed")


class TestPlugins:
    def test_a_stranger_brings_a_source_and_takes_none_of_ours(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        plugins = installed_plugins().copy()
        plugins.register(Broken(), name="broken")
        plugins.register(Stranger())

        found = sources(plugins)

        assert found.keys() == {*BY_NAME, "pigeonhole"}
        assert found["sentry"] is BY_NAME["sentry"]
        assert "Plugin 'broken' raised RuntimeError in register_alert_sources" in caplog.text

    def test_a_source_that_is_not_there_is_told_with_the_nearest(self) -> None:
        plugins = installed_plugins()

        with pytest.raises(ConfigurationError, match="Did you mean 'nagios'"):
            find_source("nagio", plugins)
        with pytest.raises(ConfigurationError):
            find_source("sentry", Plugins())


def test_a_group_is_the_same_whatever_its_details_are() -> None:
    group = notification_of("alertmanager-resolved")

    assert headline(group) == "2 OK InstanceDown: db2, db3"
    assert headline(notification_of("nagios-service-problem")) == "DOWN db1 PostgreSQL"
    assert request_of("uptime-kuma-up").body
    assert repr(group) == "<Notification of 2 alerts>"
    assert repr(group.alerts[0]) == "<Alert alertmanager resolved>"
