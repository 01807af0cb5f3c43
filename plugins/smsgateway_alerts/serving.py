"""`smsgateway serve`: the ASGI application in uvicorn."""

from __future__ import annotations

import json
import socket
from ipaddress import ip_address

import uvicorn

from smsgateway.cli.output import Output
from smsgateway.errors import ConfigurationError
from smsgateway_alerts.asgi import application
from smsgateway_alerts.connection import Connection
from smsgateway_alerts.door import Door
from smsgateway_alerts.settings import Settings

__all__ = ["is_loopback", "run"]

_CONNECTIONS = 500  # at once; to more, it says 503. A process may have 1024 files open.


def run(output: Output, settings: Settings, *, host: str, port: int) -> None:
    """Serve until Ctrl-C or SIGTERM; then the request that is on its way is finished.

    Raises:
        ConfigurationError: There is no secret, or the port cannot be opened.
    """
    door = Door.open(settings, is_local=is_loopback(host))
    if warning := door.desk.outlet.warning:
        output.warn(warning)
    listener = _listen(host, port)
    host, port = listener.getsockname()[:2]
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    words = f"Alerts are taken at {url}/alerts/ until you press Ctrl-C."
    print(json.dumps({"url": url}) if output.is_json else words, file=output.stream, flush=True)
    config = uvicorn.Config(
        application(door),
        http=Connection,
        loop="asyncio",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=_CONNECTIONS,
        timeout_graceful_shutdown=5,
    )
    uvicorn.Server(config).run(sockets=[listener])


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach an address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Not create_server: asyncio sends an answer at once (TCP_NODELAY) only on a socket that says
    # that it is TCP, and each answer would wait for 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(1024)
    except (OSError, OverflowError) as error:
        listener.close()
        raise ConfigurationError(f"{host}:{port} cannot be listened on: {error}.") from error
    return listener
