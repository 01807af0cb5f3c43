"""What a mail says in one line, and what makes two of them the same."""

from __future__ import annotations

import os
import re
from pathlib import PurePath
from typing import NamedTuple

from django.conf import settings
from django.core.mail import EmailMessage

__all__ = ["Summary", "summary_of"]

# What `AdminEmailHandler` writes: a subject of its own, and Django's report of an error as text.
_HEAD = re.compile(r"[A-Z]+(?: \((?:internal|EXTERNAL) IP\))?: ")
_IS_REPORT = re.compile(r"^Django Version: ", re.MULTILINE)
_FAILURE = re.compile(r"^Exception Type: (\w+)(?: at (.*))?$", re.MULTILINE)
_FRAME = re.compile(r'^ +File "(.+)", line (\d+), in ', re.MULTILINE)
_SAYS_NOTHING = "Internal Server Error: "
_VARIABLE = re.compile(r"'[^']*'|\"[^\"]*\"|\d+")

_LIBRARIES = (f"{PurePath(os.__file__).parent}{os.sep}", "<frozen ")
_INSTALLED = re.compile(r"[/\\](?:site|dist)-packages[/\\]")


class Summary(NamedTuple):
    """A mail in one line.

    Attributes:
        text: What is sent of it.
        key: What it has in common with those that tell the same.
    """

    text: str
    key: str


def summary_of(message: EmailMessage) -> Summary:
    """Take the subject and the first line of a mail; of an error report, what broke and where."""
    subject, body = str(message.subject), str(message.body)
    if _IS_REPORT.search(body) is None:
        first = next(filter(None, (line.strip() for line in body.splitlines())), "")
        text = subject if first in subject else f"{subject}: {first}" if subject else first
        return Summary(text, text)
    site = settings.EMAIL_SUBJECT_PREFIX
    prefix = site if subject.startswith(site) else ""
    words = subject.removeprefix(prefix)
    failure = _FAILURE.search(body)
    if failure is None:
        return Summary(subject, _VARIABLE.sub("#", words))
    kind, path = failure.groups()
    where = _place(body[: failure.start()])
    place = f" ({where})" if where else ""
    told = f"{prefix}{kind}{f' {path}' if path else ''}{place}"
    words = _HEAD.sub("", words, count=1)
    text = told if not words or words.startswith(_SAYS_NOTHING) else f"{told}: {words}"
    return Summary(text, f"{kind}{place}")


def _place(report: str) -> str:
    """Find the innermost frame of the site's own code, or of any where it has none."""
    frames: list[tuple[str, str]] = _FRAME.findall(report)
    own = [frame for frame in frames if _is_own(frame[0])] or frames
    return "{}:{}".format("/".join(PurePath(own[-1][0]).parts[-2:]), own[-1][1]) if own else ""


def _is_own(file: str) -> bool:
    return not file.startswith(_LIBRARIES) and _INSTALLED.search(file) is None
