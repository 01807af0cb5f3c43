"""`smsgateway estimate`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from rich.console import RenderableType

from smsgateway.cli.account import Purpose, choose
from smsgateway.cli.options import (
    encoding_option,
    gateway_options,
    read_text,
    recipient_options,
    text_argument,
)
from smsgateway.cli.output import Output, json_option, table
from smsgateway.cli.recipients import check_rows, list_rows
from smsgateway.pricing import Estimate
from smsgateway.text import Encoding

__all__ = ["estimate"]


@click.command()
@text_argument
@recipient_options
@encoding_option
@gateway_options
@json_option
@click.pass_obj
def estimate(
    output: Output,
    text: str,
    to: tuple[str, ...],
    to_file: Path | None,
    region: str | None,
    encoding: Encoding | None,
    gateway: str | None,
    url: str | None,
) -> None:
    """Show what TEXT would cost, without sending it.

    With - the text is read from standard input.
    """
    words, rows = read_text(text, to_file), list_rows(to, to_file)
    chosen = choose(output, gateway=gateway, url=url, region=region, purpose=Purpose.PRICE)
    with chosen as opened:
        numbers = check_rows(rows, region=opened.options.region)
        cost = opened.estimate(words, to=numbers, encoding=encoding)
    output.show(cost, *_for_people(cost))


def _for_people(cost: Estimate) -> Iterator[RenderableType]:
    yield f"{cost.encoding}, segments for each recipient: {cost.segments}"
    if cost.lines:
        yield table(
            "Region",
            "Recipients",
            "Each segment",
            "Total",
            "Price is",
            rows=(
                (line.region, line.recipients, line.unit_price, line.total, line.source)
                for line in cost.lines
            ),
        )
        yield f"Total: {cost.total}"
    if cost.unpriced:
        yield f"No price is known for: {', '.join(cost.unpriced)}"
