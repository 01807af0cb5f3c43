"""Texts the same people again and again, without flooding them."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from smsgateway.errors import SendFailed
from smsgateway.flood import FileStore, Flood, FloodRules, StoreError
from smsgateway.result import SendStatus
from smsgateway.text import fit
from smsgateway_django import environment
from smsgateway_django.mail_options import MailOptions
from smsgateway_django.sending import send_sms
from smsgateway_django.summary import Summary

__all__ = ["Pager"]

_log = logging.getLogger("smsgateway.django")

_LAST = "More will be held back. "
_AUDIENCES = 1000  # that a process remembers


class Pager:
    """Texts people, and holds back what they were told a moment ago.

    What is held back is counted in a digest, which goes out with a later text.

    Args:
        options: What it goes by.
        to: The numbers, in E.164.
    """

    def __init__(self, options: MailOptions, to: Sequence[str]) -> None:
        self._options = options
        self._to = to
        # A limit is of the same people: they are a part of the name, in which no number is read.
        audience = sha256(",".join(sorted(to)).encode()).hexdigest()[:8]
        self._name = f"smsgateway_django:{options.using}:{audience}"

    def page(self, summary: Summary) -> None:
        """Text them, unless it is to be held back, and tell them what was.

        Raises:
            InvalidGateway: The alias cannot be used as it is written.
            SmsGatewayError: As `send_sms` raises it.
        """
        # Every test of a project begins with nothing that was sent before.
        if not self._options.window or environment.is_test():
            self._send(summary.text, self._to)
            return
        segments = self._options.segments
        flood = self._flood(self._options.state)
        try:
            verdict = flood.ask(summary.key, self._to, segments=segments)
        except StoreError as error:
            _log.error("Floods are remembered by each process alone. %s", error)
            flood = self._flood(None)
            verdict = flood.ask(summary.key, self._to, segments=segments)
        if verdict.to:
            text = _LAST + summary.text if verdict.is_last else summary.text
            self._tell(flood, text, verdict.to, summary.key, 1)
        for digest in flood.due(segments=segments):
            key = digest.keys[0][0] if digest.keys else ""
            self._tell(flood, digest.text, digest.to, key, digest.count)

    def _flood(self, state: Path | None) -> Flood:
        return _remembered(os.getpid(), self._name, self._options.rules, state)

    def _tell(self, flood: Flood, text: str, to: Sequence[str], key: str, count: int) -> None:
        """Send; what provably did not arrive is in the next digest, and not sent again itself."""
        try:
            self._send(text, to)
        except SendFailed as error:
            recipients = error.result.recipients
            lost = [each.to for each in recipients if each.status is SendStatus.NOT_SENT]
            flood.hold(key, lost, count=count)
            raise

    def _send(self, text: str, to: Sequence[str]) -> None:
        fitting = fit(text, self._options.segments).text
        send_sms(fitting, to, using=self._options.using)


# By process: a lock that another thread held in the parent is never released in the child.
@lru_cache(maxsize=_AUDIENCES)
def _remembered(_process: int, name: str, rules: FloodRules, state: Path | None) -> Flood:
    return Flood(name, rules, store=None if state is None else FileStore(state))
