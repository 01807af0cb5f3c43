"""The provider that prints."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from smsgateway.errors import ConfigurationError, OutcomeUnknown
from smsgateway.hooks import hookimpl
from smsgateway.http import Flow
from smsgateway.message import Message
from smsgateway.phone import mask
from smsgateway.pricing import RateTable
from smsgateway.provider import LOCAL, Capabilities, Provider
from smsgateway.result import RecipientResult, SendStatus
from smsgateway.text import TextAnalysis, analyze
from smsgateway.words import visible

__all__ = ["Console", "register_providers"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """Prints every message, with all that it asks for, to a standard stream of the process.

    Attributes:
        stream: Which one: `"stdout"` or `"stderr"`.
        rates: A vendor's prices, to print what it would take; none is printed without.
    """

    stream: str = "stdout"
    rates: RateTable | None = None

    name: ClassVar[str] = "console"
    capabilities: ClassVar[Capabilities] = LOCAL

    def __post_init__(self) -> None:
        if self.stream not in {"stdout", "stderr"}:
            raise ConfigurationError(f"stream must be 'stdout' or 'stderr', not {self.stream!r}.")

    def send(self, message: Message) -> Flow[list[RecipientResult]]:
        """Print the message as one block."""
        block = "".join(f"{line}\n" for line in self._lines(message))
        self._write(f"{block}\n")
        status = SendStatus.taken(message)
        return [RecipientResult(to=number, status=status) for number in message.to]
        yield  # makes it a flow, of no requests

    def _lines(self, message: Message) -> Iterator[str]:
        analysis = analyze(message.text, encoding=message.encoding)
        yield f"To:        {', '.join(message.to)}"
        asked = {
            "From": message.sender,
            "At": message.send_at,
            "Validity": message.validity,
            "Flash": "yes" if message.flash else None,
            "Reference": message.reference,
            "Report to": message.report_url,
        }
        for title, value in asked.items():
            if value is not None:
                yield f"{title + ':':<10} {value}"
        yield f"Encoding:  {analysis.encoding}, {analysis.segments} segment(s)"
        if self.rates is not None:
            yield f"Cost:      {_cost(self.rates, message, analysis)}"
        for line in message.text.split("\n"):
            yield f"  {visible(line)}".rstrip()

    def _write(self, block: str) -> None:
        """Write a block in one call, so that two threads do not mix theirs."""
        stream = getattr(sys, self.stream)  # looked up each time: programs and tests replace it
        encoding = stream.encoding or "utf-8"
        try:
            stream.write(block.encode(encoding, "backslashreplace").decode(encoding))
            stream.flush()
        except (OSError, ValueError) as error:
            raise OutcomeUnknown(
                f"{self.stream} could not be written: {type(error).__name__}."
            ) from error


def _cost(rates: RateTable, message: Message, analysis: TextAnalysis) -> str:
    estimate = rates.estimate(message.to, segments=analysis.segments, encoding=analysis.encoding)
    total = "unknown" if estimate.total is None else str(estimate.total)
    return ", ".join([total, *(f"no rate for {mask(number)}" for number in estimate.unpriced)])


@hookimpl
def register_providers() -> list[type[Provider]]:
    """Bring the provider `console`."""
    return [Console]
