"""`smsgateway balance`."""

from __future__ import annotations

import click

from smsgateway.cli.account import choose
from smsgateway.cli.options import gateway_options
from smsgateway.cli.output import Output, json_option

__all__ = ["balance"]


@click.command()
@gateway_options
@json_option
@click.pass_obj
def balance(output: Output, gateway: str | None, url: str | None) -> None:
    """Show what is left on the account."""
    with choose(output, gateway=gateway, url=url) as opened:
        left = opened.balance()
    output.show(left, str(left))
