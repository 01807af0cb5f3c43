"""`smsgateway serve`, `smsgateway alert` and `smsgateway apprise-path`."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

import click

from smsgateway.cli.options import gateway_options, read_text
from smsgateway.cli.output import Output, json_option
from smsgateway.errors import ConfigurationError
from smsgateway.hooks import installed_plugins
from smsgateway_alerts.settings import Settings
from smsgateway_alerts.source import AlertSource, Call, find_source, sources
from smsgateway_alerts.telling import Telling, read_call

__all__ = ["COMMANDS"]


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", default=8026, show_default=True, type=click.IntRange(0, 65535), help="0 picks one."
)
@json_option
@click.pass_obj
def serve(output: Output, host: str, port: int) -> None:
    """Take alerts from monitoring tools, and send them by SMS.

    [plugins.alerts] in smsgateway.toml says who is told. Without a secret there, it listens on this
    machine only.
    """
    if find_spec("uvicorn") is None:
        raise ConfigurationError(
            "The server needs the extra 'alerts': pip install 'pluggable-smsgateway[alerts]'."
        )
    from smsgateway_alerts.serving import run  # noqa: PLC0415 - uvicorn is there only for a server

    run(output, Settings.load(), host=host, port=port)


def _source(_context: click.Context, _parameter: click.Parameter, name: str) -> AlertSource:
    try:
        source = find_source(name, installed_plugins())
    except ConfigurationError as error:
        raise click.BadParameter(str(error)) from error
    if source.read is None:
        able = ", ".join(s.name for s in sources(installed_plugins()).values() if s.read)
        raise click.BadParameter(f"{name} comes by the web. Of the command line are: {able}.")
    return source


@click.command()
@click.argument("source", callback=_source)
@click.option("--to", metavar="NUMBER", multiple=True, help="A recipient; repeatable.")
@click.option("--key", metavar="KEY", help="What a repeat has in common; for 10 minutes it is one.")
@click.option("--text", metavar="TEXT|-", help="What to say where the environment says nothing.")
@click.option("--subject", default="", help="Zabbix's {ALERT.SUBJECT}.")
@click.option("--message", default="", help="Zabbix's {ALERT.MESSAGE}.")
@click.option("--recovered", "is_recovered", is_flag=True, help="It is well again (Monit).")
@click.option("--segments", type=click.IntRange(1, 10), help="The most segments that it takes.")
@gateway_options
@json_option
@click.pass_context
def alert(
    context: click.Context,
    source: AlertSource,
    to: tuple[str, ...],
    key: str | None,
    text: str | None,
    subject: str,
    message: str,
    is_recovered: bool,  # noqa: FBT001 - click gives every option by its name
    segments: int | None,
    gateway: str | None,
    url: str | None,
) -> None:
    """Send the alert that a monitoring tool calls this command for.

    SOURCE is nagios, icinga, monit, zabbix, or what a plugin brings. It is read from the
    environment, so that nothing needs to be quoted. [plugins.alerts] in smsgateway.toml may say
    what it is sent through, and in which words.

    Exit status: 0 as soon as one recipient was accepted, may have been, or was told before; 1 if
    nobody was. A tool that runs a failed command again then texts nobody twice.
    """
    if gateway is not None and url is not None:
        raise click.UsageError("--gateway and --url exclude each other.")
    call = Call(environ=os.environ, subject=subject, message=message, is_recovered=is_recovered)
    notification = read_call(source, call, text=None if text is None else read_text(text))
    chosen = Settings.load()
    settings = replace(
        chosen, gateway=url or gateway or chosen.gateway, segments=segments or chosen.segments
    )
    telling = Telling(settings, plugins=installed_plugins())
    output: Output = context.obj
    if telling.outlet.warning:
        output.warn(telling.outlet.warning)
    with telling.outlet.gateway:
        told = telling.tell(notification, to, key=key)
    if output.is_json:
        output.show(told)
    else:
        output.warn(told.sentence)  # one line on standard error: Zabbix shows it
    context.exit(0 if told.is_told else 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _ApprisePath:
    path: Path


@click.command("apprise-path")
@json_option
@click.pass_obj
def apprise_path(output: Output) -> None:
    """Print what Apprise needs as --plugin-path, or as APPRISE_PLUGIN_PATH."""
    # Found, not imported: Apprise need not be installed in this Python.
    path = Path(__file__).with_name("apprise.py")
    output.show(_ApprisePath(path=path), str(path))


COMMANDS = (serve, alert, apprise_path)
