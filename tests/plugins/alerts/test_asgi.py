"""The web door in an ASGI server."""

# ruff: noqa: RUF001  # tools write dashes
from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, MutableMapping
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from smsgateway.errors import ConfigurationError
from smsgateway_alerts.asgi import alerts_app, application
from smsgateway_alerts.desk import Desk
from smsgateway_alerts.door import LONGEST, Door
from smsgateway_alerts.settings import Settings
from tests.plugins.alerts.captured import SECRET, body_of, headers_of
from tests.plugins.alerts.conftest import World

Event = MutableMapping[str, Any]


def call(
    app: Any,
    path: str,
    body: Iterable[bytes] = (b"",),
    *,
    method: str = "POST",
    headers: dict[str, str] | None = None,
    ends: bool | None = True,
) -> tuple[int, dict[str, str], bytes]:
    """Make a request, with its body in pieces; it may break off, or stop to come (None)."""
    given = {"authorization": f"Bearer {SECRET}"} | (headers or {})
    events: list[Event] = [
        {"type": "http.request", "body": piece, "more_body": True} for piece in body
    ]
    if ends is not None:
        events.append(
            {"type": "http.request", "body": b""} if ends else {"type": "http.disconnect"}
        )
    sent: list[Event] = []

    async def receive() -> Event:
        if not events:
            await asyncio.sleep(60)
        return events.pop(0)

    async def send(event: Event) -> None:
        sent.append(event)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode("utf-8", "surrogatepass"),
        "root_path": "",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
    }
    asyncio.run(app(scope, receive, send))
    if not sent:
        return 0, {}, b""
    answered = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], answered, sent[1]["body"]


@pytest.fixture
def desk(world: World) -> Desk:
    return world.desk()


@pytest.fixture
def app(desk: Desk) -> Any:
    return application(Door(desk))


def test_a_body_may_come_in_pieces(app: Any, world: World, desk: Desk) -> None:
    body = body_of("uptime-kuma-down-form")
    pieces = [body[start : start + 100] for start in range(0, len(body), 100)]

    status, headers, document = call(
        app, "/alerts/uptime-kuma", pieces, headers=headers_of("uptime-kuma-down-form")
    )

    assert (status, json.loads(document)) == (200, {"queued": 3, "repeat": False})
    assert headers == {"content-type": "application/json", "content-length": str(len(document))}
    assert world.send(desk)[0][1] == "DOWN db1 postgres: connection refused – timeout"


def test_a_body_is_read_no_further_than_it_may_be(app: Any) -> None:
    def endless() -> Iterable[bytes]:
        for _ in range(LONGEST // 1000 + 2):
            yield b"x" * 1000

    assert call(app, "/v1/messages", endless())[0] == 413


def test_a_body_that_says_it_is_too_long_is_answered_before_it_comes(
    app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smsgateway_alerts.asgi._LINGER", 0.05)

    for length in (str(LONGEST + 1), "9" * 5000):
        answer = call(app, "/v1/messages", (), headers={"content-length": length}, ends=None)
        assert answer[0] == 413


def test_a_body_that_does_not_come_is_not_waited_for(
    app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smsgateway_alerts.asgi._PATIENCE", 0.05)

    status, _, document = call(app, "/v1/messages", [b'{"text": '], ends=None)

    assert (status, json.loads(document)) == (408, {"error": "The body takes too long."})


def test_what_comes_after_an_early_answer_is_thrown_away_for_a_while(
    app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smsgateway_alerts.asgi._LINGER", 0.05)
    long = {"content-length": str(LONGEST + 1)}

    assert call(app, "/v1/messages", [b"x"] * 9, headers=long)[0] == 413
    assert call(app, "/v1/messages", [b"x"] * 9, headers=long, ends=None)[0] == 413


def test_whoever_goes_away_queues_nothing(app: Any, desk: Desk) -> None:
    assert call(app, "/v1/messages", [b'{"text": "hej"}'], ends=False)[0] == 0
    assert sum(desk.queue.counts().values()) == 0


def test_it_mounts_elsewhere(app: Any) -> None:
    site = Starlette(routes=[Mount("/sms", app=app)])

    assert call(site, "/sms/v1/messages", [b'{"text": "hej"}'])[0] == 200
    assert call(site, "/v1/messages", [b'{"text": "hej"}'])[0] == 404


def test_a_path_that_is_odd_is_not_found(app: Any) -> None:
    assert call(app, "/alerts/\ud800\n%2e ü")[0] == 404


def test_a_head_request_has_no_body(app: Any) -> None:
    assert call(app, "/v1/messages", method="HEAD")[::2] == (405, b"")


def test_delivery_reports_have_their_place(world: World) -> None:
    settings = {"gateway": "cpsms://user:key@default?report_secret=s3cret-s3cret-s3cret"}
    cpsms = application(Door(world.desk(**settings)))

    assert call(cpsms, "/reports/cpsms", method="HEAD")[0] == 200
    assert call(cpsms, "/reports", method="GET")[0] == 400  # it does not prove where it is from
    assert call(cpsms, "/reportsx", method="GET")[0] == 404


def test_a_gateway_without_delivery_reports_has_no_place_for_them(
    app: Any, caplog: pytest.LogCaptureFixture
) -> None:
    status, _, document = call(app, "/reports/inbox", [b"{}"])

    assert (status, json.loads(document)) == (404, {"error": "No delivery reports are taken here."})
    assert "where none is taken" in caplog.text
    assert call(app, "/reports", headers={"authorization": "Bearer wrong"})[0] == 401


def test_it_speaks_http_only(app: Any) -> None:
    with pytest.raises(RuntimeError, match="not by websocket"):
        asyncio.run(app({"type": "websocket"}, None, None))


def test_what_waited_is_sent_when_the_server_starts_and_the_desk_closes_with_it(
    world: World,
) -> None:
    desk = Desk(Settings.read(world.settings))
    desk.queue.add([])
    app = application(Door(desk))
    sent: list[Event] = []
    events = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]

    async def receive() -> Event:
        return events.pop(0)

    async def send(event: Event) -> None:
        sent.append(event)

    asyncio.run(app({"type": "lifespan"}, receive, send))

    assert [event["type"] for event in sent] == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
    ]


def test_it_is_made_of_the_configuration(world: World) -> None:
    app = alerts_app(Settings.read(world.settings))

    assert call(app, "/v1/messages", [b"{}"])[0] == 422
    assert b"smsgateway_alerts_queue" in call(app, "/metrics", method="GET")[2]
    assert call(app, "/metrics", method="GET", headers={"authorization": ""})[0] == 401
    with pytest.raises(ConfigurationError, match="nobody to tell"):
        alerts_app()
