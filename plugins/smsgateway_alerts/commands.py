"""`smsgateway serve`, `alert`, `apprise-path` and `zabbix-media-type`."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import click

from smsgateway.cli.options import gateway_options, read_text
from smsgateway.cli.output import Output, json_option
from smsgateway.errors import ConfigurationError, SmsGatewayError
from smsgateway.hooks import installed_plugins
from smsgateway_alerts.background import start, tell_all
from smsgateway_alerts.settings import Settings
from smsgateway_alerts.source import AlertSource, Call, find_source, sources
from smsgateway_alerts.telling import Telling, Told, read_call

__all__ = ["COMMANDS"]

_DIGESTS = "digests"
# What a call was to be sent through, for the process that it starts. Not an argument of that one:
# a URL has a secret in it, and every user of a machine sees the arguments of what runs for long.
_ORIGIN = "SMSGATEWAY_ALERT_DIGESTS_THROUGH"


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


def _source(_context: click.Context, _parameter: click.Parameter, name: str) -> AlertSource | None:
    """Find a source; None stands for what calls have held back."""
    if name == _DIGESTS:
        return None
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
    source: AlertSource | None,
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

    What a flood holds back is told by a process that is started for it. It does what SOURCE
    "digests" does: wait until what is held back is due, send it, and end.
    """
    if gateway is not None and url is not None:
        raise click.UsageError("--gateway and --url exclude each other.")
    if source is None and (to or key or text or subject or message or is_recovered):
        raise click.UsageError("digests tells what was held back, to whom it was held back from.")
    output: Output = context.obj
    through = url or gateway
    settings = _settings(through, segments)
    telling = Telling(settings, plugins=installed_plugins(), is_awaited=source is not None)
    with telling.outlet.gateway:
        if source is None:
            tell_all(telling)
            return
        call = Call(environ=os.environ, subject=subject, message=message, is_recovered=is_recovered)
        notification = read_call(source, call, text=None if text is None else read_text(text))
        if telling.outlet.warning:
            output.warn(telling.outlet.warning)
        told = telling.tell(notification, to, key=key)
        _show(output, told)
        _tell_digests_later(output, telling, through=through, segments=settings.segments)
    context.exit(0 if told.is_told else 1)


def _settings(through: str | None, segments: int | None) -> Settings:
    """Read the configuration; what the call says comes first."""
    chosen = Settings.load(for_door=False)
    return replace(
        chosen,
        gateway=through or os.environ.get(_ORIGIN) or chosen.gateway,
        segments=segments or chosen.segments,
    )


def _show(output: Output, told: Told) -> None:
    if output.is_json:
        output.show(told)
    else:
        output.warn(told.sentence)  # one line on standard error: Zabbix shows it


def _tell_digests_later(
    output: Output, telling: Telling, *, through: str | None, segments: int
) -> None:
    """Have what is held back told, though no other call may come; or tell now what is due."""
    try:
        if telling.wait() is None:
            return
        try:
            start(telling, ["--segments", str(segments)], {_ORIGIN: through} if through else {})
        except (OSError, SmsGatewayError) as error:
            kind = type(error).__name__
            output.warn(f"The next call tells what is held back: no process was started ({kind}).")
            telling.tell_digests()
    except SmsGatewayError as error:
        output.warn(f"What is held back was not told: {error}")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _MediaType:
    yaml: str


@click.command("zabbix-media-type")
@json_option
@click.pass_obj
def zabbix_media_type(output: Output) -> None:
    """Print a media type for Zabbix, in the YAML that it imports.

    It posts what happens to `smsgateway serve`. Its first lines say how.
    """
    content = (
        files("smsgateway_alerts.sources").joinpath("zabbix-media-type.yaml").read_text("utf-8")
    )
    if output.is_json:
        output.show(_MediaType(yaml=content))
    else:
        output.stream.write(content)  # as it is: a terminal's width must not wrap a script


COMMANDS = (serve, alert, apprise_path, zabbix_media_type)
