"""What the vendor lets through: numbers, senders, texts and the options of a message."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from smsgateway.text import Encoding, analyze
from smsgateway.text.alphabet import BASIC, OUTSIDERS
from smsgateway_cpsms.emulator.parameters import Parameters
from smsgateway_cpsms.emulator.refused import Refused

__all__ = ["Draft", "check_number", "check_sender", "read_draft"]

_MOST_CHARACTERS = 1530
_MOST_REFERENCE = 32
_LATEST = 253_402_300_799  # the last second of the year 9999, beyond which no calendar goes


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message as it would be sent, before anybody is known to get it.

    Attributes:
        text: What is left of the words when illegal characters are gone.
        format: `GSM` or `UNICODE`.
        segments: Billed parts.
        sender: Who it is from.
        timestamp: When to send it, in Unix seconds; None is now.
        flash: Whether it is shown at once.
        reference: The client's own name for it.
        report_url: Where delivery reports go.
    """

    text: str = field(repr=False)
    format: str
    segments: int
    sender: str
    timestamp: int | None
    flash: bool
    reference: str | None
    report_url: str | None


def check_number(number: str) -> None:
    """Let a number pass that has digits only, and as many as its country's numbers have.

    Of the countries only Denmark's length is known; other numbers have 8 to 15 digits.

    Raises:
        Refused: It has not.
    """
    if not (number.isascii() and number.isdigit()):
        raise Refused(400, "Phone number should be specified as a number")
    longest, shortest = (10, 10) if number.startswith("45") else (15, 8)
    if not shortest <= len(number) <= longest:
        raise Refused(409, "Phone number length and country code do not match.")


def read_draft(given: Parameters, default_sender: str | None) -> Draft:
    """Read what is to be sent out of a call's parameters.

    Raises:
        Refused: Something is missing, too long or unknown.
    """
    kind = _one_of(given, "format", ("GSM", "UNICODE"))
    _one_of(given, "encoding", ("UTF-8", "ISO-8859-1"))
    text = _text(given.required_text("message"), kind)
    encoding = Encoding.GSM7 if kind == "GSM" else Encoding.UCS2
    return Draft(
        text=text,
        format=kind,
        segments=analyze(text, encoding=encoding).segments,
        sender=check_sender(given.text("from") or default_sender),
        timestamp=_timestamp(given.number("timestamp")),
        flash=given.flag("flash"),
        reference=_reference(given.text("reference")),
        report_url=_report_url(given.text("dlr_url")),
    )


def _one_of(given: Parameters, name: str, choices: tuple[str, ...]) -> str:
    value = given.text(name) or choices[0]
    if value not in choices:
        raise Refused(409, f"{name} should be {' or '.join(choices)}")
    return value


def _text(text: str, kind: str) -> str:
    """Drop what the format has no way to say: the text gets shorter, and nobody is told."""
    if len(text) > _MOST_CHARACTERS:
        raise Refused(400, f"message should have at most {_MOST_CHARACTERS} characters")
    left = OUTSIDERS.sub("", text) if kind == "GSM" else text
    if not left:
        raise Refused(400, "message is required")
    return left


def check_sender(sender: str | None) -> str:
    """Return who a message is from.

    Raises:
        Refused: Nobody, or one with too many characters or the wrong ones.
    """
    if not sender:
        raise Refused(400, "from is required: the account has no default sender")
    if len(sender) > (15 if sender.isascii() and sender.isdigit() else 11):
        raise Refused(400, "from should have at most 15 digits, or 11 characters")
    if not sender.isprintable() or sender.isspace() or not BASIC.issuperset(sender):
        raise Refused(406, "from has characters that are not allowed")
    return sender


def _timestamp(timestamp: int | None) -> int | None:
    if timestamp is not None and not 0 <= timestamp <= _LATEST:
        raise Refused(400, "timestamp should be a Unix time in seconds")
    return timestamp


def _reference(reference: str | None) -> str | None:
    if reference is None:
        return None
    if len(reference) > _MOST_REFERENCE or reference.isspace() or not reference.isprintable():
        raise Refused(400, f"reference should have at most {_MOST_REFERENCE} characters")
    return reference


def _report_url(url: str | None) -> str | None:
    if url is None:
        return None
    try:
        parts = urlsplit(url)
        is_url = parts.scheme in {"http", "https"} and bool(parts.hostname) and url.isprintable()
    except ValueError:
        is_url = False
    if not is_url or " " in url:
        raise Refused(409, "dlr_url should be a URL")
    return url
