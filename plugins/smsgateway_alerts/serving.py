"""`smsgateway serve`: the ASGI application in uvicorn."""

from __future__ import annotations

import json

import uvicorn

from smsgateway.cli.output import Output
from smsgateway.http import is_this_machine
from smsgateway.listening import listen
from smsgateway_alerts.asgi import application
from smsgateway_alerts.connection import Connection
from smsgateway_alerts.door import Door
from smsgateway_alerts.settings import Settings

__all__ = ["run"]

_CONNECTIONS = 500  # at once; to more, it says 503. A process may have 1024 files open.


def run(output: Output, settings: Settings, *, host: str, port: int) -> None:
    """Serve until Ctrl-C or SIGTERM; then the request that is on its way is finished.

    Raises:
        ConfigurationError: There is no secret, or the port cannot be opened.
    """
    door = Door.open(settings, is_local=is_this_machine(host))
    if warning := door.desk.outlet.warning:
        output.warn(warning)
    listener = listen(host, port)
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
