"""Real monitoring tools, each started on this machine for one test."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import requests

from tests.plugins.alerts.captured import ANNA, SECRET
from tests.plugins.alerts.server import SCRIPT

FOLDERS = f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin"


def found(program: str) -> str | None:
    return shutil.which(program, path=FOLDERS)


def wait_for(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def process(*command: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program until the test is over."""
    with log.open("wb") as output:
        running = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        try:
            yield running
        finally:
            running.terminate()
            try:
                running.wait(10)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()


def calling(folder: Path, source: str, *options: str) -> str:
    """Write a command that a tool is to call; some tools start it with no environment at all."""
    kept = [f"{name}={value}" for name, value in os.environ.items() if name.startswith("PYTHON")]
    command = ["/usr/bin/env", *kept, f"SMSGATEWAY_CONFIG={folder / 'smsgateway.toml'}"]
    data = [f"XDG_DATA_HOME={folder / 'data'}"]
    return shlex.join([*command, *data, SCRIPT, "alert", source, "--to", ANNA, *options])


class Alertmanager:
    """Prometheus Alertmanager, which tells our server."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = f"http://127.0.0.1:{free_port()}"
        folder.mkdir()
        (folder / "alertmanager.yml").write_text(
            json.dumps(  # which is YAML, too
                {
                    "route": {
                        "receiver": "sms",
                        "group_by": ["alertname"],
                        "group_wait": "1s",
                        "group_interval": "1s",
                        "repeat_interval": "1h",
                    },
                    "receivers": [
                        {
                            "name": "sms",
                            "webhook_configs": [
                                {
                                    "url": f"{url}/alerts/alertmanager",
                                    "send_resolved": True,
                                    "http_config": {"authorization": {"credentials": SECRET}},
                                }
                            ],
                        }
                    ],
                }
            )
        )

    @contextmanager
    def running(self) -> Iterator[None]:
        program = found("prometheus-alertmanager")
        assert program is not None
        command = (
            program,
            f"--config.file={self.folder / 'alertmanager.yml'}",
            f"--storage.path={self.folder / 'data'}",
            f"--web.listen-address={self.url.removeprefix('http://')}",
            "--cluster.listen-address=",
        )
        with process(*command, log=self.folder / "log"):
            wait_for(self._is_ready)
            yield

    def _is_ready(self) -> bool:
        with suppress(requests.ConnectionError):
            return requests.get(f"{self.url}/-/ready", timeout=5).ok
        return False

    def fire(self, instance: str, **fields: Any) -> None:
        """Tell it that something is down, or with `endsAt` that it is well again."""
        alert = {
            "labels": {"alertname": "InstanceDown", "instance": instance, "severity": "critical"},
            "annotations": {"summary": "no answer for 5 minutes 🔥"},
            **fields,
        }
        answer = requests.post(f"{self.url}/api/v2/alerts", json=[alert], timeout=10)
        assert answer.ok, answer.text


class Nagios:
    """Nagios, with one service that is as a file says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state = folder / "state"
        (folder / "results").mkdir()
        (folder / "nagios.cfg").write_text(
            "\n".join(f"{name}={value}" for name, value in self._configuration().items())
        )
        (folder / "objects.cfg").write_text(_OBJECTS.replace("FOLDER", str(folder)))
        (folder / "commands.cfg").write_text(
            _COMMAND.format(name="check", line=f"/bin/sh {self.state}")
            + _COMMAND.format(name="notify", line=calling(folder, "nagios"))
        )

    def _configuration(self) -> dict[str, object]:
        files = {
            name: self.folder / name
            for name in (
                *("log_file", "object_cache_file", "precached_object_file", "status_file"),
                *("lock_file", "temp_file", "command_file", "query_socket"),
                "state_retention_file",
            )
        }
        return files | {
            "cfg_file": f"{self.folder / 'objects.cfg'}\ncfg_file={self.folder / 'commands.cfg'}",
            "temp_path": self.folder,
            "check_result_path": self.folder / "results",
            "nagios_user": os.getuid(),
            "nagios_group": os.getgid(),
            "interval_length": 1,
            "enable_environment_macros": 1,
            "check_for_updates": 0,
            "check_external_commands": 0,
            "use_syslog": 0,
            "retain_state_information": 0,
            "service_inter_check_delay_method": "n",
            "check_result_reaper_frequency": 1,
            "illegal_macro_output_chars": "`~$&|'\"<>",  # Debian's own; not in the environment
        }

    def says(self, code: int, output: str) -> None:
        (self.folder / "output").write_text(output)
        self.state.write_text(f"cat {self.folder / 'output'}; exit {code}\n")

    @contextmanager
    def running(self) -> Iterator[None]:
        program = found("nagios4")
        assert program is not None
        with process(program, str(self.folder / "nagios.cfg"), log=self.folder / "log"):
            yield


_COMMAND = """
define command {{
    command_name {name}
    command_line {line}
}}
"""
_OBJECTS = """
define timeperiod {
    timeperiod_name always
    alias always
    sunday 00:00-24:00
    monday 00:00-24:00
    tuesday 00:00-24:00
    wednesday 00:00-24:00
    thursday 00:00-24:00
    friday 00:00-24:00
    saturday 00:00-24:00
}
define contact {
    contact_name oncall
    host_notifications_enabled 1
    service_notifications_enabled 1
    host_notification_period always
    service_notification_period always
    host_notification_options d,r
    service_notification_options w,u,c,r
    host_notification_commands notify
    service_notification_commands notify
}
define host {
    host_name db1
    address 127.0.0.1
    max_check_attempts 1
    check_period always
    notification_period always
    notification_interval 0
    contacts oncall
}
define service {
    host_name db1
    service_description PostgreSQL
    check_command check
    check_period always
    check_interval 1
    retry_interval 1
    max_check_attempts 1
    notification_period always
    notification_interval 0
    contacts oncall
}
"""


class Monit:
    """Monit, which looks for a file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.flag = folder / "flag"
        control = folder / "monitrc"
        command = calling(folder, "monit")
        control.write_text(
            f"set daemon 1\n"
            f"set pidfile {folder / 'pid'}\n"
            f"set idfile {folder / 'id'}\n"
            f"set statefile {folder / 'state'}\n"
            f"set logfile {folder / 'monit.log'}\n"
            f"check file flag with path {self.flag}\n"
            f'  if does not exist then exec "{command}"\n'
            f'    else if succeeded then exec "{command}"\n'
        )
        control.chmod(0o600)

    @contextmanager
    def running(self) -> Iterator[None]:
        program = found("monit")
        assert program is not None
        command = (program, "-I", "-c", str(self.folder / "monitrc"))
        with process(*command, log=self.folder / "log"):
            yield
