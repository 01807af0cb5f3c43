"""`smsgateway analyze`."""

from __future__ import annotations

import click
from rich.console import RenderableType

from smsgateway.cli.options import encoding_option, read_text, text_argument
from smsgateway.cli.output import Output, json_option, table
from smsgateway.text import Encoding, analyze

__all__ = ["analyze_command"]


@click.command("analyze")
@text_argument
@encoding_option
@json_option
@click.pass_obj
def analyze_command(output: Output, text: str, encoding: Encoding | None) -> None:
    """Show how TEXT is encoded, and how many segments it takes.

    With - the text is read from standard input.
    """
    analysis = analyze(read_text(text), encoding=encoding)
    facts = table(
        rows=[
            ("Encoding", analysis.encoding),
            ("Units", analysis.units),
            ("Segments", analysis.segments),
            ("Remaining", analysis.remaining),
        ],
    )
    offenders = table(
        "Offset",
        "Character",
        "Code point",
        "Replacement",
        rows=(
            (
                offender.offset,
                offender.char,
                f"U+{ord(offender.char):04X}",
                "none" if offender.replacement is None else repr(offender.replacement),
            )
            for offender in analysis.offenders
        ),
    )
    parts: list[RenderableType] = [facts]
    if analysis.offenders:
        parts += ["", "These characters are not in GSM-7:", offenders]
    output.show(analysis, *parts)
