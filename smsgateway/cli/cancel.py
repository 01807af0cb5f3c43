"""`smsgateway cancel`."""

from __future__ import annotations

from dataclasses import dataclass

import click

from smsgateway.cli.account import choose
from smsgateway.cli.options import gateway_options
from smsgateway.cli.output import Output, json_option

__all__ = ["cancel"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cancelled:
    canceled: str


@click.command()
@click.argument("reference")
@gateway_options
@json_option
@click.pass_obj
def cancel(output: Output, reference: str, gateway: str | None, url: str | None) -> None:
    """Take back every scheduled message that was sent with REFERENCE."""
    with choose(output, gateway=gateway, url=url) as opened:
        opened.cancel(reference)
    output.show(_Cancelled(canceled=reference), f"Canceled: {reference}")
