"""The answers of the web door."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest

from smsgateway.errors import ConfigurationError
from smsgateway.hooks import hookimpl, installed_plugins
from smsgateway.http import HttpRequest
from smsgateway_alerts import AlertSource, Notification
from smsgateway_alerts.desk import Desk
from smsgateway_alerts.door import LONGEST, Answer, Door
from smsgateway_alerts.entry import State
from smsgateway_alerts.file import QueueError
from smsgateway_alerts.settings import Settings
from tests.plugins.alerts.captured import ANNA, BO, SECRET, body_of, headers_of
from tests.plugins.alerts.conftest import World

BEARER = {"Authorization": f"Bearer {SECRET}"}
PLAIN = json.dumps({"text": "hej"}).encode()

Ask = Callable[..., tuple[int, Any]]


def ask_of(door: Door) -> Ask:
    def ask(
        path: str,
        body: bytes | None = PLAIN,
        *,
        method: str = "POST",
        query: str = "",
        headers: dict[str, str] | None = None,
    ) -> tuple[int, Any]:
        given = BEARER if headers is None else headers
        url = f"https://localhost{path}{query}"
        request = HttpRequest(method=method, url=url, headers=given)
        answer = door.answer(request, path, body)
        return answer.status.value, json.loads(answer.body)

    return ask


@pytest.fixture
def desk(world: World) -> Desk:
    return world.desk()


@pytest.fixture
def ask(desk: Desk) -> Ask:
    return ask_of(Door(desk))


@pytest.mark.parametrize(
    ("path", "name"),
    [
        pytest.param("/alerts/alertmanager", "alertmanager-firing-group", id="Alertmanager"),
        pytest.param("/alerts/grafana", "grafana-firing.documented", id="Grafana"),
        pytest.param("/alerts/uptime-kuma", "uptime-kuma-down", id="Uptime Kuma, JSON"),
        pytest.param("/alerts/uptime-kuma", "uptime-kuma-down-form", id="Uptime Kuma, form"),
        pytest.param("/alerts/zabbix", "zabbix-webhook-problem", id="Zabbix"),
        pytest.param("/alerts/healthchecks/", "healthchecks-webhook-down", id="Healthchecks"),
        pytest.param("/alerts/sentry", "sentry-issue-alert.documented", id="Sentry"),
    ],
)
def test_what_a_tool_posts_is_queued_once(ask: Ask, desk: Desk, path: str, name: str) -> None:
    first = ask(path, body_of(name), headers=BEARER | headers_of(name))
    again = ask(path, body_of(name), headers=BEARER | headers_of(name))

    assert first[0] == again[0] == 200
    assert first[1]["queued"] == desk.queue.counts()[State.QUEUED] > 0
    assert again[1] == {"queued": 0, "repeat": True}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        pytest.param("/alerts/uptime-kuma", "uptime-kuma-custom-body", id="Uptime Kuma, custom"),
        pytest.param("/v1/messages", "uptime-kuma-custom-body", id="Uptime Kuma, plain"),
        pytest.param("/v1/messages", "home-assistant-rest-notify", id="Home Assistant"),
    ],
)
def test_words_of_ones_own_are_queued_each_time(ask: Ask, desk: Desk, path: str, name: str) -> None:
    answers = [ask(path, body_of(name), headers=BEARER | headers_of(name))[1] for _ in range(2)]

    assert answers[0] == answers[1]
    assert desk.queue.counts()[State.QUEUED] == 2 * answers[0]["queued"] > 0


class TestSecrets:
    @pytest.mark.parametrize(
        "authorization",
        [
            pytest.param(f"Bearer {SECRET}", id="Bearer"),
            pytest.param(f"bearer  {SECRET} ", id="bearer, with spaces"),
            pytest.param("Basic " + b64encode(f"alerts:{SECRET}".encode()).decode(), id="Basic"),
            pytest.param("Bearer older", id="the one before it"),
        ],
    )
    def test_whoever_has_the_secret_is_let_in(self, world: World, authorization: str) -> None:
        ask = ask_of(Door(world.desk(previous_secret="older")))

        assert ask("/v1/messages", headers={"Authorization": authorization})[0] == 200

    @pytest.mark.parametrize(
        "headers",
        [
            pytest.param({}, id="nothing"),
            pytest.param({"Authorization": "Bearer wrong"}, id="another"),
            pytest.param({"Authorization": SECRET}, id="no scheme"),
            pytest.param({"Authorization": "Bearer"}, id="an empty one"),
            pytest.param({"Authorization": "Basic !!!"}, id="no base64"),
            pytest.param({"Authorization": "Basic é"}, id="no ASCII"),
            pytest.param({"Authorization": f"Digest {SECRET}"}, id="Digest"),
            pytest.param({"Sentry-Hook-Signature": "0" * 64}, id="a signature of nobody"),
            pytest.param({"Sentry-Hook-Signature": "é"}, id="a signature that is none"),
        ],
    )
    def test_nobody_else_is(self, ask: Ask, desk: Desk, headers: dict[str, str]) -> None:
        status, document = ask("/alerts/sentry", headers=headers)

        assert status == 401
        assert document == {"error": "The secret is missing or wrong."}
        assert sum(desk.queue.counts().values()) == 0

    @pytest.mark.parametrize(
        ("source", "header", "name"),
        [
            ("sentry", "Sentry-Hook-Signature", "sentry-issue-alert.documented"),
            ("grafana", "X-Grafana-Alerting-Signature", "grafana-firing.documented"),
        ],
    )
    def test_a_tool_that_signs_needs_no_header_of_ours(
        self, ask: Ask, source: str, header: str, name: str
    ) -> None:
        body = body_of(name)
        signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()

        signed = ask(f"/alerts/{source}", body, headers={header: signature})
        changed = ask(f"/alerts/{source}", body + b" ", headers={header: signature})

        assert (signed[0], changed[0]) == (200, 401)

    def test_without_a_secret_only_this_machine_may_reach_it(self, world: World) -> None:
        del world.settings["secret"]
        desk = world.desk()

        with pytest.raises(ConfigurationError, match="has no secret"):
            Door(desk)

        ask = ask_of(Door(desk, is_local=True))
        assert ask("/v1/messages", headers={})[0] == 200
        assert ask("/v1/messages", headers={"Origin": "https://evil.test"})[0] == 401


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        pytest.param("POST", "/", 404, id="nothing there"),
        pytest.param("POST", "/alerts/", 404, id="no source"),
        pytest.param("POST", "/alerts/pager", 404, id="no such source"),
        pytest.param("POST", "/alerts/nagios", 404, id="a source of the command line"),
        pytest.param("POST", "/v1/messages/7", 404, id="below it"),
        pytest.param("GET", "/alerts/grafana", 405, id="GET"),
        pytest.param("DELETE", "/v1/messages", 405, id="DELETE"),
        pytest.param("PUT", "/v1/messages", 200, id="PUT"),
        pytest.param("GET", "/metrics", 404, id="no metrics"),
    ],
)
def test_each_place_has_its_methods(ask: Ask, method: str, path: str, status: int) -> None:
    assert ask(path, method=method)[0] == status


def test_a_body_over_one_mebibyte_is_refused(ask: Ask) -> None:
    assert ask("/v1/messages", None) == (413, {"error": f"The body is over {LONGEST} bytes."})


@pytest.mark.parametrize(
    ("body", "query", "words"),
    [
        pytest.param(b"{", "", "not JSON", id="no JSON"),
        pytest.param(b"{}", "", "no 'text'", id="no text"),
        pytest.param(PLAIN, "?to=%2B4522334488", "not in the list", id="a stranger in the URL"),
        pytest.param(
            b'{"text": "x", "to": "+4522334488"}', "", "not in the list", id="in the body"
        ),
        pytest.param(PLAIN, "?to=abc", "has a letter", id="no number"),
        pytest.param(PLAIN, "?to=%FF", "fields cannot be read", id="no UTF-8"),
        pytest.param(PLAIN, "?" + "a=1&" * 500, "fields cannot be read", id="too many fields"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(
    ask: Ask, desk: Desk, body: bytes, query: str, words: str
) -> None:
    status, document = ask("/v1/messages", body, query=query)

    assert status == 422
    assert words in document["error"]
    assert sum(desk.queue.counts().values()) == 0


def test_the_url_may_say_who_is_told(ask: Ask, world: World, desk: Desk) -> None:
    ask("/alerts/alertmanager", body_of("alertmanager-firing-single"), query="?to=%2B31687654321")

    assert [to for to, _ in world.send(desk)] == [BO]


def test_a_form_is_a_message_too(ask: Ask, world: World, desk: Desk) -> None:
    form = "application/x-www-form-urlencoded; charset=utf-8"
    body = b"text=hej&to=%2B31612345678&to=%2B31687654321"

    status, _ = ask("/v1/messages", body, headers=BEARER | {"Content-Type": form})

    assert status == 200
    assert world.send(desk) == [(ANNA, "hej"), (BO, "hej")]


@pytest.mark.parametrize(
    "content_type",
    [
        pytest.param("application/x-www-form-urlencoded", id="curl's own"),
        pytest.param("text/plain", id="text"),
        pytest.param("", id="none"),
    ],
)
def test_json_is_json_whatever_it_is_said_to_be(
    ask: Ask, world: World, desk: Desk, content_type: str
) -> None:
    body = b' {"text": "hej & hej", "to": "+31612345678"}'

    status, _ = ask("/v1/messages", body, headers=BEARER | {"Content-Type": content_type})

    assert status == 200
    assert world.send(desk) == [(ANNA, "hej & hej")]


def test_words_that_come_twice_are_two_messages_and_the_second_is_counted(
    ask: Ask, world: World, desk: Desk
) -> None:
    body = b'{"text": "the laundry is done", "to": "+31612345678"}'

    answers = [ask("/v1/messages", body)[1] for _ in range(3)]
    first = world.send(desk)
    world.now += 700
    later = world.send(desk)

    assert answers == [{"queued": 1, "repeat": False}] * 3
    assert first == [(ANNA, "the laundry is done")]
    assert [("2 more" in text, to) for to, text in later] == [(True, ANNA)]


class TestIdempotencyKey:
    def test_the_same_request_again_is_answered_and_not_sent(self, ask: Ask, desk: Desk) -> None:
        headers = BEARER | {"Idempotency-Key": "order-17"}

        answers = [ask("/v1/messages", headers=headers) for _ in range(2)]

        assert [document["repeat"] for _, document in answers] == [False, True]
        assert desk.queue.counts()[State.QUEUED] == 3

    def test_another_request_with_the_same_key_is_refused(self, ask: Ask) -> None:
        headers = BEARER | {"Idempotency-Key": "order-17"}
        ask("/v1/messages", headers=headers)

        status, document = ask("/v1/messages", b'{"text": "other"}', headers=headers)

        assert status == 422
        assert document == {"error": "The key was used before, for something else."}

    def test_a_request_to_another_url_is_another_one(self, ask: Ask) -> None:
        headers = BEARER | {"Idempotency-Key": "order-17"}
        ask("/v1/messages", query="?to=%2B31612345678", headers=headers)

        status, _ = ask("/v1/messages", query="?to=%2B31687654321", headers=headers)

        assert status == 422

    def test_a_key_has_a_length(self, ask: Ask) -> None:
        assert ask("/v1/messages", headers=BEARER | {"Idempotency-Key": "x" * 201})[0] == 422


def test_where_nothing_can_be_written_the_tool_shall_come_again(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise QueueError("The queue cannot be used: disk full.")

    monkeypatch.setattr("smsgateway_alerts.queue.Queue.add", fail)

    assert ask("/v1/messages") == (503, {"error": "The queue cannot be written; try again."})


class Stranger:
    @hookimpl
    def register_alert_sources(self) -> list[AlertSource]:
        def parse(request: HttpRequest) -> Notification:
            raise KeyError(request.body)

        return [AlertSource(name="pigeonhole", parse=parse)]


def test_a_strangers_source_that_fails_is_no_crash(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    plugins = installed_plugins().copy()
    plugins.register(Stranger())
    desk = Desk(Settings.read(world.settings), plugins=plugins)

    status, document = ask_of(Door(desk))("/alerts/pigeonhole", b'"amber heron"')

    assert status == 422
    assert document["error"] == "The source pigeonhole could not read the request (KeyError)."
    assert "heron" not in caplog.text


class TestMetrics:
    def test_they_need_the_secret(self, desk: Desk) -> None:
        door = Door(desk, metrics=lambda: (b"# nothing", "text/plain"))

        def get(method: str, headers: dict[str, str]) -> Answer:
            request = HttpRequest(method=method, url="https://localhost/metrics", headers=headers)
            return door.answer(request, "/metrics", b"")

        assert get("GET", BEARER).body == b"# nothing"
        assert get("GET", {}).status == 401
        assert get("POST", BEARER).status == 405
