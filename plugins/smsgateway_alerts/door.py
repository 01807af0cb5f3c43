"""The web door, without a server: a request in, an answer out.

`POST /alerts/<source>` for the tools, `POST /v1/messages` for everything else, `GET /metrics` where
prometheus-client is installed.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Self

from smsgateway.errors import ConfigurationError, MessageError, WebhookError
from smsgateway.hooks import installed_plugins
from smsgateway.http import HttpRequest
from smsgateway.webhook import query_pairs
from smsgateway_alerts.access import is_allowed
from smsgateway_alerts.alert import Notification
from smsgateway_alerts.desk import Desk
from smsgateway_alerts.entry import Seen
from smsgateway_alerts.file import QueueError
from smsgateway_alerts.queue import KeyReused
from smsgateway_alerts.settings import Settings
from smsgateway_alerts.source import AlertSource, sources

__all__ = ["LONGEST", "Answer", "Door", "is_for_reports"]

#: Bytes of the longest body that is read.
LONGEST = 1 << 20

_log = logging.getLogger("smsgateway.alerts")
_ALERTS, _MESSAGES, _METRICS, _REPORTS = "/alerts/", "/v1/messages", "/metrics", "/reports"
_PLAIN = "plain"
_LONGEST_KEY = 200
_POSTING = ("POST", "PUT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer to a request."""

    status: HTTPStatus
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, status: HTTPStatus, document: dict[str, Any], **headers: str) -> Answer:
        """Make an answer whose body is a document."""
        content = {"Content-Type": "application/json", **headers}
        return cls(status=status, body=json.dumps(document).encode(), headers=content)

    @classmethod
    def error(cls, status: HTTPStatus, sentence: str, **headers: str) -> Answer:
        """Make an answer that says what is wrong."""
        return cls.json(status, {"error": sentence}, **headers)


#: Reads a request that a tool made.
Parse = Callable[[HttpRequest], Notification]
#: Makes what `/metrics` shows, and says of what type it is.
Metrics = Callable[[], tuple[bytes, str]]


class Door:
    """Answers what tools bring.

    It says 200 when all is safely in the queue (or a repeat, or nothing to tell), 401 without a
    secret, 413 to a body over 1 MiB, 422 to what cannot be read or asks for a number that is not
    in the list, and 503 where the queue cannot be written: the tool shall come again.

    Args:
        desk: What takes the alerts.
        is_local: Whether only this machine can reach it, so that no secret is needed.
        metrics: What `/metrics` shows.

    Raises:
        ConfigurationError: There is no secret, and others than this machine can reach it.
    """

    def __init__(
        self, desk: Desk, *, is_local: bool = False, metrics: Metrics | None = None
    ) -> None:
        if not desk.settings.secrets and not is_local:
            raise ConfigurationError(
                "[plugins.alerts] has no secret: give one by secret_env or secret_file, or listen "
                "on this machine only."
            )
        self.desk = desk
        self._sources = sources(desk.plugins)
        self._metrics = metrics

    @classmethod
    def open(cls, settings: Settings, *, is_local: bool = False) -> Self:
        """Make a door with a desk of its own, and with metrics where they are installed.

        Raises:
            ConfigurationError: The settings are wrong, or have no secret where one is needed.
        """
        desk = Desk(settings, plugins=installed_plugins().copy())
        return cls(desk, is_local=is_local, metrics=_metrics(desk))

    def answer(self, request: HttpRequest, path: str, body: bytes | None) -> Answer:
        """Answer a request.

        Args:
            request: What came, without its body.
            path: Its path below the door's own.
            body: Its body; None where it is too long.
        """
        if path == _METRICS and self._metrics is not None:
            return self._shown(request, self._metrics)
        if is_for_reports(path):
            return self._without_reports(request)
        source = self._source(path)
        if source is None or source.parse is None:
            return Answer.error(HTTPStatus.NOT_FOUND, "There is no such source of alerts.")
        if request.method not in _POSTING:
            return Answer.error(
                HTTPStatus.METHOD_NOT_ALLOWED, "Alerts are posted.", Allow=", ".join(_POSTING)
            )
        if body is None:
            return Answer.error(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The body is over {LONGEST} bytes."
            )
        return self._taken(_with_body(request, body), source, source.parse)

    def _source(self, path: str) -> AlertSource | None:
        name = _PLAIN if path == _MESSAGES else path.removeprefix(_ALERTS).rstrip("/")
        is_known = path.startswith(_ALERTS) or path == _MESSAGES
        return self._sources.get(name) if is_known else None

    def _taken(self, request: HttpRequest, source: AlertSource, parse: Parse) -> Answer:
        if not is_allowed(request, self.desk.settings.secrets, source):
            return _unauthorized(source.name)
        try:
            notification = _parsed(parse, request, source.name)
            to = [value for name, value in query_pairs(request) if name == "to" and value]
            taken = self.desk.take(notification, to=to, idempotency=_idempotency(request))
        except (WebhookError, MessageError, KeyReused) as error:
            _log.warning("A request to %s was refused: %s", source.name, error)
            return Answer.error(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
        except QueueError as error:
            _log.error("%s", error)
            words = "The queue cannot be written; try again."
            return Answer.error(HTTPStatus.SERVICE_UNAVAILABLE, words, **{"Retry-After": "10"})
        return Answer.json(HTTPStatus.OK, {"queued": taken.queued, "repeat": taken.is_repeat})

    def _without_reports(self, request: HttpRequest) -> Answer:
        """Answer where delivery reports would come, had the gateway's provider any."""
        if not is_allowed(request, self.desk.settings.secrets):
            return _unauthorized(_REPORTS)
        _log.warning("A delivery report came, where none is taken.")
        return Answer.error(HTTPStatus.NOT_FOUND, "No delivery reports are taken here.")

    def _shown(self, request: HttpRequest, metrics: Metrics) -> Answer:
        if request.method not in {"GET", "HEAD"}:
            words = "Metrics are read."
            return Answer.error(HTTPStatus.METHOD_NOT_ALLOWED, words, Allow="GET, HEAD")
        if not is_allowed(request, self.desk.settings.secrets):
            return _unauthorized(_METRICS)
        body, content_type = metrics()
        return Answer(status=HTTPStatus.OK, body=body, headers={"Content-Type": content_type})


def is_for_reports(path: str) -> bool:
    """Tell whether a path, below the door's own, is where delivery reports come."""
    return path == _REPORTS or path.startswith(f"{_REPORTS}/")


def _metrics(desk: Desk) -> Metrics | None:
    try:
        from smsgateway_alerts.metrics import Metrics as Counters  # noqa: PLC0415 - an extra
    except ModuleNotFoundError:
        return None
    counters = Counters(gateway=desk.outlet.name, desk=desk)
    desk.plugins.register(counters)
    return counters.page


def _unauthorized(place: str) -> Answer:
    _log.warning("A request to %s did not have the secret.", place)
    words = "The secret is missing or wrong."
    challenge = {"WWW-Authenticate": 'Bearer, Basic realm="alerts"'}
    return Answer.error(HTTPStatus.UNAUTHORIZED, words, **challenge)


def _with_body(request: HttpRequest, body: bytes) -> HttpRequest:
    return HttpRequest(method=request.method, url=request.url, headers=request.headers, body=body)


def _parsed(parse: Parse, request: HttpRequest, source: str) -> Notification:
    """Let a source read a request.

    Raises:
        WebhookError: It cannot.
    """
    try:
        return parse(request)
    except WebhookError:
        raise
    except Exception as error:  # noqa: BLE001 - a stranger's source is someone else's code
        kind = type(error).__name__
    # Out here, so that the error, which may quote the body, is gone.
    raise WebhookError(f"The source {source} could not read the request ({kind}).")


def _idempotency(request: HttpRequest) -> Seen | None:
    """Read the header `Idempotency-Key`; the same key with another request is a mistake."""
    key = (request.header("Idempotency-Key") or "").strip()
    if not key:
        return None
    if len(key) > _LONGEST_KEY:
        raise WebhookError(f"Idempotency-Key is longer than {_LONGEST_KEY} characters.")
    content = sha256(request.url.encode() + b"\0" + request.body).hexdigest()
    return Seen(key=f"idempotency:{key}", seconds=0, content=content)
