"""Texts the same people again and again, without flooding them."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from smsgateway.errors import SendFailed, SmsGatewayError
from smsgateway.flood import Digest, FileStore, Flood, FloodRules, StoreError, Verdict
from smsgateway.result import SendResult, SendStatus
from smsgateway.text import fit
from smsgateway_django import environment
from smsgateway_django.mail_options import MailOptions
from smsgateway_django.sending import send_sms
from smsgateway_django.summary import Summary

__all__ = ["Pager"]

T = TypeVar("T")

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
        flood = _remembered(os.getpid(), self._name, self._options.rules, self._options.state)
        # Where its file fails go on without, for a text must arrive.
        verdict = self._kept(
            flood, lambda each: each.ask(summary.key, self._to, segments=segments)
        ) or Verdict(to=tuple(self._to), held=())
        if verdict.to:
            self._page(flood, summary, verdict)
        for each in (flood, flood.alone):
            try:
                each.tell(self._send_digest, segments=segments)
            except StoreError as error:
                _log.error("What was held back is told later. %s", error)

    def _kept(self, flood: Flood, use: Callable[[Flood], T]) -> T | None:
        """Use flood control, or where its file fails what this process remembers of it."""
        for each, loss in (
            (flood, "Floods are remembered by each process alone."),
            (flood.alone, "Nothing is held back."),
        ):
            try:
                return use(each)
            except StoreError as error:
                _log.error("%s %s", loss, error)
        return None

    def _page(self, flood: Flood, summary: Summary, verdict: Verdict) -> None:
        """Send; what provably did not arrive is in the next digest."""
        text = _LAST + summary.text if verdict.is_last else summary.text
        try:
            result = self._send(text, verdict.to)
        except SmsGatewayError as error:
            self._hold(flood, summary, verdict, _outcomes_after(error, verdict.to))
            raise
        self._hold(flood, summary, verdict, _outcomes(result))

    def _hold(
        self, flood: Flood, summary: Summary, verdict: Verdict, became: Mapping[str, SendStatus]
    ) -> None:
        missed = [number for number in verdict.to if became.get(number) is SendStatus.NOT_SENT]
        if missed:
            segments = self._options.segments
            self._kept(
                flood,
                lambda each: each.hold(summary.key, missed, of=verdict, segments=segments),
            )

    def _send_digest(self, digest: Digest) -> dict[str, SendStatus]:
        try:
            return _outcomes(self._send(digest.text, digest.to))
        except SmsGatewayError as error:
            _log.error("A digest failed. %s", error)
            return _outcomes_after(error, digest.to)

    def _send(self, text: str, to: Sequence[str]) -> SendResult:
        fitting = fit(text, self._options.segments).text
        return send_sms(fitting, to, using=self._options.using)


def _outcomes(result: SendResult) -> dict[str, SendStatus]:
    return {each.to: each.outcome for each in result.recipients}


def _outcomes_after(error: SmsGatewayError, to: Sequence[str]) -> dict[str, SendStatus]:
    """Say what became of each number where nobody was accepted."""
    if isinstance(error, SendFailed):
        return _outcomes(error.result)
    return dict.fromkeys(to, SendStatus.NOT_SENT)


# By process: a lock that another thread held in the parent is never released in the child.
@lru_cache(maxsize=_AUDIENCES)
def _remembered(_process: int, name: str, rules: FloodRules, state: Path | None) -> Flood:
    return Flood(name, rules, store=None if state is None else FileStore(state))
