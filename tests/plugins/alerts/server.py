"""The server as a process of its own, and how to call it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple

import requests
import uvicorn

from tests.plugins.alerts.captured import ANNA, SECRET

SCRIPT = str(Path(sys.executable).with_name("smsgateway"))


class Running(NamedTuple):
    """A server that runs."""

    url: str
    process: subprocess.Popen[str]

    def kill(self) -> None:
        """End it as a power cut does."""
        self.process.kill()
        self.process.wait()


def configure(folder: Path, *, gateway: str, more: str = "") -> None:
    """Write a configuration whose queue is beside it."""
    (folder / "smsgateway.toml").write_text(
        f"""
        [plugins.alerts]
        gateway = "{gateway}"
        secret = "{SECRET}"
        recipients = ["{ANNA}"]
        database = "{folder / "alerts.db"}"
        {more}
        """
    )


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[Running]:
    """Run `smsgateway serve` on a free port until the test is over."""
    command = [SCRIPT, "serve", "--port", "0", "--json", *options]
    environment = os.environ | {"SMSGATEWAY_CONFIG": str(folder / "smsgateway.toml")}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield Running(json.loads(process.stdout.readline())["url"], process)
        finally:
            process.kill()


@contextmanager
def in_thread(app: Any, **options: Any) -> Iterator[int]:
    """Run uvicorn in this process, and give its port."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, **options))
    thread = Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


def post(
    url: str, body: bytes | Iterable[bytes], headers: Mapping[str, str] | None = None
) -> tuple[int, bytes]:
    """Post a body; pieces go out chunked, with no Content-Length."""
    given = {"Authorization": f"Bearer {SECRET}", "Content-Type": "application/json"}
    answer = requests.post(url, data=body, headers=given | dict(headers or {}), timeout=30)
    return answer.status_code, answer.content
