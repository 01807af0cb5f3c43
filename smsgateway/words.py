"""Words that others wrote, made fit to be shown: in a log, an error, on a terminal."""

from __future__ import annotations

import re

from smsgateway.phone import mask

__all__ = ["redact", "visible"]

_NUMBER = re.compile(r"\+?\d(?:[\s().-]{0,2}\d){6,}")
_LONGEST = 200

# C0 and C1 without the line feed. A text may come from anybody, and these move a terminal's
# cursor, change its title or paste into its input.
_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


def redact(words: str) -> str:
    """Make a provider's own words fit for a log: one short line, whole phone numbers masked."""
    line = " ".join("".join(c if c.isprintable() else " " for c in words).split())
    return _NUMBER.sub(lambda match: mask(match[0]), line)[:_LONGEST]


def visible(text: str) -> str:
    r"""Write out control characters, except the line feed: ESC becomes `\x1b`."""
    return _CONTROLS.sub(lambda match: ascii(match[0])[1:-1], text)
